//! Verification in a real browser: on a credential's page, and on `/verify`.

use serde_json::json;

use crate::support::anvil::Anvil;
use crate::support::deployment::{Deployment, Server};
use crate::support::programs::{node, succeeds};
use crate::support::school::{School, credential_ids, one, varied};
use crate::support::site::{DID_PATH, Site, did_document};
use crate::verifiers::anvil_chain::{BASE_SEPOLIA, funded_school, on};

/// A node that exists in the test's browser alone.
const PUBLIC_NODE: &str = "https://sepolia-node.example/";

/// Creates a school, and its credentials: a valid one that is named in the test, another, a revoked one.
fn school(server: &Server) -> (School, Vec<String>) {
    let school = School::join(server, "institution");
    let mut batch = varied(3);
    batch["credentials"][0]["recipient"]["name"] = json!("Ada Lovelace");
    let ids = credential_ids(&school.issue(&batch));
    school.change(&ids[2], "revoke", &json!({ "reason": "Superseded", "reason_code": "reissued" }));
    (school, ids)
}

fn deployment() -> Deployment {
    Deployment::new()
        .with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true")
        .with("LEARNCOIN_PAGES_TEST_RPC_URL", PUBLIC_NODE)
}

#[test]
fn a_browser_verifies_a_credential_on_its_page_and_rejects_false_answers() {
    let (server, site) = (deployment().serve(), Site::open());
    let (school, ids) = school(&server);
    site.put(
        DID_PATH,
        did_document(&server.get(DID_PATH).json(), &school.tenant_id, &server.origin(), &site.did())
            .to_string(),
    );
    school.patch(&json!({ "did": site.did() }));
    let own = credential_ids(&school.issue(&one())).remove(0);
    let (origin, host) = (server.origin(), site.origin());
    let arguments = [
        ["--origin", &origin],
        ["--valid", &ids[0]],
        ["--other", &ids[1]],
        ["--revoked", &ids[2]],
        ["--name", "Ada Lovelace"],
        ["--own-did", &own],
        ["--own-host", &host],
    ];
    succeeds(&mut node("browser-page.mjs", arguments.as_flattened()));
}

#[test]
fn a_browser_verifies_links_ids_and_files_and_sends_them_nowhere() {
    let server = deployment().serve();
    let (_, ids) = school(&server);
    let origin = server.origin();
    let arguments = [
        ["--origin", &origin],
        ["--valid", &ids[0]],
        ["--revoked", &ids[2]],
        ["--name", "Ada Lovelace"],
        ["--node", PUBLIC_NODE],
    ];
    succeeds(&mut node("browser-form.mjs", arguments.as_flattened()));
}

#[test]
fn lighthouse_finds_the_page_that_verifies_well_made_and_light() {
    let server = deployment().serve();
    succeeds(&mut node("lighthouse.mjs", &[&server.url("/verify"), "--bytes", "60000"]));
}

#[test]
fn a_browser_asks_the_public_node_that_the_operator_names_and_never_the_own_one() {
    let anvil = Anvil::start(BASE_SEPOLIA);
    // Two names of one node: to the browser and to its policy they are two hosts.
    let public = anvil.url().replace("127.0.0.1", "localhost");
    let server = on(&anvil).with("LEARNCOIN_PAGES_TEST_RPC_URL", &public).serve();
    let mut batch = one();
    batch["credentials"][0]["recipient"]["name"] = json!("Ada Lovelace");
    let id = credential_ids(&funded_school(&server, &anvil).issue(&batch)).remove(0);
    let origin = server.origin();
    let arguments =
        [["--origin", &origin], ["--valid", &id], ["--name", "Ada Lovelace"], ["--node", &public]];
    succeeds(&mut node("browser-page.mjs", arguments.as_flattened()));

    let refused = on(&anvil).with("LEARNCOIN_PAGES_TEST_RPC_URL", anvil.url()).serve_refused(&[]);
    assert!(refused.contains("pages.test_rpc_url") && refused.contains("deployment's own"), "{refused}");
}
