//! Reconcile: the nonces of an account are compared with the chain before it signs for the first time in a process.
//!
//! After a database was restored from a backup, the chain holds transactions of rows that are gone. Or the key was stolen. Each of
//! them is found by its nonce and recorded, and the next transaction gets the nonce after it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use learncoin_chain::Address;

use super::nonce::next_unknown;
use super::owner::NonceRecorder;
use crate::chains::Chain;
use crate::step::StepError;

/// The accounts whose nonces were compared with the chain since the process began. A database is restored while none runs.
#[derive(Debug, Default)]
pub(crate) struct ReconciledAccounts(Mutex<BTreeSet<(u64, Address)>>);

impl ReconciledAccounts {
    /// Marks the account to be compared again before its next transaction is signed.
    pub(crate) fn forget(&self, chain: &Chain, sender: &Address) {
        self.lock().remove(&(chain.chain_id, *sender));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<(u64, Address)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records everything that the account sent and the database does not know. Returns the nonce that is free then; `next_nonce` is
/// the one that the database has as free.
///
/// # Errors
/// [`StepError::ChainAhead`] while an unknown transaction waits at the nodes, or is not deep enough.
pub(crate) async fn reconcile(
    chain: &Chain,
    sender: &Address,
    next_nonce: u64,
    reconciled: &ReconciledAccounts,
    recorder: &impl NonceRecorder,
) -> Result<u64, StepError> {
    let account = (chain.chain_id, *sender);
    if reconciled.lock().contains(&account) {
        return Ok(next_nonce);
    }
    let mut next_nonce = next_nonce;
    while let Some(found) = next_unknown(chain, sender, next_nonce).await? {
        recorder.record_unknown(next_nonce, &found).await?;
        next_nonce = next_nonce.saturating_add(1);
    }
    reconciled.lock().insert(account);
    Ok(next_nonce)
}
