//! Code that others wrote against the published API and the chain's JSON-RPC, run unchanged.

use crate::support::deployment::Deployment;
use crate::support::process::run;
use crate::support::programs::{SHARED, node, python, succeeds};
use crate::support::school::School;

#[test]
fn the_walkthroughs_typescript_works() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "developer");
    let out = server.deployment.write("signed.json", "");
    let arguments = [
        "--shared",
        SHARED,
        "--base-url",
        school.base_url(),
        "--key",
        &school.key,
        "--out",
        out.to_str().unwrap(),
    ];
    let ended = succeeds(&mut node("walkthrough.mjs", &arguments));
    println!("{}", ended.stdout);
    if ended.stdout.starts_with("skipped") {
        return;
    }
    let verified =
        run(&mut server.deployment.command(&["verify", out.to_str().unwrap(), "--allow", "development"]));
    assert_eq!(verified.status, Some(0), "the credential of the walkthrough: {verified:?}");
}

#[test]
fn the_documentations_python_works() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "developer");
    let arguments = ["--shared", SHARED, "--base-url", school.base_url(), "--key", &school.key];
    println!("{}", succeeds(&mut python("walkthrough.py", &arguments)).stdout);
}

#[test]
fn the_minimal_typed_client_works() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "developer");
    let arguments = ["--shared", SHARED, "--base-url", school.base_url(), "--key", &school.key];
    println!("{}", succeeds(&mut node("typed-client.mjs", &arguments)).stdout);
}

#[test]
fn a_wallet_library_works_with_the_embedded_chain() {
    let deployment = Deployment::new()
        .with("LEARNCOIN_CHAIN_BLOCK_TIME_MS", 200)
        .with("LEARNCOIN_CHAIN_DEVELOPMENT_CHAIN_TRANSACTIONS", 10);
    let server = deployment.serve();
    println!("{}", succeeds(&mut node("devchain.mjs", &["--rpc", &server.chain_url()])).stdout);
}
