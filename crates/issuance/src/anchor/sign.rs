//! Sign: the batches that wait for a key get one root, and the transaction that will carry it is signed and stored. Nothing has been
//! broadcast yet.

use learncoin_store::anchors::{Anchor, AnchorStatus};
use learncoin_store::batches::Batch;
use learncoin_store::events::{EventData, EventType};
use learncoin_store::id::AnchorId;
use learncoin_store::keys::SigningKey;
use learncoin_store::kill;
use learncoin_store::transactions::AnchorTransaction as StoredTransaction;

use super::account::Account;
use super::attempts::recovered;
use super::composition::{Composition, find_anchored};
use crate::chains::Chain;
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// The transaction by which batches are anchored.
enum Anchoring {
    /// It was signed just now, under the key's next nonce.
    New(StoredTransaction),
    /// It was found in the chain: the batches were anchored before, and the database is older than that.
    Found(StoredTransaction),
}

impl Pipeline {
    /// Moves pending batches that can share an anchor to signed.
    ///
    /// # Errors
    /// Nothing was stored, or, where a commit's outcome is unknown, everything: the step can be run again.
    pub(crate) async fn sign(&self, batches: Vec<Batch>) -> Result<(), StepError> {
        kill::reached("sign.claimed");
        let first = batches.first().ok_or(StepError::Inconsistent("nothing to sign"))?;
        let chain = self.chain_of(&first.scope, first.chain_id)?;
        let key = self.store.get_signing_key(&first.scope.tenant_id, first.signing_key_number).await?;
        if key.disabled_at.is_some() {
            return Err(StepError::SigningKey("it is disabled"));
        }
        let key = Account { pipeline: self, chain, key: &key }.reconciled_key().await?;
        let (anchor, composition, anchoring) = self.compose(batches, chain, &key).await?;
        tracing::Span::current().record("anchor.id", tracing::field::display(&anchor.id));
        kill::reached("sign.signed");
        self.store_signed(&anchor, &composition, &key, anchoring).await?;
        kill::reached("sign.committed");
        tracing::info!(anchor.id = %anchor.id, batches = anchor.batches_count, "anchor signed");
        for batch in &composition.batches {
            tracing::info!(batch.id = %batch.id, anchor.id = %anchor.id, "batch signed");
        }
        Ok(())
    }

    /// Puts batches under one root, and returns the transaction that carries it: one that was found in the chain, or a new one.
    async fn compose(
        &self,
        batches: Vec<Batch>,
        chain: &Chain,
        key: &SigningKey,
    ) -> Result<(Anchor, Composition, Anchoring), StepError> {
        let unclaimed = self.store.list_unclaimed_roots(chain.chain_id, &key.address).await?;
        let composing = move || {
            let found = find_anchored(&batches, &unclaimed);
            let (found, batches) = found.map_or((None, batches), |(found, batches)| (Some(found), batches));
            let first = batches.first().cloned().ok_or(StepError::Inconsistent("nothing to sign"))?;
            Ok::<_, StepError>((Composition::new(&batches)?, first, found))
        };
        // The tree over 2,000 roots takes long enough to hold up other requests on this thread.
        let (composition, first, found) =
            tokio::task::spawn_blocking(composing).await.map_err(|_| StepError::Aborted)??;
        kill::reached("sign.built");
        let now = self.clock.now_ms();
        let anchor = composition.anchor(AnchorId::generate(&*self.clock, &*self.entropy), &first, now);
        let anchoring = match found {
            Some(found) => {
                tracing::warn!(anchor.id = %anchor.id, transaction.hash = %found.hash, "batches are anchored by a transaction that was found in the chain");
                Anchoring::Found(recovered(&anchor, key, &found, now))
            }
            None => {
                let account = Account { pipeline: self, chain, key };
                Anchoring::New(account.sign_anchor(&anchor).await?)
            }
        };
        Ok((anchor, composition, anchoring))
    }

    async fn store_signed(
        &self,
        anchor: &Anchor,
        composition: &Composition,
        key: &SigningKey,
        anchoring: Anchoring,
    ) -> Result<(), StepError> {
        debug_assert_eq!(anchor.status, AnchorStatus::Signed);
        let mut tx = self.store.begin().await?;
        tx.insert_anchor(anchor).await?;
        tx.mark_batches_signed(anchor, &composition.batches).await?;
        let transaction = match anchoring {
            Anchoring::New(transaction) => {
                tx.advance_nonce(key, transaction.nonce).await?;
                transaction
            }
            Anchoring::Found(transaction) => transaction,
        };
        tx.insert_anchor_transaction(&transaction).await?;
        let batches = composition.batches.iter();
        let events: Vec<(&str, EventData<'_>)> =
            batches.map(|batch| (batch.id.as_str(), EventData::OfBatch)).collect();
        tx.insert_events(&anchor.scope, EventType::BatchSigned, &events, &*self.clock, &*self.entropy)
            .await?;
        Ok(tx.commit().await?)
    }
}
