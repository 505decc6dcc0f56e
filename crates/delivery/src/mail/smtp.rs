//! The SMTP client: [RFC 5321](https://www.rfc-editor.org/rfc/rfc5321) in two steps. Between them, after the server's reply
//! 354 and before the first byte of the mail, the worker records that the mail is being transmitted.
//!
//! `connection` speaks SMTP, `answer` reads replies, `extensions` reads what a server offers, `login` logs in, `tls` sets
//! up TLS.
//!
//! - Invariant: the code of a reply decides what it means, never its words.
//! - Invariant: a refusal that is about this deployment (a login, the sender, the server's own state) fails no mail. It is
//!   [`Refusal::Server`], and the mail waits.

mod answer;
mod connection;
mod extensions;
mod login;
mod options;
mod refusal;
mod tls;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;

use self::answer::Severity;
use self::connection::Connection;
pub use self::options::{Encryption, SmtpLogin, SmtpOptions, SmtpSecret};
pub(super) use self::refusal::Refusal;
use self::refusal::TIMED_OUT;
use self::tls::Tls;
pub use self::tls::TlsError;

/// The server's reply to `DATA` when it is ready for the mail.
const START_MAIL_INPUT: u16 = 354;
/// The time limit of the reply to a whole mail, as a multiple of that of other replies: the server may scan the mail.
const FINAL_REPLY_FACTOR: u32 = 5;
/// The longest time for which a connection is idle, in milliseconds. Servers close them after some minutes.
const IDLE_FOR_MS: i64 = 20_000;
/// The number of mails that one connection carries.
const MAILS_PER_CONNECTION: u32 = 100;
/// The time limit of a `QUIT`.
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);

/// Why the SMTP client can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// TLS could not be set up.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A password would be sent in clear.
    #[error("mail.smtp_username is set and mail.smtp_tls is \"none\": a password is sent over TLS only")]
    PasswordInClear,
}

/// The client of a mail server, with its idle connections.
pub struct Smtp {
    options: SmtpOptions,
    tls: Option<Tls>,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: Connection,
    mails: u32,
    since_ms: i64,
}

/// A connection on which the server waits for a mail.
pub(super) struct Session {
    connection: Connection,
    mails: u32,
}

/// The server's reply to a mail.
#[derive(Debug)]
pub(super) enum TransmissionOutcome {
    /// It accepted the mail.
    Accepted(String),
    /// It refused the mail for now.
    Temporary(String),
    /// It refused the mail for good.
    Permanent(String),
    /// The mail was written, and no reply came.
    Unknown(String),
}

impl Smtp {
    /// Creates the client. It connects with the first mail.
    ///
    /// # Errors
    /// See [`SmtpError`].
    pub fn new(options: SmtpOptions) -> Result<Self, SmtpError> {
        let tls = match options.encryption {
            Encryption::None if options.login.is_some() => return Err(SmtpError::PasswordInClear),
            Encryption::None => None,
            Encryption::StartTls | Encryption::Tls => {
                Some(Tls::new(&options.host, options.authority.as_deref())?)
            }
        };
        Ok(Self { options, tls, idle: Mutex::default() })
    }

    /// Returns the time limit of everything before the mail.
    pub(super) fn prepare_timeout(&self) -> Duration {
        // Connection, greeting, STARTTLS, two greetings, login; then the three commands of the mail.
        self.options.timeout.saturating_mul(4)
    }

    /// Returns the time limit of the mail and the reply to it.
    pub(super) fn transmit_timeout(&self) -> Duration {
        self.options.timeout.saturating_mul(FINAL_REPLY_FACTOR)
    }

    /// Announces a mail to the server, over an idle connection or a new one, up to the server's reply 354.
    pub(super) async fn prepare(&self, envelope: &Envelope, now_ms: i64) -> Result<Session, Refusal> {
        let preparing = async {
            if let Some(Idle { mut connection, mails, .. }) = self.take_idle(now_ms) {
                match announce(&mut connection, envelope).await {
                    // The server closed the idle connection, which is no reason against the mail.
                    Err(Refusal::Server(_)) => {}
                    Ok(()) => return Ok(Session { connection, mails }),
                    Err(refusal) => return Err(refusal),
                }
            }
            let mut connection = Connection::open(&self.options, self.tls.as_ref()).await?;
            if let Some(login) = &self.options.login {
                login::log_in(&mut connection, login).await?;
            }
            announce(&mut connection, envelope).await?;
            Ok(Session { connection, mails: 0 })
        };
        match tokio::time::timeout(self.prepare_timeout(), preparing).await {
            Ok(prepared) => prepared,
            Err(_) => Err(Refusal::timed_out()),
        }
    }

    /// Writes the mail and waits for the reply.
    pub(super) async fn transmit(
        &self,
        mut session: Session,
        mail: &[u8],
        now_ms: i64,
    ) -> TransmissionOutcome {
        let answer = tokio::time::timeout(self.transmit_timeout(), session.connection.transmit(mail)).await;
        let reply = match answer {
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) => return TransmissionOutcome::Unknown(error.to_string()),
            Err(_) => return TransmissionOutcome::Unknown(TIMED_OUT.to_owned()),
        };
        let words = reply.to_string();
        match reply.severity() {
            Severity::Completed => {
                self.put_idle(Idle {
                    connection: session.connection,
                    mails: session.mails.saturating_add(1),
                    since_ms: now_ms,
                });
                TransmissionOutcome::Accepted(words)
            }
            Severity::Temporary => TransmissionOutcome::Temporary(words),
            Severity::Permanent => TransmissionOutcome::Permanent(words),
            Severity::Continues | Severity::Unknown => TransmissionOutcome::Unknown(words),
        }
    }

    /// Closes the idle connections.
    pub(super) async fn close_idle(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for mut one in idle {
            // The connection is dropped even if the server does not reply.
            let _ = tokio::time::timeout(QUIT_TIMEOUT, one.connection.quit()).await;
        }
    }

    fn take_idle(&self, now_ms: i64) -> Option<Idle> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|one| now_ms.saturating_sub(one.since_ms) < IDLE_FOR_MS);
        idle.pop()
    }

    fn put_idle(&self, one: Idle) {
        if one.mails < MAILS_PER_CONNECTION {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(one);
        }
    }
}

async fn announce(connection: &mut Connection, envelope: &Envelope) -> Result<(), Refusal> {
    let is_ascii = envelope.to().iter().all(|address| AsRef::<str>::as_ref(address).is_ascii());
    // An address beyond ASCII, RFC 6531. Its host is ASCII already.
    if !is_ascii && !connection.extensions().has("SMTPUTF8") {
        return Err(Refusal::Permanent(
            "the recipient's address has letters beyond ASCII before the @, and the mail server does not offer SMTPUTF8"
                .to_owned(),
        ));
    }
    let from = envelope.from().map_or("", |address| address.as_ref());
    let parameters = if is_ascii { "" } else { " SMTPUTF8 BODY=8BITMIME" };
    let reply = connection.command(&format!("MAIL FROM:<{from}>{parameters}")).await?;
    // A refused sender is refused for every recipient: that is about the server's settings or ours.
    if reply.severity() != Severity::Completed {
        return Err(Refusal::Server(reply.to_string()));
    }
    for recipient in envelope.to() {
        let reply = connection.command(&format!("RCPT TO:<{recipient}>")).await?;
        if reply.severity() != Severity::Completed {
            return Err(Refusal::of(&reply));
        }
    }
    let reply = connection.command("DATA").await?;
    match reply.code {
        START_MAIL_INPUT => Ok(()),
        _ => Err(Refusal::of(&reply)),
    }
}
