//! Confirm: the transaction is deep enough, so the batch is anchored and its proofs can be rendered.

use learncoin_chain::rpc::IncludedTransaction;
use learncoin_store::batches::Batch;
use learncoin_store::batches::NEVER;
use learncoin_store::events::EventType;
use learncoin_store::kill;
use serde_json::json;

use crate::chains::Chain;
use crate::metrics;
use crate::names::{api_chain_name, verify_url};
use crate::outgoing::{Attempt, block_position};
use crate::pipeline::Pipeline;
use crate::step::StepError;
use crate::time::iso8601;

impl Pipeline {
    /// Moves one signed batch, whose transaction is deep enough in the chain, to anchored.
    pub(crate) async fn confirm(
        &self,
        batch: &Batch,
        chain: &Chain,
        attempt: &Attempt,
        inclusion: &IncludedTransaction,
    ) -> Result<(), StepError> {
        kill::reached("confirm.seen");
        let credentials: Vec<_> = self
            .store
            .list_credentials(&batch.scope, &[&batch.id])
            .await?
            .into_iter()
            .map(|credential| {
                json!({
                    "id": credential.id,
                    "recipient_id": credential.recipient_id,
                    "verify_url": verify_url(&batch.public_url, &credential.id),
                })
            })
            .collect();
        let to_mail = match self.options.mails {
            true => self.store.credentials_to_mail(&batch.id).await?,
            false => Vec::new(),
        };
        let (hash, block) = (attempt.hash, block_position(inclusion));
        let is_final = chain.is_final(block.number).await?;
        let mut tx = self.store.begin().await?;
        let now = self.clock.now_ms();
        tx.mark_confirmed(&hash, &block).await?;
        let next_look_at = if is_final { NEVER } else { now.saturating_add(chain.watch_ms) };
        tx.mark_anchored(&batch.id, now, next_look_at).await?;
        let data = json!({
            "batch_id": batch.id,
            "merkle_root": batch.merkle_root().map(|root| format!("0x{root}")),
            "anchor_transaction": {
                "chain": api_chain_name(batch.scope.environment),
                "hash": format!("0x{hash}"),
                "block_number": block.number,
                "explorer_url": chain.explorer_url(&hash),
            },
            "anchored_at": iso8601(now),
            "credentials": credentials,
        });
        tx.insert_event(
            &batch.scope,
            EventType::BatchAnchored,
            batch.id.as_str(),
            &data,
            &*self.clock,
            &*self.entropy,
        )
        .await?;
        tx.insert_mails(&to_mail, now, &*self.entropy).await?;
        tx.commit().await?;
        kill::reached("confirm.committed");
        metrics::anchored(batch.scope.environment, now.saturating_sub(batch.created_at));
        tracing::info!(batch.id = %batch.id, block.number = block.number, "batch anchored");
        Ok(())
    }
}
