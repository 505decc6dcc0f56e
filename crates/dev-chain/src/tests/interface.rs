//! The chain's JSON-RPC.

use super::*;
use learncoin_chain::hex::data;
use learncoin_chain::rpc::{RpcError, Transport};

fn address() -> Value {
    data(key(1).address())
}

#[test]
fn it_identifies_itself() {
    let test = TestChain::new();
    assert_eq!(ask(&test, "eth_chainId", json!([])), "0x7a69");
    assert_eq!(ask(&test, "net_version", json!([])), "31337");
    assert_eq!(ask(&test, "eth_blockNumber", Value::Null), "0x0");
    assert!(ask(&test, "web3_clientVersion", json!([])).as_str().unwrap().starts_with("LearnCoin/v"));
    assert_eq!(
        ask(&test, "eth_getBlockByNumber", json!(["earliest", false]))["hash"],
        data(test.genesis_hash())
    );
}

#[test]
fn a_transaction_goes_from_waiting_to_included() {
    let test = TestChain::new();
    let raw = signed_anchor(1, 0);
    let hash = ask(&test, "eth_sendRawTransaction", json!([data(&raw)]));
    let waiting = ask(&test, "eth_getTransactionByHash", json!([hash]));
    assert_eq!(
        (&waiting["blockHash"], &waiting["blockNumber"], &waiting["nonce"]),
        (&Value::Null, &Value::Null, &json!("0x0"))
    );
    assert_eq!(ask(&test, "eth_getTransactionReceipt", json!([hash])), Value::Null);
    assert_eq!(ask(&test, "eth_getTransactionCount", json!([address(), "latest"])), "0x0");
    assert_eq!(ask(&test, "eth_getTransactionCount", json!([address(), "pending"])), "0x1");
    assert_eq!(ask(&test, "eth_getRawTransactionByHash", json!([hash])), data(&raw));

    let block = test.mine(START).unwrap().unwrap().block;
    let included = ask(&test, "eth_getTransactionByHash", json!([hash]));
    assert_eq!(included["blockHash"], data(block.hash));
    assert_eq!(included["transactionIndex"], "0x0");
    assert_eq!(included["from"], address());
    assert_eq!(included["input"], data([0xaa; 32]));
    let receipt = ask(&test, "eth_getTransactionReceipt", json!([hash]));
    assert_eq!(
        (&receipt["status"], &receipt["gasUsed"], &receipt["blockNumber"]),
        (&json!("0x1"), &json!("0x5708"), &json!("0x1"))
    );
    assert_eq!(ask(&test, "eth_getTransactionCount", json!([address()])), "0x1");
    assert_eq!(ask(&test, "eth_getRawTransactionByHash", json!([hash])), data(&raw));
}

#[test]
fn a_block_is_found_by_tag_number_and_hash() {
    let test = TestChain::new();
    let hash = test.submit(&signed_anchor(1, 0)).unwrap();
    let mined = test.mine(START).unwrap().unwrap().block;
    let block = ask(&test, "eth_getBlockByNumber", json!(["latest", false]));
    assert_eq!(block["hash"], data(mined.hash));
    assert_eq!(block["transactions"], json!([data(hash)]));
    for choice in [json!("0x1"), json!("safe"), json!("finalized"), Value::Null] {
        assert_eq!(ask(&test, "eth_getBlockByNumber", json!([choice, false])), block, "{choice}");
    }
    assert_eq!(ask(&test, "eth_getBlockByHash", json!([data(mined.hash), false])), block);
    let full = ask(&test, "eth_getBlockByHash", json!([data(mined.hash), true]));
    assert_eq!(full["transactions"][0], ask(&test, "eth_getTransactionByHash", json!([data(hash)])));
    assert_eq!(ask(&test, "eth_getBlockByNumber", json!(["0x2", false])), Value::Null);
    assert_eq!(ask(&test, "eth_getBlockByHash", json!([data([1; 32]), false])), Value::Null);
    assert_eq!(ask(&test, "eth_getTransactionByHash", json!([data([1; 32])])), Value::Null);
    assert_eq!(ask(&test, "eth_getTransactionReceipt", json!([data([1; 32])])), Value::Null);
}

#[test]
fn the_blocks_hash_follows_from_what_is_shown_of_it() {
    use alloy_consensus::Header;
    use alloy_primitives::{B64, B256, Bytes};
    let test = TestChain::new();
    test.submit(&signed_anchor(1, 0)).unwrap();
    test.mine(START).unwrap();
    for number in ["0x0", "0x1"] {
        let block = ask(&test, "eth_getBlockByNumber", json!([number, false]));
        let text = |name: &str| block[name].as_str().unwrap();
        let hash = |name: &str| text(name).parse::<B256>().unwrap();
        let small = |name: &str| u64::from_str_radix(&text(name)[2..], 16).unwrap();
        let header = Header {
            parent_hash: hash("parentHash"),
            ommers_hash: hash("sha3Uncles"),
            beneficiary: text("miner").parse().unwrap(),
            state_root: hash("stateRoot"),
            transactions_root: hash("transactionsRoot"),
            receipts_root: hash("receiptsRoot"),
            logs_bloom: text("logsBloom").parse().unwrap(),
            difficulty: U256::from(small("difficulty")),
            number: small("number"),
            gas_limit: small("gasLimit"),
            gas_used: small("gasUsed"),
            timestamp: small("timestamp"),
            extra_data: text("extraData").parse::<Bytes>().unwrap(),
            mix_hash: hash("mixHash"),
            nonce: text("nonce").parse::<B64>().unwrap(),
            base_fee_per_gas: Some(small("baseFeePerGas")),
            withdrawals_root: Some(hash("withdrawalsRoot")),
            blob_gas_used: Some(small("blobGasUsed")),
            excess_blob_gas: Some(small("excessBlobGas")),
            parent_beacon_block_root: Some(hash("parentBeaconBlockRoot")),
            requests_hash: Some(hash("requestsHash")),
            ..Header::default()
        };
        assert_eq!(header.hash_slow(), hash("hash"));
    }
}

#[test]
fn the_pending_block_holds_what_waits() {
    let test = TestChain::new();
    let hash = test.submit(&signed_anchor(1, 0)).unwrap();
    let block = ask(&test, "eth_getBlockByNumber", json!(["pending", true]));
    assert_eq!(
        (&block["number"], &block["hash"], &block["nonce"]),
        (&json!("0x1"), &Value::Null, &Value::Null)
    );
    assert_eq!(block["transactions"][0]["hash"], data(hash));
    assert_eq!(block["transactions"][0]["blockHash"], Value::Null);
    assert_eq!(test.state().head().header.number, 0);
}

#[test]
fn a_blocks_size_is_the_length_of_its_rlp() {
    use alloy_consensus::{Block as RlpBlock, BlockBody, EthereumTxEnvelope, TxEip4844};
    use alloy_rlp::Encodable;
    let test = TestChain::new();
    test.submit(&signed_anchor(1, 0)).unwrap();
    test.submit(&signed_anchor(2, 0)).unwrap();
    test.mine(START).unwrap();
    for number in [0, 1] {
        let state = test.state();
        let block = state.block(number).unwrap();
        let transactions = block.transactions.iter();
        let body = BlockBody {
            transactions: transactions
                .map(|mined| EthereumTxEnvelope::<TxEip4844>::Eip1559(mined.transaction.signed.clone()))
                .collect(),
            ommers: Vec::new(),
            withdrawals: Some(Vec::new().into()),
        };
        assert_eq!(block.size(), RlpBlock { header: block.header.clone(), body }.length());
    }
}

#[test]
fn fees_are_returned_as_wallets_ask_for_them() {
    let test = TestChain::new();
    test.mine_empty(START).unwrap();
    test.submit(&signed_anchor(1, 0)).unwrap();
    test.mine(START).unwrap();
    assert_eq!(ask(&test, "eth_maxPriorityFeePerGas", json!([])), "0xf4240");
    assert_eq!(ask(&test, "eth_gasPrice", json!([])), "0x3baa0c40");
    let history = ask(&test, "eth_feeHistory", json!(["0x2", "latest", [0, 50.0, 100]]));
    assert_eq!(history["oldestBlock"], "0x1");
    assert_eq!(history["baseFeePerGas"], json!(["0x3b9aca00", "0x3b9aca00", "0x3b9aca00"]));
    assert_eq!(history["reward"], json!([["0x0", "0x0", "0x0"], ["0xf4240", "0xf4240", "0xf4240"]]));
    assert_eq!(history["gasUsedRatio"], json!([0.0, 22_280.0 / 30_000_000.0]));
    let all = ask(&test, "eth_feeHistory", json!([1_000_000, "pending"]));
    assert_eq!((&all["oldestBlock"], all.get("reward")), (&json!("0x0"), None));
    assert_eq!(ask(&test, "eth_feeHistory", json!([0, "latest"]))["baseFeePerGas"], json!([]));
    for percentiles in
        [json!([101]), json!([-1]), json!([5, 4]), json!(["1"]), json!({}), json!(vec![1; 101])]
    {
        assert_eq!(
            fail(&test, "eth_feeHistory", json!([1, "latest", percentiles])).0,
            -32602,
            "{percentiles}"
        );
    }
    assert_eq!(fail(&test, "eth_feeHistory", json!([1, "0x9"])).0, -32000);
}

#[test]
fn gas_is_estimated_from_the_calldata() {
    let test = TestChain::new();
    let estimate = |more: Value| {
        let mut transaction = json!({ "from": address(), "to": address() });
        transaction.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ask(&test, "eth_estimateGas", json!([transaction]))
    };
    assert_eq!(estimate(json!({})), "0x5208");
    assert_eq!(estimate(json!({ "data": data([0xaa; 32]) })), "0x5708");
    assert_eq!(estimate(json!({ "input": data([0; 32]), "value": "0x1" })), "0x5348");
    let list = json!([{ "address": address(), "storageKeys": [data([0; 32])] }]);
    assert_eq!(estimate(json!({ "accessList": list })), "0x62d4");
    let too_rich = json!([{ "from": address(), "to": address(), "value": format!("{:#x}", U256::MAX) }]);
    assert_eq!(fail(&test, "eth_estimateGas", too_rich).0, -32000);
    assert_eq!(fail(&test, "eth_estimateGas", json!([{ "data": "0x00" }])).0, -32000);
    for wrong in [json!([]), json!([1]), json!([{ "to": "me" }]), json!([{ "to": address(), "data": "zz" }])]
    {
        assert_eq!(fail(&test, "eth_estimateGas", wrong.clone()).0, -32602, "{wrong}");
    }
}

#[test]
fn an_account_has_its_newest_state_and_its_nonce_at_every_block() {
    let test = TestChain::new();
    test.mine_empty(START).unwrap();
    assert_eq!(ask(&test, "eth_getBalance", json!([address(), "latest"])), "0x3635c9adc5dea00000");
    assert_eq!(ask(&test, "eth_getBalance", json!([address(), "0x1"])), "0x3635c9adc5dea00000");
    assert_eq!(ask(&test, "eth_getCode", json!([address(), "latest"])), "0x");
    assert_eq!(ask(&test, "eth_getTransactionCount", json!([address(), "0x0"])), "0x0");
    for (method, gone) in
        [("eth_getBalance", "0x0"), ("eth_getTransactionCount", "0x2"), ("eth_getCode", "0x0")]
    {
        assert_eq!(fail(&test, method, json!([address(), gone])).0, -32000);
        assert_eq!(fail(&test, method, json!([address(), "newest"])).0, -32602);
        assert_eq!(fail(&test, method, json!(["0x00", "latest"])).0, -32602);
        assert_eq!(fail(&test, method, json!([])).0, -32602);
    }
}

#[test]
fn what_nodes_refuse_is_refused_in_their_words() {
    let test = TestChain::new();
    let send = |raw: &[u8]| fail(&test, "eth_sendRawTransaction", json!([data(raw)]));
    test.submit(&signed_anchor(1, 0)).unwrap();
    assert_eq!(send(&signed_anchor(1, 0)), (-32000, "already known".to_owned()));
    test.mine(START).unwrap();
    assert_eq!(send(&signed_anchor(1, 0)), (-32000, "nonce too low: next nonce 1, tx nonce 0".to_owned()));
    let foreign = sign(&key(1), TxEip1559 { chain_id: 1, ..anchor(&key(1), 1) });
    assert_eq!(send(&foreign), (-32000, "invalid chain id for signer: have 1 want 31337".to_owned()));
    assert_eq!(fail(&test, "eth_sendRawTransaction", json!(["zz"])).0, -32602);
}

#[test]
fn a_wrong_envelope_gets_the_error_of_the_standard() {
    let test = TestChain::new();
    let error = |body: &str| {
        let text = json_rpc(&test, OPEN, body.as_bytes()).unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["jsonrpc"], "2.0");
        (answer["error"]["code"].as_i64().unwrap(), answer["id"].clone())
    };
    assert_eq!(error("{"), (-32700, Value::Null));
    assert_eq!(error("\u{ff}"), (-32700, Value::Null));
    assert_eq!(error("1"), (-32600, Value::Null));
    assert_eq!(error("[]"), (-32600, Value::Null));
    assert_eq!(error(r#"{"id":1,"method":"eth_chainId"}"#), (-32600, json!(1)));
    assert_eq!(error(r#"{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}"#), (-32600, Value::Null));
    assert_eq!(error(r#"{"jsonrpc":"2.0","id":1,"method":5}"#), (-32600, json!(1)));
    assert_eq!(error(r#"{"jsonrpc":"2.0","id":1,"method":"eth_call"}"#), (-32601, json!(1)));
    assert_eq!(error(r#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}}"#), (-32602, json!(1)));
    assert_eq!(error(r#"{"jsonrpc":"2.0","id":null,"method":"eth_call"}"#), (-32601, Value::Null));
}

#[test]
fn a_batch_is_answered_in_order_and_notifications_not_at_all() {
    let test = TestChain::new();
    let call = |id: u64| json!({ "jsonrpc": "2.0", "id": id, "method": "eth_chainId" });
    let notification = json!({ "jsonrpc": "2.0", "method": "eth_sendRawTransaction", "params": [data(signed_anchor(1, 0))] });
    let answer = request(&test, OPEN, &json!([call(1), notification, 5, call(2)]));
    let ids: Vec<&Value> = answer.as_array().unwrap().iter().map(|one| &one["id"]).collect();
    assert_eq!(ids, [&json!(1), &Value::Null, &json!(2)]);
    assert_eq!(test.pending_count(), 1, "the notification was carried out");
    let notification = json!({ "jsonrpc": "2.0", "method": "eth_chainId" });
    assert_eq!(request(&test, OPEN, &json!([notification])), Value::Null);
    assert_eq!(request(&test, OPEN, &notification), Value::Null);
    let many = |count: u64| request(&test, OPEN, &Value::Array((0..count).map(call).collect()));
    assert_eq!(many(100).as_array().unwrap().len(), 100);
    assert_eq!(many(101)["error"]["code"], -32600);
}

#[tokio::test]
async fn the_chain_is_a_transport() {
    let test = TestChain::new();
    assert_eq!(test.call("eth_chainId", json!([])).await, Ok(json!("0x7a69")));
    let refused = test.call("eth_call", json!([])).await.unwrap_err();
    assert!(matches!(refused, RpcError::Node { code: -32601, .. }));
}
