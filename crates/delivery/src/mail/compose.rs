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
