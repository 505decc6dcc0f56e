//! Retention: what is kept for a time only is deleted when that time is over.

use learncoin_store::Result;
use learncoin_store::tenants::Plan;

use crate::context::Issuance;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How many calls of nobody known are kept at most. Anybody can make them.
const UNAUTHENTICATED_CALLS_KEPT: u32 = 100_000;

impl Issuance {
    /// Deletes answers kept for idempotency that are a day old, deliveries and attempts that are a month old, secrets
    /// that a rotation has made invalid, and rows of the audit log that are older than the tenant's plan keeps them;
    /// then takes what was deleted off the disk. Calls of nobody known are kept as those of the developer plan, the
    /// newest ones of them. To be called about once a minute.
    ///
    /// # Errors
    /// Where the store fails; the next call deletes what this one left.
    pub async fn purge(&self) -> Result<()> {
        let now = self.clock.now_ms();
        let before =
            |days: u64| now.saturating_sub(i64::try_from(days).unwrap_or(i64::MAX).saturating_mul(DAY_MS));
        let tenants = self.store.list_tenants().await?;
        let mut tx = self.store.begin().await?;
        tx.purge_answers(now).await?;
        tx.purge_attempts(now).await?;
        tx.purge_webhook_secrets(now).await?;
        tx.purge_audit_rows(None, before(self.plans.of(Plan::Developer).audit_days)).await?;
        tx.cap_unauthenticated_audit_rows(UNAUTHENTICATED_CALLS_KEPT).await?;
        for tenant in tenants {
            tx.purge_audit_rows(Some(&tenant.id), before(self.plans.limits(&tenant).audit_days)).await?;
        }
        tx.commit().await?;
        self.store.scrub().await?;
        Ok(())
    }
}
