//! The blinded double leaf and the Merkle tree of a batch: section 6 of the format.
//!
//! ```
//! use learncoin_credential::{Hash, merkle};
//!
//! let (full, redacted) = (Hash::sha256(b"full"), Hash::sha256(b"redacted"));
//! let leaf = merkle::DoubleLeaf::new(full, [7; 32], redacted);
//! let tree = merkle::Tree::build(vec![leaf.node, Hash::sha256(b"another node")])?;
//! let path = tree.path(&leaf.node).unwrap_or_default();
//! assert_eq!(merkle::fold(full, &leaf.path_full(&path)), tree.root());
//! assert_eq!(merkle::fold(redacted, &leaf.path_redacted(&path)), tree.root());
//! # Ok::<(), merkle::TreeError>(())
//! ```

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use crate::hash::Hash;

/// A step of a Merkle path, from the leaf upward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathStep {
    /// A left sibling.
    Left(Hash),
    /// A right sibling.
    Right(Hash),
}

/// Computes the root that a path leads to from a leaf.
pub fn fold(target: Hash, steps: &[PathStep]) -> Hash {
    steps.iter().fold(target, |below, step| match step {
        PathStep::Left(left) => Hash::pair(left, &below),
        PathStep::Right(right) => Hash::pair(&below, right),
    })
}

/// Computes a credential's node: `node = H(node_full, L_red)`.
///
/// If the credential was erased before its batch was signed, `node_full` may be 32 random bytes. They cannot be
/// distinguished from a hash over a blind that was destroyed.
pub fn node(node_full: Hash, leaf_redacted: Hash) -> Hash {
    Hash::pair(&node_full, &leaf_redacted)
}

/// Builds the full document's path: `path(full) = [right: blind, right: L_red] + path(node)`.
pub fn path_full(blind: [u8; 32], leaf_redacted: Hash, tree_path: &[PathStep]) -> Vec<PathStep> {
    let mut path = vec![PathStep::Right(Hash::new(blind)), PathStep::Right(leaf_redacted)];
    path.extend_from_slice(tree_path);
    path
}

/// Builds the redacted document's path: `path(redacted) = [left: node_full] + path(node)`.
pub fn path_redacted(node_full: Hash, tree_path: &[PathStep]) -> Vec<PathStep> {
    let mut path = vec![PathStep::Left(node_full)];
    path.extend_from_slice(tree_path);
    path
}

/// A credential's node, which commits to the full and to the redacted document.
///
/// It has no `Debug`: with the blind, a guessed name can be confirmed from a redacted proof.
#[derive(Clone)]
pub struct DoubleLeaf {
    /// `H(L_full, blind)`, which takes the place of the full document in a redacted proof.
    pub node_full: Hash,
    /// `H(node_full, L_red)`, the credential's node in the tree.
    pub node: Hash,
    blind: [u8; 32],
    leaf_redacted: Hash,
}

impl DoubleLeaf {
    /// Joins the leaves of both documents. `blind` must be 32 bytes from the system's random number generator, used for
    /// this credential only.
    pub fn new(leaf_full: Hash, blind: [u8; 32], leaf_redacted: Hash) -> Self {
        let node_full = Hash::pair(&leaf_full, &Hash::new(blind));
        Self { node_full, node: node(node_full, leaf_redacted), blind, leaf_redacted }
    }

    /// Returns the full document's path, given the node's path in the tree.
    pub fn path_full(&self, tree_path: &[PathStep]) -> Vec<PathStep> {
        path_full(self.blind, self.leaf_redacted, tree_path)
    }

    /// Returns the redacted document's path, given the node's path in the tree.
    pub fn path_redacted(&self, tree_path: &[PathStep]) -> Vec<PathStep> {
        path_redacted(self.node_full, tree_path)
    }
}

/// The reasons why no tree can be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// There are no nodes.
    #[error("a tree needs at least one node")]
    Empty,
    /// Two nodes are equal, which random blinds rule out.
    #[error("two nodes of the tree are equal")]
    Duplicate,
}

/// The Merkle tree of a batch.
///
/// Invariant: the nodes are in ascending order of their bytes, so that no path reveals the order of the request.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The levels, from the nodes (never empty, strictly ascending) up to the root.
    levels: Vec<Vec<Hash>>,
    root: Hash,
}

impl Tree {
    /// Sorts the nodes and builds the tree: a parent is `H(left, right)`, the last node of an odd level moves up
    /// unchanged, and a single node is the root.
    ///
    /// # Errors
    /// See [`TreeError`].
    pub fn build(mut nodes: Vec<Hash>) -> Result<Self, TreeError> {
        nodes.sort_unstable();
        if nodes.iter().zip(nodes.iter().skip(1)).any(|(one, next)| one == next) {
            return Err(TreeError::Duplicate);
        }
        Self::in_order(nodes)
    }

    fn in_order(nodes: Vec<Hash>) -> Result<Self, TreeError> {
        let mut levels = Vec::new();
        let mut level = nodes;
        while level.len() > 1 {
            let above = level
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => Hash::pair(left, right),
                    // `chunks(2)` yields one or two nodes, never none.
                    [only, ..] => *only,
                    [] => Hash::new([0; 32]),
                })
                .collect();
            levels.push(std::mem::replace(&mut level, above));
        }
        let root = *level.first().ok_or(TreeError::Empty)?;
        levels.push(level);
        Ok(Self { levels, root })
    }

    /// Returns the root, the 32 bytes that are anchored.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// Returns the path from a node to the root, or `None` if the node is not in the tree.
    pub fn path(&self, node: &Hash) -> Option<Vec<PathStep>> {
        let position = self.levels.first()?.binary_search(node).ok()?;
        Some(self.path_at(position))
    }

    fn path_at(&self, position: usize) -> Vec<PathStep> {
        let mut path = Vec::with_capacity(self.levels.len());
        for (height, level) in self.levels.iter().enumerate() {
            let here = position >> height;
            // The last node of an odd level has no sibling and no step.
            if let Some(neighbor) = level.get(here ^ 1) {
                path.push(if here & 1 == 1 { PathStep::Left(*neighbor) } else { PathStep::Right(*neighbor) });
            }
        }
        path
    }
}

/// The bytes of a step in the compact form of a path: the side of the sibling, and its hash.
const STEP_BYTES: usize = 33;
/// The side of a left sibling.
const LEFT: u8 = b'L';
/// The side of a right sibling.
const RIGHT: u8 = b'R';

/// A Merkle path in its stored forms: the text `L<hex>R<hex>…`, and the bytes of the same with 32 bytes for each hash. The empty
/// path is the empty text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MerklePath(pub Vec<PathStep>);

/// The error of a value that is not a sequence of `L` or `R`, each followed by a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected steps, each L or R and a hash: 64 characters of lower-case hex in a text, 32 bytes otherwise"
)]
pub struct PathError;

impl MerklePath {
    /// Returns the bytes of the path.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * STEP_BYTES);
        for step in &self.0 {
            let (side, hash) = match step {
                PathStep::Left(hash) => (LEFT, hash),
                PathStep::Right(hash) => (RIGHT, hash),
            };
            bytes.push(side);
            bytes.extend_from_slice(hash.as_bytes());
        }
        bytes
    }

    /// Parses the bytes that [`MerklePath::to_bytes`] returns.
    ///
    /// # Errors
    /// If they are anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, PathError> {
        let step = |step: &[u8]| {
            let (side, hash) = step.split_first().ok_or(PathError)?;
            let hash = Hash::new(hash.try_into().map_err(|_| PathError)?);
            match *side {
                LEFT => Ok(PathStep::Left(hash)),
                RIGHT => Ok(PathStep::Right(hash)),
                _ => Err(PathError),
            }
        };
        bytes.chunks(STEP_BYTES).map(step).collect::<Result<_, _>>().map(Self)
    }
}

impl Deref for MerklePath {
    type Target = [PathStep];

    fn deref(&self) -> &[PathStep] {
        &self.0
    }
}

impl From<Vec<PathStep>> for MerklePath {
    fn from(steps: Vec<PathStep>) -> Self {
        Self(steps)
    }
}

impl fmt::Display for MerklePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.0 {
            match step {
                PathStep::Left(hash) => write!(formatter, "L{hash}")?,
                PathStep::Right(hash) => write!(formatter, "R{hash}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for MerklePath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let mut steps = Vec::with_capacity(text.len() / 65);
        let mut rest = text;
        while !rest.is_empty() {
            let (step, after) = rest.split_at_checked(65).ok_or(PathError)?;
            let (side, hash) = step.split_at_checked(1).ok_or(PathError)?;
            let hash = hash.parse().map_err(|_| PathError)?;
            steps.push(match side {
                "L" => PathStep::Left(hash),
                "R" => PathStep::Right(hash),
                _ => return Err(PathError),
            });
            rest = after;
        }
        Ok(Self(steps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(count: u32) -> Vec<Hash> {
        (0..count).map(|n| Hash::sha256(&n.to_be_bytes())).collect()
    }

    fn steps(value: &serde_json::Value) -> Vec<PathStep> {
        let hash = |value: &serde_json::Value| value.as_str().unwrap().parse().unwrap();
        let step = |step: &serde_json::Value| match step.get("left") {
            Some(left) => PathStep::Left(hash(left)),
            None => PathStep::Right(hash(&step["right"])),
        };
        value.as_array().unwrap().iter().map(step).collect()
    }

    #[test]
    fn the_vectors_trees_are_built() {
        let file = include_str!("../tests/data/vectors/merkle.json");
        let file: serde_json::Value = serde_json::from_str(file).unwrap();
        let trees = file["trees"].as_array().unwrap();
        for tree in trees {
            let nodes: Vec<Hash> = tree["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|n| n.as_str().unwrap().parse().unwrap())
                .collect();
            // The vectors keep their order, while `build` sorts.
            let built = Tree::in_order(nodes.clone()).unwrap();
            assert_eq!(built.root().to_string(), tree["root"].as_str().unwrap());
            for (position, node) in nodes.iter().enumerate() {
                let path = built.path_at(position);
                assert_eq!(path, steps(&tree["paths"][position]), "{} nodes", nodes.len());
                assert_eq!(fold(*node, &path), built.root());
            }
        }
        assert_eq!(trees.len(), 12);
    }

    #[test]
    fn every_node_of_trees_of_every_size_has_a_path_to_the_root() {
        for count in (1..40).chain([500]) {
            let nodes = nodes(count);
            let tree = Tree::build(nodes.clone()).unwrap();
            for node in &nodes {
                let path = tree.path(node).unwrap();
                assert_eq!(fold(*node, &path), tree.root(), "{count}");
                let path = MerklePath(path);
                assert_eq!(path.to_string().parse(), Ok(path.clone()));
                let bytes = path.to_bytes();
                assert_eq!(bytes.len(), path.len() * STEP_BYTES);
                assert_eq!(MerklePath::from_bytes(&bytes), Ok(path));
            }
            assert_eq!(tree.path(&Hash::new([0; 32])), None);
        }
    }

    #[test]
    fn the_tree_does_not_depend_on_the_order_of_the_request() {
        let mut turned = nodes(9);
        turned.reverse();
        let (tree, other) = (Tree::build(nodes(9)).unwrap(), Tree::build(turned).unwrap());
        assert_eq!(tree.root(), other.root());
        let mut sorted = nodes(9);
        sorted.sort();
        assert_eq!(tree.path(&sorted[0]).unwrap()[0], PathStep::Right(sorted[1]));
    }

    #[test]
    fn no_nodes_and_equal_nodes_are_rejected() {
        assert_eq!(Tree::build(Vec::new()).unwrap_err(), TreeError::Empty);
        let mut twice = nodes(3);
        twice.push(twice[0]);
        assert_eq!(Tree::build(twice).unwrap_err(), TreeError::Duplicate);
    }

    #[test]
    fn only_the_compact_text_is_a_path() {
        let hash = Hash::sha256(b"x").to_string();
        assert_eq!("".parse(), Ok(MerklePath::default()));
        for wrong in [
            hash.clone(),
            format!("l{hash}"),
            format!("L{hash}R"),
            format!("L{}", hash.to_uppercase()),
            format!("L{hash} "),
            format!("é{hash}"),
        ] {
            assert_eq!(wrong.parse::<MerklePath>(), Err(PathError), "{wrong}");
        }
    }

    #[test]
    fn only_the_compact_bytes_are_a_path() {
        let whole = MerklePath(vec![PathStep::Left(Hash::sha256(b"x")), PathStep::Right(Hash::sha256(b"y"))]);
        let bytes = whole.to_bytes();
        assert_eq!(MerklePath::from_bytes(b""), Ok(MerklePath::default()));
        for length in (1..bytes.len()).filter(|length| length % STEP_BYTES != 0) {
            assert_eq!(MerklePath::from_bytes(&bytes[..length]), Err(PathError), "{length}");
        }
        for side in (0..=u8::MAX).filter(|side| ![LEFT, RIGHT].contains(side)) {
            let mut wrong = bytes.clone();
            wrong[STEP_BYTES] = side;
            assert_eq!(MerklePath::from_bytes(&wrong), Err(PathError), "{side}");
        }
        assert_eq!(MerklePath::from_bytes(whole.to_string().as_bytes()), Err(PathError));
    }
}
