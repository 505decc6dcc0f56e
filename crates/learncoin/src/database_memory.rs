//! The memory of a data directory: the database of its server.
//!
//! A command that is started without the server's settings would open another database, or make one, and go on as if nothing were
//! wrong. So each database has an id, and the data directory remembers the one of its server (in `server.json`). The id is in the
//! database: another URL that leads to the same one, as through a pooler or after a move to another host, is no other database.

use anyhow::{Context as _, Result};
use learncoin_store::clock::random_bytes;
use learncoin_store::settings::Setting;
use learncoin_store::{Location, Store};

use crate::data_dir::DataDir;
use crate::server_file::DatabaseMemory;
use crate::system::SystemEntropy;

/// Refuses a database that is not the one that the data directory remembers.
///
/// # Errors
/// If it is another one, or the store fails.
pub(crate) async fn check_database(data_dir: &DataDir, location: &Location, store: &Store) -> Result<()> {
    let Some(memory) = data_dir.database_memory()? else { return Ok(()) };
    let id = store.find_setting(Setting::DatabaseId).await?;
    let is_known = match location {
        // The file in the data directory is its own, whatever backup it was copied from.
        Location::Sqlite(_) if memory.is_sqlite() => true,
        // A dump of a release before there were ids holds a deployment all the same.
        Location::Postgres(_) if id.is_none() => store.find_setting(Setting::PublicUrl).await?.is_some(),
        Location::Sqlite(_) | Location::Postgres(_) => id.as_ref() == Some(&memory.id),
    };
    if is_known { Ok(()) } else { Err(memory.other(data_dir.path(), location)) }
}

/// Remembers this database, and gives it an id if it has none.
///
/// # Errors
/// If the store fails, or the file can't be written.
pub(crate) async fn remember(data_dir: &DataDir, location: &Location, store: &Store) -> Result<()> {
    let id = match store.find_setting(Setting::DatabaseId).await? {
        Some(id) => id,
        None => new_id(store, false).await?,
    };
    data_dir.remember_database(&DatabaseMemory { id, name: location.to_string() })
}

/// Replaces the id of a copied database by one of its own.
///
/// # Errors
/// If the store fails.
pub(crate) async fn renew_id(store: &Store) -> Result<()> {
    new_id(store, true).await.map(|_| ())
}

async fn new_id(store: &Store, replacing: bool) -> Result<String> {
    let id = hex::encode(random_bytes::<16>(&SystemEntropy));
    let mut tx = store.begin().await?;
    let id = if replacing {
        tx.put_setting(Setting::DatabaseId, &id).await?;
        id
    } else {
        // Of two nodes that start at once the second one uses the first one's.
        tx.pin_setting(Setting::DatabaseId, &id).await?
    };
    tx.commit().await.context("the database's id can't be written")?;
    Ok(id)
}
