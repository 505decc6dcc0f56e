//! The rate limit: a fixed window of 60 s per tenant, kept in the store so that all nodes count together.

use crate::database::sql;
use crate::database::store::WriteTx;
use crate::deadlines::{CLOCK_SKEW_MS, RATE_WINDOW_MS};
use crate::error::Result;
use crate::id::TenantId;

/// A tenant's window, with the requests that it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// When the window ends, in milliseconds since 1970.
    pub ends_at: i64,
    /// The number of requests that were taken in it, with this one if it was taken.
    pub requests: u64,
    /// Whether this one was taken.
    pub taken: bool,
}

impl WriteTx {
    /// Counts one request, unless the window is full: a refused request costs nothing.
    pub async fn take_request(&mut self, tenant_id: &TenantId, limit: u64, now_ms: i64) -> Result<Window> {
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
        let requests = u64::try_from(row.try_get::<i64>("requests")?).unwrap_or(u64::MAX);
        if requests >= limit {
            return Ok(Window { ends_at, requests, taken: false });
        }
        sql::query("UPDATE rate_windows SET requests = requests + 1 WHERE tenant_id = $1")
            .bind(tenant_id.as_str())
            .execute(self.connection())
            .await?;
        Ok(Window { ends_at, requests: requests + 1, taken: true })
    }
}
