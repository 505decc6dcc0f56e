//! The schedule of the attempts at a mail.

use learncoin_store::clock::random_bytes;
use learncoin_store::mails::{MailLease, MailOutcome};

use super::context::{MailContext, MailOptions};
use crate::schedule::{PAUSES_MS, next_attempt_at};

/// The longest pause after a failure that is the mail server's, in milliseconds. With the random part it is a minute.
const SERVER_PAUSE_MS: i64 = 50_000;

/// Returns the outcome of a failure that is not about the mail: the mail server can't be reached, or refuses this deployment.
/// The pauses stay short, so that the mails are sent soon after the server is back; the circuit breaker spares it.
pub(super) fn retry_after_outage(
    context: &MailContext,
    options: &MailOptions,
    lease: &MailLease,
) -> MailOutcome {
    let max_backoff_ms = options.max_backoff_ms.min(SERVER_PAUSE_MS);
    retry(context, &MailOptions { max_backoff_ms, ..options.clone() }, lease)
}

/// Returns the outcome of a temporary failure: a later attempt, or a failure if the mail is too old. The first pauses are
/// those of a delivery; after them each pause is the longest.
pub(super) fn retry(context: &MailContext, options: &MailOptions, lease: &MailLease) -> MailOutcome {
    let now = context.clock.now_ms();
    if now.saturating_sub(lease.queued_at) >= options.give_up_after_ms {
        return MailOutcome::Failed;
    }
    let last = u64::try_from(PAUSES_MS.len()).unwrap_or(u64::MAX);
    let attempts = lease.attempts.saturating_add(1).min(last);
    let random = u64::from_be_bytes(random_bytes(&*context.entropy));
    match next_attempt_at(attempts, now, options.max_backoff_ms, random) {
        Some(at) => MailOutcome::RetryAt(at),
        None => MailOutcome::Failed,
    }
}
