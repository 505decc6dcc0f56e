//! The numbers of requests for a link, by address and by client, and of offers to wallets, by client: a fixed window of time for each,
//! which all nodes count together.

use crate::database::sql;
use crate::database::store::WriteTx;
use crate::deadlines::CLOCK_SKEW_MS;
use crate::error::Result;

impl WriteTx {
    /// Counts a request for a link in the window of a subject. Returns the number of requests in the window with this one.
    /// `subject` is a keyed hash, so that the row names no person.
    pub async fn count_sign_in_request(&mut self, subject: &str, window_ms: i64, now_ms: i64) -> Result<i64> {
        sql::query_scalar(
            "INSERT INTO sign_in_windows (subject, started_at, requests) VALUES ($1, $2, 1)
             ON CONFLICT (subject) DO UPDATE SET
                 requests = CASE WHEN sign_in_windows.started_at + $3 <= $2 OR sign_in_windows.started_at > $4 THEN 1 ELSE sign_in_windows.requests + 1 END,
                 started_at = CASE WHEN sign_in_windows.started_at + $3 <= $2 OR sign_in_windows.started_at > $4 THEN $2 ELSE sign_in_windows.started_at END
             RETURNING requests",
        )
        .bind(subject)
        .bind(now_ms)
        .bind(window_ms)
        .bind(now_ms.saturating_add(CLOCK_SKEW_MS))
        .fetch_one(self.connection())
        .await
    }

    /// Deletes the windows that began before a time.
    pub async fn purge_sign_in_windows(&mut self, before_ms: i64) -> Result<()> {
        sql::query("DELETE FROM sign_in_windows WHERE started_at < $1")
            .bind(before_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
