//! Drive: the host's open transaction is led to its confirmation, and the next one is begun.

use learncoin_chain::rpc::IncludedTransaction;
use learncoin_store::keys::HostKey;
use learncoin_store::kill;
use learncoin_store::scope::Environment;
use learncoin_store::transactions::{HostStatus, HostTransaction, MinedAttempt};

use super::account::HostAccount;
use super::attempts::{payload_of, row_of};
use super::memory::{LOOK_AGAIN_MS, Memory};
use super::owner::HostOwner;
use crate::chains::Chain;
use crate::outgoing::{Attempt, Outcome, block_position, drive, sign_first};
use crate::pipeline::Pipeline;
use crate::step::StepError;

impl Pipeline {
    /// Does the next thing for the open transaction, or begins one. Returns after how many milliseconds there is more to do.
    pub(super) async fn host_transact(
        &self,
        environment: Environment,
        chain: &Chain,
        key: HostKey,
        memory: &mut Memory,
    ) -> Result<i64, StepError> {
        if let Some(open) = self.store.open_host_transaction(chain.chain_id).await? {
            let has_moved = self.drive_host(chain, &key, &open, memory).await?;
            return Ok(if has_moved { 0 } else { chain.poll_ms });
        }
        let key = HostAccount { pipeline: self, chain, key: &key }.reconciled_key(&memory.reconciled).await?;
        let Some(purpose) = self.next_purpose(environment, chain, &key, memory).await? else {
            return Ok(LOOK_AGAIN_MS);
        };
        let account = HostAccount { pipeline: self, chain, key: &key };
        let (nonce, payload) = (key.next_nonce, payload_of(&purpose));
        let signed =
            sign_first(chain, &account.address(), nonce, &payload, &account, self.clock.now_ms()).await?;
        let attempt = Attempt::signed(signed, nonce, self.clock.now_ms());
        let new = HostTransaction {
            chain_id: chain.chain_id,
            nonce,
            purpose,
            status: HostStatus::Open,
            created_at: attempt.created_at,
            mined: None,
        };
        if self.store_host_transaction(&key, &new, &row_of(chain, &attempt)).await? {
            kill::reached("host.stored");
            tracing::info!(chain.id = chain.chain_id, nonce = new.nonce, purpose = ?new.purpose, "the host signed a transaction");
        }
        Ok(0)
    }

    /// Does the next thing for the open transaction. Returns whether anything changed.
    async fn drive_host(
        &self,
        chain: &Chain,
        key: &HostKey,
        open: &HostTransaction,
        memory: &Memory,
    ) -> Result<bool, StepError> {
        let owner = HostOwner { account: HostAccount { pipeline: self, chain, key }, transaction: open };
        match drive(&owner.outgoing().await?, &payload_of(&open.purpose), chain, &owner).await? {
            Outcome::Mined { attempt, inclusion } => {
                self.confirm_host(chain, open, &attempt, &inclusion).await?;
                Ok(true)
            }
            Outcome::Progressed => Ok(true),
            Outcome::Waiting | Outcome::Shallow { .. } => Ok(false),
            Outcome::NonceTaken(found) => {
                owner.record_nonce_taken(&found).await?;
                memory.reconciled.forget(chain, &owner.account.address());
                Ok(true)
            }
        }
    }

    /// Records that an attempt is deep enough. One that failed there did nothing, and used the nonce up.
    async fn confirm_host(
        &self,
        chain: &Chain,
        open: &HostTransaction,
        attempt: &Attempt,
        inclusion: &IncludedTransaction,
    ) -> Result<(), StepError> {
        kill::reached("host.seen");
        let is_final = chain.is_final(inclusion.block_number, self.clock.now_ms()).await?;
        let mined = MinedAttempt { hash: attempt.hash, block: block_position(inclusion) };
        let (status, mined) = match (inclusion.succeeded, is_final) {
            (false, _) => (HostStatus::Lost, None),
            (true, false) => (HostStatus::Confirmed, Some(&mined)),
            (true, true) => (HostStatus::Final, Some(&mined)),
        };
        let mut tx = self.store.begin().await?;
        tx.move_host_transaction(open, status, mined).await?;
        tx.commit().await?;
        kill::reached("host.confirmed");
        tracing::info!(chain.id = chain.chain_id, nonce = open.nonce, %status, purpose = ?open.purpose, "a transaction of the host is in the chain");
        Ok(())
    }
}
