//! The schedule of the attempts at a mail.

use learncoin_store::clock::random_bytes;
use learncoin_store::mails::{MailLease, MailOutcome};

use super::context::{MailContext, MailOptions};
use crate::schedule::{PAUSES_MS, next_attempt_at};

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
        Some(at) => MailOutcome::Later(at),
        None => MailOutcome::Failed,
    }
}
