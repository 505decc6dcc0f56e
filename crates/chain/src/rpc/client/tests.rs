//! The calls that are made, and the results of their responses.

use std::collections::HashMap;

use futures_util::future::{BoxFuture, ready};

use super::*;

/// A node that returns the test's response to each method, and refuses other methods.
struct Scripted(HashMap<&'static str, Result<Value, RpcError>>);

impl Transport for Scripted {
    fn call<'a>(&'a self, method: &'a str, _params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        Box::pin(ready(
            self.0.get(method).cloned().unwrap_or_else(|| Err(RpcError::node(-32601, "no such method"))),
        ))
    }
}

fn client<const N: usize>(answers: [(&'static str, Value); N]) -> Client {
    let answers = answers.into_iter().map(|(method, answer)| (method, Ok(answer)));
    Client::new(Arc::new(Scripted(answers.collect())))
}

fn history() -> Value {
    json!({
        "oldestBlock": "0x1",
        "baseFeePerGas": ["0x1", "0x2", "0x3b9aca00"],
        "gasUsedRatio": [0.5, 0.5],
        "reward": [["0x1e8480"], ["0x2dc6c0"], ["0x0"]],
    })
}

#[tokio::test]
async fn fees_come_from_the_next_base_fee_and_the_recommended_tip() {
    let client = client([("eth_feeHistory", history()), ("eth_maxPriorityFeePerGas", json!("0x4c4b40"))]);
    let expected = Fees { max_fee_per_gas: 2_005_000_000, max_priority_fee_per_gas: 5_000_000 };
    assert_eq!(client.fees().await, Ok(expected));
}

#[tokio::test]
async fn without_a_recommendation_the_usual_tip_is_paid() {
    let expected = Fees { max_fee_per_gas: 2_002_000_000, max_priority_fee_per_gas: 2_000_000 };
    assert_eq!(client([("eth_feeHistory", history())]).fees().await, Ok(expected));
}

#[tokio::test]
async fn a_node_without_fee_history_is_asked_for_its_gas_price() {
    let expected = Fees { max_fee_per_gas: 2_100_000_000, max_priority_fee_per_gas: 100_000_000 };
    assert_eq!(client([("eth_gasPrice", json!("0x3b9aca00"))]).fees().await, Ok(expected));
    let refused = client([]).fees().await;
    assert_eq!(refused, Err(RpcError::node(-32601, "no such method")));
}

#[tokio::test]
async fn a_fee_history_without_a_base_fee_leads_to_the_gas_price() {
    let expected = Fees { max_fee_per_gas: 2_100_000_000, max_priority_fee_per_gas: 100_000_000 };
    for useless in [
        Value::Null,
        json!([]),
        json!({}),
        json!({ "baseFeePerGas": null }),
        json!({ "baseFeePerGas": [] }),
        json!({ "baseFeePerGas": [1] }),
        json!({ "baseFeePerGas": ["1"] }),
        json!({ "baseFeePerGas": ["0x1", "0x"] }),
    ] {
        let fees =
            client([("eth_feeHistory", useless.clone()), ("eth_gasPrice", json!("0x3b9aca00"))]).fees().await;
        assert_eq!(fees, Ok(expected), "{useless}");
    }
    for wrong in [Value::Null, json!("0x"), json!("much"), json!(1)] {
        let fees = client([("eth_feeHistory", Value::Null), ("eth_gasPrice", wrong.clone())]).fees().await;
        assert!(matches!(fees, Err(RpcError::Malformed { .. })), "{wrong}: {fees:?}");
    }
}

#[tokio::test]
async fn a_tip_that_is_none_is_no_recommendation() {
    let expected = Fees { max_fee_per_gas: 2_002_000_000, max_priority_fee_per_gas: 2_000_000 };
    for none in [Value::Null, json!("0x"), json!("much"), json!(1), json!({})] {
        let fees =
            client([("eth_feeHistory", history()), ("eth_maxPriorityFeePerGas", none.clone())]).fees().await;
        assert_eq!(fees, Ok(expected), "{none}");
    }
}

#[tokio::test]
async fn a_limit_on_calls_is_not_taken_for_an_absence() {
    for code in [-32005, -32007, -32016, -32029, 429] {
        let refusal = RpcError::node(code, "over rate limit");
        let answers = ["eth_getBlockByNumber", "eth_call"].map(|method| (method, Err(refusal.clone())));
        let client = Client::new(Arc::new(Scripted(answers.into())));
        assert_eq!(client.finalized_number().await, Err(refusal.clone()));
        assert_eq!(client.data_fee(&[2]).await, Err(refusal));
    }
    let client = client([]);
    assert_eq!((client.finalized_number().await, client.data_fee(&[2]).await), (Ok(None), Ok(0)));
}

#[tokio::test]
async fn an_outage_is_not_a_reason_to_ask_otherwise() {
    let answers = [("eth_feeHistory", Err(RpcError::Timeout)), ("eth_gasPrice", Ok(json!("0x1")))];
    let client = Client::new(Arc::new(Scripted(answers.into())));
    assert_eq!(client.fees().await, Err(RpcError::Timeout));
}

#[tokio::test]
async fn a_refused_transaction_is_an_outcome_and_no_error() {
    let refusal = Err(RpcError::node(-32000, "nonce too low"));
    let node = Client::new(Arc::new(Scripted([("eth_sendRawTransaction", refusal)].into())));
    let refused = SendOutcome::Refused { code: -32000, message: "nonce too low".to_owned() };
    assert_eq!(node.send_raw_transaction(&[2]).await, Ok(refused));
}

#[tokio::test]
async fn a_transaction_counts_as_accepted_only_under_its_own_hash() {
    let answer = |hash: Value| client([("eth_sendRawTransaction", hash)]);
    let own = data(keccak256([2]));
    assert_eq!(answer(own).send_raw_transaction(&[2]).await, Ok(SendOutcome::Accepted));
    for wrong in [data([1; 32]), json!("0x"), Value::Null, json!(true)] {
        let outcome = answer(wrong.clone()).send_raw_transaction(&[2]).await;
        assert!(matches!(outcome, Err(RpcError::Malformed { .. })), "{wrong}");
    }
}

#[tokio::test]
async fn numbers_that_are_none_are_malformed() {
    for wrong in [Value::Null, json!(5), json!("5"), json!("0x"), json!("0x10000000000000000"), json!({})] {
        let client = client([
            ("eth_chainId", wrong.clone()),
            ("eth_blockNumber", wrong.clone()),
            ("eth_getTransactionCount", wrong.clone()),
        ]);
        let address = Address::ZERO;
        for answer in [
            client.chain_id().await,
            client.block_number().await,
            client.transaction_count(&address, BlockTag::Pending).await,
        ] {
            assert!(matches!(answer, Err(RpcError::Malformed { .. })), "{wrong}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_balance_beyond_128_bits_is_the_highest_number() {
    let balance = |text: String| client([("eth_getBalance", json!(text))]);
    assert_eq!(
        balance("0xde0b6b3a7640000".to_owned()).balance(&Address::ZERO).await,
        Ok(1_000_000_000_000_000_000)
    );
    assert_eq!(balance(format!("0x{}", "f".repeat(64))).balance(&Address::ZERO).await, Ok(u128::MAX));
}

#[tokio::test]
async fn a_pruned_node_has_no_genesis() {
    assert_eq!(client([("eth_getBlockByNumber", Value::Null)]).genesis_hash().await, Ok(None));
    let block = json!({ "hash": data([7; 32]) });
    assert_eq!(client([("eth_getBlockByNumber", block)]).genesis_hash().await, Ok(Some([7; 32])));
    let wrong = client([("eth_getBlockByNumber", json!({}))]).genesis_hash().await;
    assert!(matches!(wrong, Err(RpcError::Malformed { .. })));
}
