//! SQLite: how its file is opened, and how what was deleted is taken off the disk.

use std::path::Path;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Executor as _, Row as _};

use crate::error::{Error, Result};

/// The time that a writer waits for another process (a command beside the server) to finish its transaction.
const BUSY_TIMEOUT_MS: u32 = 10_000;

/// Set on every SQLite connection, and asserted afterwards: with WAL only `synchronous=FULL` makes a commit
/// survive power loss, and only `secure_delete` takes what was erased off the disk.
const SQLITE_SETTINGS: &[(&str, &str, &str)] = &[
    ("journal_mode", "PRAGMA journal_mode = WAL", "wal"),
    ("synchronous", "PRAGMA synchronous = FULL", "2"),
    ("foreign_keys", "PRAGMA foreign_keys = ON", "1"),
    ("secure_delete", "PRAGMA secure_delete = ON", "1"),
    ("trusted_schema", "PRAGMA trusted_schema = OFF", "0"),
];

/// The time that cutting the log waits for readers and for other processes' writers. It is short, since no one can write
/// meanwhile.
const SCRUB_TIMEOUT_MS: u32 = 100;

/// Folds the write-ahead log into the main file and cuts it to nothing. Returns whether it could: a reader that holds an
/// old state keeps both as they are.
pub(crate) async fn scrub(pool: &AnyPool) -> Result<bool> {
    let mut connection = pool.acquire().await?;
    set_busy_timeout(&mut connection, SCRUB_TIMEOUT_MS).await?;
    let checkpoint = connection.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await;
    set_busy_timeout(&mut connection, BUSY_TIMEOUT_MS).await?;
    let was_held: i64 = checkpoint?.try_get(0)?;
    Ok(was_held == 0)
}

/// Opens (and if need be makes) the SQLite file, with the settings of durability on every connection.
pub(crate) async fn open(file: &Path, max_connections: u32) -> Result<AnyPool> {
    sqlx::any::install_default_drivers();
    let url = url(file)?;
    let pool = AnyPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(Duration::from_secs(30))
        .after_connect(|connection, _| Box::pin(async move { prepare(connection).await }))
        .connect(&url)
        .await?;
    assert_settings(&pool).await?;
    Ok(pool)
}

fn url(file: &Path) -> Result<String> {
    let path = file.to_str().ok_or(Error::Setting {
        name: "data directory",
        found: file.to_string_lossy().into_owned(),
        expected: "a path in UTF-8",
    })?;
    let escaped: String = path
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    Ok(format!("sqlite://{escaped}?mode=rwc"))
}

async fn prepare(connection: &mut AnyConnection) -> std::result::Result<(), sqlx::Error> {
    set_busy_timeout(connection, BUSY_TIMEOUT_MS).await?;
    for (_, statement, _) in SQLITE_SETTINGS {
        connection.execute(*statement).await?;
    }
    Ok(())
}

async fn set_busy_timeout(connection: &mut AnyConnection, ms: u32) -> std::result::Result<(), sqlx::Error> {
    connection.execute(sqlx::AssertSqlSafe(format!("PRAGMA busy_timeout = {ms}"))).await?;
    Ok(())
}

async fn assert_settings(pool: &AnyPool) -> Result<()> {
    let mut connection = pool.acquire().await?;
    for (name, _, expected) in SQLITE_SETTINGS {
        let row = connection.fetch_one(sqlx::AssertSqlSafe(format!("PRAGMA {name}"))).await?;
        let found =
            row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string()))?;
        if found != *expected {
            return Err(Error::Setting { name, found, expected });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_pooled_connection_is_durable_and_erases_what_it_deletes() {
        let dir = tempfile::tempdir().unwrap();
        let pool = open(&dir.path().join("with space & sign.db"), 4).await.unwrap();
        let mut held = Vec::new();
        for _ in 0..4 {
            let mut connection = pool.acquire().await.unwrap();
            for (name, _, expected) in SQLITE_SETTINGS {
                let row = connection.fetch_one(sqlx::AssertSqlSafe(format!("PRAGMA {name}"))).await.unwrap();
                let found = row
                    .try_get::<String, _>(0)
                    .or_else(|_| row.try_get::<i64, _>(0).map(|n| n.to_string()))
                    .unwrap();
                assert_eq!(found, *expected, "{name}");
            }
            held.push(connection);
        }
        assert!(dir.path().join("with space & sign.db").exists());
    }
}
