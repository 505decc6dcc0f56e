//! The anchors of batches, as they are stored.

use learncoin_store::Store;
use learncoin_store::anchors::Anchor;
use learncoin_store::id::BatchId;
use learncoin_store::transactions::AnchorTransaction;

/// Returns the anchor that a batch is in; `None` if it is not signed.
pub async fn anchor_of_batch(store: &Store, id: &BatchId) -> Option<Anchor> {
    let batch = store.batch_by_id(id).await.expect("the batch is read").expect("there is such a batch");
    let anchor_id = &batch.anchor()?.anchor_id;
    store.find_anchor(anchor_id).await.expect("the anchor is read")
}

/// Returns the transactions that were signed for a batch's anchor, the oldest first.
pub async fn transactions_of_batch(store: &Store, id: &BatchId) -> Vec<AnchorTransaction> {
    match anchor_of_batch(store, id).await {
        Some(anchor) => store.list_anchor_transactions(&anchor.id).await.expect("its transactions are read"),
        None => Vec::new(),
    }
}
