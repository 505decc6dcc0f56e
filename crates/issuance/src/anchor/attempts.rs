//! The stored transactions of an anchor as attempts to send its root, and back.

use learncoin_store::anchors::Anchor;
use learncoin_store::keys::SigningKey;
use learncoin_store::transactions::AnchorTransaction;
use learncoin_store::transactions::UnknownTransaction;

use crate::chains::{Chain, chain_address};
use crate::outgoing::{Attempt, Outgoing, Payload};

/// Returns the transactions by which a key sends an anchor's root, the oldest first; `None` if the key signed none. `rows` may have
/// those of other keys too.
pub(crate) fn outgoing_of(chain: &Chain, key: &SigningKey, rows: &[AnchorTransaction]) -> Option<Outgoing> {
    let rows = rows.iter().filter(|row| row.address == key.address);
    let attempts: Vec<Attempt> = rows.map(attempt_of).collect();
    let nonce = attempts.last()?.nonce;
    Some(Outgoing { sender: chain_address(&key.address), chain_id: chain.chain_id, nonce, attempts })
}

/// Returns the payload of an anchor's transaction.
pub(crate) fn payload_of(anchor: &Anchor) -> Payload {
    Payload::AnchorRoot(*anchor.root.as_bytes())
}

/// Returns the row of an attempt at an anchor.
pub(crate) fn stored(anchor: &Anchor, key: &SigningKey, attempt: &Attempt) -> AnchorTransaction {
    AnchorTransaction {
        hash: attempt.hash,
        anchor_id: anchor.id.clone(),
        chain_id: anchor.chain_id,
        address: key.address.clone(),
        nonce: attempt.nonce,
        raw: attempt.raw.clone(),
        created_at: attempt.created_at,
        sent_at: attempt.sent_at,
        block: None,
    }
}

/// Returns the row of a transaction that was found on chain and carries the anchor's root.
pub(crate) fn recovered(
    anchor: &Anchor,
    key: &SigningKey,
    found: &UnknownTransaction,
    now_ms: i64,
) -> AnchorTransaction {
    AnchorTransaction {
        hash: found.hash,
        anchor_id: anchor.id.clone(),
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
