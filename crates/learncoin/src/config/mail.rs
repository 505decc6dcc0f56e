//! The section `[mail]`.

use learncoin_delivery::mail::Encryption;
use learncoin_delivery::mail::worker::MailOptions;
use serde::{Deserialize, Serialize};

use super::time::{to_ms, to_s};

/// The mails to recipients, and the mail server. The password is not a setting: it would be in every dump of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MailConfig {
    /// The destination of mails.
    pub(crate) transport: MailTransportKind,
    /// The sender's address; empty for `no-reply` at the host of the public URL.
    pub(crate) from: String,
    /// The address for bounces; empty for the sender's address.
    pub(crate) bounce_address: String,
    /// The host of the mail server.
    pub(crate) smtp_host: String,
    /// The port of the mail server.
    pub(crate) smtp_port: u16,
    /// The protection of the connection.
    pub(crate) smtp_tls: SmtpTls,
    /// The user name for the login; empty for no login.
    pub(crate) smtp_username: String,
    /// The file that holds the password.
    pub(crate) smtp_password_file: String,
    /// The file that holds an OAuth 2.0 access token instead of a password.
    pub(crate) smtp_token_file: String,
    /// A file of certificate authorities (PEM) that are trusted besides the system's.
    pub(crate) smtp_ca_file: String,
    /// The time that the mail server may take for a reply, in seconds.
    pub(crate) smtp_timeout_s: u64,
    /// The number of mails that may be in flight.
    pub(crate) max_in_flight: usize,
    /// The longest pause between two attempts at a mail, in seconds.
    pub(crate) max_backoff_s: u64,
    /// The time after which a mail is given up, in seconds.
    pub(crate) give_up_after_s: u64,
}

/// The destination of mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailTransportKind {
    /// Files in the data directory.
    Files,
    /// A mail server.
    Smtp,
    /// None: no mail is queued.
    Off,
}

/// The protection of the connection to the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum SmtpTls {
    /// TLS after STARTTLS (RFC 3207).
    StartTls,
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// None.
    None,
}

impl Default for MailConfig {
    fn default() -> Self {
        let options = MailOptions::default();
        Self {
            transport: MailTransportKind::Files,
            from: String::new(),
            bounce_address: String::new(),
            smtp_host: String::new(),
            smtp_port: 587,
            smtp_tls: SmtpTls::StartTls,
            smtp_username: String::new(),
            smtp_password_file: String::new(),
            smtp_token_file: String::new(),
            smtp_ca_file: String::new(),
            smtp_timeout_s: 60,
            max_in_flight: options.max_in_flight,
            max_backoff_s: to_s(options.max_backoff_ms),
            give_up_after_s: to_s(options.give_up_after_ms),
        }
    }
}

impl From<&MailConfig> for MailOptions {
    fn from(config: &MailConfig) -> Self {
        Self {
            max_in_flight: config.max_in_flight.max(1),
            max_backoff_ms: to_ms(config.max_backoff_s),
            give_up_after_ms: to_ms(config.give_up_after_s),
        }
    }
}

impl From<SmtpTls> for Encryption {
    fn from(setting: SmtpTls) -> Self {
        match setting {
            SmtpTls::StartTls => Self::StartTls,
            SmtpTls::Implicit => Self::Tls,
            SmtpTls::None => Self::None,
        }
    }
}
