//! A tenant's mails of a day. Each transmission counts, in the transaction that records it; what is above the limit is postponed
//! to the next day. A day is one of UTC, and the environments are counted apart.

use crate::database::sql::{self, Executor};
use crate::database::store::{Store, WriteTx};
use crate::deadlines::DAY_MS;
use crate::error::Result;
use crate::mails::status::MailLease;
use crate::scope::TenantScope;

/// The mails that are postponed or released at once.
const MAILS_AT_A_TIME: i64 = 1_000;
/// The days for which the counts are kept.
const DAYS_KEPT: i64 = 31;

/// A day, as a number of days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailDay(i64);

impl MailDay {
    /// Returns the day of a time in milliseconds since 1970.
    pub fn of(now_ms: i64) -> Self {
        Self(now_ms.div_euclid(DAY_MS))
    }

    /// Returns when the next day begins, in milliseconds since 1970.
    pub fn end_ms(self) -> i64 {
        self.0.saturating_add(1).saturating_mul(DAY_MS)
    }
}

async fn mails_on(executor: impl Executor, scope: &TenantScope, day: MailDay) -> Result<u64> {
    let text = "SELECT mails FROM mails_by_day WHERE tenant_id = $1 AND environment = $2 AND day = $3";
    let count: Option<i64> = sql::query_scalar(text)
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(day.0)
        .fetch_optional(executor)
        .await?;
    Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
}

impl Store {
    /// Returns how many mails of the tenant were transmitted on a day.
    pub async fn mails_on_day(&self, scope: &TenantScope, day: MailDay) -> Result<u64> {
        mails_on(&self.pool, scope, day).await
    }
}

impl WriteTx {
    /// Counts a leased mail that is about to be transmitted. Returns how many there are on the day, with it; `None` if the mail is not
    /// leased any more, as when an earlier try of the transaction was committed: it is not counted twice.
    pub async fn count_mail(&mut self, lease: &MailLease, day: MailDay) -> Result<Option<u64>> {
        let sum: Option<i64> = sql::query_scalar(
            "INSERT INTO mails_by_day (tenant_id, environment, day, mails)
             SELECT m.tenant_id, m.environment, CAST($3 AS BIGINT), 1 FROM mails m
             WHERE m.credential_id = $1 AND m.status = 'leased' AND m.due_at = $2
             ON CONFLICT (tenant_id, environment, day) DO UPDATE SET mails = mails_by_day.mails + 1 RETURNING mails",
        )
        .bind(lease.credential_id.as_str())
        .bind(lease.until)
        .bind(day.0)
        .fetch_optional(self.connection())
        .await?;
        Ok(sum.map(|sum| u64::try_from(sum).unwrap_or(0)))
    }

    /// Postpones a leased mail to the next day, and some of its tenant's that are due. The others are postponed when they are
    /// leased. Returns how many were.
    pub async fn postpone_mails(&mut self, lease: &MailLease, day: MailDay, now_ms: i64) -> Result<u64> {
        let leased = sql::query(
            "UPDATE mails SET status = 'postponed', postponed_until = $3
             WHERE credential_id = $1 AND status = 'leased' AND due_at = $2",
        )
        .bind(lease.credential_id.as_str())
        .bind(lease.until)
        .bind(day.end_ms())
        .execute(self.connection())
        .await?;
        let sql = format!(
            "WITH due AS (
                 SELECT credential_id FROM mails
                 WHERE tenant_id = $1 AND environment = $2 AND status = 'waiting' AND due_at <= $3 LIMIT $5 {})
             UPDATE mails SET status = 'postponed', postponed_until = $4
             WHERE status = 'waiting' AND credential_id IN (SELECT credential_id FROM due)",
            self.dialect.hold_free()
        );
        let waiting = sql::query(sql)
            .bind(lease.scope.tenant_id.as_str())
            .bind(lease.scope.environment.as_str())
            .bind(now_ms)
            .bind(day.end_ms())
            .bind(MAILS_AT_A_TIME)
            .execute(self.connection())
            .await?;
        Ok(leased.rows_affected().saturating_add(waiting.rows_affected()))
    }

    /// Releases some of the mails that were postponed until now. Each begins a new round of attempts, so that the days for which it
    /// was postponed do not count as days without success.
    pub async fn release_postponed_mails(&mut self, now_ms: i64) -> Result<()> {
        let sql = format!(
            "WITH due AS (
                 SELECT credential_id FROM mails
                 WHERE postponed_until IS NOT NULL AND postponed_until <= $1 ORDER BY postponed_until LIMIT $2 {})
             UPDATE mails SET status = 'waiting', due_at = postponed_until, queued_at = $1, postponed_until = NULL
             WHERE status = 'postponed' AND credential_id IN (SELECT credential_id FROM due)",
            self.dialect.hold_free()
        );
        sql::query(sql).bind(now_ms).bind(MAILS_AT_A_TIME).execute(self.connection()).await?;
        Ok(())
    }

    /// Releases the mails that were held, of tenants whose mails of live credentials the operator has turned on since. Each begins
    /// its round of attempts now.
    pub async fn release_held_mails(&mut self, now_ms: i64) -> Result<()> {
        let done = sql::query(
            "UPDATE mails SET status = 'waiting', due_at = $1, queued_at = $1
             WHERE status = 'held' AND EXISTS (
                 SELECT 1 FROM tenants t WHERE t.id = mails.tenant_id AND t.live_mails_since IS NOT NULL)",
        )
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        self.has_mails |= done.rows_affected() > 0;
        Ok(())
    }

    /// Deletes the counts of days that are long over.
    pub async fn purge_mail_counts(&mut self, now_ms: i64) -> Result<()> {
        let oldest = MailDay::of(now_ms).0.saturating_sub(DAYS_KEPT);
        sql::query("DELETE FROM mails_by_day WHERE day < $1").bind(oldest).execute(self.connection()).await?;
        Ok(())
    }
}
