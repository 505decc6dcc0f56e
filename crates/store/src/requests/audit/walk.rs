//! A walk along a chain, by which its rows are checked.

use super::ends::ChainEnds;
use super::{AuditRow, audit_row};
use crate::database::sql::{Record, Row};
use crate::error::{Error, Result};
use crate::seal::Sealer;

/// A walk along a chain.
pub(super) struct Walk<'a> {
    chain: &'a str,
    /// The hash of the row before; `None` if it can't be known.
    previous: Option<String>,
    /// The place of the row that comes next.
    next: u64,
    pub(super) faults: Vec<String>,
}

impl<'a> Walk<'a> {
    /// Begins at the oldest row that is left.
    pub(super) fn new(chain: &'a str, ends: &ChainEnds) -> Self {
        let next = ends.purged_sequence.saturating_add(1);
        Self { chain, previous: Some(ends.purged_hash.clone()), next, faults: Vec::new() }
    }

    /// Checks the next row, and records what is wrong with it.
    pub(super) fn step(&mut self, sealer: &Sealer, row: &Row) -> Result<()> {
        let record = Record { table: "audit_log", row };
        let place = record.int("sequence")?;
        let chain = self.chain;
        let Ok(sequence) = u64::try_from(place) else {
            self.faults.push(format!("row {place} of {chain} was inserted"));
            return Ok(());
        };
        if sequence < self.next {
            self.faults.push(format!("row {sequence} of {chain} was inserted"));
            return Ok(());
        }
        if sequence > self.next {
            self.faults.push(format!(
                "rows {} to {} of {chain} are missing",
                self.next,
                sequence.saturating_sub(1)
            ));
            self.previous = None;
        }
        let hash = record.maybe_text("hash")?;
        let is_right = match readable(audit_row(row))? {
            Some(row) => self.is_right(sealer, &row, sequence, hash.as_deref()),
            None => false,
        };
        if !is_right {
            self.faults.push(format!("row {sequence} of {chain} was changed"));
        }
        (self.previous, self.next) = (hash, sequence.saturating_add(1));
        Ok(())
    }

    fn is_right(&self, sealer: &Sealer, row: &AuditRow, sequence: u64, hash: Option<&str>) -> bool {
        let expected = self.previous.as_ref().map(|previous| row.computed_hash(sealer, sequence, previous));
        row.chain() == self.chain && expected.is_none_or(|expected| hash == Some(expected.as_str()))
    }

    /// Returns the hash of the row at which the walk ends, and whether all rows up to that place are there and right.
    pub(super) fn up_to(self, last: u64) -> (String, bool) {
        let is_whole =
            self.faults.is_empty() && self.next == last.saturating_add(1) && self.previous.is_some();
        (self.previous.unwrap_or_default(), is_whole)
    }

    /// Compares the place and the hash at which the walk ends. Returns what is wrong.
    pub(super) fn end(mut self, ends: &ChainEnds) -> Vec<String> {
        let (chain, newest) = (self.chain, self.next.saturating_sub(1));
        if newest < ends.sequence {
            self.faults.push(format!("rows {} to {} of {chain} are missing", self.next, ends.sequence));
        } else if newest > ends.sequence || self.previous.as_deref() != Some(ends.hash.as_str()) {
            self.faults.push(format!("the newest row of {chain} is another one"));
        }
        self.faults
    }
}

/// Returns `None` for a row that can't be read.
fn readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(Error::Inconsistent { .. }) => Ok(None),
        read => read.map(Some),
    }
}
