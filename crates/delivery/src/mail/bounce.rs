//! Bounces: delivery status notifications, [RFC 3464](https://www.rfc-editor.org/rfc/rfc3464) and, for addresses beyond ASCII,
//! [RFC 6533](https://www.rfc-editor.org/rfc/rfc6533); and what mail servers send that follow neither.

mod report;

use learncoin_store::mails::{Mail, MailToken};
use learncoin_store::{Result, Store};
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _};

use self::report::{ReportedFate, read_report};
use super::reply;

/// The largest notification that is read, in bytes. It repeats our mail, which is smaller.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The headers that hold the address that a mail came to.
const RECIPIENT_HEADERS: [&str; 7] = [
    "To",
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "Original-Recipient",
    "Apparently-To",
];
/// The types of a part that reports the fate of a mail.
const REPORT_TYPES: [(&str, &str); 2] =
    [("message", "delivery-status"), ("message", "global-delivery-status")];
/// The types of a part that is the mail that comes back, or its headers.
const RETURNED_TYPES: [(&str, &str); 4] =
    [("message", "rfc822"), ("message", "global"), ("text", "rfc822-headers"), ("message", "global-headers")];
/// The names of programs that report failures, before the @.
const REPORTERS: [&str; 3] = ["mailer-daemon", "postmaster", "mail-daemon"];

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
    /// It is about a mail of ours, and is unclear.
    Unclear {
        /// The token of our mail.
        token: MailToken,
        /// Why.
        words: &'static str,
    },
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
    let by_recipient = recipient.and_then(token_of_address);
    let token = by_recipient.or_else(|| token_of(&message)).ok_or(BounceError::NotOurs)?;
    if let Some(part) = message.parts.iter().find(|part| is_one_of(part, &REPORT_TYPES)) {
        return Ok(match read_report(part.contents()) {
            ReportedFate::Failed { words, recipient } => {
                Notification::Failed { token, words: reply::redact(&words, &recipient) }
            }
            ReportedFate::NoFailure => Notification::NoFailure,
            ReportedFate::Unclear => Notification::Unclear {
                token,
                words: "a report that says of no recipient what became of the mail",
            },
        });
    }
    // Exim's, and Gmail's beside its report.
    if message.header_raw("X-Failed-Recipients").is_some_and(|value| !value.trim().is_empty()) {
        return Ok(Notification::Failed {
            token,
            words: "reported by X-Failed-Recipients, without a status".to_owned(),
        });
    }
    if is_automatic_answer(&message) {
        return Ok(Notification::NoFailure);
    }
    Ok(Notification::Unclear {
        token,
        words: "a mail that is neither a delivery status nor an automatic answer",
    })
}

/// Records in the mail that a notification is about that it failed, or that it returned. Returns that mail as it is now; `None`
/// if there is none, or the notification reports no failure.
///
/// # Errors
/// If the store fails.
pub async fn record(store: &Store, notification: &Notification, now_ms: i64) -> Result<Option<Mail>> {
    let mut tx = store.begin().await?;
    let token = match notification {
        Notification::NoFailure => return Ok(None),
        Notification::Failed { token, words } => {
            tx.mark_mail_bounced(token, words, now_ms).await?;
            token
        }
        Notification::Unclear { token, words } => {
            tx.mark_mail_returned(token, words, now_ms).await?;
            token
        }
    };
    tx.commit().await?;
    store.find_mail_by_token(token).await
}

/// Returns whether a program answered that is no mail server, such as that of a vacation (RFC 3834).
fn is_automatic_answer(message: &Message<'_>) -> bool {
    let is_from_reporter = message
        .from()
        .and_then(|from| from.first()?.address())
        .and_then(|address| address.split('@').next())
        .is_some_and(|name| REPORTERS.iter().any(|reporter| name.eq_ignore_ascii_case(reporter)));
    let value = |name: &'static str| message.header_raw(name).map(|value| value.trim().to_ascii_lowercase());
    let is_automatic = value("Auto-Submitted")
        .is_some_and(|value| !value.is_empty() && !value.starts_with("no"))
        || value("Precedence").is_some_and(|value| value == "auto_reply")
        || ["X-Autoreply", "X-Autorespond", "X-Autoresponder"]
            .iter()
            .any(|name| message.header_raw(*name).is_some());
    is_automatic && !is_from_reporter
}

/// Returns the token of the mail that it is about: from the address that it came to, else from the `Message-ID` of the mail
/// that it returns or refers to.
fn token_of(message: &Message<'_>) -> Option<MailToken> {
    let addressed = RECIPIENT_HEADERS
        .into_iter()
        .find_map(|name| words_of(message.header_raw(name)?).into_iter().find_map(token_of_address));
    let returned = || {
        let parts = message.parts.iter().filter(|part| is_one_of(part, &RETURNED_TYPES));
        parts.into_iter().find_map(|part| {
            token_of_message_id(MessageParser::default().parse(part.contents())?.message_id()?)
        })
    };
    let referred = || {
        ["In-Reply-To", "References"]
            .into_iter()
            .find_map(|name| words_of(message.header_raw(name)?).into_iter().find_map(token_of_message_id))
    };
    addressed.or_else(returned).or_else(referred)
}

fn words_of(header: &str) -> Vec<&str> {
    header.split([',', ';', ' ', '<', '>', '\r', '\n', '\t']).collect()
}

/// Parses `bounces+TOKEN@host`. Mail servers may change the case of an address.
fn token_of_address(address: &str) -> Option<MailToken> {
    address.trim().rsplit_once('@')?.0.rsplit_once('+')?.1.to_ascii_lowercase().parse().ok()
}

/// Parses `TOKEN@host` or `TOKEN.2@host`.
fn token_of_message_id(id: &str) -> Option<MailToken> {
    let name = id.trim_matches(['<', '>']).split_once('@')?.0;
    name.split('.').next()?.to_ascii_lowercase().parse().ok()
}

fn is_one_of(part: &MessagePart<'_>, types: &[(&str, &str)]) -> bool {
    part.content_type().is_some_and(|found| {
        types.iter().any(|(kind, subtype)| {
            found.ctype().eq_ignore_ascii_case(kind)
                && found.subtype().is_some_and(|found| found.eq_ignore_ascii_case(subtype))
        })
    })
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
        for header in ["Auto-Submitted: auto-replied", "Precedence: auto_reply", "X-Autoreply: yes"] {
            let vacation = format!("From: ada@example.edu\r\nTo: {verp}\r\n{header}\r\n\r\nI'm away.\r\n");
            assert_eq!(read(vacation.as_bytes(), None), Ok(Notification::NoFailure), "{header}");
        }
        assert_eq!(read(b"", None), Err(BounceError::NoMail));
    }
    /// Returns a report in another form: the type of its part, its encoding, and the part as it is then written.
    fn in_form(content_type: &str, encoding: &str, encode: impl Fn(&[u8]) -> String) -> String {
        let fields = "Reporting-MTA: dns; relay.example\r\n\r\nFinal-Recipient: utf-8; ada@example.edu\r\n\
                      Action: Failed (bad mailbox)\r\nStatus: 5.1.1\r\n";
        let id = format!(
            "Message-ID: <{}@learncoin.example>\r\nTo: \u{e4}d\u{e4}@example.edu\r\n\r\n",
            TOKEN.to_uppercase()
        );
        format!(
            "From: MAILER-DAEMON@relay.example\r\nTo: bounces@learncoin.example\r\nAuto-Submitted: auto-replied\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{}\r\n\
             --b\r\nContent-Type: message/global-headers\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{}\r\n--b--\r\n",
            encode(fields.as_bytes()),
            encode(id.as_bytes()),
        )
    }

    #[test]
    fn both_types_of_report_are_read_in_every_encoding() {
        use base64::Engine as _;
        let expected = Notification::Failed { token: TOKEN.parse().unwrap(), words: "5.1.1".to_owned() };
        let plain = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
        let quoted = |bytes: &[u8]| {
            let hex = |byte: &u8| match byte {
                b'\r' | b'\n' | b' '..=b'<' | b'>'..=b'~' => char::from(*byte).to_string(),
                byte => format!("={byte:02X}"),
            };
            bytes.iter().map(hex).collect::<String>().replace("Failed", "Fai=\r\nled")
        };
        for content_type in
            ["message/delivery-status", "message/global-delivery-status", "Message/Delivery-Status"]
        {
            for (encoding, mail) in [
                ("8bit", in_form(content_type, "8bit", plain)),
                ("base64", in_form(content_type, "base64", base64)),
                ("quoted-printable", in_form(content_type, "quoted-printable", quoted)),
            ] {
                assert_eq!(
                    read(mail.as_bytes(), None),
                    Ok(expected.clone()),
                    "{content_type} {encoding}: {mail}"
                );
            }
        }
    }

    #[test]
    fn a_token_is_read_in_any_case_and_from_every_place() {
        let expected = Notification::Failed {
            token: TOKEN.parse().unwrap(),
            words: "reported by X-Failed-Recipients, without a status".to_owned(),
        };
        let upper = TOKEN.to_uppercase();
        for header in [
            format!("To: BOUNCES+{upper}@LEARNCOIN.EXAMPLE"),
            format!("To: <Bounces+{TOKEN}@learncoin.example>, x@example.edu"),
            format!("Delivered-To: bounces+{upper}@learncoin.example"),
            format!("Envelope-To: bounces+{TOKEN}@learncoin.example"),
            format!("Original-Recipient: rfc822;bounces+{TOKEN}@learncoin.example"),
            format!("In-Reply-To: <{TOKEN}@learncoin.example>"),
            format!("References: <other@example.edu> <{upper}.2@learncoin.example>"),
        ] {
            let mail = format!(
                "From: Mailer-Daemon@x.example\r\n{header}\r\nX-Failed-Recipients: ada@example.edu\r\n\r\nx"
            );
            assert_eq!(read(mail.as_bytes(), None), Ok(expected.clone()), "{header}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_said_to_be_so() {
        let verp = format!("bounces+{TOKEN}@learncoin.example");
        for (headers, body) in [
            ("From: MAILER-DAEMON@x.example", "Hi. This is the qmail-send program. I gave up."),
            ("From: MAILER-DAEMON@x.example\r\nAuto-Submitted: auto-generated", "Mail failure."),
            ("From: Postmaster@x.example\r\nAuto-Submitted: auto-replied", "Undeliverable"),
            ("From: ada@example.edu", "Who are you?"),
            ("From: ada@example.edu\r\nAuto-Submitted: no", "Who are you?"),
            ("From: ada@example.edu\r\nX-Failed-Recipients: ", "Who are you?"),
        ] {
            let mail = format!("{headers}\r\nTo: {verp}\r\n\r\n{body}\r\n");
            assert!(matches!(read(mail.as_bytes(), None), Ok(Notification::Unclear { .. })), "{mail}");
        }
        let empty = format!(
            "From: MAILER-DAEMON@x.example\r\nTo: {verp}\r\nContent-Type: multipart/report; boundary=b\r\n\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x.example\r\n--b--\r\n"
        );
        assert!(matches!(read(empty.as_bytes(), None), Ok(Notification::Unclear { .. })));
    }
}
