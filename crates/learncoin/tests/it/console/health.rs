//! The health of the deployment in the console: what waits and why, keys that run low, and what this process saw of its chains.

use learncoin_store::keys::{Funds, KeyBalance};
use learncoin_store::members::Role;
use learncoin_testkit::{TestApp, one};

use super::browser::{Browser, member, operator};

const PAGE: &str = "/console/operator/health";

#[tokio::test]
async fn an_operator_sees_what_waits_and_why() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut browser = Browser::signed_in(&app, &operator(&app, "operator@example.edu").await).await;
    let page = browser.get(PAGE).await;
    assert!(page.text().contains("Ready: this process serves requests."));
    assert!(page.text().contains("Nothing waits.") && page.text().contains("Not read yet"));
    uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let page = browser.get(PAGE).await;
    assert!(page.text().contains("In this process") && !page.text().contains("Batches: Pending"));
    let (_, head) = page.text().split_once("Newest block\"><span>").unwrap();
    assert!(head.split(' ').next().unwrap().parse::<u64>().unwrap() > 0, "the height that was read last");
    assert!(page.text().contains(" gwei</bdi>"), "the price that was read last");

    app.set_chain_down(true);
    let batch = uni.post_batch(one("Grace Hopper")).await["id"].as_str().unwrap().to_owned();
    app.run_steps(3).await;
    app.clock().advance_ms(301_000);
    app.run_steps(2).await;
    let page = browser.get(PAGE).await;
    assert!(page.text().contains("A batch has waited for its anchor for more than five minutes"));
    assert!(
        page.text().contains(&format!("/test/batches/{batch}\""))
            && page.text().contains("Waits for the chain")
    );
    assert!(page.text().contains("did not respond the last time"));
    let german = browser.get(&format!("{PAGE}?lang=de")).await;
    assert!(german.text().contains("Ein Stapel wartet seit mehr als fünf Minuten"));
}

#[tokio::test]
async fn keys_that_run_low_are_named_with_their_owner() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let store = app.issuance().store.clone();
    let key = store.list_signing_keys(&app.issuance().chains.ids()).await.unwrap().remove(0);
    let host = store.find_host_key(key.chain_id).await.unwrap().map(|key| key.address);
    let mut tx = store.begin().await.unwrap();
    for (address, gwei, funds) in
        [(Some(key.address.clone()), 7, Funds::None), (host.clone(), 2_000_000_000, Funds::Low)]
    {
        let Some(address) = address else { continue };
        let balance = KeyBalance { chain_id: key.chain_id, address, gwei, funds, seen_at: app.now_ms() };
        tx.put_key_balance(&balance).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut browser = Browser::signed_in(&app, &operator(&app, "operator@example.edu").await).await;
    let page = browser.get(PAGE).await;
    assert!(page.text().contains("A key can’t pay for its next transaction."));
    assert!(page.text().contains(&key.address.to_string()) && page.text().contains("Pays for nothing"));
    assert!(page.text().contains(&format!("/console/operator/tenants/{}\"", uni.tenant_id)));
    assert!(page.text().contains("0.000000007 ether (7 gwei)"));
    assert_eq!(page.text().contains("2 ether (2,000,000,000 gwei)"), host.is_some());
}

#[tokio::test]
async fn no_one_else_sees_it_and_it_has_no_secret() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let owner = member(&app, "owner@example.edu", &uni.tenant_id, Role::Owner).await;
    assert_eq!(Browser::signed_in(&app, &owner).await.get(PAGE).await.status, 404);
    let mut browser = Browser::signed_in(&app, &operator(&app, "operator@example.edu").await).await;
    assert!(browser.get("/console/operator").await.text().contains("href=\"/console/operator/health\""));
    let page = browser.get(PAGE).await;
    assert!(!page.text().contains("owner@example.edu") && !page.text().contains("Ada Lovelace"));
}
