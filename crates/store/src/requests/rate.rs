//! The rate limit: a fixed window of 60 s per tenant, kept in the store so that all nodes count together.

use crate::database::sql::{self, bigint};
use crate::database::store::WriteTx;
use crate::deadlines::{CLOCK_SKEW_MS, RATE_WINDOW_MS};
use crate::error::Result;
use crate::id::TenantId;

/// Requests of a tenant's window that were counted for one process. No other process gives their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    /// When the window ends, in milliseconds since 1970.
    pub ends_at: i64,
    /// The number of requests that were counted before.
    pub before: u64,
    /// The number of requests that were counted now; none if the window is full.
    pub taken: u64,
}

impl WriteTx {
    /// Counts requests of the tenant's window: as many as are wanted, or as many as are left of the limit. What was counted counts,
    /// whether the requests come or not.
    pub async fn reserve_requests(
        &mut self,
        tenant_id: &TenantId,
        limit: u64,
        wanted: u64,
        now_ms: i64,
    ) -> Result<Reservation> {
        let row = sql::query(
            "INSERT INTO rate_windows (tenant_id, started_at, requests) VALUES ($1, $2, 0)
             ON CONFLICT (tenant_id) DO UPDATE SET
                 requests = CASE WHEN rate_windows.started_at + $3 <= $2 OR rate_windows.started_at > $4 THEN 0 ELSE rate_windows.requests END,
                 started_at = CASE WHEN rate_windows.started_at + $3 <= $2 OR rate_windows.started_at > $4 THEN $2 ELSE rate_windows.started_at END
             RETURNING started_at, requests",
        )
        .bind(tenant_id.as_str())
        .bind(now_ms)
        .bind(RATE_WINDOW_MS)
        .bind(now_ms.saturating_add(CLOCK_SKEW_MS))
        .fetch_one(self.connection())
        .await?;
        let ends_at = row.try_get::<i64>("started_at")?.saturating_add(RATE_WINDOW_MS);
        let before = u64::try_from(row.try_get::<i64>("requests")?).unwrap_or(u64::MAX);
        let taken = wanted.min(limit.saturating_sub(before));
        if taken > 0 {
            sql::query("UPDATE rate_windows SET requests = requests + $2 WHERE tenant_id = $1")
                .bind(tenant_id.as_str())
                .bind(bigint(taken))
                .execute(self.connection())
                .await?;
        }
        Ok(Reservation { ends_at, before, taken })
    }
}
