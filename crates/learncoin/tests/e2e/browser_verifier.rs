//! The browser's verifier against the server's: the same report, word for word, over the vectors, over tampered credentials
//! and over random changes of credentials and answers.

use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::verify::{Evidence, Lookup, MinedTransaction, Parsed, Policy, verify};
use serde_json::{Value, json};

use crate::programs::{node, succeeds};
use crate::school::text;

#[test]
fn the_library_that_browsers_load_is_the_locked_one() {
    succeeds(&mut node("vendor-noble.mjs", &["--check"]));
}

#[test]
fn the_browsers_verifier_agrees_with_the_vectors() {
    succeeds(&mut node("browser-verifier.mjs", &["--random", "0"]));
}

#[test]
fn the_browser_and_the_server_give_the_same_report() {
    let ended = succeeds(&mut node("browser-verifier.mjs", &["--cases", "--random", "4000"]));
    let mut verdicts = std::collections::BTreeMap::<String, usize>::new();
    for line in ended.stdout.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let ours = spoken(&report(&case));
        assert_eq!(spoken(&case["report"]), ours, "{}\n{}\n{line}", ended.stderr, text(&case, "/name"));
        *verdicts.entry(text(&ours, "/verdict")).or_default() += 1;
    }
    // Agreement about nothing but refusals would show little.
    for verdict in ["valid", "valid_test", "not_valid", "could_not_check"] {
        assert!(verdicts.get(verdict).is_some_and(|count| *count >= 50), "{verdicts:?}");
    }
}

/// What the server's verifier says of a case.
fn report(case: &Value) -> Value {
    let bytes = hex::decode(text(case, "/credential")).unwrap();
    let report = match Parsed::read(&bytes) {
        Ok(parsed) => {
            let evidence = Evidence {
                did_document: lookup(&case["did_document"], DidDocument::read),
                issuer_profile: lookup(&case["issuer_profile"], IssuerProfile::read),
                revocation: lookup(&case["revocation"], RevocationList::read),
                transaction: transaction(&case["transaction"]),
            };
            let policy = Policy {
                now: text(case, "/now").parse().unwrap(),
                allow_development: case["allow_development"].as_bool().unwrap(),
                min_confirmations: case["min_confirmations"].as_u64().unwrap(),
            };
            verify(&parsed, &evidence, &policy)
        }
        Err(report) => *report,
    };
    serde_json::to_value(&report).unwrap()
}

fn lookup<T, E: std::fmt::Display>(answer: &Value, read: impl Fn(&[u8]) -> Result<T, E>) -> Lookup<T> {
    match (answer["found"].as_str(), answer["unreachable"].as_str()) {
        (Some(found), _) => Lookup::from_read(read(found.as_bytes())),
        (None, Some(why)) => Lookup::Unreachable(why.to_owned()),
        (None, None) => Lookup::Absent,
    }
}

fn transaction(mined: &Value) -> Lookup<MinedTransaction> {
    let Some(raw) = mined["raw"].as_str() else {
        return lookup(mined, |_| Err::<MinedTransaction, _>("no transaction"));
    };
    Lookup::Found(MinedTransaction {
        raw: hex::decode(raw).unwrap(),
        block_number: mined["block_number"].as_u64().unwrap(),
        block_time: mined["block_time"].as_i64().unwrap(),
        succeeded: mined["succeeded"].as_bool().unwrap(),
        confirmations: mined["confirmations"].as_u64().unwrap(),
    })
}

/// The report without the words that each reader of JSON has of its own.
fn spoken(report: &Value) -> Value {
    let mut report = report.clone();
    for check in report["checks"].as_array_mut().unwrap() {
        for words in ["not JSON", "the member "] {
            let reason = check["reason"].as_str().unwrap_or_default();
            if let Some((before, _)) = reason.split_once(words) {
                check["reason"] = json!(format!("{before}{words}…"));
            }
        }
    }
    report
}
