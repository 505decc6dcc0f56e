//! Files as people hand them to a verifier, each with one outcome: the browser's reader and the one of `learncoin verify` find
//! the same in every file of one table, and never different credentials in one that was changed at random.

use std::collections::BTreeMap;

use learncoin_badge::bake::{self, Contents};
use learncoin_credential::verify::{CheckName, CheckOutcome, ParsedForm};
use serde_json::Value;

use crate::support::programs::{node, succeeds};
use crate::support::school::text;

#[test]
fn both_readers_find_the_same_in_every_file_of_the_table() {
    let ended = succeeds(&mut node("browser-files.mjs", &["--cases", "--random", "3000"]));
    let (mut in_table, mut outcomes, mut differences) = (0, BTreeMap::<String, usize>::new(), Vec::new());
    for line in ended.stdout.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let (name, theirs) = (text(&case, "/name"), text(&case, "/outcome"));
        let (ours, credential) = found(&hex::decode(text(&case, "/bytes")).unwrap());
        let due = case["due"].as_str();
        if due.is_some() {
            in_table += 1;
            *outcomes.entry(ours.clone()).or_default() += 1;
        }
        let both_credentials = credential.as_deref().zip(case["text"].as_str());
        let differs = both_credentials.is_some_and(|(ours, theirs)| !is_same(ours, theirs));
        if due.is_some_and(|due| due != ours || due != theirs) || differs {
            differences.push(format!("{name}: due {due:?}, the server found {ours}, the browser {theirs}"));
        }
    }
    assert!(differences.is_empty(), "{}{}", ended.stderr, differences.join("\n"));
    assert!(in_table >= 60, "{in_table} files");
    // A table of nothing but refusals would show little.
    for (outcome, least) in
        [("credential", 30), ("none: several", 5), ("foreign: blockcerts, did:example:1", 2)]
    {
        assert!(outcomes.get(outcome).is_some_and(|count| *count >= least), "{outcomes:?}");
    }
}

/// Returns what is found in a file, in words, and the credential's text.
fn found(bytes: &[u8]) -> (String, Option<String>) {
    match bake::read(bytes) {
        Err(error) => (format!("none: {}", error.code()), None),
        Ok(file) => match file.contents {
            Contents::Foreign(foreign) => {
                let issuer = foreign.issuer.as_deref().unwrap_or("no issuer");
                (format!("foreign: {}, {issuer}", foreign.kind.name()), None)
            }
            Contents::Credential(text) => {
                let failed = ParsedForm::read(text.as_bytes()).err().and_then(|report| {
                    report.checks.into_iter().find(|check| check.outcome == CheckOutcome::Failed)
                });
                let outcome = match failed.map(|check| check.name) {
                    None => "credential",
                    Some(CheckName::Schema) => "credential: schema failed",
                    Some(CheckName::Signature) => "credential: signature failed",
                    Some(CheckName::Issuer) => "credential: issuer failed",
                    Some(CheckName::Anchor) => "credential: anchor failed",
                    Some(CheckName::Revocation) => "credential: revocation failed",
                };
                (outcome.to_owned(), Some(text))
            }
        },
    }
}

/// Returns whether two texts are the same credential. What was taken out of something around it is written anew, by each
/// reader in its own way.
fn is_same(one: &str, other: &str) -> bool {
    let value = |text: &str| serde_json::from_str::<Value>(text).ok();
    one == other || value(one).zip(value(other)).is_some_and(|(one, other)| one == other)
}
