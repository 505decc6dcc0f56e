//! One attempt at a mail.
//!
//! It reads the credential anew, prepares the mail server up to its reply 354, records that the mail is being transmitted,
//! transmits it, and records the outcome. `store::mails` gives the reason for this order.

use std::sync::Arc;

use jiff::Timestamp;
use learncoin_store::mails::{MailDay, MailLease, MailOutcome};
use learncoin_store::{Error as StoreError, Result, kill};
use tracing::Span;

use super::context::{MailContext, MailOptions};
use super::lease::{Permission, mark_transmitting, postpone, while_leased};
use super::record::{record, remove_file_if_erased};
use super::retry::{retry, retry_after_outage};
use crate::mail::badge::Badges;
use crate::mail::compose::{ComposeError, compose, envelope};
use crate::mail::letter::{self, Letter, LetterError};
use crate::mail::reply;
use crate::mail::smtp::{Refusal, TransmissionOutcome};
use crate::mail::transport::Prepared;
use crate::metrics;

/// The contact that an attempt had with the mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServerContact {
    /// It replied.
    Reached,
    /// It could not be reached, or refuses us.
    Unreachable,
    /// The attempt ended before it.
    NotTried,
}

/// Why an attempt ended before the mail was transmitted.
enum NotTransmitted {
    Refused(Refusal),
    Invalid(ComposeError),
}

/// Creates the span of the next attempt at a leased mail.
pub(super) fn span(lease: &MailLease) -> Span {
    let number = lease.attempts.saturating_add(1);
    tracing::info_span!("mail attempt", otel.kind = "client", number, outcome = tracing::field::Empty)
}

/// Makes the next attempt at a leased mail, within its span.
pub(super) async fn attempt(
    context: Arc<MailContext>,
    badges: Arc<Badges>,
    options: MailOptions,
    lease: MailLease,
) -> ServerContact {
    let attempt = Attempt { context: &context, badges: &badges, options: &options, lease };
    match attempt.make().await {
        Ok(contact) => contact,
        Err(error) => {
            tracing::error!(%error, "a mail can't be read or written");
            ServerContact::NotTried
        }
    }
}

struct Attempt<'m> {
    context: &'m MailContext,
    badges: &'m Badges,
    options: &'m MailOptions,
    lease: MailLease,
}

impl<'m> Attempt<'m> {
    async fn make(mut self) -> Result<ServerContact> {
        let (limit, is_used_up) = self.daily_limit().await?;
        if is_used_up {
            return self.postpone().await;
        }
        let Some(letter) = self.read_letter().await? else { return Ok(ServerContact::NotTried) };
        let badge = self.draw_badge(&letter).await;
        let prepared = match self.prepare(&letter).await {
            Ok(prepared) => prepared,
            Err(reason) => return self.end_early(&letter, reason).await,
        };
        let now = self.context.clock.now_ms();
        let mail = match compose(&letter, badge.as_deref(), &self.context.sender, now) {
            Ok(mail) => mail,
            Err(error) => return self.end_early(&letter, NotTransmitted::Invalid(error)).await,
        };
        self.lease = match mark_transmitting(self.context, &self.lease, now, limit).await? {
            Permission::Granted(lease) => lease,
            Permission::Lost => return Ok(ServerContact::NotTried),
            Permission::UsedUp => return self.postpone().await,
        };
        kill::reached("mail.transmitting");
        let transmitted = prepared.transmit(&self.lease.token, mail, self.context.clock.now_ms()).await;
        kill::reached("mail.sent");
        let (outcome, reply) = match transmitted {
            TransmissionOutcome::Accepted(reply) => (MailOutcome::Sent, reply),
            TransmissionOutcome::Temporary(reply) => (self.retry(), reply),
            TransmissionOutcome::Permanent(reply) => (MailOutcome::Failed, reply),
            TransmissionOutcome::Unknown(reply) => (MailOutcome::Unknown, reply),
        };
        self.record(outcome, Some(&reply::redact(&reply, &letter.address))).await?;
        remove_file_if_erased(self.context, &self.lease).await?;
        Ok(ServerContact::Reached)
    }

    /// Returns the number of mails that the tenant may send on a day, and whether they are used up. The mail server is not asked for
    /// one that is above the limit.
    async fn daily_limit(&self) -> Result<(u64, bool)> {
        let MailContext { store, clock, mails_per_day, .. } = self.context;
        let scope = &self.lease.scope;
        while_leased(self.context, &self.lease, || async {
            let tenant = store.find_tenant(&scope.tenant_id).await?;
            let limit = tenant.map_or(0, |tenant| mails_per_day(&tenant));
            let is_used_up = store.mails_on_day(scope, MailDay::of(clock.now_ms())).await? >= limit;
            Ok((limit, is_used_up))
        })
        .await
    }

    async fn postpone(&self) -> Result<ServerContact> {
        postpone(self.context, &self.lease, self.context.clock.now_ms()).await?;
        Ok(ServerContact::NotTried)
    }

    /// Reads the letter. If there is none, or it can't be read, records that and returns `None`.
    async fn read_letter(&self) -> Result<Option<Letter>> {
        let read = while_leased(self.context, &self.lease, || async {
            match letter::read(&self.context.store, &self.lease).await {
                Err(LetterError::Store(error)) if !matches!(error, StoreError::Inconsistent { .. }) => {
                    Err(error)
                }
                read => Ok(read),
            }
        });
        match read.await? {
            Ok(Some(letter)) => Ok(Some(letter)),
            Ok(None) => {
                self.record(MailOutcome::Cancelled, None).await?;
                Ok(None)
            }
            Err(error @ LetterError::IssuerName) => {
                self.record(MailOutcome::Failed, Some(&error.to_string())).await?;
                Ok(None)
            }
            Err(error) => {
                tracing::error!(%error, mail.token = %self.lease.token, "a mail can't be made");
                let reason = "what is stored of the credential can't be read";
                self.record(MailOutcome::Failed, Some(reason)).await?;
                Ok(None)
            }
        }
    }

    /// Draws the badge. A mail whose badge can't be drawn is sent without it.
    async fn draw_badge(&self, letter: &Letter) -> Option<Arc<[u8]>> {
        let now = Timestamp::from_millisecond(self.context.clock.now_ms()).unwrap_or(Timestamp::UNIX_EPOCH);
        self.badges.draw(letter, &self.context.sender.brand, now).await.unwrap_or_else(|error| {
            tracing::error!(%error, mail.token = %self.lease.token, "the badge of a mail can't be drawn");
            None
        })
    }

    async fn prepare(&self, letter: &Letter) -> std::result::Result<Prepared<'m>, NotTransmitted> {
        let context = self.context;
        let envelope = envelope(letter, &context.sender).map_err(NotTransmitted::Invalid)?;
        let prepared = context.transport.prepare(&envelope, context.clock.now_ms()).await;
        prepared.map_err(NotTransmitted::Refused)
    }

    /// Records why the mail was not transmitted.
    async fn end_early(&self, letter: &Letter, reason: NotTransmitted) -> Result<ServerContact> {
        let (outcome, reply, contact) = match reason {
            NotTransmitted::Refused(Refusal::Server(reply)) => {
                let outcome = retry_after_outage(self.context, self.options, &self.lease);
                (outcome, reply, ServerContact::Unreachable)
            }
            NotTransmitted::Refused(Refusal::Temporary(reply)) => {
                (self.retry(), reply, ServerContact::Reached)
            }
            NotTransmitted::Refused(Refusal::Permanent(reply)) => {
                (MailOutcome::Failed, reply, ServerContact::Reached)
            }
            NotTransmitted::Invalid(error) => {
                (MailOutcome::Failed, error.to_string(), ServerContact::NotTried)
            }
        };
        let reply = reply::redact(&reply, &letter.address);
        if contact == ServerContact::Unreachable {
            metrics::mail_server_unreachable();
            tracing::warn!(words = reply, "the mail server can't be reached, or refuses this deployment");
        }
        self.record(outcome, Some(&reply)).await?;
        Ok(contact)
    }

    fn retry(&self) -> MailOutcome {
        retry(self.context, self.options, &self.lease)
    }

    async fn record(&self, outcome: MailOutcome, reply: Option<&str>) -> Result<()> {
        record(self.context, &self.lease, outcome, reply).await
    }
}
