//! The funds, chain or key that a batch waits for if something is amiss.

use std::str::FromStr;

use crate::database::sql::{self, Record};
use crate::database::store::Store;
use crate::database::values;
use crate::error::Result;
use crate::id::BatchId;

/// Something that a batch waits for, since its last step failed for want of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingFor {
    /// The signing key can't pay for the transaction.
    Funds,
    /// No node of the chain answers, or takes the transaction.
    Chain,
    /// The signing key can't be used.
    SigningKey,
}

impl WaitingFor {
    /// Everything that a batch may wait for.
    pub const ALL: [Self; 3] = [Self::Funds, Self::Chain, Self::SigningKey];

    /// Returns the name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Funds => "funds",
            Self::Chain => "chain",
            Self::SigningKey => "signing_key",
        }
    }
}

/// Not the name of something that a batch may wait for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `funds`, `chain` or `signing_key`")]
pub struct WaitingForError;

impl FromStr for WaitingFor {
    type Err = WaitingForError;

    fn from_str(text: &str) -> std::result::Result<Self, WaitingForError> {
        Self::ALL.into_iter().find(|one| one.as_str() == text).ok_or(WaitingForError)
    }
}

impl Store {
    /// Returns what those of the batches wait for with which something is amiss.
    pub async fn list_waiting_for(&self, batches: &[&BatchId]) -> Result<Vec<(BatchId, WaitingFor)>> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = sql::query(format!(
            "SELECT b.id, CASE b.status WHEN 'pending' THEN b.waiting_for ELSE a.waiting_for END AS waiting_for
             FROM batches b LEFT JOIN anchors a ON a.id = b.anchor_id AND a.status = 'signed'
             WHERE b.id IN ({}) AND b.status IN ('pending', 'signed')",
            values::list(1, batches.len()),
        ));
        for id in batches {
            query = query.bind(id.as_str());
        }
        let rows = query.fetch_all(&self.pool).await?;
        let read = rows.iter().map(|row| {
            let record = Record { table: "batches", row };
            let id = record.parsed("id")?;
            Ok(record.maybe_parsed("waiting_for")?.map(|waiting_for| (id, waiting_for)))
        });
        read.filter_map(Result::transpose).collect()
    }
}
