//! The delivery log: every attempt whose outcome is known, kept for a while.

use crate::database::sql::{self, Insertion, Record, Row, bigint};
use crate::database::store::{Store, WriteTx};
use crate::database::time_page::TimePage;
use crate::error::Result;
use crate::id::{EventId, RequestId, WebhookId};
use crate::webhooks::deliveries::{Lease, Settled};

/// The time that attempts, and deliveries that are settled, are kept, in milliseconds.
pub const KEPT_FOR_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// The endpoint.
    pub endpoint_id: WebhookId,
    /// The event.
    pub event_id: EventId,
    /// The id that the attempt carried.
    pub request_id: RequestId,
    /// The number of the attempt in its round; the first is 1.
    pub number: u64,
    /// When it began, in milliseconds since 1970.
    pub at: i64,
    /// Its duration, in milliseconds.
    pub duration_ms: u64,
    /// The answer's HTTP status, where there was one.
    pub status_code: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// The number of bytes of the answer's body that were read. Its text is not kept: it may name a person who is erased later.
    pub answer_bytes: Option<u64>,
    /// When the next attempt is due, in milliseconds since 1970, if there is to be one.
    pub next_attempt_at: Option<i64>,
}

/// The outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The endpoint took it.
    Delivered,
    /// It is tried again at this time, in milliseconds since 1970.
    Retry(i64),
    /// It was the last attempt.
    Failed,
}

/// A leased delivery that was attempted.
#[derive(Debug, Clone)]
pub struct Attempted {
    /// The lease.
    pub lease: Lease,
    /// Its row in the log, which is written if the lease held.
    pub row: AttemptRow,
    /// Its outcome.
    pub outcome: AttemptOutcome,
}

const COLUMNS: &str = "endpoint_id, at, request_id, event_id, number, duration_ms, status_code, error, answer_bytes, next_attempt_at";

fn attempt(row: &Row) -> Result<AttemptRow> {
    let record = Record { table: "delivery_attempts", row };
    let status_code = record.maybe_int("status_code")?;
    Ok(AttemptRow {
        endpoint_id: record.parsed("endpoint_id")?,
        event_id: record.parsed("event_id")?,
        request_id: record.parsed("request_id")?,
        number: record.count("number")?,
        at: record.int("at")?,
        duration_ms: record.count("duration_ms")?,
        status_code: status_code.map(|code| u16::try_from(code).unwrap_or(0)),
        error: record.maybe_text("error")?,
        answer_bytes: record.maybe_count("answer_bytes")?,
        next_attempt_at: record.maybe_int("next_attempt_at")?,
    })
}

impl Store {
    /// Returns at most `limit` attempts at an endpoint, the newest first, before the one of this time and id.
    pub async fn page_attempts(
        &self,
        endpoint_id: &WebhookId,
        before: Option<(i64, &RequestId)>,
        limit: u32,
    ) -> Result<Vec<AttemptRow>> {
        let (at, id) = before.map_or((i64::MAX, ""), |(at, id)| (at, id.as_str()));
        sql::query(format!(
            "SELECT {COLUMNS} FROM delivery_attempts
             WHERE endpoint_id = $1 AND at <= $2 AND (at < $2 OR request_id < $3)
             ORDER BY at DESC, request_id DESC LIMIT $4"
        ))
        .bind(endpoint_id.as_str())
        .bind(at)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(attempt)
        .collect()
    }

    /// Returns at most `limit` attempts at an endpoint in `[from_ms, to_ms)`, in the order of time, after `after`. A caller
    /// pages through them.
    pub async fn list_attempts(
        &self,
        endpoint_id: &WebhookId,
        from_ms: i64,
        to_ms: i64,
        after: Option<&AttemptRow>,
        limit: u32,
    ) -> Result<Vec<AttemptRow>> {
        let after = after.map(|row| (row.at, row.request_id.as_str()));
        let sql = format!(
            "SELECT {COLUMNS} FROM delivery_attempts
             WHERE endpoint_id = $1 AND at >= $2 AND at < $3 AND (at > $4 OR (at = $4 AND request_id > $5))
             ORDER BY at, request_id LIMIT $6"
        );
        TimePage { owner: endpoint_id.as_str(), from_ms, to_ms, after, limit }
            .fetch(&self.pool, sql)
            .await?
            .iter()
            .map(attempt)
            .collect()
    }
}

impl WriteTx {
    /// Writes what became of deliveries, and logs the attempts. One whose lease has ended, or whose endpoint was
    /// deleted or turned off meanwhile, is left as it is. Gives the indexes of the others.
    pub async fn record_attempts(&mut self, attempted: &[Attempted]) -> Result<Vec<usize>> {
        const HEAD: &str = "INSERT INTO delivery_attempts (endpoint_id, at, request_id, event_id, number, duration_ms, \
                            status_code, error, answer_bytes, next_attempt_at)";
        let settled: Vec<_> = attempted
            .iter()
            .map(|one| {
                let (status, next_attempt_at) = match one.outcome {
                    AttemptOutcome::Delivered => ("delivered", one.row.at),
                    AttemptOutcome::Retry(at) => ("pending", at),
                    AttemptOutcome::Failed => ("failed", one.row.at),
                };
                Settled { lease: &one.lease, status, next_attempt_at }
            })
            .collect();
        self.hold_endpoints(&settled).await?;
        let held = self.settle(&settled).await?;
        let rows: Vec<&AttemptRow> =
            held.iter().filter_map(|index| attempted.get(*index)).map(|one| &one.row).collect();
        let mut inserted = Insertion::new(HEAD, 10);
        for row in rows {
            inserted = inserted
                .bind(row.endpoint_id.as_str())
                .bind(row.at)
                .bind(row.request_id.as_str())
                .bind(row.event_id.as_str())
                .bind(bigint(row.number))
                .bind(bigint(row.duration_ms))
                .bind(row.status_code.map(i64::from))
                .bind(row.error.as_deref())
                .bind(row.answer_bytes.map(bigint))
                .bind(row.next_attempt_at);
        }
        self.connection().insert(inserted).await?;
        Ok(held)
    }

    /// Deletes attempts and settled deliveries that are too old to be kept.
    pub async fn purge_attempts(&mut self, now_ms: i64) -> Result<()> {
        let before = now_ms.saturating_sub(KEPT_FOR_MS);
        sql::query("DELETE FROM delivery_attempts WHERE at < $1")
            .bind(before)
            .execute(self.connection())
            .await?;
        self.purge_settled(before).await
    }
}
