//! What can go wrong in the store, said in terms of what happened.

/// A failed query or an unreadable row.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused or could not be reached. The outcome of a commit may be unknown.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// A migration could not be applied, or the database is newer than this program.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A setting on which durability or privacy rests is not what it must be.
    #[error("database setting {name} is {found:?}, it must be {expected:?}")]
    Setting {
        /// The setting's name.
        name: &'static str,
        /// What the connection answered.
        found: String,
        /// What it must answer.
        expected: &'static str,
    },
    /// A row holds what this program can't read: damage, or a value of a newer release.
    #[error("{table} {id}: unreadable {column}")]
    Inconsistent {
        /// The table.
        table: &'static str,
        /// The row's key.
        id: String,
        /// The column.
        column: &'static str,
    },
    /// An update that must touch exactly one row touched another number: somebody else was faster.
    #[error("{what} was changed by somebody else")]
    Conflict {
        /// What was to be changed.
        what: &'static str,
    },
    /// The database to copy into holds something.
    #[error("the target is not empty: there are rows in {table}")]
    NotEmpty {
        /// The first table with rows.
        table: &'static str,
    },
    /// Not all rows that were read arrived.
    #[error("{table}: {read} rows were read, and {written} arrived")]
    Miscounted {
        /// The table.
        table: &'static str,
        /// How many rows the source holds.
        read: i64,
        /// How many the target holds.
        written: i64,
    },
    /// A sealed value does not open: another master key, or damage.
    #[error("a sealed value does not open: is this the master key that it was sealed with?")]
    Unsealed,
    /// The master key is of the wrong form or the data directory's file can't be used.
    #[error("master key: {0}")]
    MasterKey(String),
}

/// The store's result.
pub type Result<T> = std::result::Result<T, Error>;

/// How often a transaction is run that the database undoes each time.
const ATTEMPTS: u32 = 5;
/// Deadlock and serialization failure on PostgreSQL; on SQLite, that what was read is no longer the newest. A file that is
/// merely busy was waited for already.
const UNDONE: [&str; 3] = ["40P01", "40001", "517"];

impl Error {
    /// Whether the database undid the transaction for another one's sake: nothing of it happened, and it can be run again.
    pub fn is_undone(&self) -> bool {
        let Error::Database(sqlx::Error::Database(error)) = self else { return false };
        error.code().is_some_and(|code| UNDONE.contains(&&*code))
    }
}

/// Counts how often a transaction was run.
#[derive(Debug, Default)]
pub struct Attempts(u32);

impl Attempts {
    /// Whether the transaction that failed so is to be run once more.
    pub fn again_after(&mut self, error: &Error) -> bool {
        self.0 = self.0.saturating_add(1);
        error.is_undone() && self.0 < ATTEMPTS
    }
}
