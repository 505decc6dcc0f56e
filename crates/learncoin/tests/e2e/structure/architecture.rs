//! The dependencies between the crates, as `ARCHITECTURE.md` draws them and as `cargo metadata` reports them.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::support::process::{repository, run};
use crate::support::school::text;

/// For each crate, without `learncoin-` before its name, the packages it is built with; those of its tests left out.
type Arrows = BTreeMap<String, BTreeSet<String>>;

#[test]
fn no_crate_depends_on_another_against_the_arrows() {
    let drawn = drawn();
    for (from, packages) in arrows() {
        for to in packages.iter().filter_map(|package| ours(package)) {
            assert!(reaches(&drawn, &from, &to), "{from} → {to} is not an arrow of ARCHITECTURE.md");
        }
    }
}

#[test]
fn every_crate_is_on_the_map() {
    let drawn = drawn();
    let on_map: BTreeSet<&String> = drawn.keys().chain(drawn.values().flatten()).collect();
    for name in arrows().keys().filter(|name| *name != "testkit") {
        assert!(on_map.contains(name), "{name} is not on the map of ARCHITECTURE.md");
    }
}

#[test]
fn only_the_store_speaks_sql_and_only_one_crate_depends_on_an_http_client() {
    let users_of = |package: &str| -> Vec<String> {
        arrows()
            .into_iter()
            .filter(|(_, packages)| packages.contains(package))
            .map(|(name, _)| name)
            .collect()
    };
    assert_eq!(users_of("sqlx"), ["store"]);
    assert_eq!(users_of("rusqlite"), ["store"]);
    assert_eq!(users_of("reqwest"), ["http-client"]);
}

#[test]
fn the_signed_artefact_needs_nothing_asynchronous_and_no_other_crate_of_ours() {
    let arguments = [
        "tree",
        "--offline",
        "--package",
        "learncoin-credential",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
    ];
    let tree = run(cargo().args(arguments));
    assert_eq!(tree.status, Some(0), "{}", tree.stderr);
    let packages: BTreeSet<&str> = tree.stdout.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(packages.contains("learncoin-credential") && packages.contains("sha2"), "{packages:?}");
    let refused = |name: &&&str| {
        let is_other_of_ours = ours(name).is_some_and(|name| name != "credential");
        let is_asynchronous =
            name.starts_with("tokio") || name.starts_with("futures") || name.starts_with("async-");
        is_other_of_ours
            || is_asynchronous
            || ["hyper", "reqwest", "axum", "sqlx", "rusqlite", "mio"].contains(name)
    };
    assert_eq!(packages.iter().find(refused), None);
}

#[test]
fn the_testkit_is_in_no_crate_that_ships() {
    for (name, packages) in arrows() {
        assert!(!packages.contains("learncoin-testkit"), "{name}");
    }
}

/// Returns the dependencies that `cargo metadata` reports.
fn arrows() -> Arrows {
    let metadata = run(cargo().args(["metadata", "--no-deps", "--offline", "--format-version", "1"]));
    assert_eq!(metadata.status, Some(0), "{}", metadata.stderr);
    let metadata = metadata.json();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let arrows: Arrows =
        packages.map(|package| (ours(&text(package, "/name")).unwrap(), built_with(package))).collect();
    assert!(arrows.len() >= 8, "{arrows:?}");
    arrows
}

fn built_with(package: &Value) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().unwrap().iter();
    dependencies
        .filter(|dependency| dependency["kind"] != "dev")
        .map(|dependency| text(dependency, "/name"))
        .collect()
}

/// Parses the map: lines such as `server → issuance → { store, credential }` in the block under "Crates".
fn drawn() -> Arrows {
    let map = std::fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    let block = map.split_once("## Crates").unwrap().1.split("```").nth(1).unwrap();
    let mut arrows = Arrows::new();
    for line in block.lines() {
        let stations: Vec<Vec<String>> = line.split('→').map(names).collect();
        for pair in stations.windows(2) {
            for from in &pair[0] {
                arrows.entry(from.clone()).or_default().extend(pair[1].iter().cloned());
            }
        }
    }
    assert!(arrows.len() >= 3, "{arrows:?}");
    arrows
}

fn names(station: &str) -> Vec<String> {
    let text = station.trim().trim_start_matches('{').trim_end_matches('}');
    text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// Returns whether one gets from a crate to another along the arrows. The testkit uses all crates that it tests.
fn reaches(drawn: &Arrows, from: &str, to: &str) -> bool {
    from == "testkit"
        || drawn
            .get(from)
            .is_some_and(|next| next.contains(to) || next.iter().any(|next| reaches(drawn, next, to)))
}

/// Returns the name of a crate of ours, as the map has it.
fn ours(package: &str) -> Option<String> {
    if package == "learncoin" {
        Some(package.to_owned())
    } else {
        package.strip_prefix("learncoin-").map(str::to_owned)
    }
}

fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(repository());
    command
}
