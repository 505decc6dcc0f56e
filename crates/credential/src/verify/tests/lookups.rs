//! Tests of the checks that need lookups: steps 6 to 8 of section 11.

use serde_json::json;

use super::*;
use crate::address::Address;
use crate::testing::{anchor_transaction, public_key, sign_transaction, transaction_fields};

const OTHER_SECRET: [u8; 32] = [0x22; 32];

// 6: issuer

#[test]
fn the_issuer_is_a_tenant_of_the_credentials_host() {
    for (did, words) in [
        ("did:web:learncoin.me#tenant-AAAA", "names no tenant"),
        ("did:web:learncoin.me#tenant-", "names no tenant"),
        ("did:web:learncoin.me#other", "another host"),
        ("did:web:evil.example#tenant-01KPX4MQ005TCNKPH5QY15PQWV", "another host"),
        ("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "only did:web"),
        ("did:web:127.0.0.1", "host name"),
    ] {
        let mut case = Case::new();
        case.credential["issuer"]["id"] = json!(did);
        let method = if did.contains('#') { format!("{did}-key-1") } else { format!("{did}#key-1") };
        case.credential["proof"]["verificationMethod"] = json!(method);
        case.sign_anew(AnchorChain::BaseSepolia);
        case.verify().assert_failed(CheckName::Issuer, words);
    }
}

#[test]
fn the_key_is_the_issuers_own() {
    // The stock verifier accepts any key of the host's document, such as tenant B's for tenant A's issuer.id.
    let did = "did:web:learncoin.me#tenant-01KPX4MQ005TCNKPH5QY15PQWV";
    for method in [
        "did:web:learncoin.me#tenant-01KPX4MQ00DB29BWZBEP0ZXXMF-key-1".to_owned(),
        "did:web:university.example#learncoin-key-1".to_owned(),
        format!("{did}-key-"),
        format!("{did}-key-0"),
        format!("{did}-key-01"),
        format!("{did}-key-+1"),
        format!("{did}-key-1a"),
        format!("{did}key-1"),
        did.to_owned(),
    ] {
        let mut case = Case::new();
        case.credential["proof"]["verificationMethod"] = json!(method);
        case.did_document["verificationMethod"][0]["id"] = json!(method);
        case.did_document["assertionMethod"][0] = json!(method);
        case.verify().assert_failed(CheckName::Issuer, "not a key of issuer.id");
    }
}

#[test]
fn the_did_document_lists_the_key_for_assertions_on_the_anchors_chain() {
    let cases: [NamedEdit; 11] = [
        ("that of another DID", |d| d["id"] = json!("did:web:evil.example")),
        ("under assertionMethod", |d| d["assertionMethod"] = json!([])),
        ("under assertionMethod", |d| drop(d.as_object_mut().unwrap().remove("assertionMethod"))),
        ("under verificationMethod exactly once", |d| d["verificationMethod"] = json!([])),
        ("under verificationMethod exactly once", |d| {
            d["verificationMethod"] = json!([d["verificationMethod"][0], d["verificationMethod"][0]]);
        }),
        ("no secp256k1 key", |d| d["verificationMethod"][0]["publicKeyJwk"]["crv"] = json!("P-256")),
        ("which chain the key signs for", |d| {
            drop(d["verificationMethod"][0].as_object_mut().unwrap().remove("blockchainAccountId"));
        }),
        ("another address", |d| {
            d["verificationMethod"][0]["blockchainAccountId"] =
                json!("eip155:84532:0x9Bcba397ed9b2743953A8A206B2dEd0136199Eb1");
        }),
        ("signs for chain 8453", |d| {
            d["verificationMethod"][0]["blockchainAccountId"] =
                json!("eip155:8453:0xb695B01217E9b9E55CF1E23814ac091352df7D12");
        }),
        ("names no issuer profile", |d| d["service"] = json!([])),
        ("not the credential host's", |d| {
            d["service"][1]["serviceEndpoint"] =
                json!("https://evil.example/tenants/01KPX4MQ005TCNKPH5QY15PQWV/issuer.json");
        }),
    ];
    for (words, edit) in cases {
        let mut case = Case::new();
        edit(&mut case.did_document);
        case.verify().assert_failed(CheckName::Issuer, words);
    }
    Case::new()
        .verify_with(|evidence| evidence.did_document = Lookup::Absent)
        .assert_failed(CheckName::Issuer, "no DID document");
}

/// Creates a case of a tenant with a DID of its own, listed by its profile on the credential's host.
fn own_did() -> Case {
    let mut case = Case::new();
    let did = "did:web:university.example";
    case.credential["issuer"]["id"] = json!(did);
    case.credential["proof"]["verificationMethod"] = json!("did:web:university.example#learncoin-key-1");
    case.sign_anew(AnchorChain::BaseSepolia);
    case.did_document["id"] = json!(did);
    case.did_document["verificationMethod"][0]["id"] = json!("#learncoin-key-1");
    case.did_document["assertionMethod"] = json!(["#learncoin-key-1"]);
    case.did_document["service"] = json!([{
        "id": "#issuer-profile",
        "type": "IssuerProfile",
        "serviceEndpoint": "https://learncoin.me/tenants/01KPX4MQ005TCNKPH5QY15PQWV/issuer.json",
    }]);
    case.profile["alsoKnownAs"] = json!([did]);
    case
}

#[test]
fn a_did_of_its_own_is_listed_by_the_tenants_profile_on_the_host() {
    let case = own_did();
    assert_eq!(case.parsed().lookups().did_url.as_str(), "https://university.example/.well-known/did.json");
    assert_eq!(case.verify().verdict, Verdict::ValidTest);
    assert!(case.parsed().has_own_did() && !Case::new().parsed().has_own_did());

    let mut case = own_did();
    case.profile.as_object_mut().unwrap().remove("alsoKnownAs");
    case.verify().assert_failed(CheckName::Issuer, "does not list the issuer's DID");

    for elsewhere in [
        "https://university.example/issuer.json",
        "https://learncoin.me/issuer.json",
        "https://learncoin.me/tenants/x/issuer.json",
        "https://learncoin.me/tenants/01KPX4MQ005TCNKPH5QY15PQWV/issuer.json?x",
        "http://learncoin.me/tenants/01KPX4MQ005TCNKPH5QY15PQWV/issuer.json",
    ] {
        let mut case = own_did();
        case.did_document["service"][0]["serviceEndpoint"] = json!(elsewhere);
        case.verify().assert_failed(CheckName::Issuer, "not the credential host's");
    }

    let mut case = own_did();
    case.credential["proof"]["verificationMethod"] =
        json!("did:web:learncoin.me#tenant-01KPX4MQ005TCNKPH5QY15PQWV-key-1");
    case.verify().assert_failed(CheckName::Issuer, "not a key of issuer.id");

    own_did()
        .verify_with(|evidence| evidence.issuer_profile = Lookup::Unreachable("time-out".to_owned()))
        .assert_could_not_check(CheckName::Issuer, "time-out");
    own_did()
        .verify_with(|evidence| evidence.issuer_profile = Lookup::Absent)
        .assert_could_not_check(CheckName::Issuer, "no such issuer profile");
}

// 7: transaction and key

#[test]
fn the_transaction_is_there() {
    Case::new()
        .verify_with(|evidence| evidence.transaction = Lookup::Absent)
        .assert_failed(CheckName::Anchor, "no such transaction");
}

#[test]
fn the_node_cannot_show_another_transaction() {
    let mut case = Case::new();
    let mut raw = anchor_transaction(&case.secret, 84_532, case.root().as_bytes());
    case.mined.raw = raw.clone().into();
    case.verify().assert_failed(CheckName::Anchor, "another transaction than");
    raw.pop();
    case.mined.raw = raw.into();
    case.verify().assert_failed(CheckName::Anchor, "cannot be read");
}

#[test]
fn the_transaction_is_an_anchor_and_nothing_else() {
    let own = public_key(&Case::new().secret).address();
    let root = Case::new().root();
    let longer = [root.as_bytes().as_slice(), &[0]].concat();
    let tagged = [&[0x4c, 0x43], root.as_bytes().as_slice()].concat();
    let other: Address = Address::new([9; 20]);
    for (chain_id, to, value, data, words) in [
        (8_453, own.as_bytes().as_slice(), 0, root.as_bytes().as_slice(), "signed for another chain"),
        (84_532, other.as_bytes(), 0, root.as_bytes(), "from the key to itself"),
        (84_532, &[], 0, root.as_bytes(), "from the key to itself"),
        (84_532, own.as_bytes(), 1, root.as_bytes(), "moves value"),
        (84_532, own.as_bytes(), 0, &[0xab; 32], "calldata is not the Merkle root"),
        (84_532, own.as_bytes(), 0, &longer, "calldata is not the Merkle root"),
        (84_532, own.as_bytes(), 0, &tagged, "calldata is not the Merkle root"),
        (84_532, own.as_bytes(), 0, &[], "calldata is not the Merkle root"),
    ] {
        let mut case = Case::new();
        let fields = transaction_fields(chain_id, to, value, data, &[0xc0]);
        case.mined.raw = sign_transaction(&case.secret, &fields, |_, _, _| ()).into();
        case.set_transaction_hash();
        case.verify().assert_failed(CheckName::Anchor, words);
    }
}

#[test]
fn the_sender_is_recovered_and_must_be_the_key() {
    let mut case = Case::new();
    case.mined.raw = anchor_transaction(&OTHER_SECRET, 84_532, case.root().as_bytes()).into();
    case.set_transaction_hash();
    // A profile that lists the other key changes nothing, because the DID document has the tenant's key.
    let key = format!("ecdsa-koblitz-pubkey:{}", public_key(&OTHER_SECRET).address());
    case.profile["publicKey"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "id": key, "created": "2026-01-01T00:00:00Z" }));
    case.verify().assert_failed(CheckName::Anchor, "signed by another key");
}

#[test]
fn failed_and_unconfirmed_transactions_are_not_anchors() {
    let mut case = Case::new();
    case.mined.succeeded = false;
    case.verify().assert_failed(CheckName::Anchor, "failed on the chain");
    let mut case = Case::new();
    case.policy.min_confirmations = 4;
    case.verify().assert_could_not_check(CheckName::Anchor, "3 of 4 confirmations");
}

#[test]
fn the_key_was_valid_when_the_block_was_made() {
    // The block's time is 2026-04-23T12:00:58Z.
    let cases: [(Option<&str>, Edit); 10] = [
        (Some("does not list the key"), |k| {
            k["id"] = json!("ecdsa-koblitz-pubkey:0x9Bcba397ed9b2743953A8A206B2dEd0136199Eb1")
        }),
        (Some("not valid at the time"), |k| k["created"] = json!("2026-04-23T12:00:59Z")),
        (None, |k| k["created"] = json!("2026-04-23T12:00:58Z")),
        (Some("not valid at the time"), |k| drop(k.as_object_mut().unwrap().remove("created"))),
        (Some("not valid at the time"), |k| k["revoked"] = json!("2026-02-01T00:00:00Z")),
        (None, |k| k["revoked"] = json!("2026-04-23T12:00:59Z")),
        (Some("not valid at the time"), |k| k["expires"] = json!("2026-04-23T12:00:58Z")),
        (None, |k| k["expires"] = json!("2026-04-23T12:00:59Z")),
        (Some("not valid at the time"), |k| {
            k["expires"] = json!("2027-01-01T00:00:00Z");
            k["revoked"] = json!("2026-02-01T00:00:00Z");
        }),
        (Some("not valid at the time"), |k| k["revoked"] = json!("soon")),
    ];
    for (words, edit) in cases {
        let mut case = Case::new();
        edit(&mut case.profile["publicKey"][0]);
        match words {
            Some(words) => case.verify().assert_failed(CheckName::Anchor, words),
            None => assert_eq!(case.verify().verdict, Verdict::ValidTest),
        }
    }
    let mut case = Case::new();
    let mut again = case.profile["publicKey"][0].clone();
    again["revoked"] = json!("2026-02-01T00:00:00Z");
    case.profile["publicKey"].as_array_mut().unwrap().push(again);
    case.verify().assert_failed(CheckName::Anchor, "not valid at the time");
    for (date, verdict) in
        [("2026-02-01T00:00:00Z", Verdict::NotValid), ("2026-05-01T00:00:00Z", Verdict::ValidTest)]
    {
        let mut case = Case::new();
        case.did_document["verificationMethod"][0]["revoked"] = json!(date);
        assert_eq!(case.verify().verdict, verdict);
    }
}

// 8: revocation and dates

#[test]
fn a_revoked_credential_is_not_valid() {
    for kind in ["credential_full", "credential_redacted"] {
        let mut case = Case::of("base-sepolia", kind);
        let id = case.credential["id"].clone();
        case.revocation["revokedAssertions"] = json!([{ "id": "https://learncoin.me/c/crd_other" }]);
        assert_eq!(case.verify().verdict, Verdict::ValidTest);
        case.revocation["revokedAssertions"] = json!([{ "id": id, "revocationReason": "Superseded" }]);
        case.verify().assert_failed(CheckName::Revocation, "revoked: Superseded");
        assert_eq!(case.verify().failure(), Some(NotValidReason::Revoked));
        case.revocation["revokedAssertions"] = json!([{ "id": id }]);
        case.verify().assert_failed(CheckName::Revocation, "revoked");
    }
}

#[test]
fn a_credential_holds_within_its_dates() {
    for (now, words) in [
        ("2026-04-23T11:59:59.999Z", Some(("not yet valid", NotValidReason::NotYetValid))),
        ("2026-04-23T12:00:00Z", None),
        ("2031-04-23T11:59:59.999Z", None),
        ("2031-04-23T12:00:00Z", Some(("expired", NotValidReason::Expired))),
    ] {
        let mut case = Case::new();
        case.policy.now = now.parse().unwrap();
        match words {
            Some((words, failure)) => {
                case.verify().assert_failed(CheckName::Revocation, words);
                assert_eq!(case.verify().failure(), Some(failure));
                assert!(failure.is_about_time());
                let report = case.verify_with(|evidence| evidence.revocation = Lookup::Absent);
                assert_eq!(report.verdict, Verdict::NotValid, "the dates alone are enough");
            }
            None => {
                assert_eq!(case.verify().verdict, Verdict::ValidTest);
                assert_eq!(case.verify().failure(), None);
            }
        }
    }
}

#[test]
fn a_report_has_the_reason_of_its_first_failed_check() {
    let failure = |edit: fn(&mut Case)| {
        let mut case = Case::new();
        edit(&mut case);
        case.revocation["revokedAssertions"] = json!([{ "id": case.credential["id"] }]);
        case.verify().failure()
    };
    assert_eq!(failure(|_| {}), Some(NotValidReason::Revoked));
    assert_eq!(failure(|case| case.credential["honours"] = json!(true)), Some(NotValidReason::Malformed));
    assert_eq!(
        failure(|case| case.credential["credentialSubject"]["name"] = json!("Eve")),
        Some(NotValidReason::Altered)
    );
    assert_eq!(
        failure(|case| case.did_document["id"] = json!("did:web:x")),
        Some(NotValidReason::WrongIssuer)
    );
    assert_eq!(failure(|case| case.mined.succeeded = false), Some(NotValidReason::Unproven));
}

#[test]
fn the_words_of_a_document_are_read_without_a_verdict() {
    let mut case = Case::new();
    case.credential["credentialSubject"]["name"] = json!("Eve");
    let summary = Summary::read(case.credential.to_string().as_bytes()).unwrap();
    assert_eq!(summary.recipient.as_deref(), Some("Eve"));
    assert_eq!(summary.issued, "2026-04-23T12:00:00Z");
    case.credential["honours"] = json!(true);
    assert_eq!(Summary::read(case.credential.to_string().as_bytes()), None);
}

#[test]
fn revocation_lists_need_a_secure_url() {
    let parsed = Case::new().parsed();
    let url = |list: Option<&str>| {
        parsed.revocation_url(&IssuerProfile {
            name: None,
            public_keys: Vec::new(),
            revocation_list: list.map(str::to_owned),
            also_known_as: Vec::new(),
        })
    };
    assert_eq!(url(None), Err(LookupError::NoRevocationList));
    assert_eq!(url(Some("http://learncoin.me/revocations")), Err(LookupError::InsecureUrl));
    assert_eq!(url(Some("/revocations")), Err(LookupError::InsecureUrl));
    assert_eq!(url(Some("file:///etc/passwd")), Err(LookupError::InsecureUrl));
    assert!(url(Some("http://localhost:8080/revocations")).is_ok());
}
