//! The database as a whole: opening it, and beginning a transaction that writes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::Connection as _;
use tokio::sync::Notify;

use crate::database::commits::Commits;
use crate::database::connections::ConnectionPool;
use crate::database::dialect::Dialect;
use crate::database::location::{Location, PostgresUrl};
use crate::database::migrations::{migrate_postgres, migrations};
use crate::database::postgres;
use crate::database::sql::query;
use crate::database::sqlite::SqliteDatabase;
use crate::database::transaction::OpenTransaction;
use crate::error::Result;
use crate::events::event_type::EventType;
use crate::id::TenantId;
use crate::metrics;
use crate::scope::Environment;
use crate::seal::{MasterKey, Sealer};

/// The database of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: ConnectionPool,
    pub(crate) dialect: Dialect,
    pub(crate) sealer: Arc<Sealer>,
    // Whether something deleted may still be on the disk. True at first: the process before may have been killed.
    scrub_due: Arc<AtomicBool>,
    delivery_signal: Arc<Notify>,
    mail_signal: Arc<Notify>,
    commits: Commits,
}

/// A transaction that writes. Dropped without [`WriteTx::commit`], it changes nothing.
pub struct WriteTx {
    pub(crate) tx: OpenTransaction,
    pub(crate) dialect: Dialect,
    pub(crate) sealer: Arc<Sealer>,
    /// Whether it wrote something that is to be delivered.
    pub(crate) has_deliveries: bool,
    /// Whether it queued a mail.
    pub(crate) has_mails: bool,
    /// The events that it wrote.
    pub(crate) happened: Vec<(EventType, Environment)>,
    delivery_signal: Arc<Notify>,
    mail_signal: Arc<Notify>,
    commits: Commits,
    connections: ConnectionPool,
}

impl Store {
    /// Opens the database, brings its schema up to date, and asserts the settings that durability and erasure rest on.
    ///
    /// # Errors
    /// If it can't be opened, a setting does not hold, or the schema is newer than this program.
    pub async fn open(location: &Location, master: &MasterKey) -> Result<Self> {
        match location {
            Location::Sqlite(file) => Self::open_sqlite(file, master).await,
            Location::Postgres(url) => Self::open_postgres(url, master).await,
        }
    }

    /// Opens a SQLite file as [`Store::open`] does. It is created if there is none.
    pub async fn open_sqlite(file: &Path, master: &MasterKey) -> Result<Self> {
        let dialect = Dialect::Sqlite;
        let database = SqliteDatabase::open(file)?;
        database.migrate(migrations(dialect)).await?;
        Ok(Self::over(database.into(), dialect, master))
    }

    /// Opens a PostgreSQL database as [`Store::open`] does. Of nodes that start at once one migrates, and the others wait for
    /// it.
    async fn open_postgres(url: &PostgresUrl, master: &MasterKey) -> Result<Self> {
        let dialect = Dialect::Postgres;
        let pool = postgres::open(url).await?;
        let mut connection = postgres::connect_to_migrate(url).await?;
        migrate_postgres(&mut connection).await?;
        connection.close().await?;
        Ok(Self::over(pool.into(), dialect, master))
    }

    pub(crate) fn over(pool: ConnectionPool, dialect: Dialect, master: &MasterKey) -> Self {
        Self {
            pool,
            dialect,
            sealer: Arc::new(Sealer::new(master)),
            scrub_due: Arc::new(AtomicBool::new(true)),
            delivery_signal: Arc::default(),
            mail_signal: Arc::default(),
            commits: Commits::default(),
        }
    }

    /// Returns whether other processes may do the same work on this database, so that a process leases it before it begins. A
    /// SQLite file has one server.
    pub fn is_shared(&self) -> bool {
        self.dialect == Dialect::Postgres
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<WriteTx> {
        self.begin_after(None).await
    }

    async fn begin_after(&self, tenant_id: Option<&TenantId>) -> Result<WriteTx> {
        let tx = self.pool.begin(tenant_id).await?;
        Ok(WriteTx {
            tx,
            dialect: self.dialect,
            sealer: Arc::clone(&self.sealer),
            has_deliveries: false,
            has_mails: false,
            happened: Vec::new(),
            delivery_signal: Arc::clone(&self.delivery_signal),
            mail_signal: Arc::clone(&self.mail_signal),
            commits: self.commits.clone(),
            connections: self.pool.clone(),
        })
    }

    /// Begins a transaction that writes what is one tenant's, and decides by what it reads of it: of two for the same
    /// tenant the second one waits for the first one's end, on whatever node, and then sees what that wrote.
    pub async fn begin_for(&self, tenant_id: &TenantId) -> Result<WriteTx> {
        let mut tx = self.begin_after(Some(tenant_id)).await?;
        tx.wait_for_tenant(tenant_id).await?;
        Ok(tx)
    }

    /// Returns the signal that something to be delivered was committed in this process.
    pub fn delivery_signal(&self) -> Arc<Notify> {
        Arc::clone(&self.delivery_signal)
    }

    /// Returns the signal that a mail was queued in this process.
    pub fn mail_signal(&self) -> Arc<Notify> {
        Arc::clone(&self.mail_signal)
    }

    /// Takes what was deleted off the disk: the log of changes is folded into the main file, whose freed pages are
    /// zeroed, and cut to nothing. Returns whether that is done. If a reader that holds an old state is in the way,
    /// [`Store::scrub_if_due`] does it later. PostgreSQL does this itself, in its own time (autovacuum).
    ///
    /// # Errors
    /// If the database fails; it stays due then.
    pub async fn scrub(&self) -> Result<bool> {
        let Some(database) = self.pool.sqlite() else { return Ok(true) };
        self.scrub_due.store(true, Ordering::SeqCst);
        let done = database.scrub().await?;
        self.scrub_due.store(!done, Ordering::SeqCst);
        Ok(done)
    }

    /// Does what an earlier [`Store::scrub`] could not, or what a process that was killed left undone. To be called
    /// every second: if nothing is due, it costs nothing.
    ///
    /// # Errors
    /// If the database fails; it stays due then.
    pub async fn scrub_if_due(&self) -> Result<()> {
        if self.scrub_due.load(Ordering::SeqCst) {
            self.scrub().await?;
        }
        Ok(())
    }

    /// Returns the rule for this store's COMMITs, which a test may set.
    #[cfg(feature = "kill-points")]
    pub fn commits(&self) -> &Commits {
        &self.commits
    }

    /// Returns the sealer, which seals, opens, and makes keyed hashes.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Closes every connection. SQLite then folds its log into the main file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl WriteTx {
    pub(crate) fn connection(&mut self) -> &mut OpenTransaction {
        &mut self.tx
    }

    async fn wait_for_tenant(&mut self, id: &TenantId) -> Result<()> {
        if self.dialect == Dialect::Sqlite {
            return Ok(());
        }
        let sql = format!("SELECT id FROM tenants WHERE id = $1 {}", self.dialect.hold_alone());
        query(sql).bind(id.as_str()).execute(self.connection()).await?;
        Ok(())
    }

    /// Makes everything written here durable, at once or not at all.
    ///
    /// # Errors
    /// If the connection is lost the outcome is unknown, not failed: read what is stored.
    pub async fn commit(self) -> Result<()> {
        let fate = self.commits.fate(&self.happened);
        fate.before()?;
        self.connections.commit(self.tx).await?;
        fate.after().await?;
        if !self.happened.is_empty() {
            self.connections.record_write(true);
        }
        metrics::happened(&self.happened);
        if self.has_deliveries {
            self.delivery_signal.notify_one();
        }
        if self.has_mails {
            self.mail_signal.notify_one();
        }
        Ok(())
    }
}
