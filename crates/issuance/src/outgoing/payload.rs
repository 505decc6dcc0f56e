//! The payload of an outgoing transaction: how its bytes are built, and how they are recognized on chain.

use learncoin_chain::{
    ANCHOR_GAS_LIMIT, Address, Fees, ReadTransaction, RootTransaction, Transfer, UnsignedTransaction,
};

/// The content that a transaction is sent for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Payload {
    /// A Merkle root, sent by a tenant's key to its own address.
    AnchorRoot([u8; 32]),
    /// The hash of a key statement, sent by the host's key to its own address.
    KeyStatement([u8; 32]),
    /// Ether for a tenant's key.
    TopUp {
        /// The address that receives it.
        receiver: Address,
        /// The amount, in wei.
        wei: u128,
    },
}

impl Payload {
    /// Builds the transaction that carries the payload.
    pub(crate) fn unsigned(
        &self,
        chain_id: u64,
        sender: &Address,
        nonce: u64,
        fees: Fees,
    ) -> UnsignedTransaction {
        match *self {
            Payload::AnchorRoot(root) | Payload::KeyStatement(root) => {
                RootTransaction { chain_id, nonce, root, fees, gas_limit: ANCHOR_GAS_LIMIT }.unsigned(sender)
            }
            Payload::TopUp { receiver, wei } => {
                Transfer { chain_id, nonce, to: receiver, wei, fees }.unsigned()
            }
        }
    }

    /// Checks whether a transaction of the same sender carries the payload, whatever it offers for its gas.
    pub(crate) fn is_carried_by(&self, transaction: &ReadTransaction) -> bool {
        match self {
            Payload::AnchorRoot(root) | Payload::KeyStatement(root) => {
                transaction.root.as_ref() == Some(root)
            }
            Payload::TopUp { receiver, wei } => {
                transaction.receiver.as_ref() == Some(receiver) && transaction.wei == *wei
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use learncoin_chain::ChainKey;

    use super::*;

    const FEES: Fees = Fees { max_fee_per_gas: 3, max_priority_fee_per_gas: 2 };

    fn payloads() -> [Payload; 3] {
        let receiver = Address::repeat_byte(7);
        [Payload::AnchorRoot([1; 32]), Payload::KeyStatement([2; 32]), Payload::TopUp { receiver, wei: 5 }]
    }

    #[test]
    fn a_payload_is_recognized_in_the_bytes_that_carry_it_and_in_no_others() {
        let key = ChainKey::from_secret_bytes([3; 32]).unwrap();
        for sent in payloads() {
            let signed = sent.unsigned(1, &key.address(), 4, FEES).sign(&key).unwrap();
            let read = ReadTransaction::read(&signed.raw).unwrap();
            assert_eq!((read.sender, read.nonce, read.fees), (key.address(), 4, FEES));
            for payload in payloads() {
                assert_eq!(payload.is_carried_by(&read), payload == sent, "{payload:?} in {sent:?}");
            }
        }
    }

    #[test]
    fn another_amount_is_another_top_up() {
        let key = ChainKey::from_secret_bytes([3; 32]).unwrap();
        let receiver = Address::repeat_byte(7);
        let signed =
            Payload::TopUp { receiver, wei: 6 }.unsigned(1, &key.address(), 4, FEES).sign(&key).unwrap();
        let read = ReadTransaction::read(&signed.raw).unwrap();
        assert!(!Payload::TopUp { receiver, wei: 5 }.is_carried_by(&read));
    }
}
