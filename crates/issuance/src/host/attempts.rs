//! The stored transactions of the host as attempts at a payload, and back.

use learncoin_chain::rpc::Located;
use learncoin_store::onchain::{RawTransaction, TxHash};
use learncoin_store::transactions::{HostAttempt, HostPurpose};

use crate::chains::{Chain, chain_address};
use crate::outgoing::{Attempt, Payload};

/// A gwei, in wei.
pub(super) const WEI_PER_GWEI: u128 = 1_000_000_000;

/// Returns the payload of a transaction with this purpose.
pub(super) fn payload_of(purpose: &HostPurpose) -> Payload {
    match purpose {
        HostPurpose::Statement { hash, .. } => Payload::KeyStatement(*hash.as_bytes()),
        HostPurpose::TopUp { receiver, gwei } => Payload::TopUp {
            receiver: chain_address(receiver),
            wei: u128::from(*gwei).saturating_mul(WEI_PER_GWEI),
        },
    }
}

/// Returns the stored rows as attempts.
pub(super) fn attempts_of(rows: &[HostAttempt]) -> Vec<Attempt> {
    let attempt = |row: &HostAttempt| {
        let HostAttempt { hash, nonce, created_at, sent_at, .. } = *row;
        Attempt { hash, raw: row.raw.clone(), nonce, created_at, sent_at }
    };
    rows.iter().map(attempt).collect()
}

/// Returns the row of an attempt.
pub(super) fn row_of(chain: &Chain, attempt: &Attempt) -> HostAttempt {
    HostAttempt {
        hash: attempt.hash,
        chain_id: chain.chain_id,
        nonce: attempt.nonce,
        raw: attempt.raw.clone(),
        created_at: attempt.created_at,
        sent_at: attempt.sent_at,
    }
}

/// Returns the row of a transaction that was found on chain.
pub(super) fn found_row(chain: &Chain, nonce: u64, found: &Located, now_ms: i64) -> HostAttempt {
    HostAttempt {
        hash: TxHash::new(found.hash),
        chain_id: chain.chain_id,
        nonce,
        raw: RawTransaction::new(found.raw.clone()),
        created_at: now_ms,
        sent_at: Some(now_ms),
    }
}
