//! The embedded chain's JSON-RPC and its pages.

use learncoin_chain::network::DEVELOPMENT;
use learncoin_chain::transaction::{ANCHOR_GAS_LIMIT, RootTransaction};
use learncoin_chain::{ChainKey, Fees};
use learncoin_server::AppState;
use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Answer, Body, Request, TestApp, one};
use serde_json::json;

use crate::public::credential_page::{expect_page, first_credential, path_of, text};

async fn rpc(app: &TestApp, body: impl Into<Body>) -> Answer {
    app.send(Request::post("/dev/chain/rpc").body(body.into()).unwrap()).await
}

#[tokio::test]
async fn the_transaction_link_opens_a_page_that_shows_the_root() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let batch = uni.batch(batch["id"].as_str().unwrap()).await;
    let explorer_url = batch["anchor_transaction"]["explorer_url"].as_str().unwrap();
    let path = explorer_url.strip_prefix(app.public_url()).unwrap();

    let page = app.get(path).await;
    expect_page(&page, 200);
    let text = text(&page);
    assert!(text.contains("Status In block 1, 1 confirmation"), "{text}");
    assert!(
        text.contains(&format!(
            "Calldata {} 32 bytes: the Merkle root",
            batch["merkle_root"].as_str().unwrap()
        )),
        "{text}"
    );
    assert!(text.starts_with("DEVELOPMENT This is a development chain"), "{text}");

    let list = app.get("/dev/chain").await;
    expect_page(&list, 200);
    let hash = path.rsplit('/').next().unwrap();
    assert!(list.text().contains(&format!("href=\"/dev/chain/tx/{hash}\"")), "{}", list.text());
    let credential = first_credential(&uni, &batch).await;
    assert!(app.get(&path_of(&credential)).await.text().contains(&format!("href=\"{explorer_url}\"")));
}

#[tokio::test]
async fn the_development_chain_answers_programs_of_any_origin() {
    let app = TestApp::start().await;
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_chainId" }).to_string();
    let answer = rpc(&app, call).await;
    assert_eq!(answer.expect(200), json!({ "jsonrpc": "2.0", "id": 1, "result": "0x7a69" }));
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(rpc(&app, "{").await.expect(200)["error"]["code"], -32700);
    let notification = json!({ "jsonrpc": "2.0", "method": "eth_chainId" }).to_string();
    assert_eq!(rpc(&app, notification).await.status, 204);

    let too_large = rpc(&app, vec![b' '; 64 * 1024 + 1]).await;
    too_large.expect_error(ErrorCode::PayloadTooLarge);
    assert_eq!(too_large.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn from_outside_the_chain_is_read_only() {
    let app = TestApp::start().await;
    let send = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": ["0x02"] });
    let refused = rpc(&app, send.to_string()).await.expect(200);
    assert_eq!(refused["error"]["code"], -32004, "{refused}");
    assert!(refused["error"]["message"].as_str().unwrap().contains("read-only"), "{refused}");
}

#[tokio::test]
async fn a_large_answer_arrives_whole() {
    let app = TestApp::start().await;
    for now in 1..1_100 {
        app.chain().mine_empty(now).unwrap();
    }
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_feeHistory", "params": [1_024, "latest", [1, 50, 99]] });
    let answer = rpc(&app, call.to_string()).await;
    assert!(answer.body.len() > 32 * 1024, "{}", answer.body.len());
    assert_eq!(answer.expect(200)["result"]["reward"].as_array().unwrap().len(), 1_024);
    let batch = vec![call; 100];
    let answers = rpc(&app, serde_json::Value::from(batch).to_string()).await;
    assert!(answers.body.len() <= 1024 * 1024, "{}", answers.body.len());
    let answers = answers.expect(200);
    let refused = answers.as_array().unwrap().iter().filter(|answer| answer["error"]["code"] == -32005);
    assert!((1..100).contains(&refused.count()), "{answers}");
}

#[tokio::test]
async fn the_list_of_blocks_stays_short_however_many_transactions_they_have() {
    let app = TestApp::start().await;
    for secret in 1..=30 {
        let key = ChainKey::from_secret_bytes([secret; 32]).unwrap();
        let transaction = RootTransaction {
            chain_id: DEVELOPMENT,
            nonce: 0,
            root: [secret; 32],
            fees: Fees { max_fee_per_gas: 2_000_000_000, max_priority_fee_per_gas: 1_000_000 },
            gas_limit: ANCHOR_GAS_LIMIT,
        };
        app.chain().submit(&transaction.sign(&key).unwrap().raw).unwrap();
    }
    app.chain().mine(1).unwrap();
    let list = app.get("/dev/chain").await;
    assert_eq!(list.text().matches("href=\"/dev/chain/tx/").count(), 20);
    assert!(text(&list).contains("and 10 more"), "{}", text(&list));
}

#[tokio::test]
async fn a_transaction_that_the_chain_does_not_hold_is_not_found() {
    let app = TestApp::start().await;
    let hash = "00".repeat(32);
    for hash in [hash.as_str(), "0x00", "x", "%FF", "0x0x"] {
        let page = app.get(&format!("/dev/chain/tx/{hash}")).await;
        expect_page(&page, 404);
        assert!(text(&page).contains("404 No such transaction"), "{}", text(&page));
    }
}

#[tokio::test]
async fn a_deployment_on_a_real_chain_has_no_development_chain() {
    let app = TestApp::start().await;
    let router = learncoin_server::router(AppState::new(app.issuance(), None));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/dev/chain", "/dev/chain/tx/0x00"] {
        let page = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(page.status(), 404, "{path}");
        assert!(page.text().await.unwrap().contains("No development chain here"));
    }
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_chainId" }).to_string();
    let answer = client.post(format!("{base}/dev/chain/rpc")).body(call).send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert!(answer.text().await.unwrap().contains("endpoint_not_found"));
}
