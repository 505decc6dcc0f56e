//! Collects everything that the ledger judges from a deployment.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use learncoin_chain::rpc::{Client, Inclusion, Transport};
use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::verify::ParsedCredential;
use serde_json::{Value, json};

use super::{Acceptance, Account, ChainTransaction, Observation};

/// A deployment as its callers reach it.
pub trait Outside {
    /// Sends a `GET` of a path with its query, with an API key or without one. Returns status and body.
    fn get(&self, path: &str, api_key: Option<&str>) -> impl Future<Output = (u16, String)> + Send;
    /// Returns the deployment's public origin.
    fn public_url(&self) -> &str;
}

/// Collects everything. `api_keys` are all the keys that were used.
///
/// # Panics
/// If the deployment does not respond as a healthy one does.
pub async fn gather(
    outside: &impl Outside,
    chain: Arc<dyn Transport>,
    acceptances: Vec<Acceptance>,
    api_keys: &[&str],
    now_ms: i64,
) -> Observation {
    let (mut accounts, mut pages) = (Vec::new(), BTreeMap::new());
    for api_key in api_keys {
        let account = account(outside, api_key).await;
        for credential in account.credentials.values() {
            if !credential["signed_credential"].is_null() {
                look_up(outside, &credential["signed_credential"], &mut pages).await;
            }
        }
        accounts.push(account);
    }
    Observation { acceptances, accounts, chain: transactions(chain).await, pages, events: None, now_ms }
}

async fn account(outside: &impl Outside, api_key: &str) -> Account {
    let tenant = get_json(outside, "/v1/tenants/me", api_key).await;
    let mut batches = Vec::new();
    let mut path = "/v1/batches?limit=100".to_owned();
    loop {
        let page = get_json(outside, &path, api_key).await;
        batches.extend(page["data"].as_array().expect("data is an array").iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/v1/batches?limit=100&cursor={cursor}"),
            None => break,
        }
    }
    let mut credentials = BTreeMap::new();
    for batch in &batches {
        for credential in batch["credentials"].as_array().expect("credentials is an array") {
            let id = credential["id"].as_str().expect("a credential has an id");
            let credential = get_json(outside, &format!("/v1/credentials/{id}"), api_key).await;
            credentials.insert(id.to_owned(), credential);
        }
    }
    Account { api_key: api_key.to_owned(), tenant, batches, credentials }
}

async fn get_json(outside: &impl Outside, path: &str, api_key: &str) -> Value {
    let (status, body) = outside.get(path, Some(api_key)).await;
    assert_eq!(status, 200, "GET {path}: {body}");
    serde_json::from_str(&body).expect("the answer is JSON")
}

/// Requests what a verifier requests: the DID document, the profile that it names, the revocation that the profile names.
async fn look_up(outside: &impl Outside, signed: &Value, pages: &mut BTreeMap<String, String>) {
    // A document that can't be read is reported by the rules.
    let Ok(parsed) = ParsedCredential::read(signed.to_string().as_bytes()) else { return };
    let did = page(outside, parsed.lookups().did_url.as_str(), pages).await;
    let Ok(did) = DidDocument::read(did.as_bytes()) else { return };
    let Ok(profile) = parsed.profile_url(&did) else { return };
    let profile = page(outside, profile.as_str(), pages).await;
    let Ok(profile) = IssuerProfile::read(profile.as_bytes()) else { return };
    let Ok(revocation) = parsed.revocation_url(&profile) else { return };
    page(outside, revocation.as_str(), pages).await;
}

async fn page(outside: &impl Outside, url: &str, pages: &mut BTreeMap<String, String>) -> String {
    if let Some(known) = pages.get(url) {
        return known.clone();
    }
    let path = url.strip_prefix(outside.public_url()).expect("what a verifier asks is on our own host");
    let (status, body) = outside.get(path, None).await;
    assert_eq!(status, 200, "GET {url}: {body}");
    pages.insert(url.to_owned(), body.clone());
    body
}

/// Returns every transaction of every block, as any node serves them.
async fn transactions(chain: Arc<dyn Transport>) -> Vec<ChainTransaction> {
    let client = Client::new(Arc::clone(&chain));
    let head = client.block_number().await.expect("the chain answers");
    let mut found = Vec::new();
    for number in 0..=head {
        let block = chain
            .call("eth_getBlockByNumber", json!([format!("{number:#x}"), true]))
            .await
            .expect("the chain answers");
        for transaction in block["transactions"].as_array().expect("a block lists its transactions") {
            found.push(read_transaction(&client, transaction).await);
        }
    }
    found
}

async fn read_transaction(client: &Client, transaction: &Value) -> ChainTransaction {
    let text = |member: &str| transaction[member].as_str().expect("a member of a transaction").to_owned();
    let hash = text("hash");
    let mut bytes = [0; 32];
    hex::decode_to_slice(hash.trim_start_matches("0x"), &mut bytes).expect("a hash");
    let Ok(Inclusion::Included(included)) = client.inclusion(&bytes).await else {
        panic!("{hash} is in a block but its receipt has no block");
    };
    ChainTransaction {
        from: text("from").to_lowercase(),
        nonce: u64::from_str_radix(text("nonce").trim_start_matches("0x"), 16).expect("a nonce"),
        data: text("input"),
        hash,
        raw: included.raw,
        block_number: included.block_number,
        block_time: included.block_time,
        succeeded: included.succeeded,
        confirmations: included.confirmations,
    }
}
