//! The anchoring transaction: type 2, to the sender itself, no value, and the Merkle root as its whole calldata.
//! It is signed offline, so that it can be stored before it is sent and sent again unchanged.

use alloy_consensus::transaction::{RlpEcdsaDecodableTx as _, SignerRecoverable};
use alloy_consensus::{SignableTransaction, TxEip1559};
use alloy_eips::eip2930::AccessList;
use alloy_primitives::{Address, Signature, TxKind, U256};

use crate::{Fees, signer::ChainKey, signer::KeyError};

/// A gas limit that is enough for any root: 32 bytes without a zero use 22,280.
pub const ANCHOR_GAS_LIMIT: u64 = 30_000;

/// The first byte of a transaction of type 2 (EIP-2718).
const TYPE_EIP1559: u8 = 2;

/// The variable parts of an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RootTransaction {
    /// The chain it is valid on, and on no other (EIP-155).
    pub chain_id: u64,
    /// The number of transactions that the sender has sent before.
    pub nonce: u64,
    /// The Merkle root, which becomes the calldata.
    pub root: [u8; 32],
    /// The offer for its gas.
    pub fees: Fees,
    /// The most gas it may use; [`ANCHOR_GAS_LIMIT`] is enough.
    pub gas_limit: u64,
}

/// A transaction that a node accepts as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedTransaction {
    /// The bytes to send (EIP-2718: the type, then RLP).
    pub raw: Vec<u8>,
    /// Keccak-256 of `raw`; known before anything is sent.
    pub hash: [u8; 32],
}

impl RootTransaction {
    /// Returns the unsigned transaction of the `sender`, which is the receiver too.
    pub fn unsigned(&self, sender: &Address) -> UnsignedTransaction {
        UnsignedTransaction(TxEip1559 {
            chain_id: self.chain_id,
            nonce: self.nonce,
            gas_limit: self.gas_limit,
            max_fee_per_gas: self.fees.max_fee_per_gas,
            max_priority_fee_per_gas: self.fees.max_priority_fee_per_gas,
            to: TxKind::Call(*sender),
            value: U256::ZERO,
            access_list: AccessList::default(),
            input: self.root.into(),
        })
    }

    /// Signs with the key whose address is sender and receiver. The same input results in the same bytes.
    ///
    /// # Errors
    /// [`KeyError::CannotSign`], which does not happen with a valid key.
    pub fn sign(&self, key: &ChainKey) -> Result<SignedTransaction, KeyError> {
        self.unsigned(&key.address()).sign(key)
    }
}

/// A transfer of ether to another address, without calldata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// The chain it is valid on, and on no other (EIP-155).
    pub chain_id: u64,
    /// The number of transactions that the sender has sent before.
    pub nonce: u64,
    /// The receiver.
    pub to: Address,
    /// The amount, in wei.
    pub wei: u128,
    /// The offer for its gas.
    pub fees: Fees,
}

impl Transfer {
    /// Returns the unsigned transaction. Its gas limit is an anchor's, so that the cap on the cost is the same.
    pub fn unsigned(&self) -> UnsignedTransaction {
        UnsignedTransaction(TxEip1559 {
            chain_id: self.chain_id,
            nonce: self.nonce,
            gas_limit: ANCHOR_GAS_LIMIT,
            max_fee_per_gas: self.fees.max_fee_per_gas,
            max_priority_fee_per_gas: self.fees.max_priority_fee_per_gas,
            to: TxKind::Call(self.to),
            value: U256::from(self.wei),
            access_list: AccessList::default(),
            input: Default::default(),
        })
    }
}

/// A transaction that lacks only its signature, so that a key in another place can sign it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsignedTransaction(TxEip1559);

impl UnsignedTransaction {
    /// Returns the digest that is signed: the Keccak-256 of the type and the fields (EIP-1559).
    pub fn digest(&self) -> [u8; 32] {
        self.0.signature_hash().0
    }

    /// Signs with a key in memory.
    ///
    /// # Errors
    /// [`KeyError::CannotSign`], which does not happen with a valid key.
    pub fn sign(self, key: &ChainKey) -> Result<SignedTransaction, KeyError> {
        let signature = key.sign_digest(&self.digest())?;
        Ok(self.with_signature(signature))
    }

    /// Completes it with a signature over [`UnsignedTransaction::digest`].
    pub fn with_signature(self, signature: Signature) -> SignedTransaction {
        let signed = self.0.into_signed(signature);
        let mut raw = Vec::new();
        signed.eip2718_encode(&mut raw);
        SignedTransaction { raw, hash: signed.hash().0 }
    }
}

/// The contents of a signed transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadTransaction {
    /// The sender, recovered from the signature.
    pub sender: Address,
    /// The chain it is valid on.
    pub chain_id: u64,
    /// The number of transactions that the sender has sent before.
    pub nonce: u64,
    /// The offer for its gas.
    pub fees: Fees,
    /// The 32 bytes of its calldata, if it is an anchor.
    pub root: Option<[u8; 32]>,
    /// The ether that it moves, in wei; `u128::MAX` means that or more.
    pub wei: u128,
    /// The receiver, if it is a transfer to another address without calldata.
    pub receiver: Option<Address>,
}

impl ReadTransaction {
    /// Parses the bytes of a signed transaction of type 2. Returns `None` if they are none, or the signature is invalid.
    pub fn read(raw: &[u8]) -> Option<ReadTransaction> {
        let (kind, mut rest) = raw.split_first()?;
        if *kind != TYPE_EIP1559 {
            return None;
        }
        let signed = TxEip1559::rlp_decode_signed(&mut rest).ok().filter(|_| rest.is_empty())?;
        let sender = SignerRecoverable::recover_signer(&signed).ok()?;
        let transaction = signed.tx();
        let is_to_itself = transaction.to == TxKind::Call(sender);
        Some(ReadTransaction {
            sender,
            chain_id: transaction.chain_id,
            nonce: transaction.nonce,
            fees: Fees {
                max_fee_per_gas: transaction.max_fee_per_gas,
                max_priority_fee_per_gas: transaction.max_priority_fee_per_gas,
            },
            root: transaction.input.as_ref().try_into().ok().filter(|_| is_to_itself),
            wei: transaction.value.saturating_to(),
            receiver: transaction.to.to().copied().filter(|_| !is_to_itself && transaction.input.is_empty()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::{parse_address, parse_data, parse_hash};
    use serde_json::Value;

    #[test]
    fn every_shared_vector_is_reproduced_byte_for_byte() {
        let vectors: Vec<Value> =
            serde_json::from_str(include_str!("../tests/data/anchor-transactions.json")).unwrap();
        assert_eq!(vectors.len(), 6);
        for vector in &vectors {
            let text = |name: &str| vector[name].as_str().unwrap();
            let number = |name: &str| text(name).parse::<u64>().unwrap();
            let key = ChainKey::from_secret_bytes(parse_hash(text("secret_key")).unwrap()).unwrap();
            assert_eq!(Some(key.address()), parse_address(text("from")), "{}", text("name"));
            let signed = RootTransaction {
                chain_id: number("chain_id"),
                nonce: number("nonce"),
                root: parse_hash(text("root")).unwrap(),
                fees: Fees {
                    max_fee_per_gas: number("max_fee_per_gas").into(),
                    max_priority_fee_per_gas: number("max_priority_fee_per_gas").into(),
                },
                gas_limit: number("gas_limit"),
            }
            .sign(&key)
            .unwrap();
            assert_eq!(Some(&signed.raw), parse_data(text("raw")).as_ref(), "{}", text("name"));
            assert_eq!(Some(signed.hash), parse_hash(text("hash")), "{}", text("name"));
            let read = ReadTransaction::read(&signed.raw).unwrap();
            assert_eq!((read.sender, read.nonce), (key.address(), number("nonce")), "{}", text("name"));
            assert_eq!((read.chain_id, read.root), (number("chain_id"), parse_hash(text("root"))));
            assert_eq!((read.wei, read.receiver), (0, None));
            assert_eq!(read.fees.max_fee_per_gas, u128::from(number("max_fee_per_gas")));
            let longer = [signed.raw.as_slice(), &[0]].concat();
            assert_eq!(ReadTransaction::read(&longer), None, "nothing may follow");
        }
    }

    #[test]
    fn a_transfer_is_read_with_its_receiver_and_amount() {
        let key = ChainKey::from_secret_bytes([7; 32]).unwrap();
        let to: Address = "0xb695B01217E9b9E55CF1E23814ac091352df7D12".parse().unwrap();
        let fees = Fees { max_fee_per_gas: 2_000, max_priority_fee_per_gas: 1_000 };
        let transfer = Transfer { chain_id: 84532, nonce: 3, to, wei: 5_000_000_000, fees };
        let read = ReadTransaction::read(&transfer.unsigned().sign(&key).unwrap().raw).unwrap();
        assert_eq!((read.sender, read.chain_id, read.nonce, read.fees), (key.address(), 84532, 3, fees));
        assert_eq!((read.wei, read.receiver, read.root), (5_000_000_000, Some(to), None));
        // One to the sender itself is not a transfer.
        let to_itself = Transfer { to: key.address(), ..transfer };
        let read = ReadTransaction::read(&to_itself.unsigned().sign(&key).unwrap().raw).unwrap();
        assert_eq!((read.receiver, read.root), (None, None));
    }
}
