//! `docs/promises.md`: each test that it names exists, and a promise without a test is marked as such.

use std::path::{Path, PathBuf};

/// The tests of this crate; whatever else a name begins with is a crate, or a folder of this one.
const RINGS: [&str; 6] = ["torture", "faults", "it", "chains", "nodes", "e2e"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/promises.md")).unwrap()
}

/// Returns the rows of every table: the promise, the test, and what is not shown.
fn rows(page: &str) -> Vec<[&str; 3]> {
    let rows = page.lines().filter_map(|line| line.strip_prefix('|')?.strip_suffix('|'));
    let cells = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<&str>>());
    let found = cells.filter(|cells| cells.len() >= 4 && !matches!(cells[0], "id" | "---"));
    found.map(|cells| [cells[1], cells[2], cells[3]]).collect()
}

/// Returns the files that a name denotes: one, or one for each name in braces.
fn files(name: &str) -> Vec<PathBuf> {
    let (before, inside, after) = match name.split_once('{') {
        Some((before, rest)) => {
            let (inside, after) = rest.split_once('}').unwrap();
            (before, inside, after)
        }
        None => ("", name, ""),
    };
    let first = name.split('/').next().unwrap();
    let folder = match (RINGS.contains(&first), first) {
        (true, _) => "crates/learncoin/tests",
        (false, "examples") => "crates/learncoin",
        (false, _) => "crates",
    };
    inside.split(',').map(|one| root().join(folder).join(format!("{before}{one}{after}"))).collect()
}

/// Returns whether there is a function of this name, in which `…` is a placeholder for the rest.
fn has_function(source: &str, name: &str) -> bool {
    source.contains(&match name.strip_suffix('…') {
        Some(beginning) => format!("fn {beginning}"),
        None => format!("fn {name}("),
    })
}

#[test]
fn every_test_that_a_promise_names_is_there() {
    let page = page();
    let mut named = 0;
    for name in page.split('`').skip(1).step_by(2).filter(|name| name.contains('/') && name.contains(".rs")) {
        let (file, function) = name.split_once("::").map_or((name, None), |(file, name)| (file, Some(name)));
        for path in files(file) {
            named += 1;
            let source = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{name} is not there"));
            assert!(function.is_none_or(|function| has_function(&source, function)), "{name} is not there");
        }
    }
    assert!(named > 100, "{named}");
}

#[test]
fn a_promise_without_a_test_is_marked_as_not_shown() {
    let page = page();
    let rows = rows(&page);
    assert!(rows.len() > 80, "{}", rows.len());
    for [promise, test, not_shown] in rows {
        assert!(!promise.is_empty());
        assert!(!test.is_empty() || !not_shown.is_empty(), "{promise}");
    }
}

#[test]
fn every_promise_of_the_design_is_in_the_table() {
    const LAST: u32 = 68;
    let page = page();
    let ids: Vec<&str> = page.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
    let missing: Vec<String> =
        (1..=LAST).map(|number| format!("P-{number}")).filter(|id| !ids.contains(&id.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn no_two_promises_have_one_id() {
    let page = page();
    let cells = page.lines().filter_map(|line| line.strip_prefix("| P-")?.split_once('|'));
    let mut ids: Vec<&str> = cells.flat_map(|(ids, _)| ids.split(", P-")).map(str::trim).collect();
    assert!(ids.len() > 60, "{}", ids.len());
    ids.sort_unstable();
    let twice: Vec<&[&str]> = ids.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
