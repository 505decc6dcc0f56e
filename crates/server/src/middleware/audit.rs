//! The audit log: a row for each request that was authenticated, and for each that was refused with a key in it.

use std::sync::{Mutex, PoisonError};

use learncoin_store::Store;
use learncoin_store::audit::AuditRow;

/// Writes rows. Those of requests that end at the same time share a transaction.
pub(crate) struct AuditLog {
    store: Store,
    waiting: Mutex<Vec<AuditRow>>,
    turn: tokio::sync::Mutex<()>,
}

impl AuditLog {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, waiting: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }

    /// Adds a row, and returns once it is written. Where the database fails the row stands in the program's log: the
    /// request has ended, and its caller is owed the answer.
    pub(crate) async fn add(&self, row: AuditRow) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(row);
        let _turn = self.turn.lock().await;
        let rows = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if rows.is_empty() {
            // Whoever had the turn before took this row along.
            return;
        }
        if let Err(error) = self.write(&rows).await {
            for row in rows {
                tracing::error!(%error, ?row, "a row of the audit log could not be written");
            }
        }
    }

    async fn write(&self, rows: &[AuditRow]) -> learncoin_store::Result<()> {
        let mut tx = self.store.begin().await?;
        for row in rows {
            tx.insert_audit_row(row).await?;
        }
        tx.commit().await
    }
}
