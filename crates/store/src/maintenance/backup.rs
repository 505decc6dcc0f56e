//! A copy of a SQLite database, made while others write to it, and whether a file that was copied is whole.

use std::path::Path;

use crate::database::failure::DatabaseError;
use crate::database::sql;
use crate::database::store::Store;
use crate::error::{Error, Result};

impl Store {
    /// Writes all that is committed at one moment into `file`, which must be empty or absent. Others go on writing meanwhile. The
    /// copy has no free pages, so nothing that was deleted or erased is in it. The caller makes it durable: SQLite writes such a
    /// copy without waiting for the disk.
    ///
    /// Of a SQLite database alone: the statement is none of PostgreSQL's.
    ///
    /// # Errors
    /// If the database fails, the file holds something, or its name is not in UTF-8.
    pub async fn back_up_into(&self, file: &Path) -> Result<()> {
        let file = file.to_str().ok_or_else(|| Error::Setting {
            name: "backup",
            found: file.to_string_lossy().into_owned(),
            expected: "a path in UTF-8",
        })?;
        // A name is a text here, and a quotation mark in it is written twice.
        let sql = format!("VACUUM INTO '{}'", file.replace('\'', "''"));
        let Some(database) = self.pool.sqlite() else { return Err(DatabaseError::Closed.into()) };
        database.run_apart(sql).await?;
        Ok(())
    }

    /// Returns the damage that SQLite finds in its file: damaged pages, indexes that do not fit their tables, rows that refer to
    /// none. Returns nothing if the file is whole.
    ///
    /// # Errors
    /// If the file can't be read at all.
    pub async fn damage(&self) -> Result<Vec<String>> {
        let report: Vec<String> =
            sql::query_scalar("PRAGMA integrity_check(20)").long().fetch_all(&self.pool).await?;
        let mut damage: Vec<String> = report.into_iter().filter(|line| line != "ok").collect();
        let dangling = sql::query("PRAGMA foreign_key_check").long().fetch_all(&self.pool).await?.len();
        if dangling > 0 {
            damage.push(format!("{dangling} rows refer to rows that are not there"));
        }
        Ok(damage)
    }
}
