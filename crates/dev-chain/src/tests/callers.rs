//! The limits of what callers of the JSON-RPC submit, and what they leave to the deployment's own transactions.

use alloy_primitives::B256;

use super::*;
use crate::pool::{MAX_CALLERS_TRANSACTIONS, MAX_OF_A_CALLER};
use crate::rules::CALLERS_BLOCK_GAS;
use learncoin_chain::hex::data;

/// Returns a key that is one of many.
fn numbered_key(number: u64) -> ChainKey {
    let mut secret = [9; 32];
    secret[24..].copy_from_slice(&(number + 1).to_be_bytes());
    ChainKey::from_secret_bytes(secret).unwrap()
}

fn send_within(chain: &DevChain, transactions: u64, raw: &[u8]) -> Result<Value, (i64, String)> {
    let call =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": [data(raw)] });
    let answer = request(chain, CallerOptions { transactions }, &call);
    match answer.get("error") {
        None => Ok(answer["result"].clone()),
        Some(error) => Err((error["code"].as_i64().unwrap(), error["message"].as_str().unwrap().to_owned())),
    }
}

/// Sends a transaction as a caller. Returns the text of the refusal.
fn send(chain: &DevChain, raw: &[u8]) -> Result<Value, String> {
    send_within(chain, OPEN.transactions, raw).map_err(|(_, message)| message)
}

fn from_numbered(number: u64, nonce: u64) -> Vec<u8> {
    let key = numbered_key(number);
    sign(&key, anchor(&key, nonce))
}

/// Transactions with the most calldata.
fn heavy(secret: u8, nonce: u64) -> Vec<u8> {
    let from = key(secret);
    let transaction = TxEip1559 {
        gas_limit: 70_000,
        max_fee_per_gas: 100 * GWEI,
        max_priority_fee_per_gas: 50 * GWEI,
        input: vec![1; 1_024].into(),
        ..anchor(&from, nonce)
    };
    sign(&from, transaction)
}

#[test]
fn unless_a_setting_says_otherwise_callers_only_read() {
    let test = TestChain::new();
    let (code, message) = send_within(&test, 0, &signed_anchor(1, 0)).unwrap_err();
    assert_eq!(code, -32004);
    assert!(
        message.contains("read-only") && message.contains("chain.development_chain_transactions"),
        "{message}"
    );
    let batch = json!([
        { "jsonrpc": "2.0", "method": "eth_sendRawTransaction", "params": [data(signed_anchor(1, 0))] },
        { "jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": [data(signed_anchor(1, 0))] },
    ]);
    assert_eq!(request(&test, CallerOptions::default(), &batch)[0]["error"]["code"], -32004);
    assert_eq!(test.pending_count(), 0);
    let head = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber" });
    assert_eq!(request(&test, CallerOptions::default(), &head)["result"], "0x0");
    assert!(test.submit(&signed_anchor(1, 0)).is_ok(), "the deployment itself is not refused");
}

#[test]
fn gapped_transactions_of_one_sender_take_its_places_only() {
    let test = TestChain::new();
    let taken = (1..200).filter(|nonce| send(&test, &from_numbered(0, *nonce)).is_ok()).count();
    assert_eq!(taken, MAX_OF_A_CALLER);
    assert!(send(&test, &from_numbered(0, 5_000)).unwrap_err().contains("account limit exceeded"));
    assert!(send(&test, &from_numbered(1, 0)).is_ok(), "another caller has places");
    assert!(test.submit(&signed_anchor(1, 0)).is_ok());
}

#[test]
fn gapped_transactions_of_many_senders_leave_every_place_to_the_deployment() {
    let test = TestChain::new();
    let count = u64::try_from(MAX_CALLERS_TRANSACTIONS).unwrap() + 200;
    let taken = (0..count).filter(|number| send(&test, &from_numbered(*number, 1)).is_ok()).count();
    assert_eq!(taken, MAX_CALLERS_TRANSACTIONS);
    assert_eq!(send(&test, &from_numbered(count, 1)), Err("txpool is full".to_owned()));

    let own = test.submit(&signed_anchor(1, 0)).unwrap();
    assert_eq!(test.mine(START).unwrap().unwrap().transactions, [own]);
    assert_eq!(test.pending_count(), MAX_CALLERS_TRANSACTIONS);
    assert_eq!(test.mine(START).unwrap(), None, "what a gap holds back makes no block");
}

#[test]
fn what_a_gap_has_held_back_longest_gives_way_to_what_can_be_mined() {
    let test = TestChain::new();
    let oldest = send(&test, &from_numbered(0, 7)).unwrap();
    for number in 1..u64::try_from(MAX_CALLERS_TRANSACTIONS).unwrap() {
        send(&test, &from_numbered(number, 1)).unwrap();
    }
    let next = send(&test, &from_numbered(5_000, 0)).unwrap();
    assert_eq!(test.pending_count(), MAX_CALLERS_TRANSACTIONS);
    assert_eq!(ask(&test, "eth_getTransactionByHash", json!([oldest])), Value::Null);
    let mined = test.mine(START).unwrap().unwrap().transactions;
    assert_eq!(mined.iter().map(data).collect::<Vec<_>>(), [next]);
}

#[test]
fn transactions_that_can_be_mined_give_way_to_none() {
    let test = TestChain::new();
    for number in 0..u64::try_from(MAX_CALLERS_TRANSACTIONS).unwrap() {
        send(&test, &from_numbered(number, 0)).unwrap();
    }
    assert_eq!(send(&test, &from_numbered(5_000, 0)), Err("txpool is full".to_owned()));
    assert!(test.submit(&signed_anchor(1, 0)).is_ok());
}

#[test]
fn the_deployments_own_go_into_the_next_block_whatever_callers_offer() {
    let test = TestChain::new();
    for secret in 10..70 {
        for nonce in 0..16 {
            send(&test, &heavy(secret, nonce)).unwrap();
        }
    }
    let own = test.submit(&signed_anchor(1, 0)).unwrap();
    let mut blocks = 0;
    while test.pending_count() > 0 {
        let block = test.mine(START).unwrap().unwrap();
        let gas = test.state().head().header.gas_used;
        if blocks == 0 {
            assert_eq!(block.transactions[0], own);
        }
        assert!(gas <= CALLERS_BLOCK_GAS + 22_280, "{gas}");
        assert_eq!(test.state().head().next_base_fee(), BASE_FEE_FLOOR, "callers don't make anchors dear");
        blocks += 1;
    }
    assert_eq!(blocks, 8, "960 transactions, 121 in a block");
}

#[test]
fn a_sender_of_the_deployment_is_its_own_whoever_brings_the_bytes() {
    let test = TestChain::new();
    // After a restart a caller brings an anchor before the deployment does.
    let first = test.submit(&signed_anchor(1, 0)).unwrap();
    let test = test.reopened();
    send(&test, &signed_anchor(1, 0)).unwrap();
    for number in 0..u64::try_from(MAX_CALLERS_TRANSACTIONS).unwrap() - 1 {
        send(&test, &from_numbered(number, 0)).unwrap();
    }
    assert_eq!(test.submit(&signed_anchor(1, 0)), Err(SubmitError::AlreadyKnown));
    assert!(send(&test, &from_numbered(5_000, 0)).is_ok(), "its place among callers' is free");
    assert_eq!(test.mine(START).unwrap().unwrap().transactions[0], first);
}

#[test]
fn the_allowance_of_callers_counts_what_is_in_blocks_and_outlives_a_restart() {
    let test = TestChain::new();
    let allowed = |test: &TestChain, raw: &[u8]| send_within(test, 3, raw).map_err(|(_, message)| message);
    allowed(&test, &from_numbered(0, 0)).unwrap();
    test.submit(&signed_anchor(1, 0)).unwrap();
    test.mine(START).unwrap();
    allowed(&test, &from_numbered(0, 1)).unwrap();
    allowed(&test, &from_numbered(1, 0)).unwrap();
    assert_eq!(allowed(&test, &from_numbered(2, 0)), Err("txpool is full".to_owned()));
    test.mine(START).unwrap();

    let test = test.reopened();
    let used_up = allowed(&test, &from_numbered(2, 0)).unwrap_err();
    assert!(used_up.contains("development_chain_transactions allows 3"), "{used_up}");
    assert!(test.submit(&signed_anchor(1, 1)).is_ok(), "the deployment has no allowance");
    assert!(send(&test, &from_numbered(2, 0)).is_ok(), "a larger one allows more");
}

#[test]
fn a_callers_transaction_makes_the_file_grow_by_5_kib_at_most() {
    use alloy_eips::eip2930::{AccessList, AccessListItem};
    let test = TestChain::new();
    let from = key(1);
    let size = || std::fs::metadata(test.path()).unwrap().len();
    let before = size();
    // As large as one can be: 1 KiB of calldata, and an access list that fills the rest.
    let item = AccessListItem { address: Address::ZERO, storage_keys: vec![B256::repeat_byte(1); 24] };
    let largest = TxEip1559 {
        gas_limit: 200_000,
        input: vec![1; 1_024].into(),
        access_list: AccessList(vec![item]),
        ..anchor(&from, 0)
    };
    let raw = sign(&from, largest);
    assert!((1_900..=2_048).contains(&raw.len()), "{}", raw.len());
    send(&test, &raw).unwrap();
    test.mine(START).unwrap();
    assert!(size() - before < 5 * 1_024, "{}", size() - before);
}
