//! Content negotiation for a credential: the page, or the signed document; and whether a caller takes gzip.
//!
//! [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1) section 12.5.1, with the weights respected. A
//! form that is named beats one that only a wildcard matches (libraries send `application/json, text/plain, */*`), of two
//! that are named alike the first one wins, and where everything else is equal the page (browsers, `*/*`, no header at all).
//! A caller whose header allows neither form gets the page too: link previews send the oddest headers, and a page helps
//! them more than 406.
//!
//! `?format=json` asks for the document whatever the header asks for: so the Blockcerts component asks for what a link shows.

use std::cmp::Reverse;

use axum::http::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap};
use url::form_urlencoded;

/// A form of the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Representation {
    /// The page for people.
    Page,
    /// The signed document under one of its media types.
    Document(MediaType),
}

/// The media type of the signed document. The bytes are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaType {
    /// `application/vc`, the type of
    /// [VC 2.0](https://www.w3.org/TR/vc-data-model-2.0/#media-types) section 6.2.1.
    Vc,
    /// `application/ld+json`.
    LdJson,
    /// `application/json`.
    Json,
}

impl MediaType {
    /// Returns the value of `Content-Type`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            MediaType::Vc => "application/vc",
            MediaType::LdJson => "application/ld+json",
            MediaType::Json => "application/json",
        }
    }
}

/// The forms, the one first that wins where the caller has no preference.
const OFFERS: [Representation; 4] = [
    Representation::Page,
    Representation::Document(MediaType::Vc),
    Representation::Document(MediaType::LdJson),
    Representation::Document(MediaType::Json),
];

impl Representation {
    fn media_type(self) -> &'static str {
        match self {
            Representation::Page => "text/html",
            Representation::Document(media_type) => media_type.as_str(),
        }
    }

    /// Returns the form that a request asks for, by its query or else by its headers.
    pub(crate) fn of_request(headers: &HeaderMap, query: Option<&str>) -> Self {
        let members = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let names = |wanted: (&str, &str)| members.clone().any(|(name, value)| (&*name, &*value) == wanted);
        let wanted = Self::wanted(headers);
        match wanted {
            _ if names((FORMAT, FORMAT_JSON)) => Self::Document(MediaType::Json),
            // The wallet form is a document, whatever a wallet's HTTP library claims to take.
            Self::Page if names((SIGNED_FORM, WALLET)) => Self::Document(MediaType::Json),
            wanted => wanted,
        }
    }

    /// Returns the form that these request headers ask for.
    pub(crate) fn wanted(headers: &HeaderMap) -> Self {
        let ranges = ranges(headers);
        let mut best = (Representation::Page, Score::NONE);
        for offer in OFFERS {
            let score = score(&ranges, offer.media_type());
            if score.weight > 0 && score > best.1 {
                best = (offer, score);
            }
        }
        best.0
    }

    /// Returns whether the headers name pages, as those of browsers do, and prefer them to documents. A wildcard is not
    /// enough.
    pub(crate) fn is_page_named(headers: &HeaderMap) -> bool {
        let names_page = ranges(headers).iter().any(|range| range.exactness("text/html") == Some(3));
        names_page && Self::wanted(headers) == Self::Page
    }
}

/// The parameter that chooses the signed form.
pub(crate) const SIGNED_FORM: &str = "form";
/// The value of [`SIGNED_FORM`] for the wallet form.
pub(crate) const WALLET: &str = "wallet";

/// The profile by which a caller asks for the wallet form: the specification that its proof follows
/// ([RFC 6906](https://www.rfc-editor.org/rfc/rfc6906)).
const WALLET_PROFILE: &str = "https://www.w3.org/TR/vc-di-eddsa/";

/// Returns whether the headers ask for the wallet form, by the parameter `profile` of a document's media type.
pub(crate) fn wants_wallet_form(headers: &HeaderMap) -> bool {
    ranges(headers).iter().any(|range| range.weight > 0 && range.names_wallet_profile)
}

/// The parameter by which others' tools ask for the document, and its value.
pub(crate) const FORMAT: &str = "format";
/// See [`FORMAT`].
pub(crate) const FORMAT_JSON: &str = "json";

/// The score of a form. Of two scores the greater one wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    /// The weight in thousandths.
    weight: u16,
    /// A number that is greater the more exactly the type was named.
    exactness: u8,
    /// The place of the range in the header.
    place: Reverse<usize>,
}

impl Score {
    const NONE: Self = Self { weight: 0, exactness: 0, place: Reverse(usize::MAX) };
}

fn ranges(headers: &HeaderMap) -> Vec<Range> {
    let lines: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect();
    lines.iter().flat_map(|line| split(line, ',')).filter_map(Range::read).collect()
}

/// Returns how much a type is wanted. The most exact range decides on the weight.
fn score(ranges: &[Range], media_type: &str) -> Score {
    let scores = ranges
        .iter()
        .enumerate()
        .filter_map(|(place, range)| Some((range.exactness(media_type)?, range.weight, Reverse(place))));
    scores.max().map_or(Score::NONE, |(exactness, weight, place)| Score { weight, exactness, place })
}

/// Returns whether these request headers allow gzip
/// ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3) section 12.5.3). Where there is no header it is not sent.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    let codings = lines.flat_map(|line| split(line, ',')).filter_map(|entry| {
        let mut parts = split(entry, ';').map(str::trim);
        let coding = parts.next()?.to_ascii_lowercase();
        let is_named = match coding.as_str() {
            "gzip" | "x-gzip" => true,
            "*" => false,
            _ => return None,
        };
        Some((is_named, weight(parts)?))
    });
    // A coding that is named decides over the wildcard.
    codings.max().is_some_and(|(_, weight)| weight > 0)
}

/// Returns the weight among the parameters of an entry, in thousandths: `None` if it is none.
fn weight<'a>(parameters: impl Iterator<Item = &'a str>) -> Option<u16> {
    let mut named = parameters.filter_map(|parameter| parameter.split_once('='));
    match named.find(|(name, _)| name.trim().eq_ignore_ascii_case("q")) {
        Some((_, value)) => thousandths(value.trim()),
        None => Some(1000),
    }
}

/// One entry of `Accept`.
struct Range {
    media_range: String,
    weight: u16,
    names_wallet_profile: bool,
}

impl Range {
    /// Parses a media range: `None` if it is none, or its weight is none.
    fn read(entry: &str) -> Option<Self> {
        let mut parts = split(entry, ';').map(str::trim);
        let media_range = parts.next()?.to_ascii_lowercase();
        let (kind, subtype) = media_range.split_once('/')?;
        if kind.is_empty() || subtype.is_empty() {
            return None;
        }
        let parameters: Vec<&str> = parts.collect();
        let mut named = parameters.iter().filter_map(|parameter| parameter.split_once('='));
        let profile = named.find(|(name, _)| name.trim().eq_ignore_ascii_case("profile"));
        let names_wallet_profile = profile.is_some_and(|(_, profiles)| {
            profiles.trim().trim_matches('"').split(' ').any(|profile| profile == WALLET_PROFILE)
        });
        Some(Self { media_range, weight: weight(parameters.into_iter())?, names_wallet_profile })
    }

    /// Returns 3 for the type itself, 2 for its family, 1 for everything, `None` for another type.
    fn exactness(&self, media_type: &str) -> Option<u8> {
        if self.media_range == media_type {
            return Some(3);
        }
        let family = self.media_range.strip_suffix("/*")?;
        match family {
            "*" => Some(1),
            _ if media_type.split('/').next() == Some(family) => Some(2),
            _ => None,
        }
    }
}

/// Parses `0`, `1`, or a fraction of up to three digits between them, in thousandths.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

/// Splits at a separator outside of quoted strings, in which a backslash shields the next character.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut shielded) = (false, false);
    text.split(move |character: char| {
        if shielded {
            shielded = false;
            return false;
        }
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => shielded = true,
            _ => return character == separator && !quoted,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(lines: &[&str]) -> Representation {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT, line.parse().unwrap());
        }
        Representation::wanted(&headers)
    }

    const PAGE: Representation = Representation::Page;
    const VC: Representation = Representation::Document(MediaType::Vc);
    const LD: Representation = Representation::Document(MediaType::LdJson);
    const JSON: Representation = Representation::Document(MediaType::Json);

    #[test]
    fn browsers_and_callers_without_a_preference_get_the_page() {
        assert_eq!(wanted(&[]), PAGE);
        for accept in [
            "",
            "*/*",
            "text/html",
            "text/*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "text/html, application/json",
            "image/png",
            "text/plain",
            "nonsense",
            ",,;;",
            "application/",
        ] {
            assert_eq!(wanted(&[accept]), PAGE, "{accept}");
        }
    }

    #[test]
    fn each_media_type_of_the_document_is_answered_as_itself() {
        assert_eq!(wanted(&["application/vc"]), VC);
        assert_eq!(wanted(&["application/ld+json"]), LD);
        assert_eq!(wanted(&["application/json"]), JSON);
        assert_eq!(wanted(&["Application/JSON; charset=utf-8"]), JSON);
        assert_eq!(wanted(&["application/*"]), VC);
        assert_eq!(wanted(&["application/json", "text/html;q=0.5"]), JSON);
        assert_eq!(wanted(&["application/json, text/html"]), JSON);
        assert_eq!(wanted(&["application/ld+json, application/json, text/html, */*"]), LD);
    }

    #[test]
    fn what_is_named_beats_what_a_wildcard_allows() {
        assert_eq!(wanted(&["application/json, text/plain, */*"]), JSON);
        assert_eq!(wanted(&["application/ld+json, */*"]), LD);
    }

    #[test]
    fn a_query_asks_for_json_whatever_the_headers_say() {
        let mut headers = HeaderMap::new();
        headers.append(ACCEPT, "text/html".parse().unwrap());
        assert_eq!(Representation::of_request(&headers, Some("a=b&format=json")), JSON);
        assert_eq!(Representation::of_request(&headers, Some("format=html")), PAGE);
        assert_eq!(Representation::of_request(&headers, None), PAGE);
    }

    #[test]
    fn only_browsers_name_pages() {
        for (accept, is_named) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("*/*", false),
            ("text/*", false),
            ("application/json, text/html;q=0.5", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.append(ACCEPT, accept.parse().unwrap());
            assert_eq!(Representation::is_page_named(&headers), is_named, "{accept}");
        }
    }

    #[test]
    fn weights_decide() {
        assert_eq!(wanted(&["text/html;q=0.8, application/vc;q=0.9"]), VC);
        assert_eq!(wanted(&["text/html;q=0.9, application/vc;q=0.8"]), PAGE);
        assert_eq!(wanted(&["application/ld+json;q=0.2, application/json ; Q=0.3"]), JSON);
        assert_eq!(wanted(&["text/html;q=0, application/json;q=0.001"]), JSON);
        assert_eq!(wanted(&["application/json;q=0, */*"]), PAGE);
        assert_eq!(wanted(&["text/html;q=0, */*"]), VC);
        assert_eq!(wanted(&["application/*;q=0.9, application/vc;q=0.1, text/html;q=0.5"]), LD);
    }

    #[test]
    fn an_entry_with_an_impossible_weight_is_passed_over() {
        for weight in ["2", "1.5", "-1", "0.1234", "0.x", "", "NaN", "1.001"] {
            let accept = format!("application/json;q={weight}");
            assert_eq!(wanted(&[&accept]), PAGE, "{accept}");
        }
        assert_eq!(wanted(&["application/json;q=1.000"]), JSON);
    }

    #[test]
    fn separators_within_quotes_separate_nothing() {
        let accept = r#"application/ld+json;profile="a, b; q=0 \" , text/html";q=0.7, text/html;q=0.1"#;
        assert_eq!(wanted(&[accept]), LD);
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        let accepts =
            |line: &str| accepts_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, line.parse().unwrap())]));
        for line in ["gzip", "gzip, deflate, br", "br;q=1, GZIP;q=0.1", "*", "x-gzip", "identity, *;q=0.5"] {
            assert!(accepts(line), "{line}");
        }
        for line in ["", "br", "identity", "gzip;q=0", "gzip;q=0.000, *", "*;q=0", "gzip;q=two"] {
            assert!(!accepts(line), "{line}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
