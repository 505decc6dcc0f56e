//! The same code on a real EVM node, named by its URL.

use serde_json::json;

use crate::support::anvil::Anvil;
use crate::support::deployment::{Deployment, Server};
use crate::support::http::{self, poll};
use crate::support::process::run;
use crate::support::programs::stock_verdicts;
use crate::support::school::{School, credential_ids, one, text, varied};

const BASE_MAINNET: u64 = 8453;
pub(crate) const BASE_SEPOLIA: u64 = 84532;

/// Creates a deployment on this node. It asks often, so that the story is short.
pub(crate) fn on(anvil: &Anvil) -> Deployment {
    Deployment::new()
        .with("LEARNCOIN_CHAIN_TEST_RPC_URL", anvil.url())
        .with("LEARNCOIN_CHAIN_ALLOW_OTHER_GENESIS", true)
        .with("LEARNCOIN_CHAIN_CONFIRMATIONS", 1)
        .with("LEARNCOIN_CHAIN_POLL_MS", 100)
        .with("LEARNCOIN_PIPELINE_MAX_BACKOFF_S", 1)
}

/// Creates a tenant whose address can pay.
pub(crate) fn funded_school(server: &Server, anvil: &Anvil) -> School {
    let school = School::join(server, "developer");
    fund(server, anvil, &school);
    school
}

/// Funds the addresses of the tenant's keys.
fn fund(server: &Server, anvil: &Anvil, school: &School) {
    let profile =
        server.get(&format!("/tenants/{}/issuer.json", school.tenant_id.trim_start_matches("tnt_"))).json();
    for key in profile["publicKey"].as_array().unwrap() {
        anvil.fund(text(key, "/id").rsplit(':').next().unwrap());
    }
}

#[test]
fn a_credential_is_anchored_on_a_node_named_by_its_url_and_verifies_there() {
    let anvil = Anvil::start(BASE_SEPOLIA);
    let server = on(&anvil).serve();
    let school = funded_school(&server, &anvil);
    let batch = school.issue(&varied(3));
    let hash = text(&batch, "/anchor_transaction/hash");
    assert_eq!(
        text(&batch, "/anchor_transaction/explorer_url"),
        format!("https://sepolia.basescan.org/tx/{hash}")
    );
    let transaction = anvil.call("eth_getTransactionByHash", &json!([hash]));
    assert_eq!(
        (text(&transaction, "/input"), text(&transaction, "/chainId")),
        (text(&batch, "/merkle_root"), "0x14a34".into())
    );

    let mut list = Vec::new();
    for id in credential_ids(&batch) {
        let answer = school.credential(&id);
        let document = server.deployment.write("credential.json", &answer.body);
        let arguments =
            ["verify", document.to_str().unwrap(), "--rpc", &anvil.url(), "--json", "--allow", "test"];
        let verified = run(&mut server.deployment.bare_command(&arguments));
        assert_eq!(
            (verified.status, verified.json()["verdict"].as_str()),
            (Some(0), Some("valid_test")),
            "{verified:?}"
        );
        list.push(json!({ "name": id, "credential": answer.json() }));
        let redacted = server.get(&format!("/c/{id}/credential.json?redacted=true")).json();
        list.push(json!({ "name": format!("{id}, redacted"), "credential": redacted }));
    }
    let file = server.deployment.write("all.json", json!(list).to_string());
    let judged = stock_verdicts(&anvil.url(), &[(&server.origin(), &server.url(""))], &file, BASE_SEPOLIA);
    assert!(judged.0 && judged.1.len() == 6, "{judged:#?}");

    let configured = run(&mut server
        .deployment
        .bare_command(&["verify", file_of_first(&server, &school, &batch).as_str()]));
    assert_eq!(configured.status, Some(3), "the node of the settings: {configured:?}");
    assert!(configured.stdout.contains("\n\nVALID, TEST\n"), "{}", configured.stdout);
    let no_chain =
        http::post(&server.chain_url(), &[], &json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_chainId" }));
    assert_eq!(no_chain.status, 404, "there is no embedded chain");
}

#[test]
fn only_a_credential_on_the_real_chain_is_plainly_valid() {
    let (test, anvil) = (Anvil::start(BASE_SEPOLIA), Anvil::start(BASE_MAINNET));
    let deployment = on(&test).with("LEARNCOIN_CHAIN_LIVE_RPC_URL", anvil.url());
    let server = deployment.serve();
    let school = School::join(&server, "starter").live(&server);
    fund(&server, &anvil, &school);
    let file = file_of_first(&server, &school, &school.issue(&one()));
    let arguments = ["verify", file.as_str(), "--rpc", &anvil.url()];
    let valid = run(&mut deployment.bare_command(&arguments));
    assert_eq!(valid.status, Some(0), "{valid:?}");
    assert!(valid.stdout.contains("\n\nVALID\n"), "{}", valid.stdout);

    // A node that has the id of Base and another first block is another chain, unless a setting says otherwise.
    let foreign = run(&mut Deployment::new().bare_command(&arguments));
    assert_eq!(foreign.status, Some(2), "{foreign:?}");
    assert!(foreign.stdout.contains("the node's genesis block is not that of chain 8453"), "{foreign:?}");
}

fn file_of_first(server: &Server, school: &School, batch: &serde_json::Value) -> String {
    let answer = school.credential(&credential_ids(batch)[0]);
    server.deployment.write("first.json", &answer.body).to_str().unwrap().to_owned()
}

#[test]
fn a_node_of_another_chain_is_refused() {
    let anvil = Anvil::start(11_155_111);
    let message = on(&anvil).serve_refused(&[]);
    assert!(message.contains("11155111") && message.contains("84532"), "{message}");
    let unnamed =
        on(&Anvil::start(BASE_SEPOLIA)).with("LEARNCOIN_CHAIN_ALLOW_OTHER_GENESIS", false).serve_refused(&[]);
    assert!(unnamed.contains("genesis"), "{unnamed}");
}

#[test]
fn a_batch_waits_while_the_node_is_away() {
    let mut anvil = Anvil::start(BASE_SEPOLIA);
    let server = on(&anvil).serve();
    let school = funded_school(&server, &anvil);
    let before = school.issue(&one());

    anvil.stop();
    let answer = school.post(&one());
    assert_eq!(answer.status, 202, "{}", answer.text());
    let id = text(&answer.json(), "/id");
    let waiting = school.get(&format!("/batches/{id}")).json();
    assert_ne!(waiting["status"], "anchored");
    assert_eq!(waiting["anchored_at"], serde_json::Value::Null);

    anvil.start_again();
    let after = school.anchored(&id);
    assert_ne!(after["anchor_transaction"]["hash"], before["anchor_transaction"]["hash"]);
    let count = |batch: &serde_json::Value| {
        let hash = text(batch, "/anchor_transaction/hash");
        text(&anvil.call("eth_getTransactionByHash", &json!([hash])), "/nonce")
    };
    assert_eq!((count(&before), count(&after)), ("0x0".into(), "0x1".into()));
}

#[test]
fn a_server_starts_while_the_node_is_away_and_catches_up() {
    let mut anvil = Anvil::start(BASE_SEPOLIA);
    let server = on(&anvil).serve();
    let school = funded_school(&server, &anvil);
    let deployment = server.deployment.clone();
    anvil.stop();
    let id = school.accepted(&one());
    assert!(server.stop().success());

    let server = deployment.serve();
    let school = school.at(&server);
    assert_eq!(school.get("/tenants/me").status, 200);
    anvil.start_again();
    school.anchored(&id);
    let document = poll("served", || {
        let id = credential_ids(&school.get(&format!("/batches/{id}")).json()).remove(0);
        let answer = school.credential(&id).json();
        if answer["signed_credential"].is_object() { Ok(answer) } else { Err(answer.to_string()) }
    });
    assert_eq!(document["status"], "anchored");
}
