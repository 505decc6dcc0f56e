//! A PostgreSQL server: what is asked of it before anything is kept there.

use sqlx::Connection as _;
use sqlx::postgres::PgConnection;

use crate::database::location::PostgresUrl;
use crate::database::postgres::connections::{PostgresConnections, options};
use crate::database::postgres::transaction::{BEGIN_WRITE, PostgresTransaction};
use crate::database::sql::{query, query_scalar};
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
pub(crate) async fn open(url: &PostgresUrl) -> Result<PostgresConnections> {
    let connections = PostgresConnections::open(url).await?;
    assert_settings(&connections).await?;
    make_schema(&connections).await?;
    Ok(connections)
}

/// Returns a connection for migrations: it waits as long as another process takes for them.
pub(crate) async fn connect_to_migrate(url: &PostgresUrl) -> Result<PgConnection> {
    Ok(PgConnection::connect_with(&options(url)?).await?)
}

async fn assert_settings(connections: &PostgresConnections) -> Result<()> {
    for (name, allowed) in SETTINGS {
        let found: String =
            query_scalar("SELECT current_setting($1)").bind(*name).fetch_one(connections).await?;
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

async fn make_schema(connections: &PostgresConnections) -> Result<()> {
    let current: Option<String> =
        query_scalar("SELECT CAST(current_schema() AS TEXT)").fetch_one(connections).await?;
    if current.is_some() {
        return Ok(());
    }
    let path: String = query_scalar("SELECT current_setting('search_path')").fetch_one(connections).await?;
    if path.is_empty()
        || !path.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    {
        return Err(Error::Setting {
            name: "search_path",
            found: path,
            expected: "a schema that is there, or one name of lower-case letters, digits and _",
        });
    }
    let mut tx = PostgresTransaction::begin(connections, BEGIN_WRITE, None).await?;
    query("SELECT pg_advisory_xact_lock($1)").bind(SCHEMA_LOCK).execute(&mut tx).await?;
    let sql = format!("CREATE SCHEMA IF NOT EXISTS {path}");
    query(sql).execute(&mut tx).await?;
    Ok(tx.commit().await?)
}
