//! Erasures outlive the database: each is noted in a file as well, the journal, and made again where a database comes back that is
//! older than it.
//!
//! Invariant: whoever asks for an erasure is answered when it is in the journal, and none is in the journal that was not committed. So a database
//! that lacks one of them is older than it, and nothing is erased that was not erased before.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use learncoin_store::changes::ErasureRecord;
use learncoin_store::erasures::StoredErasure;
use learncoin_store::id::CredentialId;
use learncoin_store::{Attempts, Error as StoreError};

pub use super::journal::{Erasure, Journal, JournalError, parse_lines, to_lines};
use crate::context::Issuance;
use crate::credential::change::{ChangeError, Requester};

/// Where this process notes erasures.
#[derive(Default)]
pub(crate) struct Erasures {
    journal: Option<Arc<Journal>>,
    /// Whether the database has erasures that the journal may lack. True at first: the process before may have died between
    /// the two.
    is_behind: AtomicBool,
}

impl Erasures {
    pub(crate) fn journaled_in(journal: Journal) -> Self {
        Self { journal: Some(Arc::new(journal)), is_behind: AtomicBool::new(true) }
    }
}

/// What became of erasures that were made again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReplayedErasures {
    /// Persons who were there, and are erased now.
    pub erased: u64,
    /// Who was erased already.
    pub already: u64,
    /// Credentials that this database does not know: it is older than they are.
    pub unknown: u64,
}

impl Issuance {
    /// Every erasure that this database holds.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn erasures(&self) -> Result<Vec<Erasure>, ChangeError> {
        self.store.list_erasures().await?.into_iter().map(erasure).collect()
    }

    /// Brings journal and database together, before anybody is served: what the journal has and the database lacks is erased, and what
    /// the database has and the journal lacks is noted.
    ///
    /// # Errors
    /// Where either can't be read or written. Nobody may be served then.
    pub async fn reconcile_erasures(&self) -> Result<ReplayedErasures, ChangeError> {
        let Some(journal) = self.erasures.journal.clone() else { return Ok(ReplayedErasures::default()) };
        let noted = on_a_thread(move || journal.read()).await?;
        let replayed = self.replay_erasures(&noted).await?;
        if replayed.erased > 0 {
            tracing::warn!(
                count = replayed.erased,
                "the database was older than these erasures: they were made again"
            );
        }
        self.journal_missing_erasures().await?;
        Ok(replayed)
    }

    /// Makes erasures again that another life of this database made, each as it was then. Those that it has are left alone.
    ///
    /// # Errors
    /// Where one can't be made or noted. Running it again is harmless.
    pub async fn replay_erasures(&self, erasures: &[Erasure]) -> Result<ReplayedErasures, ChangeError> {
        let mut replayed = ReplayedErasures::default();
        let erased: HashSet<CredentialId> =
            self.store.list_erasures().await?.into_iter().map(|erasure| erasure.id).collect();
        for erasure in erasures {
            if erased.contains(&erasure.id) {
                replayed.already += 1;
                continue;
            }
            let mut attempts = Attempts::default();
            let done = loop {
                match self.erase_one_again(erasure).await {
                    Err(ChangeError::Store(error)) if attempts.again_after(&error) => {}
                    Err(ChangeError::AlreadyErased) => break Ok(&mut replayed.already),
                    Err(ChangeError::Absent) => break Ok(&mut replayed.unknown),
                    Err(error) => break Err(error),
                    Ok(()) => break Ok(&mut replayed.erased),
                }
            };
            *done? += 1;
        }
        if replayed.erased > 0 {
            self.scrub().await?;
        }
        self.journal_missing_erasures().await?;
        Ok(replayed)
    }

    async fn erase_one_again(&self, erasure: &Erasure) -> Result<(), ChangeError> {
        let credential = self.store.credential_by_id(&erasure.id).await?.ok_or(ChangeError::Absent)?;
        let verifiable = self.stays_verifiable(&credential).await?;
        let record = ErasureRecord {
            erased_at: erasure.erased_at,
            requester: erasure.requester.as_str(),
            verified_at: &erasure.verified_at,
        };
        let mut tx = self.store.begin_for(&credential.scope.tenant_id).await?;
        self.erase(&mut tx, &credential, verifiable, &record).await?;
        tx.commit().await?;
        // The same erasure may well be in the journal already; `journal_missing_erasures` looks.
        self.erasures.is_behind.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Notes an erasure that was committed just now. Where that fails the journal is behind, and no erasure is answered until it has
    /// caught up.
    pub(crate) async fn note(&self, erasure: Erasure) {
        let Some(journal) = self.erasures.journal.clone() else { return };
        if let Err(error) = on_a_thread(move || journal.append(&[erasure])).await {
            tracing::error!(alarm = "erasures_not_noted", %error, "an erasure could not be noted outside the database");
            self.erasures.is_behind.store(true, Ordering::SeqCst);
        }
    }

    /// Notes what the database has and the journal lacks, where it may lack any. To be called every minute: where nothing is missing, it
    /// costs nothing.
    ///
    /// # Errors
    /// Where the journal can't be read or written, or the database fails; it stays behind then.
    pub async fn journal_missing_erasures(&self) -> Result<(), ChangeError> {
        let Some(journal) = self.erasures.journal.clone() else { return Ok(()) };
        if !self.erasures.is_behind.swap(false, Ordering::SeqCst) {
            return Ok(());
        }
        let caught_up = async {
            let made = self.erasures().await?;
            on_a_thread(move || journal.add(made)).await?;
            Ok(())
        }
        .await;
        if caught_up.is_err() {
            self.erasures.is_behind.store(true, Ordering::SeqCst);
        }
        caught_up
    }
}

/// Waits for the disk where it holds up nobody else.
async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, JournalError> + Send + 'static,
) -> Result<T, JournalError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| JournalError::Aborted)?
}

fn erasure(stored: StoredErasure) -> Result<Erasure, ChangeError> {
    let requester = Requester::ALL.into_iter().find(|one| one.as_str() == stored.requester);
    let requester = requester.ok_or_else(|| StoreError::Inconsistent {
        table: "credentials",
        id: stored.id.to_string(),
        column: "erasure_requester",
    })?;
    Ok(Erasure { id: stored.id, erased_at: stored.erased_at, requester, verified_at: stored.verified_at })
}
