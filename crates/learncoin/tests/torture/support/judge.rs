//! Conditions that must hold once the deployment has come to rest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use learncoin_chain::network::DEVELOPMENT;
use learncoin_chain::rpc::{HttpTransport, Timeouts};
use learncoin_dev_chain::{DevChain, DevChainOptions};
use learncoin_testkit::ledger::{self, Acceptance, Observation, SeenEvent};
use learncoin_testkit::transactions_of_batch;
use serde_json::Value;
use tokio::time::timeout;

use crate::support::client::{Client, Posted};
use crate::support::deployment::Deployment;

/// The time that it may take until everything is anchored once the kills and the posts have ended.
const PATIENCE: Duration = Duration::from_secs(600);
/// The pause between two looks at a batch.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until all is anchored, gathers what can be seen from outside, stops the deployment in order, reads the
/// events from its files, and lets the ledger judge. `posted` is everything that was ever answered with 202, by these
/// clients.
pub(crate) async fn judge(deployment: &mut Deployment, clients: &[Client], posted: &[Posted]) -> Observation {
    let (seen, signed) = judge_of(deployment, clients, posted).await;
    for (id, count) in signed {
        assert_eq!(count, 1, "{id} was signed {count} times");
    }
    seen
}

/// The number of transactions that were signed for each batch.
pub(crate) type Signed = BTreeMap<String, usize>;

/// Judges as [`judge`], if a batch may have had several transactions.
pub(crate) async fn judge_of(
    deployment: &mut Deployment,
    clients: &[Client],
    posted: &[Posted],
) -> (Observation, Signed) {
    let (seen, signed) = gather_all(deployment, clients, posted).await;
    ledger::assert_clean(&seen);
    (seen, signed)
}

/// Gathers and stops as [`judge`] does, and lets the caller judge.
pub(crate) async fn gather_all(
    deployment: &mut Deployment,
    clients: &[Client],
    posted: &[Posted],
) -> (Observation, Signed) {
    for client in clients {
        for one in posted.iter().filter(|one| one.api_key == client.api_key) {
            until_anchored(client, &one.batch_id()).await;
            client.repeat(one).await;
        }
    }
    let acceptances: Vec<Acceptance> = posted.iter().map(Posted::acceptance).collect();
    let mut seen = look_from_outside(deployment, clients, acceptances).await;
    deployment.stop().await;
    let (events, signed) = look_inside(deployment, &seen).await;
    seen.events = Some(events);
    nothing_was_an_error(deployment);
    (seen, signed)
}

/// Waits until the batch is anchored. It may not fail: the chain was always there.
pub(crate) async fn until_anchored(client: &Client, batch_id: &str) -> Value {
    until(client, batch_id, &["anchored"]).await
}

/// Waits until the batch is signed.
pub(crate) async fn until_signed(client: &Client, batch_id: &str) -> Value {
    until(client, batch_id, &["signed", "anchored"]).await
}

async fn until(client: &Client, batch_id: &str, statuses: &[&str]) -> Value {
    let reached = async {
        loop {
            let batch = client.batch(batch_id).await;
            match batch["status"].as_str() {
                Some(status) if statuses.contains(&status) => return batch,
                Some("pending" | "signed") => tokio::time::sleep(PAUSE).await,
                _ => panic!("{batch}"),
            }
        }
    };
    match timeout(PATIENCE, reached).await {
        Ok(batch) => batch,
        Err(_) => panic!("not {statuses:?} within {PATIENCE:?}: {}", client.batch(batch_id).await),
    }
}

async fn look_from_outside(
    deployment: &Deployment,
    clients: &[Client],
    acceptances: Vec<Acceptance>,
) -> Observation {
    let door = deployment.door();
    let rpc = deployment.rpc().await.parse().expect("a URL");
    let chain = HttpTransport::new(rpc, Timeouts::default()).expect("a transport");
    let api_keys: Vec<&str> = clients.iter().map(|client| client.api_key.as_str()).collect();
    ledger::gather(&door, Arc::new(chain), acceptances, &api_keys, now_ms()).await
}

/// Reads what is in the files alone, of a deployment that has stopped: the events, and the number of transactions of each batch.
/// Checks on the way that the chain's file can be read again as a whole, and that the next nonces are those that the chain
/// expects.
async fn look_inside(
    deployment: &Deployment,
    seen: &Observation,
) -> (BTreeMap<String, Vec<SeenEvent>>, Signed) {
    if deployment.chain_id() == DEVELOPMENT {
        let anything = DevChainOptions { genesis_salt: [0; 32], genesis_time: 0 };
        drop(DevChain::open(&deployment.chain_file(), anything).expect("the chain's file is whole"));
    }

    let store = deployment.open_store().await;
    for key in store.list_signing_keys(&[deployment.chain_id()]).await.expect("the keys") {
        let mined =
            seen.chain.iter().filter(|transaction| transaction.from == key.address.as_str().to_lowercase());
        assert_eq!(u64::try_from(mined.count()).ok(), Some(key.next_nonce), "the nonces of {}", key.address);
    }
    let (mut events, mut signed) = (BTreeMap::new(), Signed::new());
    for batch in seen.accounts.iter().flat_map(|account| &account.batches) {
        let id = batch["id"].as_str().expect("a batch has an id");
        let transactions = transactions_of_batch(&store, &id.parse().expect("an id")).await;
        signed.insert(id.to_owned(), transactions.len());
        let of_batch = store.list_events(id).await.expect("its events");
        let of_batch = of_batch.into_iter().map(|event| SeenEvent {
            id: event.id.to_string(),
            event_type: event.event_type,
            created_at: event.created_at,
        });
        events.insert(id.to_owned(), of_batch.collect());
    }
    store.close().await;
    (events, signed)
}

/// Checks that no process has logged an error, which a kill is to none, unless what it rests on failed it.
pub(crate) fn nothing_was_an_error(deployment: &Deployment) {
    let log = deployment.log();
    let is_error =
        |line: &&str| line.contains("panicked at") || (line.contains(" ERROR ") && !deployment.may_fail());
    let errors: Vec<&str> = log.lines().filter(is_error).collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[expect(clippy::disallowed_methods, reason = "the binary's own clock is the machine's")]
pub(crate) fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
