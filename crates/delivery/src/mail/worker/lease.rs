//! Leases of mails. A lease covers the preparation of the mail, and is renewed for its transmission.

use std::time::Duration;

use learncoin_store::mails::MailLease;
use learncoin_store::{Result, kill};

use super::context::MailContext;

/// The part of a lease after the end of the work, in milliseconds: the time in which the outcome is recorded.
const LEASE_MARGIN_MS: i64 = 20_000;

/// Leases up to `count` mails that are due. Before that, if `expire` is set, takes over the mails whose leases have ended.
pub(super) async fn lease(
    context: &MailContext,
    now_ms: i64,
    count: usize,
    expire: bool,
) -> Result<Vec<MailLease>> {
    let mut tx = context.store.begin().await?;
    if expire {
        tx.expire_mail_leases(now_ms).await?;
    }
    let leases = match count {
        0 => Vec::new(),
        _ => tx.lease_mails(now_ms, lease_end(now_ms, context.transport.prepare_timeout()), count).await?,
    };
    tx.commit().await?;
    Ok(leases)
}

/// Renews a lease for the transmission of the mail, and records that it is being transmitted. Returns `None` if it must not
/// be transmitted: the lease is lost, or the credential was erased or revoked.
pub(super) async fn mark_transmitting(
    context: &MailContext,
    lease: &MailLease,
    now_ms: i64,
) -> Result<Option<MailLease>> {
    let mut tx = context.store.begin().await?;
    let until = lease_end(now_ms, context.transport.transmit_timeout());
    let renewed = tx.mark_mail_transmitting(lease, now_ms, until).await?;
    tx.commit().await?;
    Ok(renewed)
}

fn lease_end(now_ms: i64, timeout: Duration) -> i64 {
    let timeout = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
    now_ms.saturating_add(kill::lease_ms(timeout.saturating_add(LEASE_MARGIN_MS)))
}
