//! The tree of a batch. It is closed when the batch is accepted, since everything that goes into a document is fixed then: signing reads,
//! opens and hashes no document again.

use std::num::NonZero;
use std::thread;

use learncoin_credential::Hash;
use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::merkle::{DoubleLeaf, MerklePath, Tree, TreeError};
use learncoin_store::credentials::IssuedNode;
use learncoin_store::onchain::MerkleRoot;

use super::documents::BuiltDocument;

/// The fewest documents that a further thread is worth its start for. One takes some 15 µs.
const DOCUMENTS_PER_THREAD: usize = 32;

/// The closed tree of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClosedTree {
    /// Its root.
    pub(crate) root: MerkleRoot,
    /// The node of each credential with its path to the root, in the order of the request.
    pub(crate) nodes: Vec<IssuedNode>,
}

/// The node of a credential in its batch's tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TreeNode {
    /// The half that commits to the full document.
    pub(crate) node_full: Hash,
    /// The node.
    pub(crate) node: Hash,
}

impl From<DoubleLeaf> for TreeNode {
    fn from(double: DoubleLeaf) -> Self {
        Self { node_full: double.node_full, node: double.node }
    }
}

/// Hashes the documents on every core. It blocks the thread.
pub(crate) fn hash_documents(documents: &[BuiltDocument]) -> Vec<TreeNode> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = cores.min(documents.len() / DOCUMENTS_PER_THREAD);
    if threads < 2 {
        return hash(documents);
    }
    let parts: Vec<&[BuiltDocument]> = documents.chunks(documents.len().div_ceil(threads)).collect();
    thread::scope(|scope| {
        let hashing: Vec<_> = parts.iter().map(|part| scope.spawn(|| hash(part))).collect();
        let hashed = hashing.into_iter().zip(parts.iter());
        // A thread that panicked has hashed nothing: its part panics here too, as it would without threads.
        hashed.flat_map(|(thread, part)| thread.join().unwrap_or_else(|_| hash(part))).collect()
    })
}

fn hash(documents: &[BuiltDocument]) -> Vec<TreeNode> {
    let mut canonicalizer = Canonicalizer::default();
    documents.iter().map(|document| document.double_leaf(&mut canonicalizer).into()).collect()
}

/// Closes the tree over the nodes of a batch's credentials, in the order of the request.
///
/// # Errors
/// If there are no nodes, or two are equal.
pub(crate) fn close(nodes: &[TreeNode]) -> Result<ClosedTree, TreeError> {
    let tree = Tree::build(nodes.iter().map(|node| node.node).collect())?;
    let placed = nodes.iter().map(|node| IssuedNode {
        node_full: node.node_full,
        tree_path: MerklePath(tree.path(&node.node).unwrap_or_default()),
    });
    Ok(ClosedTree { root: MerkleRoot::new(*tree.root().as_bytes()), nodes: placed.collect() })
}
