//! Bringing a SQLite file to the schema of this program. What was applied is recorded as sqlx does, by which files of
//! earlier releases were made.

use std::collections::BTreeMap;

use rusqlite::{Connection, params};
use sqlx::migrate::{MigrateError, Migration, Migrator};

use crate::database::failure::SqliteError;
use crate::database::sqlite::file::BUSY_TIMEOUT;
use crate::error::{Error, Result};
use crate::kill;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
)";

/// Applies the migrations that are missing. Each is a transaction of its own, so a process may die between any two.
///
/// # Errors
/// If the file was made by a newer program, or a migration fails.
pub(crate) fn migrate(connection: &Connection, all: &Migrator) -> Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
    connection.execute_batch(TABLE).map_err(failed)?;
    for migration in all.iter() {
        apply(connection, all, migration)?;
        kill::reached("migrate.between");
    }
    Ok(())
}

/// Applies a migration, unless it was. Another process may do the same: which one does is decided under the write lock.
fn apply(connection: &Connection, all: &Migrator, migration: &Migration) -> Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE").map_err(failed)?;
    let applied = applied(connection).and_then(|applied| {
        check(&applied, all)?;
        if !applied.contains_key(&migration.version) {
            connection.execute_batch(migration.sql.as_str()).map_err(failed)?;
            record(connection, migration).map_err(failed)?;
        }
        connection.execute_batch("COMMIT").map_err(failed)
    });
    if applied.is_err() && !connection.is_autocommit() {
        // The first fault is the one to report.
        let _ = connection.execute_batch("ROLLBACK");
    }
    applied
}

/// Returns the checksums of the migrations that were applied.
fn applied(connection: &Connection) -> Result<BTreeMap<i64, (bool, Vec<u8>)>> {
    let read = || {
        let mut statement =
            connection.prepare("SELECT version, success, CAST(checksum AS BLOB) FROM _sqlx_migrations")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?;
        rows.collect::<rusqlite::Result<_>>()
    };
    read().map_err(failed)
}

/// Checks that this program knows what was applied.
fn check(applied: &BTreeMap<i64, (bool, Vec<u8>)>, all: &Migrator) -> Result<()> {
    for (version, (is_whole, checksum)) in applied {
        let known = all.iter().find(|migration| migration.version == *version);
        let known = known.ok_or(MigrateError::VersionMissing(*version))?;
        if !is_whole {
            return Err(MigrateError::Dirty(*version).into());
        }
        if *known.checksum != **checksum {
            return Err(MigrateError::VersionMismatch(*version).into());
        }
    }
    Ok(())
}

fn record(connection: &Connection, migration: &Migration) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (?1, ?2, TRUE, ?3, -1)",
        params![migration.version, &*migration.description, &*migration.checksum],
    )?;
    Ok(())
}

fn failed(error: rusqlite::Error) -> Error {
    Error::Database(SqliteError::from(error).into())
}
