//! The browser's verifier against the server's: the same report, word for word, over the vectors, over tampered credentials
//! and over random changes of credentials and answers.

use std::collections::BTreeMap;

use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::verify::{
    Lookup, MinedTransaction, ParsedForm, VerificationInputs, VerificationPolicy, WalletInputs, verify,
    verify_wallet_form,
};
use learncoin_credential::wallet::SignedStatusList;
use serde_json::{Value, json};

use crate::support::programs::{node, succeeds};
use crate::support::school::text;

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
    let ended = succeeds(&mut node("browser-verifier.mjs", &["--cases", "--random", "2000"]));
    let mut verdicts = BTreeMap::<String, usize>::new();
    let mut differences = Vec::new();
    for line in ended.stdout.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let (ours, theirs) = (without_own_wording(&report(&case)), without_own_wording(&case["report"]));
        let form = if case["form"] == "wallet" { "wallet form, " } else { "" };
        *verdicts.entry(format!("{form}{}", text(&ours, "/verdict"))).or_default() += 1;
        if ours != theirs {
            let checks = |report: &Value| report["checks"].as_array().unwrap().clone();
            let apart: Vec<_> =
                checks(&ours).into_iter().zip(checks(&theirs)).filter(|(one, other)| one != other).collect();
            differences.push(format!("{}: {apart:#?}", text(&case, "/name")));
        }
    }
    assert!(differences.is_empty(), "{}{}\n{}", ended.stderr, differences.len(), differences.join("\n"));
    // Agreement about nothing but refusals would show little.
    for verdict in ["valid", "valid_test", "not_valid", "could_not_check"] {
        for form in ["", "wallet form, "] {
            let count = verdicts.get(&format!("{form}{verdict}"));
            assert!(count.is_some_and(|count| *count >= 20), "{form}{verdict}: {verdicts:?}");
        }
    }
}

/// Returns the report of the server's verifier on a case.
fn report(case: &Value) -> Value {
    let bytes = hex::decode(text(case, "/credential")).unwrap();
    let policy = VerificationPolicy {
        now: text(case, "/now").parse().unwrap(),
        allow_development: case["allow_development"].as_bool().unwrap(),
        min_confirmations: case["min_confirmations"].as_u64().unwrap_or(1),
    };
    let report = match ParsedForm::read(&bytes) {
        Ok(ParsedForm::Wallet(parsed)) => {
            let evidence = WalletInputs {
                did_document: lookup(&case["did_document"], DidDocument::read),
                status_list: lookup(&case["status_list"], SignedStatusList::read),
            };
            verify_wallet_form(&parsed, &evidence, &policy)
        }
        Ok(ParsedForm::Anchored(parsed)) => {
            let evidence = VerificationInputs {
                did_document: lookup(&case["did_document"], DidDocument::read),
                issuer_profile: lookup(&case["issuer_profile"], IssuerProfile::read),
                revocation: lookup(&case["revocation"], RevocationList::read),
                transaction: transaction(&case["transaction"]),
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
        raw: hex::decode(raw).unwrap().into(),
        block_number: mined["block_number"].as_u64().unwrap(),
        block_time: mined["block_time"].as_i64().unwrap(),
        succeeded: mined["succeeded"].as_bool().unwrap(),
        confirmations: mined["confirmations"].as_u64().unwrap(),
    })
}

/// Returns the report without what each program words in its own way: faults of JSON, and dates that can't be read.
fn without_own_wording(report: &Value) -> Value {
    let text = report.to_string().replace("-009999-01-02T01:59:59Z", "a date that cannot be read");
    let mut report: Value = serde_json::from_str(&text).unwrap();
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
