//! The setting `database_url`.

use anyhow::{Result, bail};
use learncoin_store::{Location, LocationError};
use serde::{Deserialize, Serialize};

/// The URL of a database. It may hold a password, so `Debug` leaves its text out.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct DatabaseUrl(String);

impl DatabaseUrl {
    /// Returns the database that the URL names; `None` if it is empty.
    ///
    /// # Errors
    /// If it is not a PostgreSQL URL, or asks for what can't be done.
    pub(crate) fn location(&self) -> Result<Option<Location>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        match self.0.parse() {
            Ok(location @ Location::Postgres(_)) => Ok(Some(location)),
            Ok(Location::Sqlite(_)) | Err(LocationError::Form) => {
                bail!(
                    "database_url: expected postgres://USER@HOST/DATABASE, or nothing for a SQLite file in data_dir"
                )
            }
            Err(error) => bail!("database_url: {error}"),
        }
    }
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl")
    }
}
