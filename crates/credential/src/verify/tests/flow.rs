//! Tests of verdicts, failed lookups and the order of lookups.

use serde_json::json;

use super::*;
use crate::credential::Layout;
use crate::json as strict;
use crate::testing::batches;

#[test]
fn every_signed_vector_is_valid_in_every_layout() {
    let mut seen = 0;
    for batch in batches() {
        for position in 0..batch["signed"].as_array().unwrap().len() {
            for kind in ["credential_full", "credential_redacted"] {
                let mut case = Case::from_batch(&batch, position, kind);
                if case.credential.is_null() {
                    continue;
                }
                let expected = match batch["transaction"]["chain"].as_str().unwrap() {
                    "base-mainnet" => Verdict::Valid,
                    _ => Verdict::ValidTest,
                };
                let credential =
                    SignedCredential::from_json(&strict::Value::from(case.credential.clone())).unwrap();
                for layout in [Layout::Default, Layout::OpenBadges, Layout::DataIntegrity] {
                    case.credential = credential.clone().in_layout(layout).to_json();
                    let report = case.verify();
                    assert_eq!(report.verdict, expected, "{report:#?}");
                    assert_eq!(report.outcomes(), [CheckOutcome::Passed; 5]);
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 81);
}

#[test]
fn lookups_follow_from_the_document_and_earlier_responses() {
    let case = Case::new();
    let parsed = case.parsed();
    let lookups = parsed.lookups();
    assert_eq!(lookups.did_url.as_str(), "https://learncoin.me/.well-known/did.json");
    assert_eq!(lookups.chain, AnchorChain::BaseSepolia);
    assert_eq!(
        lookups.transaction_hash.to_string(),
        "78ba2ca57283e497f3bdcfa9a52a67037f9b034e088a66de79a6d30d034031a4"
    );
    let Lookup::Found(document) = case.inputs().did_document else { panic!("a DID document") };
    assert_eq!(
        parsed.profile_url(&document).unwrap().as_str(),
        "https://learncoin.me/tenants/01KPX4MQ005TCNKPH5QY15PQWV/issuer.json"
    );
    let Lookup::Found(profile) = case.inputs().issuer_profile else { panic!("a profile") };
    assert_eq!(
        parsed.revocation_url(&profile).unwrap().as_str(),
        "https://learncoin.me/revocations?assertionId=https%3A%2F%2Flearncoin.me%2Fc%2Fcrd_01KPX4MQ00REJFE5FBD8QX9Y5A"
    );
}

#[test]
fn without_tenant_services_the_host_profile_is_used() {
    let mut case = Case::new();
    case.did_document["service"].as_array_mut().unwrap().truncate(1);
    let Lookup::Found(document) = case.inputs().did_document else { panic!("a DID document") };
    assert_eq!(case.parsed().profile_url(&document).unwrap().as_str(), "https://learncoin.me/issuer.json");
    assert_eq!(case.verify().verdict, Verdict::ValidTest);
}

#[test]
fn the_report_is_stable_json() {
    let report = serde_json::to_value(Case::new().verify()).unwrap();
    assert_eq!(report["verdict"], "valid_test");
    let names: Vec<_> =
        report["checks"].as_array().unwrap().iter().map(|check| check["name"].clone()).collect();
    assert_eq!(names, ["schema", "signature", "issuer", "anchor", "revocation"]);
    assert_eq!(
        report["checks"][3],
        json!({
            "name": "anchor",
            "outcome": "passed",
            "reason": null,
            "evidence": [
                ["chain", "base-sepolia (84532)"],
                ["transaction", "0x78ba2ca57283e497f3bdcfa9a52a67037f9b034e088a66de79a6d30d034031a4"],
                ["block", "7"],
                ["block time", "2026-04-23T12:00:58Z"],
                ["sender", "0xb695B01217E9b9E55CF1E23814ac091352df7D12"],
                ["confirmations", "3"],
                ["key valid from", "2026-01-01T00:00:00Z"],
            ],
        })
    );
}

#[test]
fn the_development_chain_counts_only_if_the_policy_allows_it() {
    let mut case = Case::new();
    let address = crate::testing::public_key(&case.secret).address();
    case.did_document["verificationMethod"][0]["blockchainAccountId"] =
        json!(format!("eip155:31337:{address}"));
    case.sign_anew(AnchorChain::Development);
    case.verify().assert_failed(CheckName::Anchor, "development chain");
    case.policy.allow_development = true;
    assert_eq!(case.verify().verdict, Verdict::ValidDevelopment);
}

#[test]
fn failed_lookups_are_never_valid() {
    let case = Case::new();
    let why = || "connection refused".to_owned();
    let report = case.verify_with(|evidence| evidence.did_document = Lookup::Unreachable(why()));
    report.assert_could_not_check(CheckName::Issuer, "connection refused");
    report.assert_could_not_check(CheckName::Anchor, "key could not be looked up");
    case.verify_with(|evidence| evidence.issuer_profile = Lookup::Unreachable(why()))
        .assert_could_not_check(CheckName::Anchor, "connection refused");
    case.verify_with(|evidence| evidence.issuer_profile = Lookup::Absent)
        .assert_could_not_check(CheckName::Anchor, "no such");
    case.verify_with(|evidence| evidence.transaction = Lookup::Unreachable(why()))
        .assert_could_not_check(CheckName::Anchor, "connection refused");
    case.verify_with(|evidence| evidence.revocation = Lookup::Unreachable(why()))
        .assert_could_not_check(CheckName::Revocation, "connection refused");
    case.verify_with(|evidence| evidence.revocation = Lookup::Absent)
        .assert_could_not_check(CheckName::Revocation, "no revocation list");
    assert_eq!(
        Lookup::from_read(RevocationList::read(b"<html>")),
        Lookup::Unreachable("not JSON at line 1, column 1".to_owned())
    );
}

#[test]
fn a_failed_check_outweighs_one_that_could_not_be_made() {
    let mut case = Case::new();
    case.mined.succeeded = false;
    let report = case.verify_with(|evidence| {
        evidence.did_document = Lookup::Unreachable(String::new());
        evidence.revocation = Lookup::Unreachable(String::new());
    });
    assert_eq!(report.verdict, Verdict::NotValid);
    assert_eq!(
        report.outcomes(),
        [
            CheckOutcome::Passed,
            CheckOutcome::Passed,
            CheckOutcome::CouldNotCheck,
            CheckOutcome::Failed,
            CheckOutcome::CouldNotCheck
        ]
    );
}

#[test]
fn malformed_documents_leave_the_other_checks_not_reached() {
    let report = Case::new().verify_bytes(b"{");
    report.assert_failed(CheckName::Schema, "not JSON");
    assert_eq!(report.outcomes()[1..], [CheckOutcome::NotReached; 4]);
    let mut case = Case::new();
    case.credential["proof"]["proofValue"] = json!("z");
    let report = case.verify();
    report.assert_failed(CheckName::Signature, "structure");
    assert_eq!(report.outcomes()[2..], [CheckOutcome::NotReached; 3]);
}

#[test]
fn a_day_between_issuance_and_block_is_noted() {
    let note = |block: &str| {
        let mut case = Case::new();
        case.mined.block_time = block.parse::<Timestamp>().unwrap().as_second();
        let report = case.verify();
        assert_eq!(report.verdict, Verdict::ValidTest);
        let lines = report.check(CheckName::Anchor).evidence.clone();
        lines.into_iter().find(|(label, _)| *label == "note").map(|(_, value)| value)
    };
    assert_eq!(note("2026-04-24T12:00:00Z"), None);
    assert_eq!(
        note("2026-04-25T13:00:00Z").as_deref(),
        Some("the issuance date lies 2 days before the block")
    );
    assert_eq!(
        note("2026-04-22T11:00:00Z").as_deref(),
        Some("the issuance date lies more than a day after the block")
    );
    assert_eq!(
        note("2036-04-25T13:00:00Z").as_deref(),
        Some("the issuance date lies more than 9 years before the block")
    );
}

#[test]
fn the_creation_date_of_the_proof_is_not_evidence() {
    let mut case = Case::new();
    let honest = case.verify();
    case.credential["proof"]["created"] = json!("2020-01-01T00:00:00.101Z");
    let report = case.verify();
    assert_eq!(report.verdict, Verdict::ValidTest);
    let besides_size = |report: &Report| {
        let mut json = serde_json::to_value(report).unwrap();
        json["checks"][0]["evidence"][0] = json!(null);
        json
    };
    assert_eq!(besides_size(&report), besides_size(&honest), "nothing but the size may show it");
}

#[test]
fn reports_state_whether_the_document_is_redacted() {
    let report = Case::of("base-sepolia", "credential_redacted").verify();
    assert!(report.check(CheckName::Schema).evidence.contains(&("document", "redacted".to_owned())));
    let report = Case::new().verify();
    assert!(report.check(CheckName::Schema).evidence.contains(&("document", "full".to_owned())));
}

#[test]
fn verdicts_have_fixed_texts() {
    let words = [
        (Verdict::Valid, "valid", true),
        (Verdict::ValidTest, "valid, TEST", true),
        (Verdict::ValidDevelopment, "valid, DEVELOPMENT", true),
        (Verdict::NotValid, "not valid", false),
        (Verdict::CouldNotCheck, "could not check", false),
    ];
    for (verdict, word, valid) in words {
        assert_eq!((verdict.words(), verdict.is_valid()), (word, valid));
    }
}
