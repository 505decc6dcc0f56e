//! The SMTP client: [RFC 5321](https://www.rfc-editor.org/rfc/rfc5321) in two steps. Between them, after the server's reply
//! 354 and before the first byte of the mail, the worker records that the mail is being transmitted.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use zeroize::Zeroizing;

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

/// The protection of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// None, for a mail server on the same machine or network.
    None,
    /// `STARTTLS`, which the server must offer.
    StartTls,
    /// TLS from the first byte on.
    Tls,
}

/// The settings of the connection to a mail server.
pub struct SmtpOptions {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The protection of the connection.
    pub encryption: Encryption,
    /// The user name and password.
    pub credentials: Option<(String, Zeroizing<String>)>,
    /// A certificate authority beside the system's, in PEM.
    pub authority: Option<Vec<u8>>,
    /// The name in our `EHLO`.
    pub hello: String,
    /// The time limit of one reply.
    pub timeout: Duration,
}

/// Why the SMTP client can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The certificate authority is not a certificate.
    #[error("mail.smtp_ca_file holds no certificate in PEM: {0}")]
    Authority(smtp::Error),
    /// TLS could not be set up.
    #[error("TLS could not be set up for mail.smtp_host: {0}")]
    Tls(smtp::Error),
    /// A password would be sent in clear.
    #[error("mail.smtp_username is set and mail.smtp_tls is \"none\": a password is sent over TLS only")]
    PasswordInClear,
}

/// The client of a mail server, with its idle connections.
pub struct Smtp {
    host: String,
    port: u16,
    encryption: Encryption,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
    timeout: Duration,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    mails: u32,
    since_ms: i64,
}

/// Why the server did not reply 354.
#[derive(Debug)]
pub(super) enum Refusal {
    /// A reason that is not about this mail: no connection, no TLS, no login, sender refused.
    Server(String),
    /// A temporary refusal of this mail.
    Temporary(String),
    /// A permanent refusal of this mail.
    Permanent(String),
}

/// A connection on which the server waits for a mail.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
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
        if options.credentials.is_some() && options.encryption == Encryption::None {
            return Err(SmtpError::PasswordInClear);
        }
        let tls = match options.encryption {
            Encryption::None => None,
            Encryption::StartTls | Encryption::Tls => {
                let mut builder = TlsParameters::builder(options.host.clone());
                if let Some(pem) = &options.authority {
                    builder = builder
                        .add_root_certificate(Certificate::from_pem(pem).map_err(SmtpError::Authority)?);
                }
                Some(builder.build_rustls().map_err(SmtpError::Tls)?)
            }
        };
        Ok(Self {
            host: options.host,
            port: options.port,
            encryption: options.encryption,
            tls,
            credentials: options
                .credentials
                .map(|(user, password)| Credentials::new(user, password.as_str().to_owned())),
            hello: ClientId::Domain(options.hello),
            timeout: options.timeout,
            idle: Mutex::default(),
        })
    }

    /// Returns the time limit of everything before the mail.
    pub(super) fn prepare_timeout(&self) -> Duration {
        // Connection, greeting, STARTTLS, two greetings, login; then the three commands of the mail.
        self.timeout.saturating_mul(4)
    }

    /// Returns the time limit of the mail and the reply to it.
    pub(super) fn transmit_timeout(&self) -> Duration {
        self.timeout.saturating_mul(FINAL_REPLY_FACTOR)
    }

    /// Announces a mail to the server, over an idle connection or a new one, up to the server's reply 354.
    pub(super) async fn prepare(&self, envelope: &Envelope, now_ms: i64) -> Result<Session, Refusal> {
        let preparing = async {
            if let Some(Idle { mut connection, mails, .. }) = self.take_idle(now_ms) {
                match self.announce(&mut connection, envelope).await {
                    // The server closed the idle connection, which is no reason against the mail.
                    Err(Refusal::Server(_)) => {}
                    Ok(()) => return Ok(Session { connection, mails }),
                    Err(refusal) => return Err(refusal),
                }
            }
            let mut connection = self.connect().await?;
            self.announce(&mut connection, envelope).await?;
            Ok(Session { connection, mails: 0 })
        };
        match tokio::time::timeout(self.prepare_timeout(), preparing).await {
            Ok(prepared) => prepared,
            Err(_) => Err(Refusal::Server(TIMED_OUT.to_owned())),
        }
    }

    /// Writes the mail and waits for the reply.
    pub(super) async fn transmit(
        &self,
        mut session: Session,
        mail: &[u8],
        now_ms: i64,
    ) -> TransmissionOutcome {
        let answer = tokio::time::timeout(self.transmit_timeout(), session.connection.message(mail)).await;
        match answer {
            Ok(Ok(answer)) if answer.code().is_completion() => {
                let words = reply_text(&answer);
                self.put_idle(Idle {
                    connection: session.connection,
                    mails: session.mails.saturating_add(1),
                    since_ms: now_ms,
                });
                TransmissionOutcome::Accepted(words)
            }
            Ok(Ok(answer)) => TransmissionOutcome::Unknown(reply_text(&answer)),
            Ok(Err(error)) if error.is_transient() => TransmissionOutcome::Temporary(error.to_string()),
            Ok(Err(error)) if error.is_permanent() => TransmissionOutcome::Permanent(error.to_string()),
            Ok(Err(error)) => TransmissionOutcome::Unknown(error.to_string()),
            Err(_) => TransmissionOutcome::Unknown(TIMED_OUT.to_owned()),
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

    async fn connect(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let about_server = |error: smtp::Error| Refusal::Server(error.to_string());
        let implicit = self.tls.clone().filter(|_| self.encryption == Encryption::Tls);
        let server = (self.host.as_str(), self.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &self.hello, implicit, None);
        let mut connection = self.in_time(connecting).await.map_err(server_refusal)?.map_err(about_server)?;
        if let Some(tls) = self.tls.clone().filter(|_| self.encryption == Encryption::StartTls) {
            self.in_time(connection.starttls(tls, &self.hello))
                .await
                .map_err(server_refusal)?
                .map_err(about_server)?;
        }
        if let Some(credentials) = &self.credentials {
            let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials);
            self.in_time(login).await.map_err(server_refusal)?.map_err(about_server)?;
        }
        Ok(connection)
    }

    async fn announce(
        &self,
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
    ) -> Result<(), Refusal> {
        // A refused sender is refused for every recipient: that is about the server's settings or ours.
        let sender = connection.command(Mail::new(envelope.from().cloned(), Vec::new()));
        self.in_time(sender).await.map_err(server_refusal)?.map_err(|error| match error.is_transient() {
            true => Refusal::Temporary(error.to_string()),
            false => Refusal::Server(error.to_string()),
        })?;
        for recipient in envelope.to() {
            let recipient = connection.command(Rcpt::new(recipient.clone(), Vec::new()));
            self.in_time(recipient).await.map_err(server_refusal)?.map_err(refusal)?;
        }
        let answer =
            self.in_time(connection.command(Data)).await.map_err(server_refusal)?.map_err(refusal)?;
        match answer.has_code(START_MAIL_INPUT) {
            true => Ok(()),
            false => Err(Refusal::Server(reply_text(&answer))),
        }
    }

    async fn in_time<T>(&self, step: impl Future<Output = T>) -> Result<T, &'static str> {
        tokio::time::timeout(self.timeout, step).await.map_err(|_| TIMED_OUT)
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

const TIMED_OUT: &str = "no answer in time";

fn server_refusal(words: &'static str) -> Refusal {
    Refusal::Server(words.to_owned())
}

fn refusal(error: smtp::Error) -> Refusal {
    match error {
        error if error.is_transient() => Refusal::Temporary(error.to_string()),
        error if error.is_permanent() => Refusal::Permanent(error.to_string()),
        error => Refusal::Server(error.to_string()),
    }
}

fn reply_text(answer: &smtp::response::Response) -> String {
    let lines: Vec<&str> = answer.message().collect();
    format!("{} {}", answer.code(), lines.join(" "))
}

trait Completion {
    fn is_completion(&self) -> bool;
}

impl Completion for smtp::response::Code {
    /// Returns whether it is 2xx. `is_positive` of lettre includes 3xx.
    fn is_completion(&self) -> bool {
        self.severity == smtp::response::Severity::PositiveCompletion
    }
}
