//! The limits of requests and answers.

use super::*;
use crate::budget::MAX_ANSWER_BYTES;
use alloy_eips::eip2930::{AccessList, AccessListItem};
use alloy_primitives::{B256, Signature};
use learncoin_chain::hex::data;

/// Appends a block of transactions with invented signatures, which take no time.
fn append(test: &TestChain, first_nonce: u64, count: u64, input: usize) {
    let from = key(1);
    let transactions = (first_nonce..first_nonce + count).map(|nonce| {
        let transaction =
            TxEip1559 { gas_limit: 70_000, input: vec![0xff; input].into(), ..anchor(&from, nonce) };
        let mut raw = Vec::new();
        transaction.into_signed(Signature::test_signature()).eip2718_encode(&mut raw);
        Accepted::recorded(&raw, from.address()).unwrap()
    });
    let mut state = test.state();
    let time = state.head().header.timestamp + 1;
    let next = state.recorded_block(time, transactions.collect()).unwrap();
    state.append(next);
}

fn call(id: usize, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// Sends a batch of 100 equal calls. Returns the number that had a result; the others were refused because of the size.
fn amplified(test: &TestChain, method: &str, params: &Value) -> usize {
    let batch: Vec<Value> = (0..100).map(|id| call(id, method, params)).collect();
    let text = json_rpc(test, OPEN, Value::from(batch).to_string().as_bytes()).unwrap();
    assert!(text.len() <= MAX_ANSWER_BYTES, "{method}: {}", text.len());
    let answers: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(answers.len(), 100);
    let refused = answers.iter().filter(|answer| answer.get("result").is_none());
    refused.clone().for_each(|answer| assert_eq!(answer["error"]["code"], -32005, "{answer}"));
    100 - refused.count()
}

#[test]
fn no_batch_is_answered_with_more_than_a_mebibyte() {
    let test = TestChain::new();
    append(&test, 0, 400, 1_024);
    let hash = data(test.head().hash);
    for (method, params) in [
        ("eth_getBlockByNumber", json!(["latest", true])),
        ("eth_getBlockByNumber", json!(["latest", false])),
        ("eth_getBlockByHash", json!([hash, true])),
        ("eth_getBlockByHash", json!([hash, false])),
    ] {
        assert!(amplified(&test, method, &params) < 100, "{method}");
    }
    let block = ask(&test, "eth_getBlockByNumber", json!(["latest", false]));
    assert_eq!(block["transactions"].as_array().unwrap().len(), 400, "one alone is answered");
    assert_eq!(fail(&test, "eth_getBlockByNumber", json!(["latest", true])).0, -32005);
    let hash = block["transactions"][0].clone();
    assert_eq!(amplified(&test, "eth_getTransactionReceipt", &json!([hash])), 100);
    assert_eq!(amplified(&test, "eth_getTransactionByHash", &json!([hash])), 100);
}

#[test]
fn what_waits_is_no_lever_either() {
    let test = TestChain::new();
    let from = key(2);
    for nonce in 0..300 {
        let transaction =
            TxEip1559 { gas_limit: 70_000, input: vec![0xff; 1_024].into(), ..anchor(&from, nonce) };
        test.submit(&sign(&from, transaction)).unwrap();
    }
    assert!(amplified(&test, "eth_getBlockByNumber", &json!(["pending", true])) < 10);
    assert!(amplified(&test, "eth_getBlockByNumber", &json!(["pending", false])) < 100);
}

#[test]
fn a_history_of_fees_is_limited_in_size_and_in_work() {
    let test = TestChain::new();
    for number in 0..1_100 {
        append(&test, number * 10, 10, 32);
    }
    let percentiles: Vec<u64> = (1..=100).collect();
    assert_eq!(fail(&test, "eth_feeHistory", json!([1_024, "latest", percentiles])).0, -32005);
    assert!(amplified(&test, "eth_feeHistory", &json!([100, "latest", percentiles])) < 10);
    // 10,240 transactions are looked at for a few bytes.
    let answered = amplified(&test, "eth_feeHistory", &json!([1_024, "latest", [50]]));
    assert!((1..=6).contains(&answered), "{answered}");
    let whole = ask(&test, "eth_feeHistory", json!([1_024, "latest", [50]]));
    assert_eq!(whole["reward"].as_array().unwrap().len(), 1_024);
}

#[test]
fn a_large_transaction_of_an_earlier_release_is_read_and_answered() {
    let test = TestChain::new();
    let from = key(1);
    let transaction = TxEip1559 { gas_limit: 6_000_000, input: vec![1; 130_000].into(), ..anchor(&from, 0) };
    let raw = sign(&from, transaction);
    assert_eq!(test.submit(&raw), Err(SubmitError::TooLarge));
    {
        let mut state = test.state();
        let recorded = Accepted::recorded(&raw, from.address()).unwrap();
        let next = state.recorded_block(START + 1, vec![recorded]).unwrap();
        state.append(next);
    }
    let hash = ask(&test, "eth_getBlockByNumber", json!(["latest", false]))["transactions"][0].clone();
    assert_eq!(ask(&test, "eth_getTransactionByHash", json!([hash]))["input"], data([1; 130_000]));
    assert!(amplified(&test, "eth_getTransactionByHash", &json!([hash])) < 4);
    assert!(amplified(&test, "eth_getRawTransactionByHash", &json!([hash])) < 4);
}

#[test]
fn calldata_has_at_most_a_kibibyte_and_a_transaction_two() {
    let submitted = |transaction: TxEip1559| TestChain::new().submit(&sign(&key(1), transaction));
    let with_input = |bytes: usize| {
        submitted(TxEip1559 { gas_limit: 200_000, input: vec![1; bytes].into(), ..anchor(&key(1), 0) })
    };
    assert!(with_input(1_024).is_ok());
    assert_eq!(with_input(1_025), Err(SubmitError::TooLarge));
    let with_keys = |count: usize| {
        let item = AccessListItem { address: Address::ZERO, storage_keys: vec![B256::repeat_byte(1); count] };
        let access_list = AccessList(vec![item]);
        submitted(TxEip1559 { gas_limit: 500_000, access_list, ..anchor(&key(1), 0) })
    };
    assert!(with_keys(50).is_ok());
    assert_eq!(with_keys(60), Err(SubmitError::TooLarge));
}

#[test]
fn no_rendering_is_larger_than_was_estimated() {
    let test = TestChain::new();
    let from = key(1);
    let item =
        |keys| AccessListItem { address: from.address(), storage_keys: vec![B256::repeat_byte(0xff); keys] };
    let largest = TxEip1559 {
        nonce: 0,
        gas_limit: 1_000_000,
        max_fee_per_gas: 100 * GWEI,
        max_priority_fee_per_gas: 99 * GWEI,
        value: FAUCET_WEI / U256::from(2),
        access_list: AccessList((0..36).map(|index| item(usize::from(index == 0))).collect()),
        input: vec![0xff; 1_000].into(),
        ..anchor(&from, 0)
    };
    let raw = sign(&from, largest);
    let waiting = Accepted::check(&raw).unwrap();
    test.submit(&raw).unwrap();
    test.mine(START).unwrap();
    append(&test, 1, 20, 0);
    let block = test.block(1).unwrap();
    let empty = test.block(0).unwrap();
    let many = test.head();
    for (full, block) in [&block, &empty, &many].into_iter().flat_map(|block| [(true, block), (false, block)])
    {
        let text = render::block(block, full, false).to_string();
        assert!(text.len() <= render::most_bytes_of_block(block, full), "{full}: {text}");
    }
    let text = render::transaction(&waiting, None).to_string();
    assert!(text.len() <= render::most_bytes_of_transaction(&waiting), "{text}");
}

#[test]
fn an_answer_repeats_no_long_id() {
    let test = TestChain::new();
    let answer = |id: &str| {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"eth_chainId"}}"#);
        serde_json::from_str::<Value>(&json_rpc(&test, OPEN, body.as_bytes()).unwrap()).unwrap()
    };
    let id = "i".repeat(126);
    assert_eq!(answer(&format!("\"{id}\""))["id"], id);
    for long in [
        format!("\"{}\"", "i".repeat(127)),
        format!("\"{}\"", "\\u0001".repeat(60)),
        format!("\"{}\"", "i".repeat(60_000)),
        "true".to_owned(),
        "[1]".to_owned(),
        "{\"a\":1}".to_owned(),
    ] {
        let refused = answer(&long);
        assert_eq!((&refused["error"]["code"], &refused["id"]), (&json!(-32600), &Value::Null), "{long}");
    }
    for number in ["1.5", "-7", "18446744073709551616", "1e300"] {
        assert_eq!(answer(number)["result"], "0x7a69", "{number}");
    }
    assert_eq!(answer(&format!("1{}", "0".repeat(10_000)))["error"]["code"], -32700, "no number of ours");
}

#[test]
fn bodies_that_are_no_requests_are_errors() {
    let test = TestChain::new();
    let code = |body: &str| {
        let text = json_rpc(&test, OPEN, body.as_bytes()).unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        match answer {
            Value::Array(answers) => answers[0]["error"]["code"].clone(),
            answer => answer["error"]["code"].clone(),
        }
    };
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    for (body, expected) in [
        (String::new(), -32700),
        ("\u{feff}{}".to_owned(), -32700),
        ("null".to_owned(), -32600),
        ("\"eth_chainId\"".to_owned(), -32600),
        ("{}".to_owned(), -32600),
        (deep(30_000), -32700),
        (deep(100), -32600),
        ("[[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"}]]".to_owned(), -32600),
        ("[null]".to_owned(), -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}"#.to_owned(), -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":""}"#.to_owned(), -32601),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ETH_CHAINID"}"#.to_owned(), -32601),
        (r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":"latest"}"#.to_owned(), -32602),
    ] {
        assert_eq!(code(&body), expected, "{body:.60}");
    }
    let get_block = |params: Value| fail(&test, "eth_getBlockByNumber", params).0;
    for number in [json!("0x10000000000000000"), json!("-0x1"), json!(1), json!(["latest"]), json!("0x")] {
        assert_eq!(get_block(json!([number])), -32602, "{number}");
    }
    assert_eq!(ask(&test, "eth_getBlockByNumber", json!(["0xffffffffffffffff"])), Value::Null);
    assert_eq!(fail(&test, "eth_feeHistory", json!([u64::MAX, "0xffffffffffffffff"])).0, -32000);
    assert_eq!(fail(&test, "eth_getLogs", json!([{ "fromBlock": "0x0", "toBlock": "latest" }])).0, -32601);
}
