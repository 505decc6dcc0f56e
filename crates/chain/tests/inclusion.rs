//! A node that lies, lags, or reorganizes: the development chain with its responses changed on the way.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "everything here is a test; the lints' own exception does not reach functions that tests call"
)]

use std::sync::Arc;

use futures_util::future::BoxFuture;
use learncoin_chain::rpc::Transport;
use learncoin_chain::{
    ANCHOR_GAS_LIMIT, ChainKey, Client, Fees, IncludedTransaction, Inclusion, RootTransaction, RpcError,
    SignedTransaction, network,
};
use learncoin_dev_chain::{DevChain, DevChainOptions};
use serde_json::{Value, json};

const TRANSACTION: &str = "eth_getTransactionByHash";
const RECEIPT: &str = "eth_getTransactionReceipt";
const BLOCK: &str = "eth_getBlockByNumber";
const HEAD: &str = "eth_blockNumber";

type Twist = Box<dyn Fn(&str, &mut Value) + Send + Sync>;

struct Twisted {
    chain: DevChain,
    twist: Twist,
}

impl Transport for Twisted {
    fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
        Box::pin(async move {
            let mut answer = self.chain.call(method, params).await?;
            (self.twist)(method, &mut answer);
            Ok(answer)
        })
    }
}

/// A chain with an anchor in block 1 and two blocks on it.
struct Anchored {
    chain: DevChain,
    anchor: SignedTransaction,
    _folder: tempfile::TempDir,
}

impl Anchored {
    fn new() -> Anchored {
        let folder = tempfile::tempdir().unwrap();
        let options = DevChainOptions { genesis_salt: [1; 32], genesis_time: 1_800_000_000 };
        let chain = DevChain::open(&folder.path().join("chain.jsonl"), options).unwrap();
        let anchor = RootTransaction {
            chain_id: network::DEVELOPMENT,
            nonce: 0,
            root: [0xaa; 32],
            fees: Fees::for_market(1_000_000_000, 1_000_000),
            gas_limit: ANCHOR_GAS_LIMIT,
        }
        .sign(&ChainKey::from_secret_bytes([1; 32]).unwrap())
        .unwrap();
        chain.submit(&anchor.raw).unwrap();
        for second in 1..=3 {
            chain.mine_empty(1_800_000_000 + second).unwrap();
        }
        Anchored { chain, anchor, _folder: folder }
    }

    async fn seen_through(
        &self,
        twist: impl Fn(&str, &mut Value) + Send + Sync + 'static,
    ) -> Result<Inclusion, RpcError> {
        let transport = Twisted { chain: self.chain.clone(), twist: Box::new(twist) };
        Client::new(Arc::new(transport)).inclusion(&self.anchor.hash).await
    }

    /// Returns the result if one member of one response is replaced by this value; null means a missing member.
    async fn with(
        &self,
        call: &'static str,
        member: &'static str,
        value: Value,
    ) -> Result<Inclusion, RpcError> {
        self.seen_through(move |method, answer| {
            if method == call {
                answer[member] = value.clone();
            }
        })
        .await
    }
}

#[tokio::test]
async fn an_honest_node_is_believed() {
    let anchored = Anchored::new();
    let seen = anchored.seen_through(|_, _| {}).await.unwrap();
    let block = anchored.chain.transaction(&anchored.anchor.hash).unwrap().block.unwrap();
    let expected = IncludedTransaction {
        raw: anchored.anchor.raw.clone(),
        block_number: 1,
        block_hash: block.hash,
        block_time: 1_800_000_001,
        succeeded: true,
        confirmations: 3,
    };
    assert_eq!(seen, Inclusion::Included(expected));
}

#[tokio::test]
async fn a_changed_member_of_the_transaction_is_noticed() {
    let anchored = Anchored::new();
    let address = json!(format!("0x{}", "11".repeat(20)));
    for (member, value) in [
        ("chainId", json!("0x2105")),
        ("nonce", json!("0x1")),
        ("gas", json!("0x1")),
        ("maxFeePerGas", json!("0x1")),
        ("maxPriorityFeePerGas", json!("0x1")),
        ("to", address.clone()),
        ("to", Value::Null),
        ("value", json!("0x1")),
        ("input", json!("0x")),
        ("accessList", json!([{ "address": address, "storageKeys": [] }])),
        ("r", json!("0x1")),
        ("s", json!("0x1")),
        ("yParity", json!("0x2")),
        ("hash", json!("0x00")),
    ] {
        let seen = anchored.with(TRANSACTION, member, value.clone()).await;
        if member == "hash" {
            assert!(
                matches!(seen, Ok(Inclusion::Included(_))),
                "the node's own word for the hash is not used"
            );
        } else {
            assert!(matches!(seen, Err(RpcError::Malformed { .. })), "{member} {value}: {seen:?}");
        }
    }
}

#[tokio::test]
async fn a_member_that_is_missing_or_of_the_wrong_kind_is_noticed() {
    let anchored = Anchored::new();
    let members = [
        (TRANSACTION, &["type", "chainId", "nonce", "gas", "maxFeePerGas", "value", "input", "r", "s"][..]),
        (RECEIPT, &["transactionHash", "status"]),
        (BLOCK, &["number", "hash", "timestamp", "transactions"]),
    ];
    let wrongs =
        [Value::Null, json!(1), json!(true), json!("nonsense"), json!("0x"), json!({}), json!("0xzz")];
    for (call, names) in members {
        for name in names {
            for wrong in &wrongs {
                if *name == "input" && wrong == "0x" {
                    continue;
                }
                let seen = anchored.with(call, name, wrong.clone()).await;
                assert!(matches!(seen, Err(RpcError::Malformed { .. })), "{call} {name} {wrong}: {seen:?}");
            }
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_no_object_is_never_absent() {
    let anchored = Anchored::new();
    for call in [TRANSACTION, RECEIPT, BLOCK, HEAD] {
        for wrong in [json!("0xzz"), json!([]), json!(false), json!(""), json!({})] {
            let seen = anchored
                .seen_through({
                    let wrong = wrong.clone();
                    move |method, answer| {
                        if method == call {
                            *answer = wrong.clone();
                        }
                    }
                })
                .await;
            let is_absent_receipt = call == RECEIPT && wrong == json!({});
            assert!(
                matches!(seen, Err(RpcError::Malformed { .. })) || is_absent_receipt,
                "{call} {wrong}: {seen:?}"
            );
        }
    }
}

#[tokio::test]
async fn parity_is_read_from_v_where_there_is_no_other() {
    let anchored = Anchored::new();
    let seen = anchored.with(TRANSACTION, "yParity", Value::Null).await;
    assert!(matches!(seen, Ok(Inclusion::Included(_))));
}

#[tokio::test]
async fn another_type_is_named() {
    let anchored = Anchored::new();
    for (text, transaction_type) in [("0x0", 0), ("0x1", 1), ("0x7e", 126)] {
        let seen = anchored.with(TRANSACTION, "type", json!(text)).await;
        assert_eq!(seen, Err(RpcError::NotType2 { transaction_type }));
    }
}

#[tokio::test]
async fn a_receipt_served_ahead_of_its_block_does_not_count() {
    let anchored = Anchored::new();
    // The block is not there, the head has not reached it, or the receipt names no block yet.
    let no_block = anchored.seen_through(|method, answer| {
        if method == BLOCK {
            *answer = Value::Null;
        }
    });
    assert_eq!(no_block.await, Ok(Inclusion::Pending));
    let lagging = anchored.seen_through(|method, answer| {
        if method == HEAD {
            *answer = json!("0x0");
        }
    });
    assert_eq!(lagging.await, Ok(Inclusion::Pending));
    assert_eq!(anchored.with(RECEIPT, "blockHash", Value::Null).await, Ok(Inclusion::Pending));
    assert_eq!(anchored.with(RECEIPT, "blockNumber", Value::Null).await, Ok(Inclusion::Pending));
    let no_receipt = anchored.seen_through(|method, answer| {
        if method == RECEIPT {
            *answer = Value::Null;
        }
    });
    assert_eq!(no_receipt.await, Ok(Inclusion::Pending));
}

#[tokio::test]
async fn a_receipt_of_an_orphaned_block_does_not_count() {
    let anchored = Anchored::new();
    let orphaned = json!(format!("0x{}", "77".repeat(32)));
    assert_eq!(anchored.with(RECEIPT, "blockHash", orphaned.clone()).await, Ok(Inclusion::Pending));
    assert_eq!(anchored.with(BLOCK, "hash", orphaned).await, Ok(Inclusion::Pending));
}

#[tokio::test]
async fn contradictions_between_the_answers_are_noticed() {
    let anchored = Anchored::new();
    let other = json!(format!("0x{}", "77".repeat(32)));
    for (call, member, value) in [
        (RECEIPT, "transactionHash", other.clone()),
        (RECEIPT, "status", json!("0x2")),
        (BLOCK, "number", json!("0x2")),
        (BLOCK, "transactions", json!([])),
        (BLOCK, "transactions", json!([other])),
    ] {
        let seen = anchored.with(call, member, value).await;
        assert!(matches!(seen, Err(RpcError::Malformed { .. })), "{call} {member}: {seen:?}");
    }
}

#[tokio::test]
async fn a_transaction_that_failed_is_included_as_failed() {
    let anchored = Anchored::new();
    let seen = anchored.with(RECEIPT, "status", json!("0x0")).await;
    assert!(
        matches!(seen, Ok(Inclusion::Included(IncludedTransaction { succeeded: false, .. }))),
        "{seen:?}"
    );
}

#[tokio::test]
async fn an_error_on_the_way_is_never_absent() {
    struct Failing(&'static str, DevChain);
    impl Transport for Failing {
        fn call<'a>(&'a self, method: &'a str, params: Value) -> BoxFuture<'a, Result<Value, RpcError>> {
            if method == self.0 {
                Box::pin(async { Err(RpcError::Timeout) })
            } else {
                self.1.call(method, params)
            }
        }
    }
    let anchored = Anchored::new();
    for method in [TRANSACTION, RECEIPT, BLOCK, HEAD] {
        let client = Client::new(Arc::new(Failing(method, anchored.chain.clone())));
        assert_eq!(client.inclusion(&anchored.anchor.hash).await, Err(RpcError::Timeout), "{method}");
    }
}

#[tokio::test]
async fn random_damage_never_shows_another_transaction() {
    use rand::{Rng, SeedableRng, rngs::StdRng};
    let seed = std::env::var("LEARNCOIN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
    println!("LEARNCOIN_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let anchored = Anchored::new();
    for _ in 0..2_000 {
        let (method, skip, replacement) = (
            [TRANSACTION, RECEIPT, BLOCK, HEAD][random.random_range(0..4)],
            random.random::<u32>(),
            random.random::<u8>(),
        );
        let seen = anchored
            .seen_through(move |called, answer| {
                if called == method {
                    damage(answer, skip, replacement);
                }
            })
            .await;
        if let Ok(Inclusion::Included(included)) = seen {
            assert_eq!(included.raw, anchored.anchor.raw);
        }
    }
}

/// Replaces one member, or one character of one, by something else.
fn damage(answer: &mut Value, skip: u32, replacement: u8) {
    let target = match answer {
        Value::Object(members) => {
            let index = usize::try_from(skip).unwrap() % members.len();
            members.values_mut().nth(index).unwrap()
        }
        other => other,
    };
    *target = match (target.as_str(), replacement) {
        (_, 0..=40) => Value::Null,
        (_, 41..=60) => json!(replacement),
        (Some(text), _) if !text.is_empty() => {
            let mut bytes = text.as_bytes().to_vec();
            let position = usize::from(replacement) % bytes.len();
            bytes[position] = b"0123456789abcdefxg"[usize::from(replacement) % 18];
            json!(String::from_utf8(bytes).unwrap())
        }
        _ => json!({ "a": replacement }),
    };
}
