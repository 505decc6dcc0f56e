//! The audit log: a row for each request that a key may make, and for the first [`refusals`] of each minute.

mod refusals;
#[cfg(test)]
mod tests;
mod writer;

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use learncoin_issuance::Issuance;
use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::requests::AuditRow;
use refusals::Refusals;
use writer::AuditWriter;

/// Writes rows.
pub(crate) struct AuditLog {
    writer: Arc<AuditWriter>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    refusals: Mutex<Refusals>,
}

impl AuditLog {
    pub(crate) fn new(issuance: &Issuance) -> Self {
        Self {
            writer: AuditWriter::new(issuance.store.clone()),
            clock: Arc::clone(&issuance.clock),
            entropy: Arc::clone(&issuance.entropy),
            refusals: Mutex::default(),
        }
    }

    /// Adds the row of a request that was counted against the rate limit, and returns once it is written. If the database fails,
    /// the row is in the program's log: the request has ended, and its caller is owed the answer.
    pub(crate) async fn add(&self, row: AuditRow) {
        self.writer.write(vec![row]).await;
    }

    /// Adds the row of a request that was refused before that, as [`AuditLog::add`] does; or counts it, if its key or its address
    /// has its rows of the minute.
    pub(crate) async fn add_refusal(&self, row: AuditRow, client: Option<IpAddr>) {
        let rows = {
            let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
            // Read while no other request is counted, so that no minute begins twice.
            let mut rows = refusals.turn(self.clock.now_ms(), &*self.clock, &*self.entropy);
            if refusals.admit(&row, client) {
                rows.push(row);
            }
            rows
        };
        self.writer.write(rows).await;
    }

    /// Writes the numbers of refusals of a minute that has ended.
    pub(crate) async fn write_counts(&self) {
        let rows = self.refusals.lock().unwrap_or_else(PoisonError::into_inner).turn(
            self.clock.now_ms(),
            &*self.clock,
            &*self.entropy,
        );
        self.writer.write(rows).await;
    }

    /// Writes the numbers of refusals of the current minute too: the process ends.
    pub(crate) async fn write_last_counts(&self) {
        let rows = {
            let mut refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
            refusals.take(&*self.clock, &*self.entropy)
        };
        self.writer.write(rows).await;
    }
}
