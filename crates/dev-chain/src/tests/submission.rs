//! The checks of submitted transactions.

use alloy_consensus::Signed;
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{Signature, keccak256};

use super::*;

/// Submits an anchor after `spoil` has changed it, and returns the result.
fn spoiled(spoil: impl FnOnce(&mut TxEip1559)) -> Result<[u8; 32], SubmitError> {
    let test = TestChain::new();
    let mut transaction = anchor(&key(1), 0);
    spoil(&mut transaction);
    test.submit(&sign(&key(1), transaction))
}

#[test]
fn a_good_transaction_is_taken_under_its_hash() {
    let test = TestChain::new();
    let raw = signed_anchor(1, 0);
    assert_eq!(test.submit(&raw), Ok(keccak256(&raw).0));
    assert_eq!(test.pending_count(), 1);
}

#[test]
fn bytes_that_are_no_transaction_are_refused() {
    let test = TestChain::new();
    let raw = signed_anchor(1, 0);
    assert_eq!(test.submit(&[]), Err(SubmitError::Undecodable));
    assert_eq!(test.submit(&[2]), Err(SubmitError::Undecodable));
    assert_eq!(test.submit(&[raw.clone(), vec![0]].concat()), Err(SubmitError::Undecodable));
    for length in 1..raw.len() {
        assert_eq!(test.submit(&raw[..length]), Err(SubmitError::Undecodable), "{length}");
    }
    assert_eq!(test.submit(&[2; 128 * 1024 + 1]), Err(SubmitError::TooLarge));
    assert_eq!(test.pending_count(), 0);
}

#[test]
fn other_types_are_refused() {
    let test = TestChain::new();
    for first in [0_u8, 1, 3, 4, 0x7e, 0xc0, 0xf8] {
        let mut raw = signed_anchor(1, 0);
        raw[0] = first;
        assert_eq!(test.submit(&raw), Err(SubmitError::UnsupportedType), "{first}");
    }
}

#[test]
fn a_changed_byte_never_leaves_the_sender_the_same() {
    let test = TestChain::new();
    let raw = signed_anchor(1, 0);
    for position in 1..raw.len() {
        let mut changed = raw.clone();
        changed[position] ^= 1;
        if let Ok(hash) = test.submit(&changed) {
            assert_ne!(test.transaction(&hash).unwrap().from, key(1).address(), "{position}");
        }
    }
}

#[test]
fn another_chains_transaction_is_refused() {
    assert_eq!(spoiled(|tx| tx.chain_id = 8453), Err(SubmitError::WrongChain { have: 8453 }));
}

#[test]
fn the_twin_signature_with_high_s_is_refused() {
    let test = TestChain::new();
    let transaction = anchor(&key(1), 0);
    let signature = key(1).sign_digest(&transaction.signature_hash().0).unwrap();
    let order = U256::from_str_radix("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
    let twin = Signature::new(signature.r(), order.unwrap() - signature.s(), !signature.v());
    let mut raw = Vec::new();
    Signed::new_unhashed(transaction, twin).eip2718_encode(&mut raw);
    assert_eq!(test.submit(&raw), Err(SubmitError::BadSignature));
}

#[test]
fn a_signature_of_zeros_is_refused() {
    let test = TestChain::new();
    let mut raw = Vec::new();
    let zeros = Signature::new(U256::ZERO, U256::ZERO, false);
    Signed::new_unhashed(anchor(&key(1), 0), zeros).eip2718_encode(&mut raw);
    assert_eq!(test.submit(&raw), Err(SubmitError::BadSignature));
}

#[test]
fn a_contract_is_not_created() {
    assert_eq!(spoiled(|tx| tx.to = TxKind::Create), Err(SubmitError::ContractCreation));
}

#[test]
fn the_gas_limit_must_cover_the_calldata_and_fit_a_block() {
    // 32 bytes that are not zero: 21,000 + 10 * 4 * 32, the floor of EIP-7623.
    assert_eq!(
        spoiled(|tx| tx.gas_limit = 22_279),
        Err(SubmitError::GasTooLow { have: 22_279, want: 22_280 })
    );
    assert!(spoiled(|tx| tx.gas_limit = 22_280).is_ok());
    assert!(spoiled(|tx| (tx.gas_limit, tx.input) = (21_320, [0; 32].into())).is_ok());
    assert_eq!(spoiled(|tx| tx.gas_limit = 30_000_001), Err(SubmitError::GasLimitTooHigh));
}

#[test]
fn an_access_list_costs_gas() {
    let item = AccessListItem { address: Address::ZERO, storage_keys: vec![Default::default(); 2] };
    let list = |limit| {
        spoiled(|tx| {
            (tx.access_list, tx.input, tx.gas_limit) = (AccessList(vec![item.clone()]), [].into(), limit)
        })
    };
    assert_eq!(list(27_199), Err(SubmitError::GasTooLow { have: 27_199, want: 21_000 + 2_400 + 2 * 1_900 }));
    assert!(list(27_200).is_ok());
}

#[test]
fn the_offer_must_make_sense_and_reach_the_base_fee() {
    assert_eq!(spoiled(|tx| tx.max_priority_fee_per_gas = 2 * GWEI + 1), Err(SubmitError::TipAboveMaxFee));
    let too_low = SubmitError::MaxFeeBelowBaseFee { max_fee: GWEI - 1, base_fee: BASE_FEE_FLOOR };
    assert_eq!(spoiled(|tx| tx.max_fee_per_gas = GWEI - 1), Err(too_low));
    assert!(spoiled(|tx| tx.max_fee_per_gas = GWEI).is_ok());
}

#[test]
fn the_sender_must_be_able_to_pay_for_everything_that_waits() {
    assert_eq!(spoiled(|tx| tx.value = FAUCET_WEI), Err(SubmitError::InsufficientFunds));
    assert_eq!(spoiled(|tx| tx.value = U256::MAX), Err(SubmitError::InsufficientFunds));
    assert_eq!(spoiled(|tx| tx.max_fee_per_gas = u128::MAX), Err(SubmitError::InsufficientFunds));
    let all_but_gas = FAUCET_WEI - U256::from(2 * GWEI * 30_000);
    assert!(spoiled(|tx| tx.value = all_but_gas).is_ok());

    let test = TestChain::new();
    let half = TxEip1559 { value: FAUCET_WEI / U256::from(2), ..anchor(&key(1), 0) };
    test.submit(&sign(&key(1), half.clone())).unwrap();
    let other_half = sign(&key(1), TxEip1559 { nonce: 1, ..half });
    assert_eq!(test.submit(&other_half), Err(SubmitError::InsufficientFunds));
}

#[test]
fn a_used_nonce_and_the_last_one_are_refused() {
    let test = TestChain::new();
    test.submit(&signed_anchor(1, 0)).unwrap();
    test.mine(START).unwrap();
    assert_eq!(test.submit(&signed_anchor(1, 0)), Err(SubmitError::NonceTooLow { next: 1, nonce: 0 }));
    assert_eq!(test.submit(&signed_anchor(1, u64::MAX)), Err(SubmitError::NonceAtMaximum));
}

#[test]
fn the_same_bytes_are_known() {
    let test = TestChain::new();
    test.submit(&signed_anchor(1, 0)).unwrap();
    assert_eq!(test.submit(&signed_anchor(1, 0)), Err(SubmitError::AlreadyKnown));
    assert_eq!(test.pending_count(), 1);
}

#[test]
fn a_replacement_must_offer_a_tenth_more_in_both_parts() {
    let offer = |max_fee_per_gas, max_priority_fee_per_gas| {
        let transaction = TxEip1559 { max_fee_per_gas, max_priority_fee_per_gas, ..anchor(&key(1), 0) };
        sign(&key(1), transaction)
    };
    let test = TestChain::new();
    let old = test.submit(&offer(2 * GWEI, 1_000_000)).unwrap();
    for (max_fee, tip) in [(2_199_999_999, 1_100_000), (2_200_000_000, 1_099_999), (2_200_000_000, 1_000_000)]
    {
        assert_eq!(test.submit(&offer(max_fee, tip)), Err(SubmitError::Underpriced), "{max_fee} {tip}");
    }
    let new = test.submit(&offer(2_200_000_000, 1_100_000)).unwrap();
    assert_eq!(test.pending_count(), 1);
    assert_eq!(test.transaction(&old), None);
    assert_eq!(test.transaction(&new).unwrap().nonce, 0);
}

#[test]
fn a_free_tip_is_replaced_only_by_one_that_is_paid() {
    let offer = |max_fee_per_gas, max_priority_fee_per_gas| {
        let transaction = TxEip1559 { max_fee_per_gas, max_priority_fee_per_gas, ..anchor(&key(1), 0) };
        sign(&key(1), transaction)
    };
    let test = TestChain::new();
    test.submit(&offer(2 * GWEI, 0)).unwrap();
    assert_eq!(test.submit(&offer(3 * GWEI, 0)), Err(SubmitError::Underpriced));
    assert!(test.submit(&offer(3 * GWEI, 1)).is_ok());
}
