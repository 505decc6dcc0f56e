//! The ledger: what must be true of a deployment, judged from the outside only.
//!
//! [`gather`] queries the deployment over HTTP and its chain over JSON-RPC, and collects the responses in an
//! [`Observation`], which is plain data: it works alike for a router in the same process and for a binary that was
//! killed and restarted. [`check`] then names every rule that does not hold. The rules are those of the
//! promises: nothing accepted is lost, nothing is issued twice, what is anchored is on the chain once and verifies.

mod gather;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value;

pub use gather::{Outside, gather};

/// A 202 that a client saw, with what it had sent.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// The client's key, by its secret: scopes its idempotency keys.
    pub api_key: String,
    /// Its idempotency key, if it sent one.
    pub idempotency_key: Option<String>,
    /// The recipients of the batch in order. Each request that is not a repetition has recipients of its own.
    pub recipient_ids: Vec<String>,
    /// The batch that the 202 named.
    pub batch_id: String,
}

impl Acceptance {
    /// Creates one from the request's body and that of the 202.
    pub fn new(api_key: &str, idempotency_key: Option<&str>, request: &Value, answer: &Value) -> Self {
        let credentials = request["credentials"].as_array().map(Vec::as_slice).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            api_key: api_key.to_owned(),
            idempotency_key: idempotency_key.map(str::to_owned),
            recipient_ids: credentials.iter().map(|one| text(&one["recipient"]["id"])).collect(),
            batch_id: text(&answer["id"]),
        }
    }
}

/// The data that one API key can read.
#[derive(Debug, Clone)]
pub struct Account {
    /// The key.
    pub api_key: String,
    /// `GET /v1/tenants/me`.
    pub tenant: Value,
    /// Every item of `GET /v1/batches`, through all pages.
    pub batches: Vec<Value>,
    /// `GET /v1/credentials/{id}` of every credential of every batch, by id.
    pub credentials: BTreeMap<String, Value>,
}

/// A transaction in a block.
#[derive(Debug, Clone)]
pub struct ChainTransaction {
    /// With 0x.
    pub hash: String,
    /// The sender, with 0x, in lower case.
    pub from: String,
    /// The sender's count.
    pub nonce: u64,
    /// The calldata, with 0x.
    pub data: String,
    /// The signed bytes.
    pub raw: Vec<u8>,
    /// Its block.
    pub block_number: u64,
    /// Its block's time, in seconds since 1970.
    pub block_time: u64,
    /// Whether it succeeded.
    pub succeeded: bool,
    /// 1 in the newest block.
    pub confirmations: u64,
}

/// An event of a batch.
#[derive(Debug, Clone)]
pub struct SeenEvent {
    /// Its id.
    pub id: String,
    /// Its type.
    pub event_type: String,
    /// When it happened, in milliseconds since 1970.
    pub created_at: i64,
}

/// Everything that was seen.
#[derive(Debug, Clone)]
pub struct Observation {
    /// The 202s that clients saw.
    pub acceptances: Vec<Acceptance>,
    /// The data of each key. These must be all keys with which a batch was ever accepted.
    pub accounts: Vec<Account>,
    /// Every transaction of the chain, in the chain's order.
    pub chain: Vec<ChainTransaction>,
    /// The host's responses to a verifier, by URL.
    pub pages: BTreeMap<String, String>,
    /// The events of each batch, if they are visible.
    pub events: Option<BTreeMap<String, Vec<SeenEvent>>>,
    /// When it was seen, in milliseconds since 1970.
    pub now_ms: i64,
}

impl Observation {
    /// Returns the roots under which batches are anchored. Batches that share an anchor share one.
    pub fn roots(&self) -> BTreeSet<&str> {
        let batches = self.accounts.iter().flat_map(|account| &account.batches);
        let anchored = batches.filter(|batch| batch["status"] == "anchored");
        anchored.filter_map(|batch| batch["merkle_root"].as_str()).collect()
    }
}

/// A rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The rule's name.
    pub rule: &'static str,
    /// The reason, with the ids that it is about.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.what)
    }
}

/// Returns every rule that does not hold. The deployment must be idle.
pub fn check(seen: &Observation) -> Vec<Violation> {
    rules::ALL
        .iter()
        .flat_map(|(rule, find)| find(seen).into_iter().map(|what| Violation { rule, what }))
        .collect()
}

/// Asserts that every rule holds.
///
/// # Panics
/// If one does not.
pub fn assert_clean(seen: &Observation) {
    let violations = check(seen);
    let shown: Vec<String> = violations.iter().take(20).map(Violation::to_string).collect();
    assert!(violations.is_empty(), "{} violations\n{}", violations.len(), shown.join("\n"));
}
