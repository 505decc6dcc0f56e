//! The stored transactions of a batch as attempts to anchor its root, and back.

use learncoin_store::batches::Batch;
use learncoin_store::keys::SigningKey;
use learncoin_store::onchain::MerkleRoot;
use learncoin_store::transactions::AnchorTransaction;
use learncoin_store::transactions::UnknownTransaction;

use crate::chains::{Chain, chain_address};
use crate::outgoing::{Attempt, Outgoing, Payload};
use crate::step::StepError;

/// Returns the transactions by which a key anchors a batch, the oldest first; `None` if the key signed none. `rows` may have those of
/// other keys too.
pub(crate) fn outgoing_of(chain: &Chain, key: &SigningKey, rows: &[AnchorTransaction]) -> Option<Outgoing> {
    let rows = rows.iter().filter(|row| row.address == key.address);
    let attempts: Vec<Attempt> = rows.map(attempt_of).collect();
    let nonce = attempts.last()?.nonce;
    Some(Outgoing { sender: chain_address(&key.address), chain_id: chain.chain_id, nonce, attempts })
}

/// Returns the payload of a signed batch's anchor.
pub(crate) fn payload_of(batch: &Batch) -> Result<Payload, StepError> {
    Ok(Payload::AnchorRoot(*root_of(batch)?.as_bytes()))
}

/// Returns the root of a signed batch.
pub(crate) fn root_of(batch: &Batch) -> Result<MerkleRoot, StepError> {
    batch.merkle_root().ok_or(StepError::Inconsistent("a signed batch without a root"))
}

/// Returns the row of an attempt at a batch's anchor.
pub(crate) fn stored(batch: &Batch, chain: &Chain, key: &SigningKey, attempt: &Attempt) -> AnchorTransaction {
    AnchorTransaction {
        hash: attempt.hash,
        batch_id: batch.id.clone(),
        chain_id: chain.chain_id,
        address: key.address.clone(),
        nonce: attempt.nonce,
        raw: attempt.raw.clone(),
        created_at: attempt.created_at,
        sent_at: attempt.sent_at,
        block: None,
    }
}

/// Returns the row of a transaction that was found on chain and carries the batch's root.
pub(crate) fn recovered(
    batch: &Batch,
    key: &SigningKey,
    found: &UnknownTransaction,
    now_ms: i64,
) -> AnchorTransaction {
    AnchorTransaction {
        hash: found.hash,
        batch_id: batch.id.clone(),
        chain_id: found.chain_id,
        address: key.address.clone(),
        nonce: found.nonce,
        raw: found.raw.clone(),
        created_at: now_ms,
        sent_at: Some(now_ms),
        block: None,
    }
}

fn attempt_of(row: &AnchorTransaction) -> Attempt {
    let AnchorTransaction { hash, nonce, created_at, sent_at, .. } = *row;
    Attempt { hash, raw: row.raw.clone(), nonce, created_at, sent_at }
}
