//! The reasons for which a mail server does not take a mail, and whom they are about.

use super::answer::{Severity, SmtpReply};

/// The words for a reply that did not come.
pub(super) const TIMED_OUT: &str = "no answer in time";
/// The server's reply when it closes the connection.
const CLOSING: u16 = 421;
/// The server's replies when it wants a login, or does not accept ours (RFC 4954, section 6).
const ABOUT_THE_LOGIN: [u16; 5] = [454, 530, 534, 535, 538];

/// Why the server did not reply 354.
#[derive(Debug)]
pub(in crate::mail) enum Refusal {
    /// A reason that is not about this mail: no connection, no TLS, no login, sender refused.
    Server(String),
    /// A temporary refusal of this mail.
    Temporary(String),
    /// A permanent refusal of this mail.
    Permanent(String),
}

impl Refusal {
    /// Creates the refusal of a reply that came too late.
    pub(super) fn timed_out() -> Self {
        Self::Server(TIMED_OUT.to_owned())
    }

    /// Returns the refusal that a reply to a command about a mail is.
    pub(super) fn of(reply: &SmtpReply) -> Self {
        let words = reply.to_string();
        match reply.severity() {
            _ if reply.code == CLOSING || ABOUT_THE_LOGIN.contains(&reply.code) => Self::Server(words),
            Severity::Temporary => Self::Temporary(words),
            Severity::Permanent => Self::Permanent(words),
            Severity::Completed | Severity::Continues | Severity::Unknown => Self::Server(words),
        }
    }
}
