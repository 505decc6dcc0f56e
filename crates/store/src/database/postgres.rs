//! PostgreSQL: how it is reached, and what is asked of it before anything is kept there.

use sqlx::{AnyConnection, Connection as _};

use crate::database::connections::ConnectionPool;
use crate::database::dialect::Dialect;
use crate::database::location::PostgresUrl;
use crate::database::transaction::OpenTransaction;
use crate::error::{Error, Result};

/// The settings that a commit needs to survive a power cut, and texts of any language. With a replica `synchronous_commit`
/// may ask for more than `on`.
const SETTINGS: &[(&str, &[&str])] = &[
    ("fsync", &["on"]),
    ("full_page_writes", &["on"]),
    ("synchronous_commit", &["on", "local", "remote_write", "remote_apply"]),
    ("server_encoding", &["UTF8"]),
];

/// Processes that make the same schema at once take turns by this number. It means nothing else.
const SCHEMA_LOCK: i64 = 0x6c65_6172_6e63_6f69;

/// Opens connections, with the settings of durability asserted. If the URL names a schema that does not exist
/// (`?options[search_path]=…`), it is created.
pub(crate) async fn open(url: &PostgresUrl, max_connections: u32) -> Result<ConnectionPool> {
    let connections = ConnectionPool::open(url.expose(), Dialect::Postgres, max_connections).await?;
    assert_settings(&connections).await?;
    make_schema(&connections).await?;
    Ok(connections)
}

/// Returns a connection for migrations: it waits as long as another process takes for them.
pub(crate) async fn connect_to_migrate(url: &PostgresUrl) -> Result<AnyConnection> {
    Ok(AnyConnection::connect(url.expose()).await?)
}

async fn assert_settings(connections: &ConnectionPool) -> Result<()> {
    for (name, allowed) in SETTINGS {
        let found: String =
            sqlx::query_scalar("SELECT current_setting($1)").bind(*name).fetch_one(connections).await?;
        if !allowed.contains(&found.as_str()) {
            return Err(Error::Setting {
                name,
                found,
                expected: allowed.first().copied().unwrap_or_default(),
            });
        }
    }
    Ok(())
}

async fn make_schema(connections: &ConnectionPool) -> Result<()> {
    let current: Option<String> =
        sqlx::query_scalar("SELECT CAST(current_schema() AS TEXT)").fetch_one(connections).await?;
    if current.is_some() {
        return Ok(());
    }
    let path: String =
        sqlx::query_scalar("SELECT current_setting('search_path')").fetch_one(connections).await?;
    if path.is_empty()
        || !path.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    {
        return Err(Error::Setting {
            name: "search_path",
            found: path,
            expected: "a schema that is there, or one name of lower-case letters, digits and _",
        });
    }
    let mut tx = OpenTransaction::begin(connections, Dialect::Postgres.begin_write(), None).await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(SCHEMA_LOCK).execute(tx.connection()).await?;
    let sql = format!("CREATE SCHEMA IF NOT EXISTS {path}");
    sqlx::query(sqlx::AssertSqlSafe(sql)).execute(tx.connection()).await?;
    tx.commit().await
}
