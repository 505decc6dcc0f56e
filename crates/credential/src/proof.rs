//! `proof` and `proofValue`: sections 8 and 9 of the format (MerkleProof2019).
//!
//! A `proofValue` is `z` and the base58btc of deterministic CBOR ([RFC 8949](https://www.rfc-editor.org/rfc/rfc8949)
//! section 4.2). Decoding is strict: each proof has exactly one text, since a decoded proof is encoded again and
//! compared.

mod base58;
mod cbor;
mod cbor_reader;

use crate::hash::Hash;
use crate::merkle::PathStep;

pub use base58::Encoder;
pub(crate) use cbor::DecodedProof;

/// The limit of a path's steps: enough for a tree over 2^62 credentials.
pub const MAX_STEPS: usize = 64;

/// The limit of a proof's text, above the longest text of [`MAX_STEPS`] steps. Longer texts are not decoded.
const MAX_TEXT: usize = 8_192;

/// The chains of anchors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnchorChain {
    /// Base, chain id 8453, for `live` credentials.
    BaseMainnet,
    /// Base Sepolia, chain id 84532, for `test` credentials.
    BaseSepolia,
    /// The embedded development chain, chain id 31337.
    Development,
}

impl AnchorChain {
    /// Every chain.
    pub const ALL: [Self; 3] = [Self::BaseMainnet, Self::BaseSepolia, Self::Development];

    /// Returns the EIP-155 chain id.
    pub const fn chain_id(self) -> u64 {
        match self {
            Self::BaseMainnet => 8_453,
            Self::BaseSepolia => 84_532,
            Self::Development => 31_337,
        }
    }

    /// Returns the chain with this EIP-155 id.
    pub fn from_chain_id(chain_id: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|chain| chain.chain_id() == chain_id)
    }

    /// Returns the name: `base-mainnet`, `base-sepolia` or `development`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BaseMainnet => "base-mainnet",
            Self::BaseSepolia => "base-sepolia",
            Self::Development => "development",
        }
    }

    /// Returns the network of the compatible anchor, which released Blockcerts software knows: `eth` mainnet or
    /// Sepolia.
    pub(crate) const fn compatible_network(self) -> u64 {
        match self {
            Self::BaseMainnet => 1,
            Self::BaseSepolia | Self::Development => 11_155_111,
        }
    }
}

/// The content of a `proofValue`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofValue {
    /// The path from the document's leaf to the root.
    pub path: Vec<PathStep>,
    /// The Merkle root, which is the transaction's calldata.
    pub merkle_root: Hash,
    /// The leaf: `L_full` or `L_red`.
    pub target_hash: Hash,
    /// The chain of the transaction.
    pub chain: AnchorChain,
    /// The transaction's hash, without `0x`.
    pub transaction_hash: Hash,
}

impl ProofValue {
    /// Encodes the proof. An [`Encoder`] is faster for the proofs of a batch.
    pub fn encode(&self) -> String {
        base58::encode(&cbor::encode(self)).unwrap_or_else(|| {
            Encoder::new(self.merkle_root, self.chain, self.transaction_hash)
                .encode(&self.target_hash, &self.path)
        })
    }

    /// Decodes a proof.
    ///
    /// # Errors
    /// If [`encode`](Self::encode) would not produce this text: see [`ProofError`].
    pub fn decode(text: &str) -> Result<Self, ProofError> {
        let decoded = DecodedProof::read(text)?;
        let (chain, transaction_hash) = decoded.anchor?;
        Ok(Self {
            path: decoded.path,
            merkle_root: decoded.merkle_root,
            target_hash: decoded.target_hash,
            chain,
            transaction_hash,
        })
    }

    /// Returns whether the path begins like that of a full document: two right steps.
    pub fn has_full_path(&self) -> bool {
        matches!(self.path.as_slice(), [PathStep::Right(_), PathStep::Right(_), ..])
    }

    /// Returns whether the path begins like that of a redacted document: a left step.
    pub fn has_redacted_path(&self) -> bool {
        matches!(self.path.as_slice(), [PathStep::Left(_), ..])
    }
}

/// The reasons why a text is not a valid `proofValue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The text exceeds the length of any proof.
    #[error("proofValue is longer than a proof of {MAX_STEPS} steps")]
    TooLong,
    /// The text is not `z` and base58btc.
    #[error("proofValue is not z and base58btc")]
    Base58,
    /// The bytes are not the CBOR structure of the format in deterministic encoding.
    #[error("proofValue does not have the structure of a MerkleProof2019 in deterministic CBOR")]
    Structure,
    /// The path has more than [`MAX_STEPS`] steps.
    #[error("proofValue has more than {MAX_STEPS} steps")]
    TooManySteps,
    /// The anchors are not two of one transaction on a known chain.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
}

/// The faults of the anchors of an otherwise well-formed proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// The number of anchors is not two.
    #[error("a proof has exactly two anchors, this one has {0}")]
    Count(u64),
    /// The blockchain is not `eth` (1), the only one of the format. In particular, it may be `mocknet`, which is easy
    /// to forge.
    #[error("an anchor names a blockchain other than the format's")]
    Blockchain,
    /// The exact anchor's chain id is none of 8453, 84532 and 31337.
    #[error("the anchor's chain id {0} is not one of 8453, 84532 and 31337")]
    UnknownChain(u64),
    /// The first anchor's network is not the compatible one of the second's chain.
    #[error("the first anchor's network {network} is not the one that goes with chain id {chain_id}")]
    Incompatible {
        /// The network of the first anchor.
        network: u64,
        /// The chain id of the second anchor.
        chain_id: u64,
    },
    /// The anchors name different transactions.
    #[error("the two anchors name different transactions")]
    TwoTransactions,
}

/// The member `proof` of a signed credential. It is not part of any hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The time of anchoring, as the issuer claims it. It is not evidence, unlike the block's time.
    pub created: String,
    /// The DID URL of the key that signed the transaction.
    pub verification_method: String,
    /// The encoded [`ProofValue`].
    pub proof_value: String,
}

#[cfg(test)]
mod tests;
