//! The dependencies between the files of a crate, and the limits of their size.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::process::repository;

/// The most lines that a file of Rust may have.
const MAX_FILE_LINES: usize = 500;
/// The most lines that the median file may have.
const MAX_MEDIAN_LINES: usize = 130;
/// The most lines that one `impl` block may have.
const MAX_IMPL_LINES: usize = 200;

/// The files of a crate whose imports may lead in a circle, with the reason. At most three.
const CIRCLES: [(&str, &[&str], &str); 3] = [
    (
        "credential",
        &["canonicalize::emit", "canonicalize::label"],
        "labels are hashes of what is emitted under them (RDFC-1.0)",
    ),
    (
        "credential",
        &["proof::base58", "proof::cbor"],
        "the fast writer of a batch's proofs shares its layout with the reader",
    ),
    ("testkit", &["app", "caller"], "a caller of the app under test is made by it, and asks it"),
];

/// A module's path within its crate, `a::b`; the root is empty.
pub(crate) type Module = String;

#[test]
fn no_imports_of_a_crate_lead_in_a_circle() {
    let mut found = Vec::new();
    for source in crates() {
        let name = source.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        for circle in circles(&imports(&modules(&source))) {
            let is_named = CIRCLES.iter().any(|(of, files, _)| *of == name && circle == *files);
            if !is_named {
                found.push(format!("{name}: {}", circle.join(" → ")));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_circle_is_found() {
    let modules = |files: &[(&str, &str)]| {
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect::<BTreeMap<_, _>>()
    };
    let round = modules(&[
        ("a", "use crate::b::B;"),
        ("b", "use crate::c::{self, C};"),
        ("c", "fn f() { super::a::f() }"),
        ("d", "use crate::a::A;"),
        ("e", "pub use crate::e::f::F;"),
        ("e::f", "use super::G;"),
    ]);
    assert_eq!(circles(&imports(&round)), [["a", "b", "c"]]);
}

#[test]
fn files_and_blocks_stay_small() {
    let mut lines = Vec::new();
    let mut too_large = Vec::new();
    for file in rust_files(&repository().join("crates")) {
        let text = std::fs::read_to_string(&file).unwrap();
        let count = text.lines().count();
        lines.push(count);
        if count > MAX_FILE_LINES {
            too_large.push(format!("{}: {count} lines", file.display()));
        }
        for (start, count) in impl_blocks(&text) {
            if count >= MAX_IMPL_LINES {
                too_large.push(format!("{}:{start}: an impl block of {count} lines", file.display()));
            }
        }
    }
    assert!(too_large.is_empty(), "{}", too_large.join("\n"));
    lines.sort_unstable();
    let median = lines[lines.len() / 2];
    assert!(median <= MAX_MEDIAN_LINES, "the median file has {median} lines");
}

/// Returns the `src` folder of every crate.
pub(crate) fn crates() -> Vec<PathBuf> {
    let folder = repository().join("crates");
    let mut sources: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().join("src"))
        .filter(|path| path.is_dir())
        .collect();
    sources.sort();
    assert!(sources.len() > 10);
    sources
}

/// Returns every Rust file below a folder, whatever a build left out.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Returns the text of each module of a crate without its tests.
pub(crate) fn modules(source: &Path) -> BTreeMap<Module, String> {
    let mut modules = BTreeMap::new();
    for file in rust_files(source) {
        let relative = file.strip_prefix(source).unwrap().with_extension("");
        let mut parts: Vec<&str> = relative.iter().map(|part| part.to_str().unwrap()).collect();
        if parts.iter().any(|part| matches!(*part, "tests" | "testing")) {
            continue;
        }
        if matches!(parts.last(), Some(&("lib" | "main" | "mod"))) {
            parts.pop();
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap()).collect();
        modules.insert(parts.join("::"), code.join("\n"));
    }
    modules
}

/// Returns what each module imports from others. What it re-exports is left out: a folder's file that lists its members
/// depends on none of them.
pub(crate) fn imports(modules: &BTreeMap<Module, String>) -> BTreeMap<Module, BTreeSet<Module>> {
    let mut imports = BTreeMap::new();
    for (module, text) in modules {
        let mut targets = BTreeSet::new();
        for path in paths(text) {
            if let Some(target) = resolve(module, &path, modules)
                && target != *module
            {
                targets.insert(target);
            }
        }
        imports.insert(module.clone(), targets);
    }
    imports
}

/// Returns every path that begins with `crate` or `super`, those of `use` trees one by one.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut rest = String::new();
    let mut remaining = code;
    while let Some(start) = remaining.find("use ") {
        let (before, from) = remaining.split_at(start);
        let is_word = before.chars().next_back().is_none_or(|last| !last.is_alphanumeric() && last != '_');
        let Some(end) = from.find(';').filter(|_| is_word) else {
            rest.push_str(before);
            rest.push_str("use ");
            remaining = &from["use ".len()..];
            continue;
        };
        let is_public = before.trim_end().ends_with("pub") || before.trim_end().ends_with(')');
        rest.push_str(before);
        if !is_public {
            expand(&[], &from["use ".len()..end], &mut paths);
        }
        remaining = &from[end + 1..];
    }
    rest.push_str(remaining);
    for start in ["crate::", "super::"] {
        for (at, _) in rest.match_indices(start) {
            let path: String = rest[at..]
                .chars()
                .take_while(|one| one.is_alphanumeric() || matches!(one, '_' | ':'))
                .collect();
            let is_part =
                rest[..at].ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | ':'));
            if !is_part {
                paths.push(path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect());
            }
        }
    }
    paths.retain(|path: &Vec<String>| {
        path.first().is_some_and(|first| matches!(first.as_str(), "crate" | "super" | "self"))
    });
    paths
}

/// Takes a `use` tree apart.
fn expand(prefix: &[String], tree: &str, paths: &mut Vec<Vec<String>>) {
    let tree = tree.trim();
    let Some((head, list)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        let parts = path.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned);
        paths.push(prefix.iter().cloned().chain(parts).collect());
        return;
    };
    let prefix: Vec<String> = prefix
        .iter()
        .cloned()
        .chain(head.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned))
        .collect();
    let list = list.rsplit_once('}').map_or(list, |(list, _)| list);
    let (mut depth, mut item) = (0_usize, String::new());
    for one in list.chars() {
        match one {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if one == ',' && depth == 0 {
            expand(&prefix, &std::mem::take(&mut item), paths);
        } else {
            item.push(one);
        }
    }
    if !item.trim().is_empty() {
        expand(&prefix, &item, paths);
    }
}

/// Returns the module in which a path ends.
fn resolve(module: &str, path: &[String], modules: &BTreeMap<Module, String>) -> Option<Module> {
    let mut base: Vec<&str> = module.split("::").filter(|part| !part.is_empty()).collect();
    let mut rest = path;
    if path.first()? == "crate" {
        base.clear();
        rest = &path[1..];
    }
    while let Some(first) = rest.first().filter(|first| matches!(first.as_str(), "super" | "self")) {
        if first == "super" {
            base.pop();
        }
        rest = &rest[1..];
    }
    let full: Vec<&str> = base.into_iter().chain(rest.iter().map(String::as_str)).collect();
    (0..=full.len()).rev().map(|count| full[..count].join("::")).find(|name| modules.contains_key(name))
}

/// Returns the groups of modules of which each reaches each other, sorted.
pub(crate) fn circles(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<Vec<Module>> {
    let reached: BTreeMap<&Module, BTreeSet<&Module>> =
        imports.keys().map(|module| (module, reachable(module, imports))).collect();
    let mut circles = BTreeSet::new();
    for (module, targets) in &reached {
        let circle: Vec<Module> = targets
            .iter()
            .filter(|target| reached[**target].contains(*module))
            .map(|target| (*target).clone())
            .collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

fn reachable<'a>(from: &Module, imports: &'a BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = imports.get(from).into_iter().flatten().collect();
    while let Some(module) = open.pop() {
        let Some((module, targets)) = imports.get_key_value(module) else { continue };
        if reached.insert(module) {
            open.extend(targets);
        }
    }
    reached
}

/// Returns the first line and the number of lines of each `impl` block at the margin.
fn impl_blocks(text: &str) -> Vec<(usize, usize)> {
    let mut blocks = Vec::new();
    let mut start = None;
    for (number, line) in text.lines().enumerate() {
        if line.starts_with("impl") && line.ends_with('{') {
            start = Some(number);
        }
        if line == "}"
            && let Some(start) = start.take()
        {
            blocks.push((start + 1, number - start + 1));
        }
    }
    blocks
}
