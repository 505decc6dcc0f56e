//! The erasure log: each erasure is recorded in the database and, beside it, in a file, the journal, which outlives the database.
//!
//! Invariant: the response to an erasure is sent once it is in the journal, and none is in the journal that was not committed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use learncoin_store::credentials::Erasure;
use learncoin_store::{Error as StoreError, Store};

use crate::credential::journal::{Journal, JournalError};
use crate::metrics::Alarm;

/// The reason why the erasure log can't be read or brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum ErasureLogError {
    /// The journal can't be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The erasures of this deployment, in its database and in its journal. Clones share the state of the journal.
#[derive(Clone)]
pub struct ErasureLog {
    store: Store,
    journal: Option<Arc<Journal>>,
    /// Whether the database has erasures that the journal may lack. True at first: the process before may have been killed
    /// between the two writes.
    is_behind: Arc<AtomicBool>,
}

impl ErasureLog {
    /// Creates the log over the database and the journal, if there is one.
    pub(crate) fn new(store: Store, journal: Option<Journal>) -> Self {
        let is_behind = Arc::new(AtomicBool::new(journal.is_some()));
        Self { store, journal: journal.map(Arc::new), is_behind }
    }

    /// Returns every erasure that the database holds.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn list_erasures(&self) -> Result<Vec<Erasure>, StoreError> {
        self.store.list_erasures().await
    }

    /// Returns every erasure that the journal holds; `None` if there is no journal.
    ///
    /// # Errors
    /// If the journal can't be read.
    pub(crate) async fn read_journal(&self) -> Result<Option<Vec<Erasure>>, JournalError> {
        let Some(journal) = self.journal.clone() else { return Ok(None) };
        on_a_thread(move || journal.read()).await.map(Some)
    }

    /// Appends an erasure that was just committed. If that fails the journal is behind, and no erasure is confirmed to a caller
    /// until it has caught up.
    pub(crate) async fn journal_erasure(&self, erasure: Erasure) {
        let Some(journal) = self.journal.clone() else { return };
        if let Err(error) = on_a_thread(move || journal.append(&[erasure])).await {
            let alarm = Alarm::ErasuresNotJournaled.raise();
            tracing::error!(alarm, %error, "an erasure could not be recorded outside the database");
            self.mark_behind();
        }
    }

    /// Returns whether the database may have erasures that the journal lacks. None is confirmed to a caller meanwhile.
    pub fn is_behind(&self) -> bool {
        self.is_behind.load(Ordering::SeqCst)
    }

    /// Records that the database may have erasures that the journal lacks.
    pub(crate) fn mark_behind(&self) {
        self.is_behind.store(true, Ordering::SeqCst);
    }

    /// Appends the erasures that the database has and the journal lacks, if it may lack any. A server calls this every minute;
    /// if nothing is missing, it costs nothing.
    ///
    /// # Errors
    /// If the journal can't be read or written, or the database fails; the journal stays behind then.
    pub async fn journal_missing_erasures(&self) -> Result<(), ErasureLogError> {
        let Some(journal) = self.journal.clone() else { return Ok(()) };
        if !self.is_behind.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let caught_up = async {
            let erasures = self.list_erasures().await?;
            on_a_thread(move || journal.add(erasures)).await?;
            Ok(())
        }
        .await;
        if caught_up.is_err() {
            self.mark_behind();
        }
        caught_up
    }
}

/// Runs work that waits for the disk on a thread where it delays no other task.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
) -> Result<T, JournalError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| JournalError::Aborted)?
}
