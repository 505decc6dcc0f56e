//! What the host signs: the bytes that say what a transaction is for.

use learncoin_chain::{
    ANCHOR_GAS_LIMIT, Address, AnchorTransaction, Fees, ReadTransaction, Transfer, UnsignedTransaction,
};
use learncoin_store::keys::HostKey;
use learncoin_store::kill;
use learncoin_store::transactions::{HostAttempt, HostPurpose};

use crate::chains::Chain;
use crate::outgoing::resolution::Attempt;
use crate::pipeline::Pipeline;
use crate::step::StepError;

/// How much a gwei is, in wei.
pub(super) const WEI_PER_GWEI: u128 = 1_000_000_000;

impl Attempt for HostAttempt {
    fn hash(&self) -> &str {
        &self.hash
    }

    fn raw(&self) -> &str {
        &self.raw
    }

    fn nonce(&self) -> u64 {
        self.nonce
    }
}

/// The address of the host's key, as the chain knows it.
pub(super) fn host_address(key: &HostKey) -> Result<Address, StepError> {
    address(&key.address)
}

pub(super) fn address(text: &str) -> Result<Address, StepError> {
    text.parse().map_err(|_| StepError::Inconsistent("unreadable address of a key"))
}

fn statement_hash(hash: &str) -> Result<[u8; 32], StepError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(hash, &mut bytes)
        .map_err(|_| StepError::Inconsistent("unreadable hash of a statement"))?;
    Ok(bytes)
}

/// The transaction that does what it is for. A statement goes to the host's own address, as a batch's root does to its key's.
fn unsigned(
    chain: &Chain,
    key: &HostKey,
    nonce: u64,
    purpose: &HostPurpose,
    fees: Fees,
) -> Result<UnsignedTransaction, StepError> {
    let chain_id = chain.chain_id;
    Ok(match purpose {
        HostPurpose::Statement { hash, .. } => {
            let root = statement_hash(hash)?;
            let anchor = AnchorTransaction { chain_id, nonce, root, fees, gas_limit: ANCHOR_GAS_LIMIT };
            anchor.unsigned(&host_address(key)?)
        }
        HostPurpose::TopUp { receiver, gwei } => {
            let wei = u128::from(*gwei).saturating_mul(WEI_PER_GWEI);
            Transfer { chain_id, nonce, to: address(receiver)?, wei, fees }.unsigned()
        }
    })
}

/// Whether a transaction that was found in the chain does what one of ours is for.
pub(super) fn does(purpose: &HostPurpose, read: &ReadTransaction) -> Result<bool, StepError> {
    Ok(match purpose {
        HostPurpose::Statement { hash, .. } => read.root == Some(statement_hash(hash)?),
        HostPurpose::TopUp { receiver, gwei } => {
            read.receiver == Some(address(receiver)?)
                && read.wei == u128::from(*gwei).saturating_mul(WEI_PER_GWEI)
        }
    })
}

impl Pipeline {
    /// Signs an attempt. Nothing is stored.
    pub(super) async fn host_attempt(
        &self,
        chain: &Chain,
        key: &HostKey,
        nonce: u64,
        purpose: &HostPurpose,
        fees: Fees,
    ) -> Result<HostAttempt, StepError> {
        let signed = self.signer.sign_as_host(key, unsigned(chain, key, nonce, purpose, fees)?).await?;
        kill::reached("host.signed");
        Ok(HostAttempt {
            hash: hex::encode(signed.hash),
            chain_id: chain.chain_id,
            nonce,
            raw: hex::encode(&signed.raw),
            created_at: self.clock.now_ms(),
            sent_at: None,
        })
    }
}
