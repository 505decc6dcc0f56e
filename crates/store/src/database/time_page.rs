//! A page of rows of one owner, in the order of time and id.

use crate::database::connections::ConnectionPool;
use crate::database::sql::{self, Row};
use crate::error::Result;

/// The rows of one owner in `[from_ms, to_ms)` that follow on `after`, at most `limit` of them. A caller pages through
/// them, so that a year needs little memory.
pub(crate) struct TimePage<'a> {
    /// The owner's id.
    pub(crate) owner: &'a str,
    /// The first time, in milliseconds since 1970.
    pub(crate) from_ms: i64,
    /// The time at which the range ends, in milliseconds since 1970.
    pub(crate) to_ms: i64,
    /// Time and id of the last row of the page before.
    pub(crate) after: Option<(i64, &'a str)>,
    /// The most rows.
    pub(crate) limit: u32,
}

impl TimePage<'_> {
    /// Runs a query whose parameters are, in order: owner, first time, end, time and id of the row before, limit.
    /// The text of each query stays with its table, where the test of query plans reads it.
    pub(crate) async fn fetch(self, pool: &ConnectionPool, sql: String) -> Result<Vec<Row>> {
        let (after_at, after_id) = self.after.unwrap_or((i64::MIN, ""));
        let rows = sql::query(sql)
            .long()
            .bind(self.owner)
            // Rows before the last page's are not walked over.
            .bind(self.from_ms.max(after_at))
            .bind(self.to_ms)
            .bind(after_at)
            .bind(after_id)
            .bind(i64::from(self.limit))
            .fetch_all(pool)
            .await?;
        Ok(rows)
    }
}
