//! Reading columns: a value that this program can't read is a named inconsistency, not a panic.

use std::str::FromStr;

use crate::database::sql::row::Row;
use crate::error::{Error, Result};
use crate::onchain::{self, PublicKeyCoordinates};
use crate::scope::TenantScope;

/// One row of `table`, whose first column is its key.
pub(crate) struct Record<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: &'a Row,
}

impl Record<'_> {
    pub(crate) fn unreadable(&self, column: &'static str) -> Error {
        let id = self.row.first::<String>().unwrap_or_default();
        Error::Inconsistent { table: self.table, id, column }
    }

    pub(crate) fn text(&self, column: &'static str) -> Result<String> {
        self.row.try_get(column).map_err(|_| self.unreadable(column))
    }

    pub(crate) fn maybe_text(&self, column: &'static str) -> Result<Option<String>> {
        self.row.try_get(column).map_err(|_| self.unreadable(column))
    }

    pub(crate) fn bytes(&self, column: &'static str) -> Result<Vec<u8>> {
        self.row.try_get(column).map_err(|_| self.unreadable(column))
    }

    pub(crate) fn maybe_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>> {
        self.row.try_get(column).map_err(|_| self.unreadable(column))
    }

    pub(crate) fn int(&self, column: &'static str) -> Result<i64> {
        self.row.try_get(column).map_err(|_| self.unreadable(column))
    }

    pub(crate) fn maybe_int(&self, column: &'static str) -> Result<Option<i64>> {
        self.row.try_get(column).map_err(|_| self.unreadable(column))
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<T> {
        serde_json::from_str(&self.text(column)?).map_err(|_| self.unreadable(column))
    }

    pub(crate) fn maybe_parsed<T: FromStr>(&self, column: &'static str) -> Result<Option<T>> {
        let text = self.maybe_text(column)?;
        text.map(|text| text.parse().map_err(|_| self.unreadable(column))).transpose()
    }

    /// Reads an integer that can't be negative: a count, a nonce, a block number.
    pub(crate) fn count(&self, column: &'static str) -> Result<u64> {
        u64::try_from(self.int(column)?).map_err(|_| self.unreadable(column))
    }

    pub(crate) fn maybe_count(&self, column: &'static str) -> Result<Option<u64>> {
        let value = self.maybe_int(column)?;
        value.map(|value| u64::try_from(value).map_err(|_| self.unreadable(column))).transpose()
    }

    /// Parses a text: an id, a state, a hash.
    pub(crate) fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T> {
        self.text(column)?.parse().map_err(|_| self.unreadable(column))
    }

    /// Reads the tenant and the environment that a row belongs to.
    pub(crate) fn scope(&self) -> Result<TenantScope> {
        Ok(TenantScope { tenant_id: self.parsed("tenant_id")?, environment: self.parsed("environment")? })
    }

    /// Reads a public key, which is in two columns.
    pub(crate) fn public_key(&self) -> Result<PublicKeyCoordinates> {
        let coordinate = |column| -> Result<[u8; 32]> {
            onchain::decode_32(&self.text(column)?).ok_or_else(|| self.unreadable(column))
        };
        Ok(PublicKeyCoordinates::new(coordinate("public_key_x")?, coordinate("public_key_y")?))
    }
}

/// Converts a count or nonce to the databases' BIGINT. Nothing here comes near the limit; a value that did is clamped.
pub(crate) fn bigint(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Checks that as many rows were changed as there were to change. Otherwise another writer was faster.
pub(crate) fn exactly(affected: u64, expected: usize, what: &'static str) -> Result<()> {
    if usize::try_from(affected) == Ok(expected) { Ok(()) } else { Err(Error::Conflict { what }) }
}

/// Checks that exactly one row was changed: otherwise another writer was faster.
pub(crate) fn exactly_one(affected: u64, what: &'static str) -> Result<()> {
    exactly(affected, 1, what)
}
