//! The transport of mails: a mail server, or the folder of development.

use std::sync::Arc;
use std::time::Duration;

use learncoin_store::mails::MailToken;
use lettre::address::Envelope;

use super::folder::MailFolder;
use super::smtp::{Refusal, Session, Smtp, TransmissionOutcome};

/// The time limit for writing a file.
const FILE_TIMEOUT: Duration = Duration::from_secs(30);

/// The transport of mails.
#[derive(Clone)]
pub enum MailTransport {
    /// A folder of files.
    Files(MailFolder),
    /// A mail server.
    Smtp(Arc<Smtp>),
}

/// A transport that waits for the mail.
pub(super) enum Prepared<'t> {
    Files(&'t MailFolder),
    Smtp(&'t Smtp, Box<Session>),
}

impl MailTransport {
    /// Announces a mail, so that its bytes are all that is left to send.
    pub(super) async fn prepare(&self, envelope: &Envelope, now_ms: i64) -> Result<Prepared<'_>, Refusal> {
        match self {
            MailTransport::Files(folder) => Ok(Prepared::Files(folder)),
            MailTransport::Smtp(smtp) => {
                let session = smtp.prepare(envelope, now_ms).await?;
                Ok(Prepared::Smtp(smtp, Box::new(session)))
            }
        }
    }

    /// Returns the time limit of [`MailTransport::prepare`].
    pub(super) fn prepare_timeout(&self) -> Duration {
        match self {
            MailTransport::Files(_) => FILE_TIMEOUT,
            MailTransport::Smtp(smtp) => smtp.prepare_timeout(),
        }
    }

    /// Returns the time limit of [`Prepared::transmit`].
    pub(super) fn transmit_timeout(&self) -> Duration {
        match self {
            MailTransport::Files(_) => FILE_TIMEOUT,
            MailTransport::Smtp(smtp) => smtp.transmit_timeout(),
        }
    }

    /// Closes the idle connections.
    pub(super) async fn close_idle(&self) {
        if let MailTransport::Smtp(smtp) = self {
            smtp.close_idle().await;
        }
    }
}

impl Prepared<'_> {
    /// Sends the bytes of the mail, and waits for the outcome.
    pub(super) async fn transmit(self, token: &MailToken, mail: Vec<u8>, now_ms: i64) -> TransmissionOutcome {
        match self {
            Prepared::Files(folder) => match folder.write(token, mail).await {
                Ok(()) => TransmissionOutcome::Accepted("written to a file".to_owned()),
                // A file is complete or absent, and can be written again in any case.
                Err(error) => TransmissionOutcome::Temporary(error.to_string()),
            },
            Prepared::Smtp(smtp, session) => smtp.transmit(*session, &mail, now_ms).await,
        }
    }
}
