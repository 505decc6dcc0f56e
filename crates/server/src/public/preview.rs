//! The ways to show a credential elsewhere: previews of its link, a profile, another site. Each names the achievement and
//! the issuer, never the person.

use askama::Template;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use learncoin_language::Language;
use url::form_urlencoded::Serializer;

/// The size that the embedded card is drawn for.
pub(crate) const CARD_WIDTH: u32 = 420;
/// Its height.
pub(crate) const CARD_HEIGHT: u32 = 220;
/// The size of the button's picture.
pub(crate) const BUTTON_WIDTH: u32 = 240;
/// Its height.
pub(crate) const BUTTON_HEIGHT: u32 = 48;
/// The size of the picture of previews.
pub(crate) const PREVIEW_WIDTH: u32 = 1200;
/// Its height.
pub(crate) const PREVIEW_HEIGHT: u32 = 630;

/// The absolute addresses that previews of the link are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Preview {
    /// The page itself.
    pub(crate) page: String,
    /// The picture.
    pub(crate) picture: String,
    /// The [oEmbed](https://oembed.com) address of the page, up to the format's name.
    pub(crate) oembed: String,
}

impl Preview {
    /// Creates the addresses of a credential.
    pub(crate) fn new(origin: &str, id: &str) -> Self {
        let page = page_address(origin, id);
        let oembed = format!("{origin}/oembed?{}", encoded(&[("url", &page)]));
        Self { picture: format!("{page}/card.png"), oembed, page }
    }
}

/// The ways to show the credential elsewhere that a reader is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sharing {
    /// The address that adds it to a profile of LinkedIn.
    pub(crate) linkedin: String,
    /// The HTML of the card.
    pub(crate) card: String,
    /// The HTML of the button.
    pub(crate) button: String,
}

/// The parts of a credential that are shown elsewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LinkedCredential<'a> {
    /// The deployment's public origin.
    pub(crate) origin: &'a str,
    /// The credential's id.
    pub(crate) id: &'a str,
    /// The achievement's name.
    pub(crate) achievement: &'a str,
    /// The issuer's name.
    pub(crate) issuer: &'a str,
}

impl Sharing {
    /// Returns the ways that a reader of this language is offered. HTML that can't be written is not offered.
    pub(crate) fn new(
        shown: &LinkedCredential<'_>,
        language: Language,
        issued: Option<Timestamp>,
        expires: Option<Timestamp>,
    ) -> Option<Self> {
        let page = page_address(shown.origin, shown.id);
        let button = ButtonCode {
            page: &page,
            picture: &format!("{}/assets/button/{}.svg", shown.origin, language.tag()),
            text: &language.words().page.share.button_text,
        };
        Some(Self {
            linkedin: linkedin(shown, &page, issued, expires),
            card: card_code(shown, CARD_WIDTH, CARD_HEIGHT)?,
            button: button.render().ok()?,
        })
    }
}

/// Returns the page's absolute address.
pub(crate) fn page_address(origin: &str, id: &str) -> String {
    format!("{origin}/c/{id}")
}

/// Returns the HTML that shows the card in another site.
pub(crate) fn card_code(shown: &LinkedCredential<'_>, width: u32, height: u32) -> Option<String> {
    let page = page_address(shown.origin, shown.id);
    let code = CardCode { page: &page, achievement: shown.achievement, issuer: shown.issuer, width, height };
    code.render().ok()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<iframe src="{{ page }}/embed" title="{{ achievement }} · {{ issuer }}" width="{{ width }}" height="{{ height }}" style="border:0;max-width:100%" loading="lazy" referrerpolicy="no-referrer"></iframe>"#
)]
struct CardCode<'a> {
    page: &'a str,
    achievement: &'a str,
    issuer: &'a str,
    width: u32,
    height: u32,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<a href="{{ page }}"><img src="{{ picture }}" alt="{{ text }}" width="{{ self::BUTTON_WIDTH }}" height="{{ self::BUTTON_HEIGHT }}"></a>"#
)]
struct ButtonCode<'a> {
    page: &'a str,
    picture: &'a str,
    text: &'a str,
}

/// Returns the address with which LinkedIn opens its own form, filled in. Nothing is sent before the reader follows it.
fn linkedin(
    shown: &LinkedCredential<'_>,
    page: &str,
    issued: Option<Timestamp>,
    expires: Option<Timestamp>,
) -> String {
    let months = [("issue", issued), ("expiration", expires)];
    let dates: Vec<(String, String)> = months
        .into_iter()
        .filter_map(|(name, time)| Some((name, time?.to_zoned(TimeZone::UTC))))
        .flat_map(|(name, day)| {
            [
                (format!("{name}Year"), day.year().to_string()),
                (format!("{name}Month"), day.month().to_string()),
            ]
        })
        .collect();
    let mut members = vec![
        ("startTask", "CERTIFICATION_NAME"),
        ("name", shown.achievement),
        ("organizationName", shown.issuer),
    ];
    members.extend(dates.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    members.extend([("certUrl", page), ("certId", shown.id)]);
    format!("https://www.linkedin.com/profile/add?{}", encoded(&members))
}

/// Encodes a query. Blanks are `%20`, which every reader understands; a plus of a text is `%2B` already.
fn encoded(members: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(members).finish().replace('+', "%20")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: LinkedCredential<'_> = LinkedCredential {
        origin: "https://learncoin.me",
        id: "crd_01KPX4MQ00REJFE5FBD8QX9Y5A",
        achievement: "C++ & “R” <1>",
        issuer: "Universität #1",
    };

    #[test]
    fn a_profile_is_told_everything_in_its_own_parameters() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let issued = Some(time("2026-04-30T23:59:59Z"));
        let sharing =
            Sharing::new(&SHOWN, Language::English, issued, Some(time("2031-01-01T00:00:00Z"))).unwrap();
        assert_eq!(
            sharing.linkedin,
            "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME\
             &name=C%2B%2B%20%26%20%E2%80%9CR%E2%80%9D%20%3C1%3E&organizationName=Universit%C3%A4t%20%231\
             &issueYear=2026&issueMonth=4&expirationYear=2031&expirationMonth=1\
             &certUrl=https%3A%2F%2Flearncoin.me%2Fc%2Fcrd_01KPX4MQ00REJFE5FBD8QX9Y5A\
             &certId=crd_01KPX4MQ00REJFE5FBD8QX9Y5A"
        );
        let endless = Sharing::new(&SHOWN, Language::English, None, None).unwrap();
        assert!(!endless.linkedin.contains("Year") && !endless.linkedin.contains("Month"));
    }

    #[test]
    fn names_cannot_break_out_of_the_code_for_other_sites() {
        let sharing = Sharing::new(&SHOWN, Language::German, None, None).unwrap();
        assert_eq!(
            sharing.card,
            "<iframe src=\"https://learncoin.me/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A/embed\" \
             title=\"C++ &#38; “R” &#60;1&#62; · Universität #1\" width=\"420\" height=\"220\" \
             style=\"border:0;max-width:100%\" loading=\"lazy\" referrerpolicy=\"no-referrer\"></iframe>"
        );
        assert_eq!(
            sharing.button,
            "<a href=\"https://learncoin.me/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A\">\
             <img src=\"https://learncoin.me/assets/button/de.svg\" alt=\"Nachweis prüfen\" width=\"240\" height=\"48\"></a>"
        );
    }

    #[test]
    fn previews_are_given_absolute_addresses() {
        let preview = Preview::new("https://learncoin.me", "crd_1");
        assert_eq!(preview.picture, "https://learncoin.me/c/crd_1/card.png");
        assert_eq!(preview.oembed, "https://learncoin.me/oembed?url=https%3A%2F%2Flearncoin.me%2Fc%2Fcrd_1");
    }
}
