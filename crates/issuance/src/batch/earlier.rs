//! Batches that a release accepted which closed trees when it signed: their trees are closed before they are signed here.

use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::merkle;
use learncoin_store::batches::Batch;
use learncoin_store::credentials::{Credential, IssuedNode};
use learncoin_store::id::CredentialId;
use learncoin_store::onchain::MerkleRoot;

use super::documents;
use super::tree::{self, ClosedTree, TreeNode};
use crate::pipeline::Pipeline;
use crate::step::StepError;

impl Pipeline {
    /// Closes the tree of each of these pending batches that has none, and returns the batches with their roots.
    ///
    /// # Errors
    /// If the store fails, or what is stored is damaged. It can be run again.
    pub(crate) async fn close_trees(&self, mut batches: Vec<Batch>) -> Result<Vec<Batch>, StepError> {
        for batch in batches.iter_mut().filter(|batch| batch.tree_root.is_none()) {
            let credentials = self.store.credentials_of_batch(&batch.id).await?;
            // Canonicalizing 500 documents of 64 KB takes long enough to hold up other requests on this thread.
            let closing = tokio::task::spawn_blocking(move || close_tree(&credentials));
            let (root, placed) = closing.await.map_err(|_| StepError::Aborted)??;
            let mut tx = self.store.begin().await?;
            tx.close_tree(&batch.id, &root).await?;
            for erased in [false, true] {
                let nodes = placed.iter().filter(|placed| placed.is_erased == erased);
                let nodes: Vec<_> = nodes.map(|placed| (&placed.id, placed.node.clone())).collect();
                tx.place_credentials(&nodes, erased).await?;
            }
            tx.commit().await?;
            batch.tree_root = Some(root);
        }
        Ok(batches)
    }
}

/// A credential with its node.
struct Placed {
    id: CredentialId,
    node: IssuedNode,
    /// Whether the person was erased when the credential was read.
    is_erased: bool,
}

/// Closes the tree over credentials. Its root depends on what was accepted alone, not on who was erased since.
fn close_tree(credentials: &[Credential]) -> Result<(MerkleRoot, Vec<Placed>), StepError> {
    let mut canonicalizer = Canonicalizer::default();
    let nodes = credentials.iter().map(|credential| node_of(credential, &mut canonicalizer));
    let nodes = nodes.collect::<Result<Vec<TreeNode>, StepError>>()?;
    let ClosedTree { root, nodes } =
        tree::close(&nodes).map_err(|_| StepError::Inconsistent("a batch without credentials"))?;
    let placed = credentials.iter().zip(nodes).map(|(credential, node)| Placed {
        id: credential.id.clone(),
        node,
        is_erased: credential.erased_at.is_some(),
    });
    Ok((root, placed.collect()))
}

fn node_of(credential: &Credential, canonicalizer: &mut Canonicalizer) -> Result<TreeNode, StepError> {
    let redacted = credential.redacted()?;
    if let Some(personal) = &credential.personal {
        return Ok(documents::double_leaf(canonicalizer, &redacted, personal).into());
    }
    let node_full =
        credential.node_full.ok_or(StepError::Inconsistent("an erased credential without its half"))?;
    Ok(TreeNode { node_full, node: merkle::node(node_full, redacted.leaf()) })
}
