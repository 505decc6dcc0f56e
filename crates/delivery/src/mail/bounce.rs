//! Bounces: delivery status notifications, [RFC 3464](https://www.rfc-editor.org/rfc/rfc3464).

use learncoin_store::mails::{Mail, MailToken};
use learncoin_store::{Result, Store};
use mail_parser::{HeaderName, Message, MessageParser, MimeHeaders as _, PartType};

use super::reply;

/// The largest notification that is read, in bytes. It repeats our mail, which is smaller.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The meaning of a mail that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// A mail of ours could not be delivered, and no server tries any more.
    Failed {
        /// The token of our mail.
        token: MailToken,
        /// The status and the other server's reply, without addresses.
        words: String,
    },
    /// It is about a mail of ours, and not a failure: delayed, delivered, relayed, or an automatic answer.
    NoFailure,
}

/// Why a mail is not a notification about a mail of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BounceError {
    /// It is not a mail.
    #[error("standard input holds no mail")]
    NoMail,
    /// It is not about a mail of ours.
    #[error("the mail is about none of ours: neither its recipient nor what it returns has a token of one")]
    NotOurs,
}

/// Parses a mail that came back. `recipient` is the address that it came to, if the caller knows it better than the
/// headers do.
///
/// # Errors
/// See [`BounceError`].
pub fn read(bytes: &[u8], recipient: Option<&str>) -> std::result::Result<Notification, BounceError> {
    let message = MessageParser::default().parse(bytes).ok_or(BounceError::NoMail)?;
    let status = message.parts.iter().find(|part| is(part.content_type(), "message", "delivery-status"));
    let by_recipient = recipient.and_then(token_of_address);
    let token = by_recipient.or_else(|| token_of(&message)).ok_or(BounceError::NotOurs)?;
    let Some(status) = status else { return Ok(Notification::NoFailure) };
    let report = bytes
        .get(
            usize::try_from(status.offset_body).unwrap_or(0)..usize::try_from(status.offset_end).unwrap_or(0),
        )
        .map(String::from_utf8_lossy)
        .unwrap_or_default();
    if !field(&report, "Action").is_some_and(|action| action.eq_ignore_ascii_case("failed")) {
        return Ok(Notification::NoFailure);
    }
    let words = [field(&report, "Status"), field(&report, "Diagnostic-Code")];
    let words: Vec<String> = words.into_iter().flatten().collect();
    let of = field(&report, "Final-Recipient").unwrap_or_default();
    let of = of.rsplit(';').next().unwrap_or_default().trim().to_owned();
    Ok(Notification::Failed { token, words: reply::redact(&words.join(" "), &of) })
}

/// Records a failure in the mail that it is about. Returns that mail as it is now; `None` if there is none.
///
/// # Errors
/// If the store fails.
pub async fn note(store: &Store, token: &MailToken, words: &str, now_ms: i64) -> Result<Option<Mail>> {
    let mut tx = store.begin().await?;
    tx.mark_mail_bounced(token, words, now_ms).await?;
    tx.commit().await?;
    store.find_mail_by_token(token).await
}

/// Returns the token of the mail that it is about: from the address that it came to, else from the `Message-ID` of the mail
/// that it returns.
fn token_of(message: &Message<'_>) -> Option<MailToken> {
    let to =
        [HeaderName::To, HeaderName::Other("Delivered-To".into()), HeaderName::Other("X-Original-To".into())];
    let addressed = to.into_iter().find_map(|name| {
        message.header_raw(name)?.split([',', ' ', '<', '>', '\r', '\n', '\t']).find_map(token_of_address)
    });
    addressed.or_else(|| {
        message.parts.iter().find_map(|part| match &part.body {
            PartType::Message(returned) => token_of_message_id(returned.message_id()?),
            PartType::Text(headers) if is(part.content_type(), "text", "rfc822-headers") => {
                token_of_message_id(MessageParser::default().parse(headers.as_bytes())?.message_id()?)
            }
            _ => None,
        })
    })
}

/// Parses `bounces+TOKEN@host`.
fn token_of_address(address: &str) -> Option<MailToken> {
    address.trim().rsplit_once('@')?.0.rsplit_once('+')?.1.parse().ok()
}

/// Parses `TOKEN@host` or `TOKEN.2@host`.
fn token_of_message_id(id: &str) -> Option<MailToken> {
    let name = id.trim_matches(['<', '>']).split_once('@')?.0;
    name.split('.').next()?.parse().ok()
}

fn is(content_type: Option<&mail_parser::ContentType<'_>>, kind: &str, subtype: &str) -> bool {
    content_type.is_some_and(|found| {
        found.ctype().eq_ignore_ascii_case(kind)
            && found.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
    })
}

/// Returns the first field of this name in a report, which consists of groups of headers. A line that begins with a space
/// continues the one before.
fn field(report: &str, name: &str) -> Option<String> {
    let mut lines = report.lines().skip_while(|line| {
        !line.split_once(':').is_some_and(|(found, _)| found.trim().eq_ignore_ascii_case(name))
    });
    let mut value = lines.next()?.split_once(':')?.1.trim().to_owned();
    for line in lines.take_while(|line| line.starts_with([' ', '\t'])) {
        value.push(' ');
        value.push_str(line.trim());
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn report(to: &str, action: &str, returned: &str) -> String {
        format!(
            "From: MAILER-DAEMON@relay.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.example\r\n\r\n\
             Final-Recipient: rfc822; ada@example.edu\r\nAction: {action}\r\nStatus: 5.1.1\r\n\
             Diagnostic-Code: smtp; 550 5.1.1 <ada@example.edu>:\r\n    no such user\r\n\r\n--b\r\n{returned}--b--\r\n"
        )
    }

    fn failed() -> Notification {
        let words = "5.1.1 smtp; 550 5.1.1 <address>: no such user".to_owned();
        Notification::Failed { token: TOKEN.parse().unwrap(), words }
    }

    #[test]
    fn a_mail_is_known_by_the_address_that_it_comes_back_to_or_by_its_name() {
        let nothing = "Content-Type: text/plain\r\n\r\n";
        let whole = format!(
            "Content-Type: message/rfc822\r\n\r\nMessage-ID: <{TOKEN}@learncoin.example>\r\n\r\nx\r\n"
        );
        let second = format!(
            "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{TOKEN}.2@learncoin.example>\r\n\r\n"
        );
        let verp = format!("<bounces+{TOKEN}@learncoin.example>");
        for (to, returned) in
            [(&*verp, nothing), ("<bounces@x.example>", &*whole), ("<bounces@x.example>", &*second)]
        {
            assert_eq!(
                read(report(to, "failed", returned).as_bytes(), None),
                Ok(failed()),
                "{to} {returned}"
            );
        }
        let plain = report("<bounces@x.example>", "failed", nothing);
        assert_eq!(read(plain.as_bytes(), Some(verp.trim_matches(['<', '>']))), Ok(failed()));
        assert_eq!(read(plain.as_bytes(), None), Err(BounceError::NotOurs));
    }

    #[test]
    fn what_is_late_or_automatic_is_no_failure() {
        let verp = format!("bounces+{TOKEN}@learncoin.example");
        for action in ["delayed", "delivered", "relayed", "expanded"] {
            let report = report(&verp, action, "Content-Type: text/plain\r\n\r\n");
            assert_eq!(read(report.as_bytes(), None), Ok(Notification::NoFailure));
        }
        let vacation = format!("To: {verp}\r\nAuto-Submitted: auto-replied\r\n\r\nI'm away.\r\n");
        assert_eq!(read(vacation.as_bytes(), None), Ok(Notification::NoFailure));
        assert_eq!(read(b"", None), Err(BounceError::NoMail));
    }
}
