//! `proof` and `proofValue`: sections 8 and 9 of the format (MerkleProof2019).
//!
//! `proofValue` is `z` and the base58btc of deterministic CBOR ([RFC 8949](https://www.rfc-editor.org/rfc/rfc8949)
//! section 4.2). Reading is strict: there is exactly one text for each proof, because what was read is written
//! again and compared.

mod base58;
mod cbor;
mod cbor_reader;

use crate::hash::Hash;
use crate::merkle::Step;

pub use base58::Encoder;
pub(crate) use cbor::Decoded;

/// A path may have this many steps: a tree over 2^62 credentials.
pub const MAX_STEPS: usize = 64;

/// The longest text that can be a proof of [`MAX_STEPS`] steps, with room to spare; longer ones are not decoded.
const MAX_TEXT: usize = 8_192;

/// The chains that an anchor may stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnchorChain {
    /// Base, chain id 8453: `live` credentials.
    BaseMainnet,
    /// Base Sepolia, chain id 84532: `test` credentials.
    BaseSepolia,
    /// The embedded development chain, chain id 31337.
    Development,
}

impl AnchorChain {
    /// Every chain that there is.
    pub const ALL: [Self; 3] = [Self::BaseMainnet, Self::BaseSepolia, Self::Development];

    /// Its EIP-155 chain id.
    pub const fn chain_id(self) -> u64 {
        match self {
            Self::BaseMainnet => 8_453,
            Self::BaseSepolia => 84_532,
            Self::Development => 31_337,
        }
    }

    /// The chain with that EIP-155 id.
    pub fn from_chain_id(chain_id: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|chain| chain.chain_id() == chain_id)
    }

    /// `base-mainnet`, `base-sepolia` or `development`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BaseMainnet => "base-mainnet",
            Self::BaseSepolia => "base-sepolia",
            Self::Development => "development",
        }
    }

    /// The network of the compatible anchor, which released Blockcerts software knows: `eth` mainnet or Sepolia.
    pub(crate) const fn compatible_network(self) -> u64 {
        match self {
            Self::BaseMainnet => 1,
            Self::BaseSepolia | Self::Development => 11_155_111,
        }
    }
}

/// What `proofValue` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofValue {
    /// From the document's leaf up to the root.
    pub path: Vec<Step>,
    /// The 32 bytes in the transaction.
    pub merkle_root: Hash,
    /// The leaf: `L_full` or `L_red`.
    pub target_hash: Hash,
    /// The chain that the transaction is on.
    pub chain: AnchorChain,
    /// The transaction's hash, without `0x`.
    pub transaction_hash: Hash,
}

impl ProofValue {
    /// The text of the proof. The proofs of a batch are written faster by one [`Encoder`].
    pub fn encode(&self) -> String {
        Encoder::new(self.merkle_root, self.chain, self.transaction_hash)
            .encode(&self.target_hash, &self.path)
    }

    /// Reads the text of a proof.
    ///
    /// # Errors
    /// Everything that [`encode`](Self::encode) would not have written: see [`ProofError`].
    pub fn decode(text: &str) -> Result<Self, ProofError> {
        let decoded = Decoded::read(text)?;
        let (chain, transaction_hash) = decoded.anchor?;
        Ok(Self {
            path: decoded.path,
            merkle_root: decoded.merkle_root,
            target_hash: decoded.target_hash,
            chain,
            transaction_hash,
        })
    }

    /// Whether the path begins as that of a full document does: two steps to the right.
    pub fn has_full_path(&self) -> bool {
        matches!(self.path.as_slice(), [Step::Right(_), Step::Right(_), ..])
    }

    /// Whether the path begins as that of a redacted document does: a step to the left.
    pub fn has_redacted_path(&self) -> bool {
        matches!(self.path.as_slice(), [Step::Left(_), ..])
    }
}

/// Why a text is not a `proofValue` of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Longer than any proof can be.
    #[error("proofValue is longer than a proof of {MAX_STEPS} steps")]
    TooLong,
    /// Not `z` and base58btc.
    #[error("proofValue is not z and base58btc")]
    Base58,
    /// Not the CBOR structure of the format, or not in its one encoding.
    #[error("proofValue does not have the structure of a MerkleProof2019 in deterministic CBOR")]
    Structure,
    /// More than [`MAX_STEPS`] steps.
    #[error("proofValue has more than {MAX_STEPS} steps")]
    TooManySteps,
    /// The anchors are not two of one transaction on a chain that we know.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
}

/// What is wrong with the anchors of a proof that can be read otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// There are not exactly two.
    #[error("a proof has exactly two anchors, this one has {0}")]
    Count(u64),
    /// The blockchain is not the `eth` of the format (1); `mocknet`, which any forger can write, is one of these.
    #[error("an anchor names a blockchain other than the format's")]
    Blockchain,
    /// The exact anchor's chain id is none of 8453, 84532 and 31337.
    #[error("the anchor's chain id {0} is not one of 8453, 84532 and 31337")]
    UnknownChain(u64),
    /// The first anchor is not the compatible one of the second's chain.
    #[error("the first anchor's network {network} is not the one that goes with chain id {chain_id}")]
    Incompatible {
        /// Network of the first anchor.
        network: u64,
        /// Chain id of the second anchor.
        chain_id: u64,
    },
    /// The anchors name two transactions.
    #[error("the two anchors name different transactions")]
    TwoTransactions,
}

/// The member `proof` of a signed credential. Nothing in it is hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// When the batch was anchored, as its issuer says. It is never evidence of a time: the block's time is.
    pub created: String,
    /// The key that signed the transaction.
    pub verification_method: String,
    /// The text of a [`ProofValue`].
    pub proof_value: String,
}

#[cfg(test)]
mod tests;
