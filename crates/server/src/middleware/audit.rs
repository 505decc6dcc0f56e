//! The audit log: a row for each request of a known key, and for the first of each minute that had none.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use learncoin_store::Store;
use learncoin_store::requests::AuditRow;

use crate::group_commit::GroupCommit;

/// The most unauthenticated calls that get a row in a minute, so that no caller can fill the disk.
const UNAUTHENTICATED_PER_MINUTE: u64 = 60;
const MINUTE_MS: i64 = 60_000;

/// Writes rows. Those of requests that end at the same time share a transaction.
pub(crate) struct AuditLog {
    store: Store,
    unauthenticated: Mutex<UnauthenticatedCalls>,
    rows: GroupCommit<AuditRow, ()>,
}

/// The unauthenticated calls of one minute.
#[derive(Default)]
struct UnauthenticatedCalls {
    minute: i64,
    seen: u64,
}

impl UnauthenticatedCalls {
    /// Returns whether another call in the minute of `at_ms` gets a row.
    fn admit(&mut self, at_ms: i64) -> bool {
        let minute = at_ms.div_euclid(MINUTE_MS);
        if minute != self.minute {
            let left_out = self.seen.saturating_sub(UNAUTHENTICATED_PER_MINUTE);
            if left_out > 0 {
                tracing::warn!(left_out, "refused calls of a minute that have no row in the audit log");
            }
            *self = Self { minute, seen: 0 };
        }
        self.seen = self.seen.saturating_add(1);
        self.seen <= UNAUTHENTICATED_PER_MINUTE
    }
}

impl AuditLog {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, unauthenticated: Mutex::default(), rows: GroupCommit::in_order_of_arrival() }
    }

    /// Adds a row, and returns once it is written. If the database fails, the row is in the program's log: the
    /// request has ended, and its caller is owed the answer.
    pub(crate) async fn add(&self, row: AuditRow) {
        if row.tenant_id.is_none() {
            let mut unauthenticated = self.unauthenticated.lock().unwrap_or_else(PoisonError::into_inner);
            if !unauthenticated.admit(row.at) {
                return;
            }
        }
        let Ok(_) = self.rows.add(row, |rows| self.write_or_log(rows)).await;
    }

    async fn write_or_log(&self, rows: Vec<AuditRow>) -> Result<Vec<()>, Infallible> {
        let written = vec![(); rows.len()];
        if let Err(error) = self.write(&rows).await {
            for row in rows {
                tracing::error!(%error, ?row, "a row of the audit log could not be written");
            }
        }
        Ok(written)
    }

    async fn write(&self, rows: &[AuditRow]) -> learncoin_store::Result<()> {
        let mut tx = self.store.begin().await?;
        for row in rows {
            tx.insert_audit_row(row).await?;
        }
        tx.commit().await
    }
}
