//! The profiles of builds: what is quick to build for a newcomer is not what is shipped.

use toml::{Table, Value};

use crate::support::process::repository;

/// The packages whose code never runs, so that no profile optimizes them.
const NEVER_RUN: [&str; 1] = ["write-fonts"];

fn profile(name: &str) -> Table {
    let manifest = std::fs::read_to_string(repository().join("Cargo.toml")).unwrap();
    let manifest: Table = manifest.parse().unwrap();
    manifest["profile"][name].as_table().unwrap().clone()
}

#[test]
fn every_package_is_optimized_in_what_is_shipped() {
    let (release, dist) = (profile("release"), profile("dist"));
    assert_eq!(dist["opt-level"], Value::Integer(3));
    let level = |profile: &Table, package: &str| {
        profile["package"].get(package).map(|settings| settings["opt-level"].as_integer().unwrap())
    };
    let packages = release["package"].as_table().unwrap();
    assert!(packages.len() > 10);
    for package in packages.keys().filter(|package| !NEVER_RUN.contains(&package.as_str())) {
        let shipped = level(&dist, package).or(level(&release, package));
        assert_eq!(shipped, Some(3), "`dist` inherits the level of {package} from `release`");
    }
}
