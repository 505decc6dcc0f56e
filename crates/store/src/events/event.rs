//! The outbox: each transition's event, written in the transition's own transaction, with a delivery for each endpoint
//! that is subscribed at that moment.

use crate::clock::{Clock, Entropy};
use crate::database::sql::{self, Insertion, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::database::values::ROWS_PER_STATEMENT;
use crate::error::Result;
use crate::events::event_type::EventType;
use crate::id::EventId;
use crate::scope::TenantScope;

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its id: the same on every delivery.
    pub id: EventId,
    /// Its type's name.
    pub event_type: String,
    /// The batch or credential it is about.
    pub subject_id: String,
    /// The payload's `data`, as JSON text.
    pub data: String,
    /// When it happened, in milliseconds since 1970.
    pub created_at: i64,
}

pub(crate) fn event(row: &Row) -> Result<Event> {
    let record = Record { table: "events", row };
    Ok(Event {
        id: record.parsed("id")?,
        event_type: record.text("type")?,
        subject_id: record.text("subject_id")?,
        data: record.text("data")?,
        created_at: record.int("created_at")?,
    })
}

impl Store {
    /// Returns the events about one batch or credential, in the order they happened.
    pub async fn list_events(&self, subject_id: &str) -> Result<Vec<Event>> {
        sql::query("SELECT id, type, subject_id, data, created_at FROM events WHERE subject_id = $1 ORDER BY created_at, id")
            .bind(subject_id)
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(event)
            .collect()
    }
}

impl WriteTx {
    /// Adds an event. See [`WriteTx::insert_events`].
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_event(
        &mut self,
        scope: &TenantScope,
        event_type: EventType,
        subject_id: &str,
        data: &serde_json::Value,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        self.insert_events(scope, event_type, &[(subject_id, data)], clock, entropy).await
    }

    /// Adds events of one type: the id of what each is about, and its data. A second one of the same type about the same subject
    /// violates a constraint, so that no transition is announced twice.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn insert_events(
        &mut self,
        scope: &TenantScope,
        event_type: EventType,
        events: &[(&str, &serde_json::Value)],
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        const HEAD: &str =
            "INSERT INTO events (id, tenant_id, environment, type, subject_id, data, created_at)";
        let now = clock.now_ms();
        for rows in events.chunks(ROWS_PER_STATEMENT) {
            let ids: Vec<EventId> = rows.iter().map(|_| EventId::generate(clock, entropy)).collect();
            let mut inserted = Insertion::new(HEAD, 7);
            for (id, (subject_id, data)) in ids.iter().zip(rows) {
                inserted = inserted
                    .bind(id.as_str())
                    .bind(scope.tenant_id.as_str())
                    .bind(scope.environment.as_str())
                    .bind(event_type.as_str())
                    .bind(*subject_id)
                    .bind(data.to_string())
                    .bind(now);
            }
            self.connection().insert(inserted).await?;
            self.happened.extend(rows.iter().map(|_| (event_type, scope.environment)));
            self.insert_deliveries(scope, event_type, &ids, now).await?;
        }
        Ok(())
    }
}
