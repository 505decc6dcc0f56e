//! The lock file of the fuzz targets, which are a workspace of their own and are not built by the tests.

use std::collections::BTreeSet;

use toml::Table;

use crate::support::process::repository;

fn table(path: &str) -> Table {
    std::fs::read_to_string(repository().join(path)).unwrap().parse().unwrap()
}

/// Returns the names of the packages that a manifest needs in every build.
fn needed(manifest: &Table) -> BTreeSet<String> {
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
    let is_optional =
        |value: &toml::Value| value.get("optional").and_then(toml::Value::as_bool).unwrap_or(false);
    let needed = dependencies.into_iter().flatten().filter(|(_, value)| !is_optional(value));
    needed.map(|(name, _)| name.clone()).collect()
}

#[test]
fn the_fuzz_targets_are_locked_with_what_their_crates_depend_on() {
    let lock = table("fuzz/Cargo.lock");
    let mut compared = 0;
    for package in lock["package"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let Some(crate_name) = name.strip_prefix("learncoin-").filter(|name| *name != "fuzz") else {
            continue;
        };
        let locked: BTreeSet<String> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one.as_str().unwrap().split(' ').next().unwrap().to_owned())
            .collect();
        let needed = needed(&table(&format!("crates/{crate_name}/Cargo.toml")));
        assert!(!needed.is_empty(), "{name}");
        let missing: Vec<&String> = needed.difference(&locked).collect();
        assert!(missing.is_empty(), "run `cargo update --workspace` in fuzz/: {name} depends on {missing:?}");
        compared += 1;
    }
    assert!(compared > 5, "{compared} crates were compared");
}
