//! Replay: erasures outlive the database. Those that a restored database lacks are made in it from the journal.
//!
//! Invariant: a database that lacks an erasure of the journal is older than it, and nothing is erased that was not erased before.

use std::collections::HashSet;

use learncoin_store::credentials::{Erasure, ErasureRecord};
use learncoin_store::id::CredentialId;
use learncoin_store::{Error as StoreError, Store};

use crate::credential::erase::{EraseError, Eraser};
use crate::credential::erasure_log::{ErasureLog, ErasureLogError};
use crate::credential::journal::JournalError;
use crate::credential::render::RenderError;
use crate::credential::verifiability::Verifiability;
use crate::keyed_write::with_retries;

/// The reason why erasures could not be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A stored credential is damaged.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The journal can't be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ErasureLogError> for ReplayError {
    fn from(error: ErasureLogError) -> Self {
        match error {
            ErasureLogError::Journal(error) => Self::Journal(error),
            ErasureLogError::Store(error) => Self::Store(error),
        }
    }
}

/// The result of a replay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReplayedErasures {
    /// The number of persons who were in the database, and are erased now.
    pub erased: u64,
    /// The number of persons who were erased already.
    pub already: u64,
    /// The number of credentials that this database does not know: it is older than they are.
    pub unknown: u64,
}

/// The outcome of one erasure's replay.
enum Replayed {
    Erased,
    Already,
    Unknown,
}

/// Brings the database and the journal of erasures together.
#[derive(Clone)]
pub struct Erasures {
    pub(crate) store: Store,
    pub(crate) eraser: Eraser,
    pub(crate) verifiability: Verifiability,
    pub(crate) log: ErasureLog,
}

impl Erasures {
    /// Erases what the journal has and the database lacks, and appends to the journal what the database has and the journal
    /// lacks. A server calls this before it serves anything.
    ///
    /// # Errors
    /// See [`ReplayError`].
    pub async fn reconcile_erasures(&self) -> Result<ReplayedErasures, ReplayError> {
        let Some(journaled) = self.log.read_journal().await? else { return Ok(ReplayedErasures::default()) };
        let replayed = self.replay_erasures(&journaled).await?;
        if replayed.erased > 0 {
            tracing::warn!(
                count = replayed.erased,
                "the database was older than these erasures: they were replayed"
            );
        }
        Ok(replayed)
    }

    /// Replays erasures of another copy of this database, each as it was made. Those that the database has are left alone.
    ///
    /// # Errors
    /// See [`ReplayError`]. Running it a second time is harmless.
    pub async fn replay_erasures(&self, erasures: &[Erasure]) -> Result<ReplayedErasures, ReplayError> {
        let mut replayed = ReplayedErasures::default();
        let erased: HashSet<CredentialId> =
            self.store.list_erasures().await?.into_iter().map(|erasure| erasure.id).collect();
        for erasure in erasures {
            let outcome = match erased.contains(&erasure.id) {
                true => Replayed::Already,
                false => self.replay_with_retries(erasure).await?,
            };
            match outcome {
                Replayed::Erased => replayed.erased += 1,
                Replayed::Already => replayed.already += 1,
                Replayed::Unknown => replayed.unknown += 1,
            }
        }
        if replayed.erased > 0 {
            self.eraser.scrub().await?;
        }
        self.log.journal_missing_erasures().await?;
        Ok(replayed)
    }

    async fn replay_with_retries(&self, erasure: &Erasure) -> Result<Replayed, ReplayError> {
        match with_retries("the replay of an erasure", || self.replay_one(erasure)).await {
            Ok(replayed) => Ok(replayed),
            Err(EraseError::AlreadyErased) => Ok(Replayed::Already),
            Err(EraseError::Render(error)) => Err(error.into()),
            Err(EraseError::Store(error)) => Err(error.into()),
        }
    }

    async fn replay_one(&self, erasure: &Erasure) -> Result<Replayed, EraseError> {
        let Some(issued) = self.store.issued_credential_by_id(&erasure.id).await? else {
            return Ok(Replayed::Unknown);
        };
        let verifiable = self.verifiability.stays_verifiable(&issued).await?;
        let credential = issued.credential;
        let record = ErasureRecord {
            erased_at: erasure.erased_at,
            requester: erasure.requester,
            verified_at: &erasure.verified_at,
        };
        let mut tx = self.store.begin_for(&credential.scope.tenant_id).await?;
        self.eraser.erase(&mut tx, &credential, verifiable, &record).await?;
        tx.commit().await?;
        // The same erasure may well be in the journal already; `journal_missing_erasures` compares.
        self.log.mark_behind();
        Ok(Replayed::Erased)
    }
}
