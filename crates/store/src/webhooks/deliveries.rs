//! Deliveries: each event's way to each endpoint. `pending` until the endpoint took it (`delivered`) or the schedule
//! ended without that (`failed`).
//!
//! Invariant: what is sent was leased before, in a transaction that was committed; and an outcome is recorded only
//! while its lease holds. A process that dies in between has changed nothing: the lease ends, and it is tried again.

use std::collections::BTreeSet;

use zeroize::Zeroizing;

use crate::database::dialect::Dialect;
use crate::database::sql::{self, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::database::values::{self, ROWS_PER_STATEMENT};
use crate::error::Result;
use crate::events::event::Event;
use crate::events::event_type::EventType;
use crate::id::{EventId, TenantId, WebhookId};
use crate::scope::TenantScope;
use crate::webhooks::endpoints;

/// An endpoint that events wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingEndpoint {
    /// The endpoint.
    pub endpoint_id: WebhookId,
    /// When the next of them is due, in milliseconds since 1970.
    pub due_at: i64,
    /// Whether its last attempt failed.
    pub is_failing: bool,
}

/// A delivery that is leased: no other worker sends it until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The endpoint.
    pub endpoint_id: WebhookId,
    /// The event.
    pub event_id: EventId,
    /// The number of attempts before it whose outcome is known.
    pub attempts: u64,
    /// Until when, in milliseconds since 1970.
    pub until: i64,
}

/// An endpoint as it is called.
pub struct Target {
    /// Its URL.
    pub url: String,
    /// The secrets that sign for it, the newest first.
    pub secrets: Vec<Zeroizing<String>>,
    /// Whether its last attempt failed.
    pub is_failing: bool,
}

/// An event as it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEvent {
    /// Whose it is.
    pub tenant_id: TenantId,
    /// The event.
    pub event: Event,
    /// The reason of a revocation in words, which is in the credential's row alone, where erasure finds it.
    pub revocation_reason: Option<String>,
}

/// The deliveries that are to be made again.
#[derive(Debug, Clone, Copy)]
pub enum Replay<'a> {
    /// One event, to each endpoint that is subscribed now.
    Event(&'a EventId),
    /// The events in `[from_ms, to_ms)` that an endpoint is subscribed to now.
    Range {
        /// The endpoint.
        endpoint_id: &'a WebhookId,
        /// The first moment, in milliseconds since 1970.
        from_ms: i64,
        /// The first moment that is too late.
        to_ms: i64,
    },
}

impl Replay<'_> {
    /// Returns the condition over `events e`, `webhook_endpoints w`, with its parameters `$2` to `$4`.
    fn condition(&self) -> (&'static str, String, i64, i64) {
        match *self {
            Replay::Event(id) => ("e.id = $2", id.to_string(), i64::MIN, i64::MAX),
            Replay::Range { endpoint_id, from_ms, to_ms } => {
                ("w.id = $2", endpoint_id.to_string(), from_ms, to_ms)
            }
        }
    }
}

fn lease(row: &Row) -> Result<Lease> {
    let record = Record { table: "deliveries", row };
    Ok(Lease {
        endpoint_id: record.parsed("endpoint_id")?,
        event_id: record.parsed("event_id")?,
        attempts: record.count("attempts")?,
        until: record.int("lease_until")?,
    })
}

impl Store {
    /// Returns how many deliveries to an endpoint failed for good, counted up to `most`.
    pub async fn count_failed_deliveries(&self, endpoint_id: &WebhookId, most: u32) -> Result<u64> {
        let count: i64 = sql::query_scalar(
            "SELECT COUNT(*) FROM (
                 SELECT event_id FROM deliveries WHERE status = 'failed' AND endpoint_id = $1 LIMIT $2
             ) d",
        )
        .bind(endpoint_id.as_str())
        .bind(i64::from(most))
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Returns every endpoint that events wait for, the longest waiting first.
    pub async fn waiting_endpoints(&self) -> Result<Vec<WaitingEndpoint>> {
        // The recursion steps from endpoint to endpoint over the index: it costs nothing that a queue is long.
        sql::query(
            "WITH RECURSIVE waiting (id) AS (
                 SELECT MIN(endpoint_id) FROM deliveries WHERE status = 'pending'
                 UNION ALL
                 SELECT (SELECT MIN(endpoint_id) FROM deliveries WHERE status = 'pending' AND endpoint_id > waiting.id)
                 FROM waiting WHERE waiting.id IS NOT NULL
             )
             SELECT w.id AS id, w.failing_since AS failing_since,
                    (SELECT MIN(next_attempt_at) FROM deliveries WHERE status = 'pending' AND endpoint_id = w.id) AS due_at
             FROM waiting JOIN webhook_endpoints w ON w.id = waiting.id
             ORDER BY due_at",
        )
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(|row| {
            let record = Record { table: "deliveries", row };
            Ok(WaitingEndpoint {
                endpoint_id: record.parsed("id")?,
                due_at: record.int("due_at")?,
                is_failing: record.maybe_int("failing_since")?.is_some(),
            })
        })
        .collect()
    }

    /// Returns these events, as they leave now; or that one can't be read, which keeps no other from leaving.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn outgoing_events(&self, ids: &[&EventId]) -> Result<Vec<Result<OutgoingEvent>>> {
        let mut events = Vec::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "SELECT e.id AS id, e.tenant_id AS tenant_id, e.type AS type, e.subject_id AS subject_id, e.data AS data,
                        e.created_at AS created_at, c.revocation_reason AS revocation_reason
                 FROM events e LEFT JOIN credentials c ON c.id = e.subject_id WHERE e.id IN ({})",
                values::list(1, ids.len())
            );
            let mut query = sql::query(sql);
            for id in ids {
                query = query.bind(id.as_str());
            }
            let rows = query.fetch_all(&self.pool).await?;
            let outgoing = |(row, event): (&Row, Result<Event>)| {
                let record = Record { table: "events", row };
                Ok(OutgoingEvent {
                    tenant_id: record.parsed("tenant_id")?,
                    event: event?,
                    revocation_reason: record.maybe_text("revocation_reason")?,
                })
            };
            events.extend(rows.iter().zip(self.events(&rows).await?).map(outgoing));
        }
        Ok(events)
    }
}

impl WriteTx {
    /// Adds a delivery of each event for each endpoint that is subscribed now.
    pub(crate) async fn insert_deliveries(
        &mut self,
        scope: &TenantScope,
        event_type: EventType,
        event_ids: &[EventId],
        now_ms: i64,
    ) -> Result<()> {
        let of_events = event_ids.len();
        // Held, so that none is turned off between this look and the commit.
        let sql = format!(
            "INSERT INTO deliveries (endpoint_id, event_id, status, attempts, next_attempt_at, created_at)
             SELECT w.id, v.column1, 'pending', 0, CAST($1 AS BIGINT), CAST($1 AS BIGINT) FROM webhook_endpoints w, ({}) AS v
             WHERE w.tenant_id = $2 AND w.environment = $3 AND w.disabled_at IS NULL AND w.events LIKE $4 ORDER BY w.id {}",
            values::rows(5, of_events, 1),
            self.dialect.hold_of("w"),
        );
        let mut query = sql::query(sql)
            .bind(now_ms)
            .bind(scope.tenant_id.as_str())
            .bind(scope.environment.as_str())
            // The list of types is JSON, so the quotes make the match exact.
            .bind(format!("%\"{}\"%", event_type.as_str()));
        for id in event_ids {
            query = query.bind(id.as_str());
        }
        let done = query.execute(self.connection()).await?;
        self.has_deliveries |= done.rows_affected() > 0;
        Ok(())
    }

    /// Leases at most `limit` deliveries to an endpoint that are due, those that wait longest.
    pub async fn lease_deliveries(
        &mut self,
        endpoint_id: &WebhookId,
        now_ms: i64,
        until_ms: i64,
        limit: usize,
    ) -> Result<Vec<Lease>> {
        // A part of its own: within the UPDATE, PostgreSQL may run it for each row anew, and then finds more than `limit`.
        let sql = format!(
            "WITH due AS (
                 SELECT event_id FROM deliveries
                 WHERE endpoint_id = $2 AND status = 'pending' AND next_attempt_at <= $3
                 ORDER BY next_attempt_at LIMIT $4 {})
             UPDATE deliveries SET lease_until = $1, next_attempt_at = $1
             WHERE endpoint_id = $2 AND status = 'pending' AND next_attempt_at <= $3
                   AND event_id IN (SELECT event_id FROM due)
             RETURNING endpoint_id, event_id, attempts, lease_until",
            self.dialect.hold_free()
        );
        sql::query(sql)
            .bind(until_ms)
            .bind(endpoint_id.as_str())
            .bind(now_ms)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(self.connection())
            .await?
            .iter()
            .map(lease)
            .collect()
    }

    /// Returns these endpoints, as they are called now, without those that were deleted.
    pub async fn list_targets(
        &mut self,
        ids: &[&WebhookId],
        now_ms: i64,
    ) -> Result<Vec<(WebhookId, Target)>> {
        let mut targets = Vec::with_capacity(ids.len());
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            let sql = format!(
                "SELECT id, tenant_id, url, secret_sealed, previous_secret_sealed, previous_secret_until, failing_since
                 FROM webhook_endpoints WHERE id IN ({})",
                values::list(1, ids.len())
            );
            let mut query = sql::query(sql);
            for id in ids {
                query = query.bind(id.as_str());
            }
            for row in &query.fetch_all(self.connection()).await? {
                let record = Record { table: "webhook_endpoints", row };
                let id: WebhookId = record.parsed("id")?;
                let target = Target {
                    url: record.text("url")?,
                    secrets: endpoints::secrets(&record, &self.sealer, &id, now_ms)?,
                    is_failing: record.maybe_int("failing_since")?.is_some(),
                };
                targets.push((id, target));
            }
        }
        Ok(targets)
    }

    /// Ends every lease at once: what was under way when the process before this one ended is due again. To be called
    /// only where no other process delivers.
    pub async fn release_leases(&mut self, now_ms: i64) -> Result<()> {
        sql::query(
            "UPDATE deliveries SET lease_until = NULL, next_attempt_at = $1
             WHERE status = 'pending' AND lease_until IS NOT NULL",
        )
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Makes deliveries due again that are settled, and due for the first time where an endpoint was not subscribed
    /// when it happened; `failed_only`: only those that failed. Gives how many. Endpoints that are off get none.
    pub async fn replay_deliveries(
        &mut self,
        replay: Replay<'_>,
        failed_only: bool,
        now_ms: i64,
    ) -> Result<u64> {
        let (which, id, from_ms, to_ms) = replay.condition();
        let restriction = if failed_only {
            "AND EXISTS (SELECT 1 FROM deliveries d WHERE d.endpoint_id = w.id AND d.event_id = e.id AND d.status = 'failed')"
        } else {
            ""
        };
        let sql = format!(
            "INSERT INTO deliveries (endpoint_id, event_id, status, attempts, next_attempt_at, created_at)
             SELECT w.id, e.id, 'pending', 0, CAST($1 AS BIGINT), CAST($1 AS BIGINT)
             FROM webhook_endpoints w JOIN events e ON e.tenant_id = w.tenant_id AND e.environment = w.environment
             WHERE {which} AND e.created_at >= $3 AND e.created_at < $4 AND w.disabled_at IS NULL
                   AND w.events LIKE '%\"' || e.type || '\"%' {restriction}
             ON CONFLICT (endpoint_id, event_id) DO UPDATE
             SET status = 'pending', attempts = 0, next_attempt_at = excluded.next_attempt_at, lease_until = NULL
             WHERE deliveries.status <> 'pending'"
        );
        let done = sql::query(sql)
            .bind(now_ms)
            .bind(id)
            .bind(from_ms)
            .bind(to_ms)
            .execute(self.connection())
            .await?;
        self.has_deliveries |= done.rows_affected() > 0;
        Ok(done.rows_affected())
    }
}

impl WriteTx {
    /// Holds the endpoints of these deliveries, as a transaction that disables or deletes one does before it holds its deliveries.
    pub(crate) async fn hold_endpoints(&mut self, settled: &[Settled<'_>]) -> Result<()> {
        let ids: BTreeSet<&str> = settled.iter().map(|one| one.lease.endpoint_id.as_str()).collect();
        if self.dialect == Dialect::Sqlite || ids.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "SELECT id FROM webhook_endpoints WHERE id IN ({}) ORDER BY id {}",
            values::list(1, ids.len()),
            self.dialect.hold_alone()
        );
        let mut query = sql::query(sql);
        for id in ids {
            query = query.bind(id);
        }
        query.execute(self.connection()).await?;
        Ok(())
    }

    /// Writes what became of leased deliveries. Gives the indexes of those whose lease still held.
    pub(crate) async fn settle(&mut self, settled: &[Settled<'_>]) -> Result<Vec<usize>> {
        let mut held = Vec::with_capacity(settled.len());
        for (chunk, rows) in settled.chunks(ROWS_PER_STATEMENT).enumerate() {
            // Both databases name the columns of a VALUES list column1, column2, …
            let sql = format!(
                "UPDATE deliveries SET status = v.column4, attempts = attempts + 1, next_attempt_at = v.column5, lease_until = NULL
                 FROM ({}) AS v
                 WHERE deliveries.endpoint_id = v.column1 AND deliveries.event_id = v.column2
                       AND deliveries.lease_until = v.column3 AND deliveries.status = 'pending'
                 RETURNING endpoint_id, event_id",
                values::insert("", rows.len(), 5).trim_start(),
            );
            let mut query = sql::query(sql);
            for row in rows {
                query = query
                    .bind(row.lease.endpoint_id.as_str())
                    .bind(row.lease.event_id.as_str())
                    .bind(row.lease.until)
                    .bind(row.status)
                    .bind(row.next_attempt_at);
            }
            for row in &query.fetch_all(self.connection()).await? {
                let record = Record { table: "deliveries", row };
                let (endpoint_id, event_id) =
                    (record.parsed::<WebhookId>("endpoint_id")?, record.parsed::<EventId>("event_id")?);
                let is_it = |settled: &Settled<'_>| {
                    settled.lease.event_id == event_id && settled.lease.endpoint_id == endpoint_id
                };
                if let Some(place) = rows.iter().position(is_it) {
                    held.push(chunk * ROWS_PER_STATEMENT + place);
                }
            }
        }
        Ok(held)
    }

    /// Deletes settled deliveries that began before `before_ms`.
    pub(crate) async fn purge_settled(&mut self, before_ms: i64) -> Result<()> {
        sql::query("DELETE FROM deliveries WHERE created_at < $1 AND status <> 'pending'")
            .bind(before_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Fails what waits for an endpoint. It can be replayed.
    pub(crate) async fn fail_waiting(&mut self, endpoint_id: &WebhookId) -> Result<()> {
        sql::query(
            "UPDATE deliveries SET status = 'failed', lease_until = NULL WHERE endpoint_id = $1 AND status = 'pending'",
        )
        .bind(endpoint_id.as_str())
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

/// The outcome of a leased delivery.
pub(crate) struct Settled<'a> {
    pub(crate) lease: &'a Lease,
    pub(crate) status: &'static str,
    /// When it is due again, where it is.
    pub(crate) next_attempt_at: i64,
}
