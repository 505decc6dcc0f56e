//! Composition: which pending batches go into an anchor, the root over their roots, and the path of each.

use learncoin_credential::Hash;
use learncoin_credential::merkle::{MerklePath, Tree};
use learncoin_store::anchors::{Anchor, AnchorStatus, AnchoredBatch};
use learncoin_store::batches::Batch;
use learncoin_store::id::AnchorId;
use learncoin_store::onchain::MerkleRoot;
use learncoin_store::transactions::UnknownTransaction;

use crate::step::StepError;

/// Batches under one root.
#[derive(Debug)]
pub(crate) struct Composition {
    /// The root over the roots of the batches.
    pub(crate) root: MerkleRoot,
    /// The batches with their paths, in the order in which they were accepted.
    pub(crate) batches: Vec<AnchoredBatch>,
}

impl Composition {
    /// Builds the tree over the roots of these batches.
    ///
    /// # Errors
    /// If there are none, two have the same root, or one has no tree.
    pub(crate) fn new(batches: &[Batch]) -> Result<Self, StepError> {
        let roots = batches.iter().map(tree_root).collect::<Result<Vec<Hash>, StepError>>()?;
        let tree =
            Tree::build(roots.clone()).map_err(|_| StepError::Inconsistent("batches without a tree"))?;
        let placed = batches.iter().zip(&roots).map(|(batch, root)| AnchoredBatch {
            id: batch.id.clone(),
            path: MerklePath(tree.path(root).unwrap_or_default()),
        });
        Ok(Self { root: MerkleRoot::new(*tree.root().as_bytes()), batches: placed.collect() })
    }

    /// Returns the anchor of these batches. `first` is one of them: they share tenant, environment, chain and key.
    pub(crate) fn anchor(&self, id: AnchorId, first: &Batch, now_ms: i64) -> Anchor {
        Anchor {
            id,
            scope: first.scope.clone(),
            status: AnchorStatus::Signed,
            root: self.root,
            batches_count: u64::try_from(self.batches.len()).unwrap_or(u64::MAX),
            signing_key_number: first.signing_key_number,
            verification_method: first.verification_method.clone(),
            public_url: first.public_url.clone(),
            chain_id: first.chain_id,
            signed_at: now_ms,
            seen_in_block: None,
            reanchor_with: None,
            attempts: 0,
        }
    }
}

/// Keeps the batches that can share an anchor with the first one: their proofs name the same key in the same way.
pub(crate) fn alike(batches: Vec<Batch>) -> Vec<Batch> {
    let Some(first) = batches.first().cloned() else { return batches };
    let is_alike = |batch: &Batch| {
        (&batch.scope, batch.chain_id, &batch.public_url, &batch.verification_method)
            == (&first.scope, first.chain_id, &first.public_url, &first.verification_method)
    };
    batches.into_iter().filter(is_alike).collect()
}

/// Finds pending batches that a transaction on chain anchors already: the database was restored from a backup that is older than the
/// anchor. Returns the transaction and the batches, which are a run of `batches` in the order in which they were accepted; `None` if
/// there are none, as when the anchor has batches that the backup lost.
///
/// It blocks the thread: with 2,000 batches for up to a second, once after a restore.
pub(crate) fn find_anchored(
    batches: &[Batch],
    found: &[UnknownTransaction],
) -> Option<(UnknownTransaction, Vec<Batch>)> {
    let newest_seen = found.iter().map(|found| found.seen_at).max()?;
    // What was accepted after the transactions were seen is in none of them.
    let restored: Vec<(Hash, &Batch)> = batches
        .iter()
        .filter(|batch| batch.created_at <= newest_seen)
        .map_while(|batch| Some((tree_root(batch).ok()?, batch)))
        .collect();
    let carried = |root: Hash| {
        found
            .iter()
            .find(|found| found.root.is_some_and(|carried| carried.as_bytes() == root.as_bytes()))
            .cloned()
    };
    // Most anchors have one batch.
    for (root, batch) in &restored {
        if let Some(found) = carried(*root) {
            return Some((found, vec![(*batch).clone()]));
        }
    }
    for count in 2..=restored.len() {
        let nodes = restored.iter().take(count).map(|(root, _)| *root).collect();
        let Ok(tree) = Tree::build(nodes) else { continue };
        if let Some(found) = carried(tree.root()) {
            let batches = restored.iter().take(count).map(|(_, batch)| (*batch).clone());
            return Some((found, batches.collect()));
        }
    }
    None
}

fn tree_root(batch: &Batch) -> Result<Hash, StepError> {
    let root = batch.tree_root.map(|root| Hash::new(*root.as_bytes()));
    root.ok_or(StepError::Inconsistent("a batch without a tree"))
}

#[cfg(test)]
mod tests {
    use learncoin_credential::merkle::fold;
    use learncoin_store::batches::BatchState;
    use learncoin_store::onchain::{RawTransaction, TxHash};
    use learncoin_store::scope::{Environment, TenantScope};

    use super::*;

    const BACKED_UP_AT: i64 = 1_000;

    /// Returns pending batches, the oldest first, the number `n` accepted at `n`.
    fn pending(count: u8) -> Vec<Batch> {
        let batch = |number: u8| Batch {
            id: format!("bat_01KPX4MQ005TCNKPH5QY15P{number:03}").parse().unwrap(),
            scope: TenantScope {
                tenant_id: "tnt_01KPX4MQ005TCNKPH5QY15PQWV".parse().unwrap(),
                environment: Environment::Test,
            },
            credentials_count: 1,
            public_url: "https://learncoin.example".into(),
            verification_method: "did:web:learncoin.example#tenant-X-key-1".into(),
            signing_key_number: 1,
            chain_id: 84_532,
            created_at: i64::from(number),
            // Not in the order of acceptance.
            tree_root: Some(MerkleRoot::new([number.wrapping_mul(101); 32])),
            state: BatchState::Pending,
            first_status_number: 0,
            attempts: 0,
        };
        (1..=count).map(batch).collect()
    }

    fn on_chain(nonce: u64, root: MerkleRoot) -> UnknownTransaction {
        UnknownTransaction {
            chain_id: 84_532,
            address: "0xb695B01217E9b9E55CF1E23814ac091352df7D12".parse().unwrap(),
            nonce,
            hash: TxHash::new([7; 32]),
            raw: RawTransaction::new(vec![2]),
            root: Some(root),
            seen_at: BACKED_UP_AT,
        }
    }

    fn root_of(batches: &[Batch]) -> MerkleRoot {
        Composition::new(batches).unwrap().root
    }

    #[test]
    fn each_batch_leads_to_the_root_and_one_alone_is_the_root() {
        for count in [1, 2, 3, 64, 200] {
            let batches = pending(count);
            let composition = Composition::new(&batches).unwrap();
            for (batch, placed) in batches.iter().zip(&composition.batches) {
                assert_eq!(
                    fold(tree_root(batch).unwrap(), &placed.path).as_bytes(),
                    composition.root.as_bytes()
                );
                assert_eq!(placed.id, batch.id);
            }
        }
        let alone = pending(1);
        let composition = Composition::new(&alone).unwrap();
        assert_eq!(composition.root, alone[0].tree_root.unwrap());
        assert_eq!(composition.batches[0].path, MerklePath::default());
    }

    #[test]
    fn batches_share_an_anchor_only_if_their_proofs_name_the_key_in_the_same_way() {
        let mut batches = pending(5);
        batches[1].verification_method = "did:web:school.example#key-1".into();
        batches[2].public_url = "https://other.example".into();
        batches[3].scope.environment = Environment::Live;
        let numbers: Vec<i64> = alike(batches).iter().map(|batch| batch.created_at).collect();
        assert_eq!(numbers, [1, 5]);
        assert_eq!(alike(Vec::new()), []);
    }

    #[test]
    fn an_anchor_of_the_oldest_batches_is_recognized_and_then_the_next_one() {
        let batches = pending(6);
        let found = [on_chain(4, root_of(&batches[..2])), on_chain(5, root_of(&batches[2..6]))];
        let (first, anchored) = find_anchored(&batches, &found).unwrap();
        assert_eq!((first.nonce, anchored.as_slice()), (4, &batches[..2]));
        let (second, anchored) = find_anchored(&batches[2..], &found[1..]).unwrap();
        assert_eq!((second.nonce, anchored.as_slice()), (5, &batches[2..]));
    }

    #[test]
    fn an_anchor_of_one_batch_is_recognized_wherever_the_batch_is() {
        let batches = pending(6);
        let (found, anchored) = find_anchored(&batches, &[on_chain(9, root_of(&batches[3..4]))]).unwrap();
        assert_eq!((found.nonce, anchored.as_slice()), (9, &batches[3..4]));
    }

    #[test]
    fn an_anchor_with_a_batch_that_is_lost_or_of_another_time_is_not() {
        let batches = pending(6);
        let with_a_lost_one = root_of(&[&batches[..2], &pending(7)[6..]].concat());
        assert_eq!(find_anchored(&batches, &[on_chain(0, with_a_lost_one)]), None);
        assert_eq!(find_anchored(&batches, &[]), None);
        // What is accepted after the transactions were seen is not compared.
        let mut later = pending(2);
        for batch in &mut later {
            batch.created_at = BACKED_UP_AT + 1;
        }
        assert_eq!(find_anchored(&later, &[on_chain(0, root_of(&later))]), None);
    }
}
