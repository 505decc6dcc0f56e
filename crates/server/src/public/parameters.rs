//! The parameters of public addresses, and the refusal of what is almost one of them.
//!
//! People and programs add parameters of their own to links (`utm_source`, `fbclid`), and those are passed over. A mistyped
//! parameter of ours must not be: a caller that asks for a credential without the name would get it with the name. So each
//! address that takes parameters is in [`ADDRESSES`]. A query in which one of them is misspelled, is given twice, or has a
//! value that means nothing is refused before its handler runs.

pub(crate) mod similar;

use axum::extract::{FromRequestParts as _, MatchedPath, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use url::form_urlencoded;

use self::similar::is_similar;
use crate::error::{ApiError, ErrorCode};
use crate::public::negotiate::{FORMAT, Representation, SIGNED_FORM};
use crate::public::preferred_language::PreferredLanguage;
use crate::public::query::RequestedFile;
use crate::public::{cross_origin, response};

/// The parameter that asks for less of a person.
const REDACTED: &str = "redacted";
/// The parameter whose first known value counts, and of which an unknown value is passed over.
const LANGUAGE: &str = "lang";
/// The parameters of a credential's addresses. Each address takes all of them, also those that change nothing there.
const OF_CREDENTIALS: &[&str] = &[REDACTED, "layout", "plain", FORMAT, SIGNED_FORM, LANGUAGE];

/// The parameters of strangers that are as near to one of ours as a slip: messengers add `from` to links, which is like [`SIGNED_FORM`].
/// Neither asks for less of a person.
const OF_STRANGERS: &[&str] = &["from"];

/// The form of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RefusalForm {
    /// A page for people.
    Page,
    /// A page that other sites frame.
    Card,
    /// The page, or the error's JSON if the caller prefers the document.
    Negotiated,
    /// The error's JSON.
    Json,
    /// Plain text.
    Text,
}

/// A public address that takes parameters.
#[derive(Debug)]
struct PublicAddress {
    /// The route.
    route: &'static str,
    /// The names of its parameters.
    parameters: &'static [&'static str],
    refusal: RefusalForm,
}

/// Every public address that takes parameters.
const ADDRESSES: &[PublicAddress] = &[
    of_credentials("/c/{id}", RefusalForm::Negotiated),
    of_credentials("/c/{id}/wallet", RefusalForm::Negotiated),
    of_credentials("/c/{id}/credential.json", RefusalForm::Json),
    of_credentials("/c/{id}/embed", RefusalForm::Card),
    of_credentials("/c/{id}/badge.svg", RefusalForm::Json),
    of_credentials("/c/{id}/badge.png", RefusalForm::Json),
    of_credentials("/c/{id}/certificate.pdf", RefusalForm::Json),
    of_credentials("/c/{id}/card.png", RefusalForm::Json),
    PublicAddress { route: "/verify", parameters: &["q", LANGUAGE], refusal: RefusalForm::Page },
    PublicAddress { route: "/docs/search", parameters: &["q"], refusal: RefusalForm::Page },
    PublicAddress {
        route: "/oembed",
        parameters: &["url", "format", "maxwidth", "maxheight"],
        refusal: RefusalForm::Text,
    },
    PublicAddress { route: "/revocations", parameters: &["assertionId"], refusal: RefusalForm::Json },
    PublicAddress {
        route: "/.well-known/learncoin-keys.json",
        parameters: &["after"],
        refusal: RefusalForm::Json,
    },
];

const fn of_credentials(route: &'static str, refusal: RefusalForm) -> PublicAddress {
    PublicAddress { route, parameters: OF_CREDENTIALS, refusal }
}

/// Lists every public address that takes parameters, with their names.
#[doc(hidden)]
pub fn public_parameters() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    ADDRESSES.iter().map(|address| (address.route, address.parameters))
}

/// Refuses a request to a public address if its query is a near miss.
pub(crate) async fn check_parameters(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let address = ADDRESSES.iter().find(|address| Some(address.route) == route);
    let refused = address.zip(request.uri().query()).and_then(|(address, query)| {
        let error = address.check(query).err()?;
        Some((address.refusal, error))
    });
    match refused {
        Some((form, error)) if request.method() != Method::OPTIONS => form.respond(request, error).await,
        _ => next.run(request).await,
    }
}

impl PublicAddress {
    /// Checks a query. The error names the parameter, and nothing that the caller sent.
    fn check(&self, query: &str) -> Result<(), ApiError> {
        let mut seen = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if let Some(known) = self.parameters.iter().find(|known| **known == name) {
                if *known != LANGUAGE && seen.contains(known) {
                    return Err(refused(known, "one value"));
                }
                seen.push(*known);
            } else if let Some(known) = self.nearest(&name) {
                return Err(refused(known, "this name, not one like it"));
            } else if self.parameters.contains(&REDACTED) && hides_redaction(&value) {
                return Err(refused(REDACTED, "a parameter of its own, after `&`"));
            }
        }
        if self.parameters == OF_CREDENTIALS { RequestedFile::check(Some(query)) } else { Ok(()) }
    }

    /// Returns the parameter that this name is a near miss of.
    fn nearest(&self, name: &str) -> Option<&'static str> {
        if OF_STRANGERS.contains(&name) {
            return None;
        }
        self.parameters.iter().copied().find(|known| is_similar(name, known))
    }
}

/// Returns whether a request for less of a person ended up in the value of another parameter, as in
/// `utm_source=mail?redacted=true` and `utm_source=mail;redacted=true`.
fn hides_redaction(value: &str) -> bool {
    value.split(['?', '&', ';']).enumerate().any(|(place, part)| {
        let (name, has_value) = part.split_once('=').map_or((part, false), |(name, _)| (name, true));
        (place > 0 || has_value) && (name == REDACTED || is_similar(name, REDACTED))
    })
}

impl RefusalForm {
    async fn respond(self, request: Request, error: ApiError) -> Response {
        let is_page = match self {
            Self::Page | Self::Card => true,
            Self::Negotiated => {
                let asked = Representation::of_request(request.headers(), request.uri().query());
                asked == Representation::Page
            }
            Self::Json => false,
            Self::Text => {
                let mut refusal = (StatusCode::BAD_REQUEST, format!("{}\n", error.message)).into_response();
                let text = HeaderValue::from_static("text/plain; charset=utf-8");
                refusal.headers_mut().insert(CONTENT_TYPE, text);
                return cross_origin::open(response::private(refusal));
            }
        };
        if !is_page {
            return response::refusal(error);
        }
        let (mut parts, _) = request.into_parts();
        let Ok(PreferredLanguage(language)) = PreferredLanguage::from_request_parts(&mut parts, &()).await;
        let page = response::unclear_query(language);
        if self == Self::Card { response::framed(page) } else { page }
    }
}

fn refused(parameter: &str, expected: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidFieldFormat, format!("{parameter}: expected {expected}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(route: &str, query: &str) -> Result<(), String> {
        let address = ADDRESSES.iter().find(|address| address.route == route).unwrap();
        address.check(query).map_err(|error| error.message)
    }

    #[test]
    fn parameters_of_strangers_pass() {
        for name in [
            "utm_source",
            "utm_medium",
            "utm_campaign",
            "utm_term",
            "utm_content",
            "utm_id",
            "fbclid",
            "gclid",
            "dclid",
            "gbraid",
            "wbraid",
            "msclkid",
            "ttclid",
            "twclid",
            "yclid",
            "li_fat_id",
            "igshid",
            "igsh",
            "mc_cid",
            "mc_eid",
            "mkt_tok",
            "_hsenc",
            "_hsmi",
            "vero_id",
            "oly_enc_id",
            "_ga",
            "_gl",
            "spm",
            "ref",
            "ref_src",
            "referrer",
            "source",
            "share",
            "sid",
            "si",
            "s",
            "t",
            "v",
            "cb",
            "_",
            "from",
            "via",
            "trk",
            "nocache",
            "cmpid",
            "campaign",
            "session",
            "token",
            "amp",
            "WT.mc_id",
            "hsCtaTracking",
            "",
        ] {
            for (route, _) in public_parameters() {
                for value in ["", "mail", "redacted", "x:y/z", "https%3A%2F%2Fx.example%2F%3Flang%3Dde"] {
                    assert_eq!(check(route, &format!("{name}={value}")), Ok(()), "{route} {name} {value}");
                }
            }
        }
    }

    #[test]
    fn a_request_for_less_inside_another_value_is_refused() {
        for query in [
            "utm_source=mail?redacted=true",
            "utm_source=mail%3Fredacted=true",
            "utm_source=mail;redacted=true",
            "utm_source=mail;redacted",
            "utm_source=mail%26redact%3Dtrue",
            "utm_source=mail&amp;redacted=true",
            "?redacted=true",
            "=redacted=true",
        ] {
            assert!(check("/c/{id}/credential.json", query).is_err(), "{query}");
        }
        assert_eq!(check("/oembed", "url=https%3A%2F%2Flearncoin.me%2Fc%2Fcrd_1%3Fredacted=true"), Ok(()));
    }

    #[test]
    fn refusals_name_the_parameter_and_nothing_of_the_caller() {
        for (query, message) in [
            ("redact=true", "redacted: expected this name, not one like it"),
            ("REDACTED=<script>", "redacted: expected this name, not one like it"),
            ("redacted=true&redacted=true", "redacted: expected one value"),
            ("redacted=1", "redacted: expected `true` or `false`"),
            ("layuot=open-badges", "layout: expected this name, not one like it"),
            ("plain=yes", "plain: expected `true` or `false`"),
        ] {
            assert_eq!(check("/c/{id}/badge.svg", query), Err(message.to_owned()), "{query}");
        }
        assert_eq!(check("/c/{id}", "lang=xx&lang=de"), Ok(()));
        assert_eq!(check("/oembed", "url=x&URL=y").unwrap_err(), "url: expected this name, not one like it");
    }

    /// Checks that every reader of a query is at an address of the table.
    #[test]
    fn no_other_module_reads_a_query() {
        let known = [
            ("files.rs", 1),
            ("handler.rs", 1),
            ("host_documents.rs", 1),
            ("oembed.rs", 1),
            ("search_page.rs", 1),
            ("verify_form.rs", 1),
        ];
        let mut readers = Vec::new();
        let mut folders = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_dir() && !matches!(name.as_str(), "api" | "parameters") {
                    folders.push(path);
                } else if name.ends_with(".rs") && name != "parameters.rs" {
                    let text = std::fs::read_to_string(&path).unwrap();
                    if ["RawQuery", "extract::Query", "Query(", ".uri.query()"]
                        .iter()
                        .any(|way| text.contains(way))
                    {
                        readers.push(name);
                    }
                }
            }
        }
        readers.retain(|name| name != "preferred_language.rs");
        readers.sort();
        assert_eq!(readers, known.map(|(name, _)| name), "a reader of queries needs its row in ADDRESSES");
    }
}
