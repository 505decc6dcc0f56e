//! Retention: data that is kept for a limited time is deleted when that time is over.

use std::sync::Arc;

use learncoin_store::clock::Clock;
use learncoin_store::requests::AuditOwner;
use learncoin_store::tenants::Plan;
use learncoin_store::{Result, Store};

use crate::credential::wallet_offers::{CODE_MS, NONCE_MS, TOKEN_MS};
use crate::metrics::Alarm;
use crate::tenant::plans::Plans;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The time after which no code, token or nonce of a wallet can be used, in milliseconds.
const WALLETS_MS: i64 = 2 * (CODE_MS + TOKEN_MS + NONCE_MS);
/// The most unauthenticated calls that are kept. Anyone can make them.
const UNAUTHENTICATED_CALLS_KEPT: u32 = 100_000;

/// Deletes what is kept for a limited time.
#[derive(Clone)]
pub struct Retention {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) plans: Plans,
}

impl Retention {
    /// Makes due what waits for a deadline that a wrong clock wrote, and raises the alarm if there was any. A server calls
    /// this a few times a minute.
    ///
    /// # Errors
    /// If the store fails; the next call does what this one left.
    pub async fn mend_deadlines(&self) -> Result<u64> {
        let mended = self.store.mend_deadlines(self.clock.now_ms()).await?;
        if mended > 0 {
            let alarm = Alarm::Clock.raise();
            tracing::warn!(
                alarm,
                deadlines = mended,
                "a clock was wrong: what waited for deadlines too far ahead is due"
            );
        }
        Ok(mended)
    }

    /// Deletes responses kept for idempotency that are a day old, offers to wallets that are over, deliveries and attempts that are a month old, secrets
    /// that a rotation has made invalid, and rows of the audit log that are older than the tenant's plan keeps them;
    /// then overwrites what was deleted on the disk. Unauthenticated calls are kept as long as those of the developer plan, the
    /// newest of them only; commands about no tenant as long as those of the industry plan. A server calls this about once a minute.
    ///
    /// # Errors
    /// If the store fails; the next call deletes what this one left.
    pub async fn purge(&self) -> Result<()> {
        let now = self.clock.now_ms();
        let before =
            |days: u64| now.saturating_sub(i64::try_from(days).unwrap_or(i64::MAX).saturating_mul(DAY_MS));
        let tenants = self.store.list_tenants().await?;
        let mut tx = self.store.begin().await?;
        tx.purge_answers(now).await?;
        tx.purge_attempts(now).await?;
        tx.purge_webhook_secrets(now).await?;
        tx.purge_mail_counts(now).await?;
        let (offers, windows) = (now.saturating_sub(WALLETS_MS), now.saturating_sub(DAY_MS));
        tx.purge_wallet_offers(offers).await?;
        tx.purge_wallet_nonces(offers).await?;
        tx.purge_sign_in_windows(windows).await?;
        // A batch may be anchored while the operator turns a tenant's mails on.
        tx.release_held_mails(now).await?;
        tx.commit().await?;
        // In transactions of their own, of some hundred rows each: a request of the tenant waits for it.
        let (shortest, longest) = (self.plans.of(Plan::Developer), self.plans.of(Plan::Industry));
        self.store.purge_audit_rows(AuditOwner::Unauthenticated, before(shortest.audit_days)).await?;
        self.store.cap_unauthenticated_audit_rows(UNAUTHENTICATED_CALLS_KEPT).await?;
        self.store.purge_audit_rows(AuditOwner::Operators, before(longest.audit_days)).await?;
        for tenant in tenants {
            let audit_days = self.plans.limits(&tenant).audit_days;
            self.store.purge_audit_rows(AuditOwner::Tenant(&tenant.id), before(audit_days)).await?;
        }
        self.store.scrub().await?;
        Ok(())
    }
}
