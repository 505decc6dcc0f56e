//! The rows that wait to be written: those of requests that end while a transaction is written share the next one.
//!
//! One task writes at a time, for as long as rows wait. A row that is written wakes its request and no other: with each request
//! taking its turn to write, they would wake each other one by one.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use learncoin_store::Store;
use learncoin_store::requests::AuditRow;
use tokio::sync::oneshot;

/// Writes rows into the store.
pub(super) struct AuditWriter {
    store: Store,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    rows: Vec<AuditRow>,
    /// Those who wait for these rows. What they wait for is that this is dropped.
    requests: Vec<oneshot::Sender<()>>,
    is_writing: bool,
}

impl AuditWriter {
    /// Creates one over a store.
    pub(super) fn new(store: Store) -> Arc<Self> {
        Arc::new(Self { store, waiting: Mutex::default() })
    }

    /// Adds rows, and returns once they are written. If the database fails, they are in the program's log.
    pub(super) async fn write(self: &Arc<Self>, rows: Vec<AuditRow>) {
        if rows.is_empty() {
            return;
        }
        let (request, written) = oneshot::channel();
        let begins = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.rows.extend(rows);
            waiting.requests.push(request);
            !std::mem::replace(&mut waiting.is_writing, true)
        };
        if begins {
            // A task of its own: a request whose caller hangs up would leave the others waiting.
            tokio::spawn(Arc::clone(self).write_all());
        }
        let _ = written.await;
    }

    /// Writes until no row waits. Then the next row begins another task.
    async fn write_all(self: Arc<Self>) {
        while let Some((rows, requests)) = self.take_waiting() {
            // A panic would leave all that come later waiting.
            let error = match AssertUnwindSafe(self.append(&rows)).catch_unwind().await {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(_) => Some("the program panicked".to_owned()),
            };
            if let Some(error) = error {
                for row in rows {
                    tracing::error!(error, ?row, "a row of the audit log could not be written");
                }
            }
            drop(requests);
        }
    }

    fn take_waiting(&self) -> Option<(Vec<AuditRow>, Vec<oneshot::Sender<()>>)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.is_writing = !waiting.rows.is_empty();
        let taken = (std::mem::take(&mut waiting.rows), std::mem::take(&mut waiting.requests));
        waiting.is_writing.then_some(taken)
    }

    async fn append(&self, rows: &[AuditRow]) -> learncoin_store::Result<()> {
        let mut tx = self.store.begin().await?;
        tx.append_audit_rows(rows).await?;
        tx.commit().await
    }
}
