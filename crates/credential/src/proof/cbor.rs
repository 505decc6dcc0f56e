//! The CBOR of a proof: encoded exactly as in section 8 of the format, and decoded strictly by comparison with the
//! encoding.

use super::cbor_reader::{CborError, CborReader, Integer};
use super::{AnchorChain, AnchorError, MAX_STEPS, MAX_TEXT, ProofError, ProofValue};
use crate::hash::Hash;
use crate::merkle::PathStep;

/// Array of 2, key 0, then a byte string of 66 around a text of 64: a left step, or the Merkle root.
const WRAPPED_0: [u8; 6] = [0x82, 0x00, 0x58, 0x42, 0x78, 0x40];
/// The same with key 1: a right step, or the target hash.
const WRAPPED_1: [u8; 6] = [0x82, 0x01, 0x58, 0x42, 0x78, 0x40];

/// The bytes of one step: head and 64 characters.
pub(super) const STEP_BYTES: usize = 70;

/// Encodes a proof.
pub(super) fn encode(proof: &ProofValue) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    head(&mut bytes, proof.path.len());
    for one in &proof.path {
        bytes.extend_from_slice(&step(one));
    }
    tail(&mut bytes, &proof.merkle_root, &proof.target_hash, proof.chain, &proof.transaction_hash);
    bytes
}

/// Writes everything before the steps.
pub(super) fn head(bytes: &mut Vec<u8>, steps: usize) {
    bytes.extend_from_slice(&[0x84, 0x82, 0x03]);
    unsigned(bytes, 4, u64::try_from(steps).unwrap_or(u64::MAX));
}

/// Encodes one step.
pub(super) fn step(step: &PathStep) -> [u8; STEP_BYTES] {
    let (wrapped, hash) = match step {
        PathStep::Left(hash) => (WRAPPED_0, hash),
        PathStep::Right(hash) => (WRAPPED_1, hash),
    };
    let mut bytes = [0; STEP_BYTES];
    let (head, text) = bytes.split_at_mut(WRAPPED_0.len());
    head.copy_from_slice(&wrapped);
    text.copy_from_slice(&hash.to_hex());
    bytes
}

/// Writes everything after the steps.
pub(super) fn tail(bytes: &mut Vec<u8>, root: &Hash, target: &Hash, chain: AnchorChain, transaction: &Hash) {
    bytes.extend_from_slice(&WRAPPED_0);
    bytes.extend_from_slice(&root.to_hex());
    bytes.extend_from_slice(&WRAPPED_1);
    bytes.extend_from_slice(&target.to_hex());
    bytes.extend_from_slice(&[0x82, 0x02, 0x82]);
    for network in [chain.compatible_network(), chain.chain_id()] {
        bytes.extend_from_slice(&[0x83, 0x82, 0x00, 0x01, 0x82, 0x01]);
        unsigned(bytes, 0, network);
        bytes.extend_from_slice(&[0x82, 0x02, 0x58, 0x44, 0x78, 0x42, b'0', b'x']);
        bytes.extend_from_slice(&transaction.to_hex());
    }
}

/// Writes a head of a major type with the shortest argument.
fn unsigned(bytes: &mut Vec<u8>, major: u8, value: u64) {
    let major = major << 5;
    if let Ok(value) = u8::try_from(value) {
        if value < 24 {
            bytes.push(major | value);
        } else {
            bytes.extend_from_slice(&[major | 24, value]);
        }
    } else if let Ok(value) = u16::try_from(value) {
        bytes.push(major | 25);
        bytes.extend_from_slice(&value.to_be_bytes());
    } else if let Ok(value) = u32::try_from(value) {
        bytes.push(major | 26);
        bytes.extend_from_slice(&value.to_be_bytes());
    } else {
        bytes.push(major | 27);
        bytes.extend_from_slice(&value.to_be_bytes());
    }
}

/// A decoded proof, whose anchors may be invalid.
pub(crate) struct DecodedProof {
    pub(crate) path: Vec<PathStep>,
    pub(crate) merkle_root: Hash,
    pub(crate) target_hash: Hash,
    pub(crate) anchor: Result<(AnchorChain, Hash), AnchorError>,
}

impl DecodedProof {
    /// Decodes the text of a proof.
    pub(crate) fn read(text: &str) -> Result<Self, ProofError> {
        if text.len() > MAX_TEXT {
            return Err(ProofError::TooLong);
        }
        let base58 = text.strip_prefix('z').ok_or(ProofError::Base58)?;
        let bytes = super::base58::decode(base58).ok_or(ProofError::Base58)?;
        let mut reader = ProofReader(CborReader(&bytes));
        let decoded = reader.proof()?;
        // Encoding the proof again rejects everything that the reader accepts beyond the format, such as trailing
        // bytes. It is not possible with invalid anchors, which are rejected anyway.
        if let Ok((chain, transaction_hash)) = decoded.anchor {
            let proof = ProofValue {
                path: decoded.path.clone(),
                merkle_root: decoded.merkle_root,
                target_hash: decoded.target_hash,
                chain,
                transaction_hash,
            };
            if encode(&proof) != bytes {
                return Err(ProofError::Structure);
            }
        }
        Ok(decoded)
    }
}

struct ProofReader<'b>(CborReader<'b>);

impl From<CborError> for ProofError {
    fn from(_: CborError) -> Self {
        Self::Structure
    }
}

impl ProofReader<'_> {
    fn proof(&mut self) -> Result<DecodedProof, ProofError> {
        self.array_of(4)?;
        self.key(3)?;
        let steps = self.array()?;
        if steps > u64::try_from(MAX_STEPS).unwrap_or(0) {
            return Err(ProofError::TooManySteps);
        }
        let path = (0..steps).map(|_| self.step()).collect::<Result<_, _>>()?;
        self.key(0)?;
        let merkle_root = self.hash("")?;
        self.key(1)?;
        let target_hash = self.hash("")?;
        self.key(2)?;
        let anchor = match self.array()? {
            2 => {
                let first = self.anchor()?;
                let second = self.anchor()?;
                join(first, second)
            }
            other => {
                for _ in 0..other {
                    self.0.skip()?;
                }
                Err(AnchorError::Count(other))
            }
        };
        Ok(DecodedProof { path, merkle_root, target_hash, anchor })
    }

    fn step(&mut self) -> Result<PathStep, ProofError> {
        self.array_of(2)?;
        match self.unsigned()? {
            0 => Ok(PathStep::Left(self.hash("")?)),
            1 => Ok(PathStep::Right(self.hash("")?)),
            _ => Err(ProofError::Structure),
        }
    }

    /// Parses `[[0, blockchain], [1, network], [2, transaction]]`. Returns `None` for a blockchain other than the
    /// format's, since its network and transaction may have any form.
    fn anchor(&mut self) -> Result<Option<(u64, Hash)>, ProofError> {
        self.array_of(3)?;
        self.key(0)?;
        if self.0.integer()? != Integer::Unsigned(1) {
            self.0.skip()?;
            self.0.skip()?;
            return Ok(None);
        }
        self.key(1)?;
        let network = self.unsigned()?;
        self.key(2)?;
        Ok(Some((network, self.hash("0x")?)))
    }

    /// Parses the head of a pair and its key.
    fn key(&mut self, key: u64) -> Result<(), ProofError> {
        self.array_of(2)?;
        if self.unsigned()? == key { Ok(()) } else { Err(ProofError::Structure) }
    }

    /// Parses a text of hex that is wrapped in a byte string.
    fn hash(&mut self, prefix: &str) -> Result<Hash, ProofError> {
        let mut inner = CborReader(self.0.bytes()?);
        let text = inner.text()?;
        if !inner.is_at_end() {
            return Err(ProofError::Structure);
        }
        text.strip_prefix(prefix).and_then(|text| text.parse().ok()).ok_or(ProofError::Structure)
    }

    fn unsigned(&mut self) -> Result<u64, ProofError> {
        Ok(self.0.unsigned()?)
    }

    fn array(&mut self) -> Result<u64, ProofError> {
        Ok(self.0.array()?)
    }

    fn array_of(&mut self, length: u64) -> Result<(), ProofError> {
        if self.array()? == length { Ok(()) } else { Err(ProofError::Structure) }
    }
}

/// Checks that the compatible and the exact anchor name one transaction on one chain, and returns both.
fn join(first: Option<(u64, Hash)>, second: Option<(u64, Hash)>) -> Result<(AnchorChain, Hash), AnchorError> {
    let (Some((network, compatible)), Some((chain_id, exact))) = (first, second) else {
        return Err(AnchorError::Blockchain);
    };
    let chain = AnchorChain::from_chain_id(chain_id).ok_or(AnchorError::UnknownChain(chain_id))?;
    if network != chain.compatible_network() {
        return Err(AnchorError::Incompatible { network, chain_id });
    }
    if compatible != exact {
        return Err(AnchorError::TwoTransactions);
    }
    Ok((chain, exact))
}
