//! Watch: a confirmed transaction of the host is looked at until its block is final. If a reorganization took it out, the same bytes are
//! sent again.

use learncoin_chain::rpc::IncludedTransaction;
use learncoin_store::keys::HostKey;
use learncoin_store::transactions::{HostStatus, HostTransaction, MinedAttempt};

use super::account::HostAccount;
use super::attempts::payload_of;
use super::owner::HostOwner;
use crate::chains::Chain;
use crate::outgoing::{Attempt, Outcome, block_position, watch};
use crate::pipeline::Pipeline;
use crate::step::StepError;

impl Pipeline {
    /// Looks at everything that a reorganization may still take out.
    pub(super) async fn watch_host(&self, chain: &Chain, key: &HostKey) -> Result<(), StepError> {
        for confirmed in self.store.watched_host_transactions(chain.chain_id).await? {
            let account = HostAccount { pipeline: self, chain, key };
            self.watch_one(chain, HostOwner { account, transaction: &confirmed }).await?;
        }
        Ok(())
    }

    async fn watch_one(&self, chain: &Chain, owner: HostOwner<'_>) -> Result<(), StepError> {
        let confirmed = owner.transaction;
        let outgoing = owner.outgoing().await?;
        let mined = confirmed
            .mined
            .as_ref()
            .ok_or(StepError::Inconsistent("a confirmed transaction without a block"))?;
        if chain.is_unmoved(&mined.hash, mined.block.number, self.clock.now_ms()).await? {
            return Ok(());
        }
        let announced = outgoing
            .attempts
            .iter()
            .find(|attempt| attempt.hash == mined.hash)
            .ok_or(StepError::Inconsistent("a confirmed transaction without bytes"))?;
        match watch(&outgoing, &announced.hash, &payload_of(&confirmed.purpose), chain, &owner).await? {
            Outcome::Mined { attempt, inclusion } => {
                self.record_host_block(chain, confirmed, &attempt, &inclusion).await
            }
            Outcome::Progressed | Outcome::Waiting | Outcome::Shallow { .. } => Ok(()),
            Outcome::NonceTaken(found) => owner.record_nonce_taken(&found).await,
        }
    }

    /// Records which attempt is in the chain, in which block, and whether that is final.
    async fn record_host_block(
        &self,
        chain: &Chain,
        confirmed: &HostTransaction,
        attempt: &Attempt,
        inclusion: &IncludedTransaction,
    ) -> Result<(), StepError> {
        let is_final = chain.is_final(inclusion.block_number, self.clock.now_ms()).await?;
        let status = if is_final { HostStatus::Final } else { HostStatus::Confirmed };
        let mined = MinedAttempt { hash: attempt.hash, block: block_position(inclusion) };
        if is_final {
            chain.heads.forget(attempt.hash.as_bytes()).await;
        }
        if status == confirmed.status && confirmed.mined.as_ref() == Some(&mined) {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        tx.move_host_transaction(confirmed, status, Some(&mined)).await?;
        Ok(tx.commit().await?)
    }
}
