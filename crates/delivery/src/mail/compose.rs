//! The mail itself: headers and parts, in ASCII, which every mail server and signer accepts.

use std::time::{Duration, UNIX_EPOCH};

use lettre::address::{AddressError, Envelope};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};

use super::content::{content, header_name};
use super::letter::Letter;
use super::{Sender, address};

/// The headers that keep programs from answering a mail: RFC 3834, and the one of Exchange. There is no
/// `List-Unsubscribe`: it is one mail about one credential, not a list.
const AUTOMATIC: [(HeaderName, &str); 2] = [
    (HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated"),
    (HeaderName::new_from_ascii_str("X-Auto-Response-Suppress"), "All"),
];

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
    /// The logo's media type is invalid.
    #[error("the logo's media type is none")]
    MediaType,
}

/// Returns the envelope: the recipient, and the address that the mail comes back to. That contains the mail's token, so
/// that a returned mail of any form identifies the original (VERP).
pub(super) fn envelope(letter: &Letter, sender: &Sender) -> Result<Envelope, ComposeError> {
    let to = address(&letter.address).map_err(ComposeError::Recipient)?;
    let user = format!("{}+{}", sender.bounce.user(), letter.token);
    let from = lettre::Address::new(user, sender.bounce.domain()).map_err(ComposeError::Bounce)?;
    Ok(Envelope::new(Some(from), vec![to])?)
}

/// Composes the mail, dated `now_ms`. Except for the date it is the same each time.
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
    // The library would draw a random boundary by itself. The token is random enough, and no part contains it.
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

/// Returns the `Message-ID`. It is the same for each attempt, so that mail readers show a mail once if an attempt of unknown
/// outcome was repeated. A mail that was sent and is requested again has another one.
fn message_id(letter: &Letter, sender: &Sender) -> String {
    let domain = sender.from.domain();
    match letter.edition {
        1 => format!("<{}@{domain}>", letter.token),
        edition => format!("<{}.{edition}@{domain}>", letter.token),
    }
}
