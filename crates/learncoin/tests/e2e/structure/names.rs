//! The names of types: one name for one thing.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{crates, modules};

/// The modules whose types may have the name of another crate's type: they describe the API's JSON under the names that it has there.
const DESCRIPTIONS: &str = "server::openapi::";

/// A declared type: its name, and whether other crates see it.
struct Declared<'a> {
    name: &'a str,
    is_exported: bool,
}

#[test]
fn no_exported_type_shares_its_name() {
    let mut places: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut exported = BTreeSet::new();
    for source in crates() {
        let name = source.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        if name == "testkit" {
            continue;
        }
        for (module, text) in modules(&source) {
            let place = format!("{name}::{module}");
            for declared in declared(&text).filter(|_| !place.starts_with(DESCRIPTIONS)) {
                places.entry(declared.name.to_owned()).or_default().insert(place.clone());
                if declared.is_exported {
                    exported.insert(declared.name.to_owned());
                }
            }
        }
    }
    assert!(exported.len() > 200, "{} types", exported.len());
    let shared: Vec<String> = places
        .iter()
        .filter(|(name, places)| places.len() > 1 && exported.contains(*name))
        .map(|(name, places)| format!("{name}: {places:?}"))
        .collect();
    assert!(shared.is_empty(), "{}", shared.join("\n"));
}

#[test]
fn declared_types_are_found() {
    let text = "pub struct A;\npub(crate) enum B<'a> {}\n    pub(super) trait C: D {}\nstruct E;\npub type F = A;\npub fn g() {}";
    let found: Vec<(&str, bool)> = declared(text).map(|one| (one.name, one.is_exported)).collect();
    assert_eq!(found, [("A", true), ("B", false), ("C", false), ("F", true)]);
}

/// Returns the types that other modules than their own can see.
fn declared(text: &str) -> impl Iterator<Item = Declared<'_>> {
    text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("pub")?;
        let (visibility, rest) = match rest.strip_prefix('(') {
            Some(rest) => rest.split_once(") ")?,
            None => ("", rest.strip_prefix(' ')?),
        };
        let (kind, rest) = rest.split_once(' ')?;
        let name = rest.split(|one: char| !one.is_alphanumeric()).next().filter(|name| !name.is_empty())?;
        let is_type = matches!(kind, "struct" | "enum" | "trait" | "type" | "union");
        is_type.then_some(Declared { name, is_exported: visibility.is_empty() })
    })
}
