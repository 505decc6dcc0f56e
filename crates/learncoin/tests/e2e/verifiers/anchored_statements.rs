//! The host's key is funded as described in `docs/keys.md`, the newest statement is anchored on a real EVM node, and the script of that
//! page checks it there.

use serde_json::{Value, json};

use crate::support::anvil::Anvil;
use crate::support::http::poll;
use crate::support::process::{repository, run};
use crate::support::programs::python_lines;
use crate::support::school::School;
use crate::verifiers::anvil_chain::{BASE_SEPOLIA, on};

/// Returns the script `check-keys.py` as the page shows it.
fn script() -> String {
    let page = std::fs::read_to_string(repository().join("docs/keys.md")).unwrap();
    let (_, rest) = page.split_once("```python file=check-keys.py\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn anybody_can_hold_the_statements_against_the_chain() {
    let anvil = Anvil::start(BASE_SEPOLIA);
    let server = on(&anvil).with("LEARNCOIN_CHAIN_LOOK_AT_FUNDS_S", 1).serve();
    School::join(&server, "developer");
    let keys = || server.deployment.result(&["host-key", "list"]);
    let before = keys();
    assert_eq!((before.as_array().unwrap().len(), &before[0]["balance_wei"]), (1, &json!("0")));
    let address = before[0]["address"].as_str().unwrap().to_owned();
    anvil.fund(&address);
    let list: Value = poll("an anchored statement", || {
        let list = server.get("/.well-known/learncoin-keys.json").json();
        if list["anchored"]["hash"] == list["newest"]["hash"] { Ok(list) } else { Err(list.to_string()) }
    });
    assert_eq!(list["statements"][0]["address"], address.as_str());
    let (funded, spent): (u128, u128) =
        (1_000_000_000_000_000_000_000, keys()[0]["balance_wei"].as_str().unwrap().parse().unwrap());
    assert!(spent < funded && spent > funded - 1_000_000_000_000_000, "{spent}");

    let url = server.url("/.well-known/learncoin-keys.json");
    let checked = run(&mut python_lines(&script(), &[&url, &anvil.url()]));
    assert_eq!(checked.status, Some(0), "{checked:?}");
    assert!(checked.stdout.contains("the first 3 are anchored in block "), "{}", checked.stdout);
    // A chain that does not have it reports this.
    let other = Anvil::start(BASE_SEPOLIA);
    let checked = run(&mut python_lines(&script(), &[&url, &other.url()]));
    assert_eq!(checked.status, Some(1), "{checked:?}");
    assert!(checked.stderr.contains("the chain does not have 0x"), "{}", checked.stderr);
    let examined = run(&mut server.deployment.command(&["doctor"]));
    assert_eq!(examined.status, Some(0), "{examined:?}");
}
