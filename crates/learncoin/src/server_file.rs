//! `server.json` in a data directory: what the server stores for commands.

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use learncoin_store::Location;
use serde::{Deserialize, Serialize};

/// The file's name.
pub(crate) const NAME: &str = "server.json";
/// The beginning of the name of a SQLite file.
const SQLITE: &str = "sqlite:";

/// The content of the file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ServerFile {
    /// The last server, if there was one.
    #[serde(flatten)]
    pub(crate) running: Option<Running>,
    /// The database, if the directory remembers one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) database: Option<DatabaseMemory>,
}

/// The information about a running server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Running {
    /// Its address, `127.0.0.1:8080`.
    pub(crate) address: String,
    /// The genesis hash of its embedded chain, lower-case hex without 0x, if it has one. After a kill another deployment
    /// may listen on the same address: this distinguishes them.
    pub(crate) embedded_genesis: Option<String>,
}

/// The database that a data directory remembers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DatabaseMemory {
    /// Its id, which is in the database too.
    pub(crate) id: String,
    /// Its name for people, without a password.
    pub(crate) name: String,
}

impl DatabaseMemory {
    /// Returns whether it is a SQLite file.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.name.starts_with(SQLITE)
    }

    /// Refuses a SQLite file that does not exist: opening it would make a second database. `directory` is the data directory.
    ///
    /// # Errors
    /// If that is so.
    pub(crate) fn check_location(&self, directory: &Path, location: &Location) -> Result<()> {
        match location {
            Location::Sqlite(file) if !file.exists() && self.is_sqlite() => bail!(
                "{} is missing, and a server has used it: restore a backup into an empty data directory, or remove {} to begin anew",
                file.display(),
                directory.join(NAME).display()
            ),
            Location::Sqlite(file) if !file.exists() => Err(self.other(directory, location)),
            Location::Sqlite(_) | Location::Postgres(_) => Ok(()),
        }
    }

    /// Returns the refusal of another database.
    pub(crate) fn other(&self, directory: &Path, location: &Location) -> anyhow::Error {
        let advice = match location {
            Location::Sqlite(_) => {
                "Give this command the server's settings: LEARNCOIN_DATABASE_URL, or database_url in the file of settings. \
                 On a machine with the systemd unit, learncoin-ctl does that"
            }
            Location::Postgres(_) => "Give this command the server's LEARNCOIN_DATABASE_URL",
        };
        anyhow!(
            "the server of {} uses the database {}, and the settings name another one, {location}. {advice}. \
             To change the server's database for good, start it once with `serve --force-database`",
            directory.display(),
            self.name
        )
    }
}
