//! The record of an attempt's outcome.

use learncoin_store::Result;
use learncoin_store::mails::{MailLease, MailOutcome};
use tracing::Span;

use super::context::MailContext;
use super::lease::while_leased;
use crate::mail::transport::MailTransport;
use crate::metrics;

/// Records the outcome of an attempt, with the mail server's reply or the reason, if the lease is still held.
pub(super) async fn record(
    context: &MailContext,
    lease: &MailLease,
    outcome: MailOutcome,
    reply: Option<&str>,
) -> Result<()> {
    let now = context.clock.now_ms();
    let held = while_leased(context, lease, || record_once(context, lease, outcome, reply, now)).await?;
    if held {
        metrics::mail_attempted(outcome);
        Span::current().record("outcome", tracing::field::debug(outcome));
    }
    if held && matches!(outcome, MailOutcome::Failed | MailOutcome::Unknown) {
        tracing::warn!(
            ?outcome,
            "a mail was not sent, or its outcome is unknown; `learncoin mail list` shows it"
        );
    }
    Ok(())
}

async fn record_once(
    context: &MailContext,
    lease: &MailLease,
    outcome: MailOutcome,
    reply: Option<&str>,
    now_ms: i64,
) -> Result<bool> {
    let mut tx = context.store.begin().await?;
    let held = tx.record_mail_outcome(lease, outcome, reply, now_ms).await?;
    tx.commit().await?;
    Ok(held)
}

/// Removes the file of a mail if the credential was erased meanwhile. An erasure that was committed while the file was being
/// written has found none to remove.
pub(super) async fn remove_file_if_erased(context: &MailContext, lease: &MailLease) -> Result<()> {
    let MailTransport::Files(folder) = &context.transport else { return Ok(()) };
    let credential = context.store.credential_by_id(&lease.credential_id).await?;
    if credential.is_none_or(|credential| credential.erased_at.is_some())
        && let Err(error) = folder.remove(&lease.token).await
    {
        tracing::error!(%error, "the mail of an erased credential can't be removed; the next start tries again");
    }
    Ok(())
}
