//! The anchor transaction, decoded from its raw bytes: section 7 of the format.
//!
//! A node is trusted only for a transaction's place in the chain. Content and sender are taken from the raw bytes
//! ([EIP-1559](https://eips.ethereum.org/EIPS/eip-1559)): `0x02 ‖ rlp([chain_id, nonce, max_priority_fee_per_gas,
//! max_fee_per_gas, gas_limit, to, value, data, access_list, y_parity, r, s])`.

use std::sync::{Arc, OnceLock};

use alloy_rlp::{Decodable, Header};
use k256::ecdsa::Signature;
use k256::elliptic_curve::ops::{MulByGeneratorVartime as _, Reduce};
use k256::elliptic_curve::point::DecompressPoint as _;
use k256::elliptic_curve::scalar::IsHigh as _;
use k256::elliptic_curve::sec1::ToSec1Point as _;
use k256::elliptic_curve::subtle::Choice;
use k256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use sha3::{Digest as _, Keccak256};

use crate::address::Address;
use crate::hash::Hash;

/// A type 2 transaction with the sender recovered from its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedTransaction {
    /// The transaction's hash: Keccak-256 of the raw bytes.
    pub hash: Hash,
    /// The EIP-155 chain id.
    pub chain_id: u64,
    /// The sender's nonce.
    pub nonce: u64,
    /// The sender, recovered from the signature.
    pub sender: Address,
    /// The recipient; `None` creates a contract.
    pub to: Option<Address>,
    /// The value, in wei.
    pub value: u128,
    /// The calldata.
    pub data: Vec<u8>,
}

/// The raw bytes of a transaction, as a node returns them. They are decoded once, when that is first asked for, and copies share the
/// outcome: to recover the sender is most of the cost of verifying a credential.
#[derive(Debug, Clone)]
pub struct EncodedTransaction(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    bytes: Vec<u8>,
    decoded: OnceLock<Result<DecodedTransaction, TransactionError>>,
}

impl EncodedTransaction {
    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// Returns the transaction that is encoded.
    ///
    /// # Errors
    /// See [`TransactionError`].
    pub fn decoded(&self) -> Result<&DecodedTransaction, TransactionError> {
        let decoded = self.0.decoded.get_or_init(|| DecodedTransaction::decode(&self.0.bytes));
        decoded.as_ref().map_err(|error| *error)
    }
}

impl From<Vec<u8>> for EncodedTransaction {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Shared { bytes, decoded: OnceLock::new() }))
    }
}

impl PartialEq for EncodedTransaction {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes == other.0.bytes
    }
}

impl Eq for EncodedTransaction {}

/// The reasons why bytes are not a signed type 2 transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    /// The first byte is not `0x02`.
    #[error("not a type 2 (EIP-1559) transaction")]
    Type,
    /// Not canonical RLP of the twelve fields, or trailing bytes.
    #[error("not the RLP of a type 2 transaction")]
    Rlp,
    /// `r` or `s` is out of range, or `s` is in the upper half of the curve's order (EIP-2).
    #[error("the signature is not a canonical one (r and s in range, low s)")]
    Signature,
    /// No public key matches the signature.
    #[error("the sender cannot be recovered from the signature")]
    Recovery,
}

impl DecodedTransaction {
    /// Decodes the raw bytes, as returned by `eth_getRawTransactionByHash`.
    ///
    /// # Errors
    /// See [`TransactionError`].
    pub fn decode(raw: &[u8]) -> Result<Self, TransactionError> {
        let Some((2, rlp)) = raw.split_first().map(|(kind, rest)| (*kind, rest)) else {
            return Err(TransactionError::Type);
        };
        let mut rest = rlp;
        let fields = Header::decode_bytes(&mut rest, true).map_err(|_| TransactionError::Rlp)?;
        if !rest.is_empty() {
            return Err(TransactionError::Rlp);
        }
        let mut reader = RlpReader(fields);
        let chain_id = reader.read()?;
        let nonce = reader.read()?;
        let _max_priority_fee_per_gas: u128 = reader.read()?;
        let _max_fee_per_gas: u128 = reader.read()?;
        let _gas_limit: u64 = reader.read()?;
        let to = match reader.bytes()? {
            [] => None,
            bytes => Some(Address::new(bytes.try_into().map_err(|_| TransactionError::Rlp)?)),
        };
        let value = reader.read()?;
        let data = reader.bytes()?.to_vec();
        reader.access_list()?;
        let signature_length = reader.0.len();
        let y_parity: bool = reader.read()?;
        let (r, s) = (reader.scalar()?, reader.scalar()?);
        if !reader.0.is_empty() {
            return Err(TransactionError::Rlp);
        }
        // The signature covers the list without its last three fields, under a head of its own.
        let unsigned = fields.split_at(fields.len().saturating_sub(signature_length)).0;
        let mut head = Vec::with_capacity(8);
        Header { list: true, payload_length: unsigned.len() }.encode(&mut head);
        let prehash = Keccak256::new().chain_update([2]).chain_update(head).chain_update(unsigned).finalize();
        Ok(Self {
            hash: Hash::new(Keccak256::digest(raw).into()),
            chain_id,
            nonce,
            sender: recover(prehash.into(), r, s, y_parity)?,
            to,
            value,
            data,
        })
    }
}

/// Recovers the sender ([SEC 1](https://www.secg.org/sec1-v2.pdf), section 4.1.6): `Q = r⁻¹(sR − zG)`.
///
/// The library's own recovery also verifies the signature with the key that it found. That holds by construction and
/// doubles the cost, which is most of the cost of verifying a credential.
fn recover(prehash: [u8; 32], r: [u8; 32], s: [u8; 32], y_parity: bool) -> Result<Address, TransactionError> {
    let signature = Signature::from_scalars(r, s).map_err(|_| TransactionError::Signature)?;
    if bool::from(signature.s().is_high()) {
        return Err(TransactionError::Signature);
    }
    let (r_scalar, s_scalar) = signature.split_scalars();
    let z = <Scalar as Reduce<FieldBytes>>::reduce(&prehash.into());
    let point = AffinePoint::decompress(&r.into(), Choice::from(u8::from(y_parity)));
    let point = Option::<AffinePoint>::from(point).ok_or(TransactionError::Recovery)?;
    // All of it is public: nothing needs constant time.
    let r_inverse = Option::<Scalar>::from(r_scalar.invert_vartime()).ok_or(TransactionError::Recovery)?;
    let key = ProjectivePoint::mul_by_generator_and_mul_add_vartime(
        &-(r_inverse * z),
        &(r_inverse * *s_scalar),
        &ProjectivePoint::from(point),
    );
    let key = key.to_affine().to_sec1_point(false);
    // The point at infinity has no coordinates and is not a key.
    let (Some(x), Some(y)) = (key.x(), key.y()) else { return Err(TransactionError::Recovery) };
    Ok(Address::from_public_key(&(*x).into(), &(*y).into()))
}

/// A reader of the remaining fields.
struct RlpReader<'a>(&'a [u8]);

impl<'a> RlpReader<'a> {
    fn read<T: Decodable>(&mut self) -> Result<T, TransactionError> {
        T::decode(&mut self.0).map_err(|_| TransactionError::Rlp)
    }

    fn bytes(&mut self) -> Result<&'a [u8], TransactionError> {
        Header::decode_bytes(&mut self.0, false).map_err(|_| TransactionError::Rlp)
    }

    fn list(&mut self) -> Result<Self, TransactionError> {
        Header::decode_bytes(&mut self.0, true).map(Self).map_err(|_| TransactionError::Rlp)
    }

    /// Reads a number of up to 32 bytes without leading zeros.
    fn scalar(&mut self) -> Result<[u8; 32], TransactionError> {
        let bytes = self.bytes()?;
        if bytes.first() == Some(&0) {
            return Err(TransactionError::Rlp);
        }
        let padding = 32_usize.checked_sub(bytes.len()).ok_or(TransactionError::Rlp)?;
        let mut scalar = [0; 32];
        scalar.split_at_mut(padding).1.copy_from_slice(bytes);
        Ok(scalar)
    }

    /// Checks that `[[address, [key, …]], …]` is well-formed, and ignores its content.
    fn access_list(&mut self) -> Result<(), TransactionError> {
        let mut entries = self.list()?;
        while !entries.0.is_empty() {
            let mut entry = entries.list()?;
            let address = entry.bytes()?;
            let mut keys = entry.list()?;
            while !keys.0.is_empty() {
                if keys.bytes()?.len() != 32 {
                    return Err(TransactionError::Rlp);
                }
            }
            if address.len() != 20 || !entry.0.is_empty() {
                return Err(TransactionError::Rlp);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
