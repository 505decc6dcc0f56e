//! The console in a browser: an operator and an owner work in it by clicks and keys alone.

use crate::pages::browser::screenshots;
use crate::support::deployment::Deployment;
use crate::support::programs::{node, succeeds};

#[test]
fn an_operator_and_an_owner_do_all_their_work_in_a_browser() {
    let server = Deployment::new().with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", true).serve();
    let deployment = &server.deployment;
    deployment.result(&["member", "add", "operator@example.org", "--operator"]);
    let link = deployment.result(&["member", "link", "operator@example.org"]);
    let link = link["link"].as_str().unwrap_or_else(|| panic!("{link}"));
    let arguments = [&server.origin(), "--operator", link, "--screenshots", &screenshots("console")];
    let ended = succeeds(&mut node("console.mjs", &arguments));
    println!("{}", ended.stdout);
    assert!(server.stop().success());
}
