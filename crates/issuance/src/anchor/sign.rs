//! Sign: a pending batch's documents are built and hashed, its tree is closed, and the transaction that will
//! anchor the root is signed and stored. Nothing has been broadcast yet.

use learncoin_credential::Hash;
use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::merkle::{self, Path, Tree};
use learncoin_store::batches::Batch;
use learncoin_store::credentials::{Credential, IssuedNode};
use learncoin_store::events::EventType;
use learncoin_store::id::CredentialId;
use learncoin_store::keys::SigningKey;
use learncoin_store::kill;
use learncoin_store::onchain::MerkleRoot;
use learncoin_store::transactions::AnchorTransaction as StoredTransaction;
use serde_json::json;

use super::account::Account;
use super::attempts::recovered;
use crate::batch::documents;
use crate::pipeline::Pipeline;
use crate::step::StepError;
use crate::time::iso8601;

/// A batch's closed tree, with the place of each credential in it.
struct ClosedTree {
    root: Hash,
    /// Credentials that still have a person, and those that were erased before.
    kept: Vec<(CredentialId, IssuedNode)>,
    erased: Vec<(CredentialId, IssuedNode)>,
}

/// The transaction by which a batch is anchored.
enum Anchoring {
    /// It was signed just now, under the key's next nonce.
    New(StoredTransaction),
    /// It was found in the chain: the batch was anchored before, and the database is older than that.
    Found(StoredTransaction),
}

impl Pipeline {
    /// Moves one pending batch to signed.
    ///
    /// # Errors
    /// Nothing was stored, or, where a commit's outcome is unknown, everything: the step can be run again.
    pub(crate) async fn sign(&self, batch: &Batch) -> Result<(), StepError> {
        kill::reached("sign.claimed");
        let chain = self.chain_of(batch)?;
        let key = self.store.get_signing_key(&batch.scope.tenant_id, batch.signing_key_number).await?;
        if key.disabled_at.is_some() {
            return Err(StepError::SigningKey("it is disabled"));
        }
        let credentials = self.store.credentials_of_batch(&batch.id).await?;
        // Canonicalizing 500 documents of 64 KB takes long enough to hold up other requests on this thread.
        let tree = tokio::task::spawn_blocking(move || close_tree(&credentials))
            .await
            .map_err(|_| StepError::Aborted)??;
        kill::reached("sign.built");
        let root = MerkleRoot::new(*tree.root.as_bytes());
        let key = Account { pipeline: self, chain, key: &key }.reconciled_key().await?;
        let found = self.store.find_unknown_transaction(chain.chain_id, &key.address, &root).await?;
        let account = Account { pipeline: self, chain, key: &key };
        let anchoring = match found {
            Some(found) => Anchoring::Found(recovered(batch, &key, &found, self.clock.now_ms())),
            None => Anchoring::New(account.sign_anchor(batch, root).await?),
        };
        kill::reached("sign.signed");
        self.store_signed(batch, &key, &tree, anchoring).await?;
        kill::reached("sign.committed");
        tracing::info!(batch.id = %batch.id, "batch signed");
        Ok(())
    }

    async fn store_signed(
        &self,
        batch: &Batch,
        key: &SigningKey,
        tree: &ClosedTree,
        anchoring: Anchoring,
    ) -> Result<(), StepError> {
        let root = MerkleRoot::new(*tree.root.as_bytes());
        let mut tx = self.store.begin().await?;
        let now = self.clock.now_ms();
        tx.mark_signed(&batch.id, &root, now).await?;
        for (nodes, erased) in [(&tree.kept, false), (&tree.erased, true)] {
            let nodes: Vec<_> = nodes.iter().map(|(id, node)| (id, node.clone())).collect();
            tx.place_credentials(&nodes, erased).await?;
        }
        let transaction = match anchoring {
            Anchoring::New(transaction) => {
                tx.advance_nonce(key, transaction.nonce).await?;
                transaction
            }
            Anchoring::Found(transaction) => transaction,
        };
        tx.insert_anchor_transaction(&transaction).await?;
        let data = json!({
            "batch_id": batch.id,
            "merkle_root": format!("0x{root}"),
            "signed_at": iso8601(now),
        });
        tx.insert_event(
            &batch.scope,
            EventType::BatchSigned,
            batch.id.as_str(),
            &data,
            &*self.clock,
            &*self.entropy,
        )
        .await?;
        Ok(tx.commit().await?)
    }
}

/// Closes the tree. The root depends on what was accepted alone, not on who was erased since: a batch that was anchored before its database was
/// restored has the same one again.
fn close_tree(credentials: &[Credential]) -> Result<ClosedTree, StepError> {
    let mut canonicalizer = Canonicalizer::default();
    let mut halves = Vec::with_capacity(credentials.len());
    for credential in credentials {
        let redacted = documents::stored(&credential.document)?;
        let (node_full, node) = match &credential.personal {
            Some(personal) => {
                let double = documents::double_leaf(&mut canonicalizer, &redacted, personal)?;
                (double.node_full, double.node)
            }
            None => {
                let kept = credential.node_full.as_deref().and_then(|half| half.parse().ok());
                let half = kept.ok_or(StepError::Inconsistent("an erased credential without its half"))?;
                (half, merkle::node(half, redacted.leaf()))
            }
        };
        halves.push((credential, node_full, node));
    }
    let tree = Tree::build(halves.iter().map(|(_, _, node)| *node).collect())
        .map_err(|_| StepError::Inconsistent("a batch without credentials"))?;
    let mut closed = ClosedTree { root: tree.root(), kept: Vec::new(), erased: Vec::new() };
    for (credential, node_full, node) in halves {
        let path = tree.path(&node).ok_or(StepError::Inconsistent("a credential outside its tree"))?;
        let place = IssuedNode { node_full: node_full.to_string(), tree_path: Path(path).to_string() };
        let half = if credential.erased_at.is_some() { &mut closed.erased } else { &mut closed.kept };
        half.push((credential.id.clone(), place));
    }
    Ok(closed)
}
