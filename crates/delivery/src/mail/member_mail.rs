//! Mails to the members who work in the console: the link that signs in, the end of an upload, an invitation. They are about no
//! credential, so they are not in the queue: the caller sends one, and decides what follows if that fails.

use std::time::{Duration, UNIX_EPOCH};

use learncoin_store::clock::Entropy;
use learncoin_store::mails::MailToken;
use lettre::address::{AddressError, Envelope};
use lettre::message::{Message, SinglePart};

use super::compose::{AUTOMATIC, FROM, SUBJECT, TO};
use super::headers::{address_header, text_header};
use super::smtp::TransmissionOutcome;
use super::transport::MailTransport;
use super::{Sender, address};

/// Sends mails to members.
#[derive(Clone)]
pub struct MemberMailer {
    /// The sender of the mails.
    pub sender: Sender,
    /// The transport of the mails.
    pub transport: MailTransport,
}

/// A mail from the deployment under its own name, in the member's language.
pub struct MemberMail<'a> {
    /// The member's address.
    pub to: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The text, with the link in a line of its own.
    pub text: String,
}

/// Why a mail was not sent. It names no address.
#[derive(Debug, thiserror::Error)]
pub enum MemberMailError {
    /// The member's address is one that no mail can be sent to.
    #[error("the member's address is none that mail can be sent to: {0}")]
    Address(#[from] AddressError),
    /// The parts make no mail.
    #[error("the parts make no mail: {0}")]
    Mail(#[from] lettre::error::Error),
    /// The mail server was not ready for it in time, or refused it.
    #[error("the mail server did not take it")]
    Refused,
}

impl MemberMailer {
    /// Sends a mail, once.
    ///
    /// # Errors
    /// See [`MemberMailError`].
    pub async fn send(
        &self,
        mail: MemberMail<'_>,
        entropy: &dyn Entropy,
        now_ms: i64,
    ) -> Result<(), MemberMailError> {
        let token = MailToken::generate_for_member(entropy);
        let to = address(mail.to)?;
        let envelope = Envelope::new(Some(self.sender.bounce.clone()), vec![to.clone()])?;
        let millis = u64::try_from(now_ms).unwrap_or(0);
        let mut builder = Message::builder()
            .envelope(envelope.clone())
            .raw_header(address_header(FROM, Some(self.sender.brand.name()), &self.sender.from))
            .raw_header(address_header(TO, None, &to))
            .raw_header(text_header(SUBJECT, mail.subject))
            .date(UNIX_EPOCH + Duration::from_millis(millis))
            .message_id(Some(format!("<{token}@{}>", self.sender.from.domain())));
        for (name, value) in AUTOMATIC {
            builder = builder.raw_header(lettre::message::header::HeaderValue::new(name, value.to_owned()));
        }
        let bytes = builder.singlepart(SinglePart::plain(mail.text))?.formatted();
        let preparing = self.transport.prepare(&envelope, now_ms);
        let prepared = tokio::time::timeout(self.transport.prepare_timeout(), preparing).await;
        let Ok(Ok(prepared)) = prepared else { return Err(MemberMailError::Refused) };
        let transmitting = prepared.transmit(&token, bytes, now_ms);
        match tokio::time::timeout(self.transport.transmit_timeout(), transmitting).await {
            Ok(TransmissionOutcome::Accepted(_)) => Ok(()),
            _ => Err(MemberMailError::Refused),
        }
    }
}
