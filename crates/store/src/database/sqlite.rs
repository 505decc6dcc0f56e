//! SQLite: how its file is opened, and how what was deleted is taken off the disk.

use std::path::Path;

use sqlx::{Executor as _, Row as _};

use crate::database::connections::ConnectionPool;
use crate::database::dialect::Dialect;
use crate::database::session::{BUSY_TIMEOUT_MS, SQLITE_SETTINGS, set_busy_timeout};
use crate::error::{Error, Result};

/// The time that cutting the log waits for readers and for other processes' writers. It is short, since no one can write
/// meanwhile.
const SCRUB_TIMEOUT_MS: u32 = 100;

/// Folds the write-ahead log into the main file and cuts it to nothing. Returns whether it could: a reader that holds an
/// old state keeps both as they are.
pub(crate) async fn scrub(connections: &ConnectionPool) -> Result<bool> {
    let mut connection = connections.acquire().await?;
    set_busy_timeout(&mut connection, SCRUB_TIMEOUT_MS).await?;
    let checkpoint = connection.fetch_one("PRAGMA wal_checkpoint(TRUNCATE)").await;
    if let Err(error) = set_busy_timeout(&mut connection, BUSY_TIMEOUT_MS).await {
        ConnectionPool::discard(connection).await;
        return Err(error.into());
    }
    let was_held: i64 = checkpoint?.try_get(0)?;
    Ok(was_held == 0)
}

/// Opens (and if need be makes) the SQLite file, with the settings of durability on every connection.
pub(crate) async fn open(file: &Path, max_connections: u32) -> Result<ConnectionPool> {
    let connections = ConnectionPool::open(&url(file)?, Dialect::Sqlite, max_connections).await?;
    assert_settings(&connections).await?;
    Ok(connections)
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

async fn assert_settings(connections: &ConnectionPool) -> Result<()> {
    let mut connection = connections.acquire().await?;
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
