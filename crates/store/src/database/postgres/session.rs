//! A new connection: what is set on it, and what it must be able to do.

use std::io;

use sqlx::postgres::PgConnection;
use sqlx::{Executor as _, Row as _};

use crate::error::{Error, Result};

/// Set on every connection. A writer that waits this long for another one gives up, as on SQLite; one whose process
/// is stopped half-way is undone by the server, so that those who wait for it go on.
const PREPARE: &str = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'";

/// Sets a text on a connection that no other one has, and returns it.
const SET_TOKEN: &str = "SELECT set_config('learncoin.session', CAST(pg_backend_pid() AS TEXT) || ' ' || CAST(clock_timestamp() AS TEXT), false)";
const TOKEN: &str = "SELECT current_setting('learncoin.session', true)";

/// Checks that what is set on a connection stays on it, and reaches no other one. A pooler that lends the server for a transaction
/// at a time mixes up prepared statements, time limits, and the lock of those who migrate.
pub(crate) async fn assert_sessions(first: &mut PgConnection, second: &mut PgConnection) -> Result<()> {
    let token: String = first.fetch_one(SET_TOKEN).await?.try_get(0)?;
    // In a transaction of its own, so that the server which the first one had is either here or free.
    second.execute("BEGIN").await?;
    let of_second: Option<String> = second.fetch_one(TOKEN).await?.try_get(0)?;
    let of_first: Option<String> = first.fetch_one(TOKEN).await?.try_get(0)?;
    second.execute("ROLLBACK").await?;
    if of_first.as_ref() == Some(&token) && of_second.as_ref() != Some(&token) {
        return Ok(());
    }
    Err(Error::Setting {
        name: "pool_mode",
        found: "transaction".to_owned(),
        expected: "session: statements are prepared, and migrations hold a lock",
    })
}

/// Sets what every connection needs, and checks that it may write.
pub(crate) async fn prepare(connection: &mut PgConnection) -> sqlx::Result<()> {
    connection.execute(PREPARE).await?;
    // A standby would serve what was true once.
    let is_standby: bool = connection.fetch_one("SELECT pg_is_in_recovery()").await?.try_get(0)?;
    if is_standby {
        let reason = "the server is in recovery: it is a standby, which can't be written";
        return Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::ReadOnlyFilesystem, reason)));
    }
    Ok(())
}
