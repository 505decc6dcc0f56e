//! The way to a mail server: [RFC 5321](https://www.rfc-editor.org/rfc/rfc5321), step by step, so that what is written
//! down happens between the server's "go on" and the first byte of the mail.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use zeroize::Zeroizing;

/// What the server answers to `DATA` when it is ready.
const START_MAIL_INPUT: u16 = 354;
/// How many times as long as for any other answer the server may take for the one to a whole mail: it may look into it.
const LAST_ANSWER_FACTOR: u32 = 5;
/// How long a connection may lie unused, in milliseconds. Servers close them after some minutes.
const IDLE_FOR_MS: i64 = 20_000;
/// How many mails go over one connection.
const MAILS_PER_CONNECTION: u32 = 100;
/// How long a goodbye may take.
const GOODBYE_TAKES_AT_MOST: Duration = Duration::from_secs(1);

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all. For a mail server on the same machine or network.
    None,
    /// By `STARTTLS`, which the server must offer.
    StartTls,
    /// From the first byte on.
    Tls,
}

/// Which mail server, and how.
pub struct SmtpOptions {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// Who we are to it: user name and password.
    pub credentials: Option<(String, Zeroizing<String>)>,
    /// A certificate authority beside the system's, in PEM.
    pub authority: Option<Vec<u8>>,
    /// The name that we greet it with.
    pub hello: String,
    /// How long one answer may take.
    pub timeout: Duration,
}

/// Why mails can't be sent that way.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The certificate authority is none.
    #[error("mail.smtp_ca_file holds no certificate in PEM: {0}")]
    Authority(smtp::Error),
    /// TLS could not be set up.
    #[error("TLS could not be set up for mail.smtp_host: {0}")]
    Tls(smtp::Error),
    /// A password would cross a network in clear.
    #[error("mail.smtp_username is set and mail.smtp_tls is \"none\": a password is sent over TLS only")]
    PasswordInClear,
}

/// A mail server, with the connections to it that are at rest. Clones nothing; shared by reference.
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

/// Why the server did not say "go on".
#[derive(Debug)]
pub(super) enum Refusal {
    /// It has nothing to do with this mail: no connection, no TLS, no login, no sender.
    Server(String),
    /// Not now.
    Later(String),
    /// Never.
    Never(String),
}

/// A server that waits for a mail.
pub(super) struct Session {
    connection: AsyncSmtpConnection,
    mails: u32,
}

/// What the server said to a mail.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It took it.
    Taken(String),
    /// It did not, and may later.
    Later(String),
    /// It did not, and never will.
    Never(String),
    /// It was written, and no answer came.
    Unknown(String),
}

impl Smtp {
    /// Prepares the way; nothing is connected yet.
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

    /// How long everything may take until the server waits for the mail.
    pub(super) fn beginning_takes_at_most(&self) -> Duration {
        // Connection, greeting, STARTTLS, two greetings, login; then once more the three commands of the mail.
        self.timeout.saturating_mul(4)
    }

    /// How long the mail and the answer to it may take.
    pub(super) fn ending_takes_at_most(&self) -> Duration {
        self.timeout.saturating_mul(LAST_ANSWER_FACTOR)
    }

    /// Announces a mail to the server, over a connection that is at rest or a new one, until it says "go on".
    pub(super) async fn begin(&self, envelope: &Envelope, now_ms: i64) -> Result<Session, Refusal> {
        let beginning = async {
            if let Some(Idle { mut connection, mails, .. }) = self.take_idle(now_ms) {
                match self.announce(&mut connection, envelope).await {
                    // The server closed it while it was at rest, which says nothing.
                    Err(Refusal::Server(_)) => {}
                    Ok(()) => return Ok(Session { connection, mails }),
                    Err(refusal) => return Err(refusal),
                }
            }
            let mut connection = self.connect().await?;
            self.announce(&mut connection, envelope).await?;
            Ok(Session { connection, mails: 0 })
        };
        match tokio::time::timeout(self.beginning_takes_at_most(), beginning).await {
            Ok(begun) => begun,
            Err(_) => Err(Refusal::Server(TIMED_OUT.to_owned())),
        }
    }

    /// Writes the mail and awaits the answer.
    pub(super) async fn end(&self, mut session: Session, mail: &[u8], now_ms: i64) -> Verdict {
        let answer =
            tokio::time::timeout(self.ending_takes_at_most(), session.connection.message(mail)).await;
        match answer {
            Ok(Ok(answer)) if answer.code().is_completion() => {
                let words = said(&answer);
                self.put_idle(Idle {
                    connection: session.connection,
                    mails: session.mails.saturating_add(1),
                    since_ms: now_ms,
                });
                Verdict::Taken(words)
            }
            Ok(Ok(answer)) => Verdict::Unknown(said(&answer)),
            Ok(Err(error)) if error.is_transient() => Verdict::Later(error.to_string()),
            Ok(Err(error)) if error.is_permanent() => Verdict::Never(error.to_string()),
            Ok(Err(error)) => Verdict::Unknown(error.to_string()),
            Err(_) => Verdict::Unknown(TIMED_OUT.to_owned()),
        }
    }

    /// Ends the connections that are at rest.
    pub(super) async fn rest(&self) {
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for mut one in idle {
            // A server that does not answer a goodbye is left without one.
            let _ = tokio::time::timeout(GOODBYE_TAKES_AT_MOST, one.connection.quit()).await;
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let about_server = |error: smtp::Error| Refusal::Server(error.to_string());
        let implicit = self.tls.clone().filter(|_| self.encryption == Encryption::Tls);
        let server = (self.host.as_str(), self.port);
        let connecting =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.timeout), &self.hello, implicit, None);
        let mut connection = self.in_time(connecting).await.map_err(about)?.map_err(about_server)?;
        if let Some(tls) = self.tls.clone().filter(|_| self.encryption == Encryption::StartTls) {
            self.in_time(connection.starttls(tls, &self.hello))
                .await
                .map_err(about)?
                .map_err(about_server)?;
        }
        if let Some(credentials) = &self.credentials {
            let login = connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials);
            self.in_time(login).await.map_err(about)?.map_err(about_server)?;
        }
        Ok(connection)
    }

    async fn announce(
        &self,
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
    ) -> Result<(), Refusal> {
        // A sender that is refused is refused for every recipient: that is about the server's settings or ours.
        let sender = connection.command(Mail::new(envelope.from().cloned(), Vec::new()));
        self.in_time(sender).await.map_err(about)?.map_err(|error| match error.is_transient() {
            true => Refusal::Later(error.to_string()),
            false => Refusal::Server(error.to_string()),
        })?;
        for recipient in envelope.to() {
            let recipient = connection.command(Rcpt::new(recipient.clone(), Vec::new()));
            self.in_time(recipient).await.map_err(about)?.map_err(refusal)?;
        }
        let answer = self.in_time(connection.command(Data)).await.map_err(about)?.map_err(refusal)?;
        match answer.has_code(START_MAIL_INPUT) {
            true => Ok(()),
            false => Err(Refusal::Server(said(&answer))),
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

fn about(words: &'static str) -> Refusal {
    Refusal::Server(words.to_owned())
}

fn refusal(error: smtp::Error) -> Refusal {
    match error {
        error if error.is_transient() => Refusal::Later(error.to_string()),
        error if error.is_permanent() => Refusal::Never(error.to_string()),
        error => Refusal::Server(error.to_string()),
    }
}

fn said(answer: &smtp::response::Response) -> String {
    let lines: Vec<&str> = answer.message().collect();
    format!("{} {}", answer.code(), lines.join(" "))
}

trait Completion {
    fn is_completion(&self) -> bool;
}

impl Completion for smtp::response::Code {
    /// Whether it is 2xx. What lettre calls positive is 3xx too.
    fn is_completion(&self) -> bool {
        self.severity == smtp::response::Severity::PositiveCompletion
    }
}
