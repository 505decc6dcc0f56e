//! Examine: every Merkle tree is recomputed from what is stored, and must lead to its batch's root, and that to its anchor's.

use learncoin_credential::Hash;
use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::merkle::{self, fold};
use learncoin_store::credentials::Credential;
use learncoin_store::maintenance::Finding;
use learncoin_store::{Error, Result, Store};

use crate::batch::documents;

const RULE: &str = "each credential leads to its batch's root, and each signed batch to its anchor's";
/// The number of batches that are read at a time.
const BATCHES: u32 = 100;
/// The most ids that the finding names.
const NAMED_AT_MOST: usize = 20;

/// Compares every credential with its batch's root: its document, with the person and without, its half of the node, and its path
/// through the tree. And every signed batch with its anchor's root. `report` is called with the number of credentials that were examined.
///
/// # Errors
/// If the database fails, or the row of a batch can't be read.
pub async fn trees(store: &Store, mut report: impl FnMut(u64)) -> Result<Finding> {
    let mut broken_by = Vec::new();
    let mut examined = 0_u64;
    let mut last = String::new();
    loop {
        let batches = store.batches_with_tree_after(&last, BATCHES).await?;
        let Some(newest) = batches.last() else { break };
        newest.id.as_str().clone_into(&mut last);
        for batch in &batches {
            let root = batch.tree_root.map(|root| Hash::new(*root.as_bytes()));
            if let Some(anchor) = batch.anchor()
                && root.map(|root| fold(root, &anchor.path))
                    != Some(Hash::new(*anchor.merkle_root.as_bytes()))
            {
                broken_by.push(batch.id.to_string());
            }
            let credentials = match store.credentials_of_batch(&batch.id).await {
                // A row that can't be read is damage as well. It must not keep the other batches from being examined.
                Err(error @ Error::Inconsistent { .. }) => {
                    broken_by.push(format!("{}: {error}", batch.id));
                    continue;
                }
                credentials => credentials?,
            };
            for credential in credentials {
                examined = examined.saturating_add(1);
                if root.is_none() || leads_to(&credential) != root {
                    broken_by.push(credential.id.to_string());
                }
            }
            report(examined);
        }
    }
    broken_by.truncate(NAMED_AT_MOST);
    Ok(Finding { rule: RULE, broken_by })
}

/// Computes the root that a credential leads to; `None` if a part of it can't be read, or its halves do not match.
fn leads_to(credential: &Credential) -> Option<Hash> {
    let node = credential.node.as_ref()?;
    let redacted = credential.redacted().ok()?;
    if let Some(personal) = &credential.personal {
        let halves = documents::double_leaf(&mut Canonicalizer::default(), &redacted, personal);
        if halves.node_full != node.node_full {
            return None;
        }
    }
    Some(fold(merkle::node(node.node_full, redacted.leaf()), &node.tree_path))
}
