//! Keys that run out are reported before they stop anything, and topped up where the operator lets the host do so: never twice for the
//! same lack, and never above the caps.

use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::RpcError;
use learncoin_issuance::host::HostWorker;
use learncoin_issuance::options::FundsOptions;
use learncoin_store::keys::Funds;
use learncoin_store::transactions::{HostPurpose, HostTransaction};
use learncoin_testkit::Interception;
use serde_json::json;

use crate::host::HostStory;
use crate::restore::{back_up, restore};
use crate::support::story::ETHER;

const WEI_PER_GWEI: u128 = 1_000_000_000;
/// The balance up to which keys are filled, in gwei: enough for hundreds of anchors at Anvil's prices.
const FILL: u64 = 20_000_000;

fn filling() -> FundsOptions {
    FundsOptions {
        low_below_anchors: 50,
        look_every_ms: 10_000,
        top_up_to_gwei: FILL,
        top_up_daily_cap_per_key_gwei: FILL,
        top_up_daily_cap_gwei: 5 * FILL,
    }
}

async fn begin(funds: FundsOptions) -> HostStory {
    let host = HostStory::begin_without_funds(funds).await;
    host.story.node.give(&host.address, ETHER).await;
    host.story.node.give(&host.story.address, 0).await;
    host
}

async fn top_ups(host: &HostStory) -> Vec<(String, u64)> {
    let amount = |one: HostTransaction| match one.purpose {
        HostPurpose::TopUp { receiver, gwei } => Some((receiver.to_string(), gwei)),
        HostPurpose::Statement { .. } => None,
    };
    host.known().await.into_iter().filter_map(amount).collect()
}

/// Returns the transfers of the host that are in blocks, in gwei.
async fn paid(host: &HostStory) -> Vec<u128> {
    let mined = host.mined().await;
    let wei = mined.iter().map(|one| u128::from_str_radix(&one["value"].as_str().unwrap()[2..], 16).unwrap());
    wei.filter(|wei| *wei > 0).map(|wei| wei / WEI_PER_GWEI).collect()
}

async fn funds_of(host: &HostStory, address: &str) -> Option<Funds> {
    let seen = host.story.app.issuance().store.list_key_balances(BASE_SEPOLIA).await.unwrap();
    seen.into_iter().find(|one| one.address.as_str() == address).map(|one| one.funds)
}

#[tokio::test]
async fn a_key_is_low_before_it_stops_anything() {
    let mut host = HostStory::begin().await;
    let address = host.story.address.clone();
    host.pass(0).await;
    assert_eq!(funds_of(&host, &address).await, Some(Funds::Enough));
    // Enough for some anchors, and not for a hundred.
    host.story.node.give(&address, 30_000 * 20 * 2 * WEI_PER_GWEI).await;
    host.pass(300_000).await;
    assert_eq!(funds_of(&host, &address).await, Some(Funds::Low));
    let batch = host.story.post().await;
    host.story.come_to_rest([&batch]).await;
    host.story.node.give(&address, 1).await;
    host.pass(300_000).await;
    assert_eq!(funds_of(&host, &address).await, Some(Funds::None));
    assert_eq!(top_ups(&host).await, [], "nothing is given unasked");
    host.story.node.give(&address, ETHER).await;
    host.pass(300_000).await;
    assert_eq!(funds_of(&host, &address).await, Some(Funds::Enough));
    // A key that is not in use is not looked at.
    host.story.app.issuance().keys.disable_signing_key(&host.story.uni.tenant_id, 1).await.unwrap();
    host.pass(300_000).await;
    assert_eq!(funds_of(&host, &address).await, None);
}

#[tokio::test]
async fn a_top_up_lets_a_batch_go_that_waits_and_is_given_once() {
    let mut host = begin(filling()).await;
    let batch = host.story.post().await;
    host.pass(0).await;
    assert_eq!(host.story.status(&batch).await, "signed");
    host.come_to_rest().await;
    host.blocks(40).await;
    assert_eq!(host.story.status(&batch).await, "anchored");
    assert_eq!(top_ups(&host).await, [(host.story.address.clone(), FILL)]);
    assert_eq!(paid(&host).await, [u128::from(FILL)]);
    assert_eq!(host.anchored_hashes().await, [host.newest().await]);
    host.story.assert_anchored_once().await;
    host.assert_examined().await;
}

#[tokio::test]
async fn a_lost_answer_a_new_process_and_a_node_that_is_behind_give_nothing_twice() {
    // No cap keeps it from giving twice.
    let mut host = begin(FundsOptions { top_up_daily_cap_per_key_gwei: 5 * FILL, ..filling() }).await;
    host.story.line.set(|method, _| {
        (method == "eth_sendRawTransaction").then(|| Interception::AfterAll(Err(RpcError::Timeout)))
    });
    host.pass(0).await;
    host.restart().await;
    host.story.line.stop();
    host.come_to_rest().await;
    // A node that is still in the state before the top-up was mined.
    let poor = host.story.address.to_lowercase();
    host.story.line.set(move |method, params| match method {
        "eth_getBalance" if params[0] == poor => Some(Interception::Instead(Ok(json!("0x0")))),
        "eth_blockNumber" => Some(Interception::Instead(Ok(json!("0x1")))),
        _ => None,
    });
    host.restart().await;
    for _ in 0..5 {
        host.pass(60_000).await;
    }
    host.story.line.stop();
    host.come_to_rest().await;
    assert_eq!(paid(&host).await, [u128::from(FILL)]);
    assert_eq!(top_ups(&host).await.len(), 1);
    host.assert_examined().await;
}

#[tokio::test]
async fn the_caps_hold_for_a_day_of_any_length() {
    let mut funds = filling();
    funds.top_up_daily_cap_per_key_gwei = 2 * FILL + FILL / 2;
    let mut host = begin(funds).await;
    let mut drained = 0;
    let start = host.story.app.now_ms();
    for _ in 0..6 {
        host.come_to_rest().await;
        // The key's whole balance is spent.
        host.story.node.give(&host.story.address, 0).await;
        drained += 1;
        host.pass(10_000).await;
    }
    assert_eq!((drained, paid(&host).await.len()), (6, 2), "a third one would pass the cap of the key");
    assert!(host.story.app.now_ms() - start < 24 * 3_600_000);
    host.pass(24 * 3_600_000).await;
    host.come_to_rest().await;
    assert_eq!(paid(&host).await.len(), 3);
    host.assert_examined().await;
}

#[tokio::test]
async fn the_cap_of_all_keys_holds_too() {
    let mut funds = filling();
    funds.top_up_daily_cap_gwei = FILL + FILL / 2;
    let mut host = begin(funds).await;
    let college = host.story.app.tenant("Example College").await;
    host.come_to_rest().await;
    host.blocks(30).await;
    assert_eq!(top_ups(&host).await.len(), 1);
    let address = crate::support::story::address_of(&host.story.app, &college).await;
    let first = top_ups(&host).await[0].0.clone();
    assert!([&address, &host.story.address].contains(&&first));
    host.pass(24 * 3_600_000).await;
    host.come_to_rest().await;
    host.blocks(30).await;
    assert_eq!(top_ups(&host).await.len(), 2);
    assert_ne!(top_ups(&host).await[1].0, first);
}

#[tokio::test]
async fn a_key_that_stopped_gets_nothing_and_the_next_key_does() {
    let mut host = begin(filling()).await;
    host.story.app.issuance().keys.disable_signing_key(&host.story.uni.tenant_id, 1).await.unwrap();
    host.pass(0).await;
    host.come_to_rest().await;
    assert_eq!(top_ups(&host).await, []);
    host.rotate().await;
    host.blocks(40).await;
    host.come_to_rest().await;
    let given: Vec<String> = top_ups(&host).await.into_iter().map(|(receiver, _)| receiver).collect();
    assert_eq!(given.len(), 1);
    assert_ne!(given[0], host.story.address);
}

#[tokio::test]
async fn a_host_that_cannot_pay_gives_nothing_and_goes_on_once_it_can() {
    let mut host = begin(filling()).await;
    host.story.node.give(&host.address, u128::from(FILL / 2) * WEI_PER_GWEI).await;
    host.come_to_rest().await;
    assert_eq!((paid(&host).await, host.anchored_hashes().await.len()), (Vec::new(), 1));
    host.story.node.give(&host.address, ETHER).await;
    host.blocks(40).await;
    assert_eq!(paid(&host).await, [u128::from(FILL)]);
}

#[tokio::test]
async fn a_database_that_is_older_than_a_top_up_recovers_it() {
    let mut host = begin(filling()).await;
    let backup = back_up(&host.story).await;
    host.worker = HostWorker::new(host.story.app.issuance().pipeline.clone());
    host.come_to_rest().await;
    assert_eq!(paid(&host).await.len(), 1);
    // It is spent meanwhile, so that the balance alone does not reveal the top-up.
    host.story.node.give(&host.story.address, 0).await;
    restore(&host.story, &backup).await;
    host.worker = HostWorker::new(host.story.app.issuance().pipeline.clone());
    host.come_to_rest().await;
    host.blocks(40).await;
    assert_eq!(paid(&host).await.len(), 1, "the cap of a day counts what was found in the chain");
    assert_eq!(top_ups(&host).await, [(host.story.address.clone(), FILL)]);
    host.assert_examined().await;
}
