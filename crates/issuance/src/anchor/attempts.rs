//! The stored transactions of a batch as attempts to anchor its root, and back.

use learncoin_credential::Hash;
use learncoin_store::batches::Batch;
use learncoin_store::keys::SigningKey;
use learncoin_store::transactions::AnchorTransaction;
use learncoin_store::transactions::UnknownTransaction;

use crate::chains::Chain;
use crate::key::signing::key_address;
use crate::outgoing::{Attempt, Outgoing, Payload};
use crate::step::StepError;

/// Returns the transactions by which a key anchors a batch, the oldest first; `None` if the key signed none. `rows` may have those of
/// other keys too.
pub(crate) fn outgoing_of(
    chain: &Chain,
    key: &SigningKey,
    rows: &[AnchorTransaction],
) -> Result<Option<Outgoing>, StepError> {
    let rows = rows.iter().filter(|row| row.address == key.address);
    let attempts = rows.map(attempt_of).collect::<Result<Vec<Attempt>, StepError>>()?;
    let Some(newest) = attempts.last() else { return Ok(None) };
    Ok(Some(Outgoing { sender: key_address(key)?, chain_id: chain.chain_id, nonce: newest.nonce, attempts }))
}

/// Returns the payload of a signed batch's anchor.
pub(crate) fn payload_of(batch: &Batch) -> Result<Payload, StepError> {
    Ok(Payload::AnchorRoot(root_of(batch)?))
}

/// Returns the root of a signed batch.
pub(crate) fn root_of(batch: &Batch) -> Result<[u8; 32], StepError> {
    let root = batch.merkle_root().ok_or(StepError::Inconsistent("a signed batch without a root"))?;
    let root: Hash = root.parse().map_err(|_| StepError::Inconsistent("unreadable root"))?;
    Ok(*root.as_bytes())
}

/// Returns the row of an attempt at a batch's anchor.
pub(crate) fn stored(batch: &Batch, chain: &Chain, key: &SigningKey, attempt: &Attempt) -> AnchorTransaction {
    AnchorTransaction {
        hash: attempt.hash_hex(),
        batch_id: batch.id.clone(),
        chain_id: chain.chain_id,
        address: key.address.clone(),
        nonce: attempt.nonce,
        raw: hex::encode(&attempt.raw),
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
        hash: found.hash.clone(),
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

fn attempt_of(row: &AnchorTransaction) -> Result<Attempt, StepError> {
    Attempt::stored(&row.hash, &row.raw, row.nonce, row.created_at, row.sent_at)
}
