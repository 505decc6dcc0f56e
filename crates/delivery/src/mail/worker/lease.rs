//! Leases of mails. A lease covers the preparation of the mail, and is renewed for its transmission.

use std::future::Future;
use std::time::Duration;

use learncoin_store::mails::{MailDay, MailLease};
use learncoin_store::{Error, Result, kill};
use tokio::time::{Instant, sleep};

use super::context::MailContext;

/// The part of a lease after the end of the work, in milliseconds: the time in which the outcome is recorded.
const LEASE_MARGIN_MS: i64 = 20_000;

/// The pauses between two tries to write what became of a mail.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The ends of leases of which it is not known whether they were committed, in milliseconds since 1970.
pub(super) type UncertainLeases = Vec<i64>;

/// The work before mails are leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Before {
    /// Whether mails are taken over whose leases have ended.
    pub(super) expire: bool,
    /// Whether mails are released that were postponed until now.
    pub(super) release: bool,
}

/// Leases up to `count` mails that are due. Before that, gives back what a transaction leased whose outcome is unknown: no attempt at
/// that has begun.
pub(super) async fn lease(
    context: &MailContext,
    now_ms: i64,
    count: usize,
    before: Before,
    uncertain: &mut UncertainLeases,
) -> Result<Vec<MailLease>> {
    let mut tx = context.store.begin().await?;
    if before.expire {
        tx.expire_mail_leases(now_ms).await?;
    }
    if before.release {
        tx.release_postponed_mails(now_ms).await?;
    }
    for until in &*uncertain {
        tx.release_mails(*until, now_ms).await?;
    }
    let until = lease_end(now_ms, context.transport.prepare_timeout());
    let leases = match count {
        0 => Vec::new(),
        _ => tx.lease_mails(now_ms, until, count).await?,
    };
    match tx.commit().await {
        Ok(()) => uncertain.clear(),
        Err(error) => {
            uncertain.push(until);
            return Err(error);
        }
    }
    Ok(leases)
}

/// Whether a mail may be transmitted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// It may, under this lease.
    Granted(MailLease),
    /// The lease is lost, or the credential was erased or revoked.
    Lost,
    /// The tenant's mails of the day are used up.
    UsedUp,
}

/// Renews a lease for the transmission of the mail, counts the mail among the tenant's `limit` of the day, and records that it is
/// being transmitted.
pub(super) async fn mark_transmitting(
    context: &MailContext,
    lease: &MailLease,
    now_ms: i64,
    limit: u64,
) -> Result<Permission> {
    let until = lease_end(now_ms, context.transport.transmit_timeout());
    while_leased(context, lease, || mark_once(context, lease, now_ms, until, limit)).await
}

async fn mark_once(
    context: &MailContext,
    lease: &MailLease,
    now_ms: i64,
    until_ms: i64,
    limit: u64,
) -> Result<Permission> {
    let mut tx = context.store.begin().await?;
    // Where the transaction ends without a commit, nothing of it is kept.
    let count = tx.count_mail(lease, MailDay::of(now_ms)).await?;
    if count.is_some_and(|count| count > limit) {
        return Ok(Permission::UsedUp);
    }
    let Some(renewed) = tx.mark_mail_transmitting(lease, now_ms, until_ms).await? else {
        return Ok(Permission::Lost);
    };
    tx.commit().await?;
    Ok(Permission::Granted(renewed))
}

/// Postpones a leased mail to the next day, and others of its tenant.
pub(super) async fn postpone(context: &MailContext, lease: &MailLease, now_ms: i64) -> Result<()> {
    let mails = while_leased(context, lease, || postpone_once(context, lease, now_ms)).await?;
    tracing::info!(
        tenant.id = %lease.scope.tenant_id,
        environment = lease.scope.environment.as_str(),
        mails,
        "the tenant's mails of the day are used up; the others wait for the next day"
    );
    Ok(())
}

async fn postpone_once(context: &MailContext, lease: &MailLease, now_ms: i64) -> Result<u64> {
    let mut tx = context.store.begin().await?;
    let mails = tx.postpone_mails(lease, MailDay::of(now_ms), now_ms).await?;
    tx.commit().await?;
    Ok(mails)
}

/// Runs a step that uses the store, and runs it again while the database fails and the lease lasts: what the mail server did is known
/// here alone. The step must be harmless after a try whose outcome is unknown.
///
/// # Errors
/// The error of the last try, if the lease does not last until another one, or the error is none of the database.
pub(super) async fn while_leased<T, F: Future<Output = Result<T>>>(
    context: &MailContext,
    lease: &MailLease,
    step: impl Fn() -> F,
) -> Result<T> {
    let lasts = u64::try_from(lease.until.saturating_sub(context.clock.now_ms())).unwrap_or(0);
    let end = Instant::now() + Duration::from_millis(lasts);
    let mut pause = FIRST_PAUSE;
    loop {
        match step().await {
            Err(Error::Database(error)) if Instant::now() + pause < end => {
                tracing::warn!(%error, "a mail can't be read or written yet");
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            done => return done,
        }
    }
}

fn lease_end(now_ms: i64, timeout: Duration) -> i64 {
    let timeout = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
    now_ms.saturating_add(kill::lease_ms(timeout.saturating_add(LEASE_MARGIN_MS)))
}
