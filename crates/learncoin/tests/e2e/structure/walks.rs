//! The walks of `ARCHITECTURE.md`: each hop is a function that exists in the file that is named beside it.

use std::path::Path;

use crate::support::process::repository;

/// The most hops that a walk may have.
const MAX_HOPS: usize = 12;

/// A hop: the function and the file that `ARCHITECTURE.md` names.
struct Hop {
    function: String,
    file: String,
}

#[test]
fn every_hop_of_every_walk_is_a_function_that_exists() {
    let page = std::fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    for heading in [
        "From the request to the signed document",
        "From a transition to the receiver",
        "From the request to the journal",
    ] {
        let hops = hops(&page, heading);
        assert!((3..=MAX_HOPS).contains(&hops.len()), "{heading}: {} hops", hops.len());
        for hop in hops {
            assert!(
                defines(&repository().join(&hop.file), &hop.function),
                "{heading}: no fn {} in {}",
                hop.function,
                hop.file
            );
        }
    }
}

/// Returns the hops below a heading: `` 1. `function` (`file`): … ``.
fn hops(page: &str, heading: &str) -> Vec<Hop> {
    let (_, section) = page.split_once(&format!("### {heading}\n")).unwrap();
    section
        .lines()
        .take_while(|line| !line.starts_with('#'))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
        .map(|line| {
            let mut quoted = line.split('`').skip(1).step_by(2).map(str::to_owned);
            Hop { function: quoted.next().unwrap(), file: quoted.next().unwrap() }
        })
        .collect()
}

fn defines(file: &Path, function: &str) -> bool {
    let source = std::fs::read_to_string(file).unwrap_or_default();
    ["(", "<"].iter().any(|after| source.contains(&format!("fn {function}{after}")))
}
