//! The outbox: each transition's event, written in the transition's own transaction, with a delivery for each endpoint
//! that is subscribed at that moment.

use std::collections::{BTreeMap, BTreeSet};

use crate::batches::batch::{self, Batch};
use crate::clock::{Clock, Entropy};
use crate::credentials::credential::{self, CredentialSummary};
use crate::database::sql::{self, Insertion, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::database::values::{self, ROWS_PER_STATEMENT};
use crate::error::Result;
use crate::events::data::{EventData, StoredData};
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

/// The batches that events are about, with their credentials.
type BatchesOfEvents = BTreeMap<String, (Batch, Vec<CredentialSummary>)>;

impl Store {
    /// Returns the events about one batch or credential, in the order they happened.
    pub async fn list_events(&self, subject_id: &str) -> Result<Vec<Event>> {
        let rows = sql::query("SELECT id, type, subject_id, data, created_at FROM events WHERE subject_id = $1 ORDER BY created_at, id")
            .bind(subject_id)
            .fetch_all(&self.pool)
            .await?;
        self.events(&rows).await?.into_iter().collect()
    }

    /// Returns the event of each of these rows, which are few, with all of its data; or that it can't be read, which must not
    /// keep another one from being delivered.
    ///
    /// # Errors
    /// If the database fails.
    pub(crate) async fn events(&self, rows: &[Row]) -> Result<Vec<Result<Event>>> {
        let read = |row| {
            let record = Record { table: "events", row };
            let event = Event {
                id: record.parsed("id")?,
                event_type: record.text("type")?,
                subject_id: record.text("subject_id")?,
                data: String::new(),
                created_at: record.int("created_at")?,
            };
            let data = StoredData::read(&event.event_type, record.text("data")?);
            Ok((event, data.ok_or_else(|| record.unreadable("data"))?))
        };
        let read: Vec<Result<(Event, StoredData)>> = rows.iter().map(read).collect();
        let batches = self.batches_of_events(read.iter().flatten()).await?;
        let complete = |(row, read): (&Row, Result<(Event, StoredData)>)| {
            let (event, data) = read?;
            let data = data.complete(batches.get(&event.subject_id));
            let unreadable = || Record { table: "events", row }.unreadable("data");
            Ok(Event { data: data.ok_or_else(unreadable)?, ..event })
        };
        Ok(rows.iter().zip(read).map(complete).collect())
    }

    /// Returns the batches that data follows from, without those that are not there or can't be read.
    async fn batches_of_events(
        &self,
        events: impl Iterator<Item = &(Event, StoredData)> + Clone,
    ) -> Result<BatchesOfEvents> {
        let ids = |needed: fn(&StoredData) -> bool| -> BTreeSet<&str> {
            let needing = events.clone().filter(|(_, data)| needed(data));
            needing.map(|(event, _)| event.subject_id.as_str()).collect()
        };
        let mut found = BatchesOfEvents::new();
        let of_batches = ids(StoredData::is_of_batch);
        if !of_batches.is_empty() {
            let sql = format!(
                "SELECT {} FROM batches WHERE id IN ({})",
                batch::COLUMNS,
                values::list(1, of_batches.len())
            );
            let query = of_batches.into_iter().fold(sql::query(sql), |query, id| query.bind(id));
            for batch in query.fetch_all(&self.pool).await?.iter().flat_map(batch::batch) {
                found.insert(batch.id.to_string(), (batch, Vec::new()));
            }
        }
        let of_credentials = ids(StoredData::is_of_credentials);
        if !of_credentials.is_empty() {
            let sql = format!(
                "SELECT id, batch_id, recipient_id FROM credentials WHERE batch_id IN ({}) ORDER BY batch_id, position",
                values::list(1, of_credentials.len())
            );
            let query = of_credentials.into_iter().fold(sql::query(sql), |query, id| query.bind(id));
            for row in &query.fetch_all(&self.pool).await? {
                let credential = credential::summary(row)?;
                if let Some((_, credentials)) = found.get_mut(credential.batch_id.as_str()) {
                    credentials.push(credential);
                }
            }
        }
        Ok(found)
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
        data: impl Into<EventData<'_>>,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        self.insert_events(scope, event_type, &[(subject_id, data.into())], clock, entropy).await
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
        events: &[(&str, EventData<'_>)],
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
                    .bind(data.stored())
                    .bind(now);
            }
            self.connection().insert(inserted).await?;
            self.happened.extend(rows.iter().map(|_| (event_type, scope.environment)));
            self.insert_deliveries(scope, event_type, &ids, now).await?;
        }
        Ok(())
    }
}
