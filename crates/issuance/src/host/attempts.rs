//! The stored transactions of the host as attempts at a payload, and back.

use learncoin_chain::Address;
use learncoin_chain::rpc::Located;
use learncoin_store::transactions::{HostAttempt, HostPurpose};

use crate::chains::Chain;
use crate::outgoing::{Attempt, Payload};
use crate::step::StepError;

/// A gwei, in wei.
pub(super) const WEI_PER_GWEI: u128 = 1_000_000_000;

/// Reads the address of a key.
pub(super) fn address(text: &str) -> Result<Address, StepError> {
    text.parse().map_err(|_| StepError::Inconsistent("unreadable address of a key"))
}

/// Returns the payload of a transaction with this purpose.
pub(super) fn payload_of(purpose: &HostPurpose) -> Result<Payload, StepError> {
    Ok(match purpose {
        HostPurpose::Statement { hash, .. } => {
            let mut bytes = [0; 32];
            hex::decode_to_slice(hash, &mut bytes)
                .map_err(|_| StepError::Inconsistent("unreadable hash of a statement"))?;
            Payload::KeyStatement(bytes)
        }
        HostPurpose::TopUp { receiver, gwei } => Payload::TopUp {
            receiver: address(receiver)?,
            wei: u128::from(*gwei).saturating_mul(WEI_PER_GWEI),
        },
    })
}

/// Returns the stored rows as attempts.
pub(super) fn attempts_of(rows: &[HostAttempt]) -> Result<Vec<Attempt>, StepError> {
    let attempt =
        |row: &HostAttempt| Attempt::stored(&row.hash, &row.raw, row.nonce, row.created_at, row.sent_at);
    rows.iter().map(attempt).collect()
}

/// Returns the row of an attempt.
pub(super) fn row_of(chain: &Chain, attempt: &Attempt) -> HostAttempt {
    HostAttempt {
        hash: attempt.hash_hex(),
        chain_id: chain.chain_id,
        nonce: attempt.nonce,
        raw: hex::encode(&attempt.raw),
        created_at: attempt.created_at,
        sent_at: attempt.sent_at,
    }
}

/// Returns the row of a transaction that was found on chain.
pub(super) fn found_row(chain: &Chain, nonce: u64, found: &Located, now_ms: i64) -> HostAttempt {
    HostAttempt {
        hash: hex::encode(found.hash),
        chain_id: chain.chain_id,
        nonce,
        raw: hex::encode(&found.raw),
        created_at: now_ms,
        sent_at: Some(now_ms),
    }
}
