//! The database as a whole: opening it, and beginning a transaction that writes.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, SqlSafeStr as _, Transaction};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};

use crate::dialect;
use crate::error::Result;
use crate::seal::{MasterKey, Sealer};

const MAX_CONNECTIONS: u32 = 8;

/// Whatever runs one statement: the pool, or a transaction's connection.
pub(crate) trait AnyExecutor<'e>: sqlx::Executor<'e, Database = Any> {}
impl<'e, E: sqlx::Executor<'e, Database = Any>> AnyExecutor<'e> for E {}

/// The database of a deployment. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: AnyPool,
    pub(crate) sealer: Arc<Sealer>,
    // SQLite lets one writer in at a time, and makes the others poll; here they queue instead.
    writer: Arc<Mutex<()>>,
    // Whether something deleted may still be on the disk. True at first: the process before may have been killed.
    scrub_due: Arc<AtomicBool>,
    outbox: Arc<Notify>,
    mailbag: Arc<Notify>,
}

/// A transaction that writes. Dropped without [`WriteTx::commit`], it changes nothing.
pub struct WriteTx {
    pub(crate) tx: Transaction<'static, Any>,
    pub(crate) sealer: Arc<Sealer>,
    /// Whether it wrote something that is to be delivered.
    pub(crate) has_deliveries: bool,
    /// Whether it queued a mail.
    pub(crate) has_mails: bool,
    outbox: Arc<Notify>,
    mailbag: Arc<Notify>,
    _turn: OwnedMutexGuard<()>,
}

impl Store {
    /// Opens the SQLite file, makes it where there is none, brings its schema up to date, and asserts the
    /// settings that durability and erasure rest on.
    ///
    /// # Errors
    /// Where the file can't be opened, a setting does not hold, or the schema is newer than this program.
    pub async fn open_sqlite(file: &Path, master: &MasterKey) -> Result<Self> {
        let pool = dialect::open_sqlite(file, MAX_CONNECTIONS).await?;
        migrations().run(&pool).await?;
        Ok(Self {
            pool,
            sealer: Arc::new(Sealer::new(master)),
            writer: Arc::default(),
            scrub_due: Arc::new(AtomicBool::new(true)),
            outbox: Arc::default(),
            mailbag: Arc::default(),
        })
    }

    /// Begins a transaction that writes.
    pub async fn begin(&self) -> Result<WriteTx> {
        let turn = Arc::clone(&self.writer).lock_owned().await;
        let tx = self.pool.begin_with(dialect::BEGIN_WRITE).await?;
        Ok(WriteTx {
            tx,
            sealer: Arc::clone(&self.sealer),
            has_deliveries: false,
            has_mails: false,
            outbox: Arc::clone(&self.outbox),
            mailbag: Arc::clone(&self.mailbag),
            _turn: turn,
        })
    }

    /// Tells whoever delivers that something to be delivered was committed in this process.
    pub fn outbox(&self) -> Arc<Notify> {
        Arc::clone(&self.outbox)
    }

    /// Tells whoever sends mails that one was queued in this process.
    pub fn mailbag(&self) -> Arc<Notify> {
        Arc::clone(&self.mailbag)
    }

    /// Takes what was deleted off the disk: the log of changes is folded into the main file, whose freed pages are
    /// zeroed, and cut to nothing. Answers whether that is done. Where a reader that holds an old state is in the way,
    /// [`Store::scrub_if_due`] does it later.
    ///
    /// # Errors
    /// Where the database fails; it stays due then.
    pub async fn scrub(&self) -> Result<bool> {
        let _turn = self.writer.lock().await;
        self.scrub_due.store(true, Ordering::SeqCst);
        let done = dialect::scrub(&self.pool).await?;
        self.scrub_due.store(!done, Ordering::SeqCst);
        Ok(done)
    }

    /// Does what an earlier [`Store::scrub`] could not, or what a process that was killed left undone. To be called
    /// every second: where nothing is due, it costs nothing.
    ///
    /// # Errors
    /// Where the database fails; it stays due then.
    pub async fn scrub_if_due(&self) -> Result<()> {
        if self.scrub_due.load(Ordering::SeqCst) {
            self.scrub().await?;
        }
        Ok(())
    }

    /// Answers whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Seals, opens, and makes keyed hashes.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Closes every connection. SQLite then folds its log into the main file.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl WriteTx {
    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    /// Makes everything written here durable, at once or not at all.
    ///
    /// # Errors
    /// Where the connection is lost the outcome is unknown, not failed: look what is there.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await?;
        if self.has_deliveries {
            self.outbox.notify_one();
        }
        if self.has_mails {
            self.mailbag.notify_one();
        }
        Ok(())
    }
}

fn migrations() -> Migrator {
    let all = [
        (1, "initial", include_str!("../migrations/0001_initial.sql")),
        (2, "contract", include_str!("../migrations/0002_contract.sql")),
        (3, "deliveries", include_str!("../migrations/0003_deliveries.sql")),
        (4, "mails", include_str!("../migrations/0004_mails.sql")),
    ];
    let migration = |(version, name, sql): (i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(all.map(migration).into())
}
