//! The mail itself: headers and parts, in ASCII, as every mail server and signer takes them.

use std::time::{Duration, UNIX_EPOCH};

use lettre::address::{AddressError, Envelope};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};

use super::content::{content, header_name};
use super::letter::Letter;
use super::{Sender, address};

/// The headers by which automata leave a mail unanswered: RFC 3834, and what Exchange looks at. There is no
/// `List-Unsubscribe`: it is one mail about one credential, and nobody is on a list.
const AUTOMATIC: [(HeaderName, &str); 2] = [
    (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"),
    (HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"),
];

/// Why there is no mail.
#[derive(Debug, thiserror::Error)]
pub(super) enum ComposeError {
    /// The recipient's address is none.
    #[error("the recipient's address is none that mail can be sent to: {0}")]
    Recipient(AddressError),
    /// The address for answers is none.
    #[error("the tenant's address for answers is none: {0}")]
    ReplyTo(AddressError),
    /// The token makes the envelope's sender too long.
    #[error("mail.bounce_address: {0}")]
    Bounce(AddressError),
    /// A template failed.
    #[error("the text could not be made: {0}")]
    Template(#[from] askama::Error),
    /// The parts make no mail.
    #[error("the parts make no mail: {0}")]
    Mail(#[from] lettre::error::Error),
    /// The logo's type is none.
    #[error("the logo's media type is none")]
    MediaType,
}

/// Who the mail goes to, and where it comes back to if it can't: an address with the mail's token, so that whatever the
/// returned mail looks like, it tells which one it was (VERP).
pub(super) fn envelope(letter: &Letter, sender: &Sender) -> Result<Envelope, ComposeError> {
    let to = address(&letter.address).map_err(ComposeError::Recipient)?;
    let user = format!("{}+{}", sender.bounce.user(), letter.token);
    let from = lettre::Address::new(user, sender.bounce.domain()).map_err(ComposeError::Bounce)?;
    Ok(Envelope::new(Some(from), vec![to])?)
}

/// Composes the mail, dated `now_ms`. But for the date it is the same each time.
pub(super) fn compose(letter: &Letter, sender: &Sender, now_ms: i64) -> Result<Vec<u8>, ComposeError> {
    let envelope = envelope(letter, sender)?;
    let to = address(&letter.address).map_err(ComposeError::Recipient)?;
    let content = content(letter, &sender.host)?;
    let millis = u64::try_from(now_ms).unwrap_or(0);
    let mut builder = Message::builder()
        .envelope(envelope)
        .from(Mailbox::new(Some(header_name(&letter.issuer_name)), sender.from.clone()))
        .to(Mailbox::new(None, to))
        .subject(content.subject.as_str())
        .date(UNIX_EPOCH + Duration::from_millis(millis))
        .message_id(Some(message_id(letter, sender)));
    if let Some(reply_to) = &letter.reply_to {
        let reply_to = address(reply_to).map_err(ComposeError::ReplyTo)?;
        builder = builder.reply_to(Mailbox::new(Some(header_name(&letter.issuer_name)), reply_to));
    }
    for (name, value) in AUTOMATIC {
        builder = builder.raw_header(HeaderValue::new(name, value.to_owned()));
    }
    let language = letter.language.tag().to_owned();
    let name = HeaderName::new_from_ascii_str("Content-Language");
    builder = builder.raw_header(HeaderValue::new(name, language));
    // A random boundary would be drawn behind our back; the token is random enough, and stands in no part.
    let alternative = MultiPart::alternative()
        .boundary(format!("alternative-{}", letter.token))
        .singlepart(SinglePart::plain(content.text));
    let html = SinglePart::html(content.html);
    let parts = match &letter.logo {
        Some(logo) => {
            let media_type = ContentType::parse(&logo.media_type).map_err(|_| ComposeError::MediaType)?;
            let logo = Attachment::new_inline("logo".to_owned()).body(logo.bytes.clone(), media_type);
            let related = MultiPart::related().boundary(format!("related-{}", letter.token));
            alternative.multipart(related.singlepart(html).singlepart(logo))
        }
        None => alternative.singlepart(html),
    };
    Ok(builder.multipart(parts)?.formatted())
}

/// The mail's name in the world. It stays the same however often the mail is tried, so that one that was perhaps sent and
/// is sent again is shown once by those who sort by it; one that was surely sent, and is asked for again, is another.
fn message_id(letter: &Letter, sender: &Sender) -> String {
    let domain = sender.from.domain();
    match letter.edition {
        1 => format!("<{}@{domain}>", letter.token),
        edition => format!("<{}.{edition}@{domain}>", letter.token),
    }
}

#[cfg(test)]
mod tests {
    use learncoin_language::Language;
    use learncoin_store::logos::Logo;

    use super::*;
    use crate::mail::letter::Mark;

    /// 2026-04-23T12:00:01.234Z.
    const NOW_MS: i64 = 1_776_945_601_234;

    fn letter() -> Letter {
        Letter {
            token: "0123456789abcdef0123456789abcdef".parse().unwrap(),
            edition: 1,
            address: "ada@example.edu".to_owned(),
            language: Language::English,
            recipient_name: "Ada Lovelace".to_owned(),
            issuer_name: "Example University".to_owned(),
            achievement_name: "Machine Learning".to_owned(),
            issued: Some("2026-04-23T12:00:00Z".parse().unwrap()),
            expires: None,
            link: "https://learncoin.example/c/crd_01KPX4MRGJ6E3PJ0G5T8ZAVQNC".to_owned(),
            mark: None,
            accent_color: Some("#ffd54a".to_owned()),
            logo: None,
            reply_to: None,
        }
    }

    fn composed(letter: &Letter) -> String {
        let sender = Sender::new("", "bounces@learncoin.example", "https://learncoin.example").unwrap();
        String::from_utf8(compose(letter, &sender, NOW_MS).unwrap()).unwrap()
    }

    #[test]
    fn but_for_the_date_a_mail_is_always_the_same() {
        let mail = composed(&letter());
        let (head, _) = mail.split_once("\r\n\r\n").unwrap();
        let lines: Vec<&str> = head.split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "From: \"Example University\" <no-reply@learncoin.example>",
                "To: ada@example.edu",
                "Subject: Your credential from Example University: Machine Learning",
                "Date: Thu, 23 Apr 2026 12:00:01 +0000",
                "Message-ID: <0123456789abcdef0123456789abcdef@learncoin.example>",
                "Auto-Submitted: auto-generated",
                "X-Auto-Response-Suppress: All",
                "Content-Language: en",
                "MIME-Version: 1.0",
                "Content-Type: multipart/alternative;",
                " boundary=\"alternative-0123456789abcdef0123456789abcdef\"",
            ]
        );
        assert_eq!(composed(&letter()), mail);
        assert!(!head.contains("crd_"), "the capability to see the credential stands in no header");
    }

    #[test]
    fn a_mail_that_is_asked_for_again_has_another_name_and_comes_back_to_the_same() {
        let again = Letter { edition: 2, ..letter() };
        assert!(
            composed(&again).contains("Message-ID: <0123456789abcdef0123456789abcdef.2@learncoin.example>")
        );
        let sender = Sender::new("", "bounces@learncoin.example", "https://learncoin.example").unwrap();
        let envelopes = [letter(), again].map(|letter| envelope(&letter, &sender).unwrap());
        assert_eq!(envelopes[0], envelopes[1]);
        let from = envelopes[0].from().unwrap().to_string();
        assert_eq!(from, "bounces+0123456789abcdef0123456789abcdef@learncoin.example");
    }

    #[test]
    fn a_logo_comes_along_and_nothing_is_fetched() {
        let logo = Logo { media_type: "image/png".to_owned(), bytes: vec![0x89, b'P', b'N', b'G', 0, 255] };
        let mail = composed(&Letter { logo: Some(logo), ..letter() });
        for part in ["multipart/related", "Content-ID: <logo>", "Content-Type: image/png", "cid:logo"] {
            assert!(mail.contains(part), "{part}: {mail}");
        }
        let plain = composed(&letter());
        assert!(!plain.contains("cid:") && !plain.contains("<img"));
    }

    #[test]
    fn what_certifies_nothing_says_so_first_in_every_language() {
        for (mark, word) in [(Mark::Test, "TEST"), (Mark::Development, "DEVELOPMENT")] {
            for language in Language::ALL {
                let letter = Letter { mark: Some(mark), language, ..letter() };
                let content = content(&letter, "learncoin.example").unwrap();
                assert!(content.subject.starts_with(&format!("{word}: ")), "{}", content.subject);
                assert!(content.text.starts_with(&format!("{word}: ")), "{}", content.text);
                assert!(content.html.contains(&format!("<strong dir=\"ltr\">{word}</strong>")));
            }
        }
        let content = content(&letter(), "learncoin.example").unwrap();
        assert!(!content.html.contains("class=\"notice\""));
    }
}
