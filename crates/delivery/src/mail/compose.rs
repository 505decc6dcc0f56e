//! The mail itself: headers and parts, in ASCII, which every mail server and signer accepts. The one exception is the address
//! of a recipient whose name is not ASCII.

use std::time::{Duration, UNIX_EPOCH};

use lettre::address::{AddressError, Envelope};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Message, MultiPart, SinglePart};

use super::content::{content, sender_name};
use super::headers::{address_header, text_header};
use super::letter::Letter;
use super::{Sender, address, recipient_address};

/// The headers that keep programs from answering a mail: RFC 3834, and the one of Exchange. There is no
/// `List-Unsubscribe`: it is one mail about one credential, not a list.
pub(super) const AUTOMATIC: [(HeaderName, &str); 2] = [
    (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"),
    (HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"),
];

pub(super) const FROM: HeaderName = HeaderName::new_from_ascii_str("From");
pub(super) const TO: HeaderName = HeaderName::new_from_ascii_str("To");
const REPLY_TO: HeaderName = HeaderName::new_from_ascii_str("Reply-To");
pub(super) const SUBJECT: HeaderName = HeaderName::new_from_ascii_str("Subject");

/// Why a mail can't be composed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ComposeError {
    /// The recipient's address is invalid.
    #[error("the recipient's address is none that mail can be sent to: {0}")]
    Recipient(AddressError),
    /// The address for replies is invalid.
    #[error("the tenant's address for answers is none: {0}")]
    ReplyTo(AddressError),
    /// The token makes the envelope's sender too long.
    #[error("mail.bounce_address: {0}")]
    Bounce(AddressError),
    /// A template failed.
    #[error("the text could not be made: {0}")]
    Template(#[from] askama::Error),
    /// The parts do not make a mail.
    #[error("the parts make no mail: {0}")]
    Mail(#[from] lettre::error::Error),
    /// A picture's media type is invalid.
    #[error("the media type of a picture is none")]
    MediaType,
}

/// Returns the envelope: the recipient, and the address that the mail comes back to. That contains the mail's token, so
/// that a returned mail of any form identifies the original (VERP).
pub(super) fn envelope(letter: &Letter, sender: &Sender) -> Result<Envelope, ComposeError> {
    let to = recipient_address(&letter.address).map_err(ComposeError::Recipient)?;
    let user = format!("{}+{}", sender.bounce.user(), letter.token);
    let from = lettre::Address::new(user, sender.bounce.domain()).map_err(ComposeError::Bounce)?;
    Ok(Envelope::new(Some(from), vec![to])?)
}

/// Composes the mail, dated `now_ms`, with the picture of the badge as PNG. Except for the date it is the same each time.
pub(super) fn compose(
    letter: &Letter,
    badge: Option<&[u8]>,
    sender: &Sender,
    now_ms: i64,
) -> Result<Vec<u8>, ComposeError> {
    let envelope = envelope(letter, sender)?;
    let to = recipient_address(&letter.address).map_err(ComposeError::Recipient)?;
    let content = content(letter, badge.is_some(), sender)?;
    let issuer = sender_name(&letter.issuer, sender.brand.name());
    let millis = u64::try_from(now_ms).unwrap_or(0);
    let mut builder = Message::builder()
        .envelope(envelope)
        .raw_header(address_header(FROM, Some(&issuer), &sender.from))
        .raw_header(address_header(TO, None, &to))
        .raw_header(text_header(SUBJECT, &content.subject))
        .date(UNIX_EPOCH + Duration::from_millis(millis))
        .message_id(Some(message_id(letter, sender)));
    if let Some(reply_to) = &letter.reply_to {
        let reply_to = address(reply_to).map_err(ComposeError::ReplyTo)?;
        builder = builder.raw_header(address_header(REPLY_TO, Some(&issuer), &reply_to));
    }
    for (name, value) in AUTOMATIC {
        builder = builder.raw_header(HeaderValue::new(name, value.to_owned()));
    }
    let language = letter.language.tag().to_owned();
    let name = HeaderName::new_from_ascii_str("Content-Language");
    builder = builder.raw_header(HeaderValue::new(name, language));
    // The library would draw a random boundary by itself. The token is random enough, and no part contains it.
    let alternative = MultiPart::alternative()
        .boundary(format!("alternative-{}", letter.token))
        .singlepart(SinglePart::plain(content.text));
    let html = SinglePart::html(content.html);
    let logo = letter.logo.as_ref().map(|logo| ("logo", logo.media_type.as_str(), logo.bytes.as_slice()));
    let pictures = [logo, badge.map(|badge| ("badge", "image/png", badge))].into_iter().flatten();
    let mut inline = Vec::new();
    for (name, media_type, bytes) in pictures {
        let media_type = ContentType::parse(media_type).map_err(|_| ComposeError::MediaType)?;
        inline.push(Attachment::new_inline(name.to_owned()).body(bytes.to_vec(), media_type));
    }
    let parts = if inline.is_empty() {
        alternative.singlepart(html)
    } else {
        let related = MultiPart::related().boundary(format!("related-{}", letter.token)).singlepart(html);
        alternative.multipart(inline.into_iter().fold(related, MultiPart::singlepart))
    };
    Ok(builder.multipart(parts)?.formatted())
}

/// Returns the `Message-ID`. It is the same for each attempt, so that mail readers show a mail once if an attempt of unknown
/// outcome was repeated. A mail that was sent and is requested again has another one.
fn message_id(letter: &Letter, sender: &Sender) -> String {
    let domain = sender.from.domain();
    match letter.edition {
        1 => format!("<{}@{domain}>", letter.token),
        edition => format!("<{}.{edition}@{domain}>", letter.token),
    }
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use rand::rngs::StdRng;
    use rand::seq::IndexedRandom as _;
    use rand::{Rng as _, SeedableRng as _};

    use super::*;
    use crate::mail::letter::testing;

    /// Texts that readers, folding and quoting are sensitive to.
    const PARTS: [&str; 30] = [
        "=?utf-8?q?a=0d=0aX-Evil:_1?=",
        "=?utf-8?b?",
        "=?iso-8859-1?q?=22?=",
        "?=",
        "=?",
        "=",
        "?",
        " ",
        "  ",
        "\r\n",
        "\r\nBcc: eve@example.com",
        "\"",
        "\\",
        "<eve@example.com>",
        ",",
        ":",
        ";",
        "(a)",
        "a@b.example",
        "Ada",
        "University of Example",
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "é",
        "字",
        "\u{1f393}",
        "عائشة",
        "e\u{301}",
        ".",
        "[",
        "\u{7f}\u{0}\u{202e}",
    ];
    const HEADERS: [&str; 11] = [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Reply-To",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "Content-Language",
        "MIME-Version",
        "Content-Type",
    ];

    fn letter(issuer_name: &str, achievement_name: &str) -> Letter {
        Letter {
            address: "ada@b\u{fc}cher.example".to_owned(),
            reply_to: Some("registry@example.edu".to_owned()),
            ..testing::letter(issuer_name, Some(achievement_name))
        }
    }

    /// Composes a mail with these names, and checks what a reader makes of its headers.
    fn check(issuer: &str, achievement: &str) {
        let sender = Sender::new("", "", "https://learncoin.example").unwrap();
        let letter = letter(issuer, achievement);
        let mail = compose(&letter, None, &sender, 0).unwrap();
        let (head, _) = std::str::from_utf8(&mail).unwrap().split_once("\r\n\r\n").unwrap();
        assert!(head.is_ascii() && !head.replace("\r\n", "").contains(['\r', '\n']), "{head:?}");
        assert!(head.split("\r\n").all(|line| line.len() <= 78), "{head}");
        let read = MessageParser::default().parse(&mail).unwrap();
        let mut names: Vec<&str> = read.headers_raw().map(|(name, _)| name).collect();
        let mut expected = HEADERS.to_vec();
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected, "{head}");
        let meant = content(&letter, false, &sender).unwrap().subject;
        assert_eq!(read.subject(), Some(&*meant), "{head}");
        let issuer = sender_name(&letter.issuer, "LearnCoin");
        for (found, address) in
            [(read.from(), "no-reply@learncoin.example"), (read.reply_to(), "registry@example.edu")]
        {
            let [one] = found.unwrap().as_list().unwrap() else { panic!("one address: {head}") };
            let name = Some(&*issuer).filter(|name| !name.is_empty());
            assert_eq!((one.name(), one.address()), (name, Some(address)), "{head}");
        }
        let to = read.to().unwrap().first().unwrap();
        assert_eq!((to.name(), to.address()), (None, Some("ada@xn--bcher-kva.example")), "{head}");
    }

    #[test]
    fn every_header_decodes_to_the_text_that_was_meant() {
        for part in PARTS {
            check(part, part);
            check(&format!("{part} {part}"), &part.repeat(40));
        }
        let seed = std::env::var("LEARNCOIN_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(15);
        let mut random = StdRng::seed_from_u64(seed);
        let mut text = || -> String {
            let count = random.random_range(1..12);
            std::iter::repeat_with(|| *PARTS.choose(&mut random).unwrap()).take(count).collect()
        };
        for _ in 0..2_000 {
            check(&text(), &text());
        }
    }

    #[test]
    fn a_recipient_beyond_ascii_is_written_as_it_is() {
        let sender = Sender::new("", "", "https://learncoin.example").unwrap();
        let letter = Letter { address: "ädä@bücher.example".to_owned(), ..letter("Uni", "Course") };
        let mail = String::from_utf8(compose(&letter, None, &sender, 0).unwrap()).unwrap();
        assert!(mail.contains("\r\nTo: ädä@xn--bcher-kva.example\r\n"), "{mail}");
    }
}
