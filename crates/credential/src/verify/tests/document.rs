//! Tests of the checks that need only the document: steps 1 to 5 of section 11.

use serde_json::{Value as Json, json};

use super::*;
use crate::merkle::PathStep;
use crate::testing::anchor_transaction;

// 1: size, JSON, members

#[test]
fn a_document_has_a_size_limit() {
    let case = Case::new();
    let mut text = case.credential.to_string();
    text.push_str(&" ".repeat(MAX_DOCUMENT_BYTES - text.len()));
    assert_eq!(case.verify_bytes(text.as_bytes()).verdict, Verdict::ValidTest);
    text.push(' ');
    case.verify_bytes(text.as_bytes()).assert_failed(CheckName::Schema, "longer than");
}

#[test]
fn duplicate_members_are_rejected() {
    let case = Case::new();
    let text = case.credential.to_string();
    let twice = text.replacen('{', r#"{"nonce":"c45ba76511437ecabd9d2cebcc3ce36e","#, 1);
    case.verify_bytes(twice.as_bytes()).assert_failed(CheckName::Schema, "stands twice");
}

/// Checks documents that have the canonical form of the honest document under a general JSON-LD processor.
#[test]
fn other_spellings_with_the_same_hash_are_refused() {
    let spellings: [NamedEdit; 14] = [
        ("type of the issuer as a string", |c| c["issuer"]["type"] = json!("Profile")),
        ("name as an array", |c| c["credentialSubject"]["name"] = json!(["Ada Lovelace"])),
        ("name as a value object", |c| c["credentialSubject"]["name"] = json!({"@value": "Ada Lovelace"})),
        ("types in another order", |c| c["type"] = json!(["OpenBadgeCredential", "VerifiableCredential"])),
        ("a type twice", |c| {
            c["type"] = json!(["VerifiableCredential", "OpenBadgeCredential", "OpenBadgeCredential"])
        }),
        ("subject as an array", |c| c["credentialSubject"] = json!([c["credentialSubject"]])),
        ("achievement as an array", |c| {
            c["credentialSubject"]["achievement"] = json!([c["credentialSubject"]["achievement"]]);
        }),
        ("alignment as an object", |c| {
            c["credentialSubject"]["achievement"]["alignment"] =
                c["credentialSubject"]["achievement"]["alignment"][0].clone();
        }),
        ("@id for id", |c| {
            let id = c.as_object_mut().unwrap().remove("id").unwrap();
            c["@id"] = id;
        }),
        ("@type for type", |c| {
            let kind = c["issuer"].as_object_mut().unwrap().remove("type").unwrap();
            c["issuer"]["@type"] = kind;
        }),
        ("a nested context", |c| c["credentialSubject"]["achievement"]["@context"] = json!([])),
        ("an empty @included", |c| c["@included"] = json!([])),
        ("null for an absent member", |c| c["issuer"]["url"] = Json::Null),
        ("an empty array for an absent member", |c| c["evidence"] = json!([])),
    ];
    for (name, spell) in spellings {
        let mut case = Case::new();
        spell(&mut case.credential);
        let report = case.verify();
        assert_eq!(report.check(CheckName::Schema).outcome, CheckOutcome::Failed, "{name}: {report:#?}");
    }
}

#[test]
fn rules_of_texts_dates_and_ids_hold_for_signed_documents_too() {
    let careless: [NamedEdit; 5] = [
        ("a control character", |c| c["credentialSubject"]["name"] = json!("A\u{1}")),
        ("a relative achievement id", |c| c["credentialSubject"]["achievement"]["id"] = json!("intro-ml")),
        ("equal ids", |c| c["credentialSubject"]["achievement"]["id"] = c["credentialSubject"]["id"].clone()),
        ("a date alone", |c| {
            c["issuanceDate"] = json!("2026-04-23");
            c["validFrom"] = json!("2026-04-23");
        }),
        ("an id of another form", |c| c["id"] = json!("https://learncoin.me/c/crd_1")),
    ];
    for (name, edit) in careless {
        let mut case = Case::new();
        edit(&mut case.credential);
        // The forger owns a listed key and signs anything. The hashes are correct.
        case.sign_anew(AnchorChain::BaseSepolia);
        let report = case.verify();
        assert_eq!(report.check(CheckName::Schema).outcome, CheckOutcome::Failed, "{name}: {report:#?}");
    }
}

// 2: contexts, layout

#[test]
fn contexts_are_one_of_the_arrays() {
    let (vc2, blockcerts, badges, own) = (
        crate::contexts::VC_2,
        crate::contexts::BLOCKCERTS_3,
        crate::contexts::OPEN_BADGES_3,
        "https://learncoin.me/contexts/v1",
    );
    let verify = |contexts: Json| {
        let mut case = Case::new();
        case.credential["@context"] = contexts;
        case.verify()
    };
    for accepted in [
        json!([vc2, blockcerts, badges, own]),
        json!([vc2, badges, own]),
        json!([vc2, blockcerts, badges, crate::contexts::DATA_INTEGRITY_2, own]),
    ] {
        assert_eq!(verify(accepted).verdict, Verdict::ValidTest);
    }
    let remapped = json!({ "issuanceDate": "@index", "expirationDate": null });
    for refused in [
        json!([vc2, blockcerts, badges]),
        json!([vc2, badges, blockcerts, own]),
        json!([vc2, blockcerts, badges, own, own]),
        json!([vc2, blockcerts, badges, remapped]),
        json!([vc2, blockcerts, badges, own, remapped]),
        json!([vc2, blockcerts, badges, "https://evil.example/contexts/v1"]),
        json!(own),
    ] {
        let report = verify(refused);
        assert_eq!(report.check(CheckName::Schema).outcome, CheckOutcome::Failed, "{report:#?}");
    }
}

#[test]
fn the_purpose_of_the_proof_is_an_assertion() {
    let mut case = Case::new();
    case.credential["proof"]["proofPurpose"] = json!("authentication");
    case.verify().assert_failed(CheckName::Schema, "assertionMethod");
}

// 3 and 4: hash, proof value, path

#[test]
fn every_changed_text_changes_the_hash() {
    let strings: [&str; 8] = [
        "/issuer/name",
        "/credentialSubject/name",
        "/credentialSubject/achievement/name",
        "/credentialSubject/achievement/description",
        "/credentialSubject/achievement/criteria/narrative",
        "/credentialSubject/achievement/alignment/0/targetFramework",
        "/credentialSubject/achievement/alignment/0/targetCode",
        "/credentialSubject/achievement/alignment/0/targetName",
    ];
    for pointer in strings {
        let mut case = Case::new();
        *case.credential.pointer_mut(pointer).unwrap() = json!("Mallory");
        case.verify().assert_failed(CheckName::Signature, "not the one that was signed");
    }
    let others: [NamedEdit; 10] = [
        ("id", |c| c["id"] = json!("https://learncoin.me/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5B")),
        ("issuer id", |c| {
            c["issuer"]["id"] = json!("did:web:learncoin.me#tenant-01KPX4MQ00DB29BWZBEP0ZXXMF")
        }),
        ("nonce", |c| c["nonce"] = json!("00000000000000000000000000000000")),
        ("issuance", |c| {
            c["issuanceDate"] = json!("2025-04-23T12:00:00Z");
            c["validFrom"] = json!("2025-04-23T12:00:00Z");
        }),
        ("end", |c| {
            c["expirationDate"] = json!("2099-04-23T12:00:00Z");
            c["validUntil"] = json!("2099-04-23T12:00:00Z");
        }),
        ("no end", |c| {
            c.as_object_mut().unwrap().remove("expirationDate");
            c.as_object_mut().unwrap().remove("validUntil");
        }),
        ("subject", |c| {
            c["credentialSubject"]["id"] = json!("urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e50")
        }),
        ("target URL", |c| {
            c["credentialSubject"]["achievement"]["alignment"][0]["targetUrl"] = json!("https://a/")
        }),
        ("issuer URL", |c| c["issuer"]["url"] = json!("https://a/")),
        ("evidence", |c| c["evidence"] = json!([{"id": "urn:ab:c", "type": ["Evidence"]}])),
    ];
    for (name, edit) in others {
        let mut case = Case::new();
        edit(&mut case.credential);
        let report = case.verify();
        assert_eq!(report.check(CheckName::Signature).outcome, CheckOutcome::Failed, "{name}: {report:#?}");
    }
}

#[test]
fn a_name_put_back_into_a_redacted_document_is_not_signed() {
    let mut case = Case::of("base-sepolia", "credential_redacted");
    case.credential["credentialSubject"]["name"] = json!("Ada Lovelace");
    case.verify().assert_failed(CheckName::Signature, "not the one that was signed");
}

#[test]
fn the_path_leads_to_the_root() {
    let mut case = Case::new();
    case.credential["credentialSubject"]["name"] = json!("Mallory");
    let leaf = case.document().leaf();
    case.set_proof(|proof| proof.target_hash = leaf);
    case.verify().assert_failed(CheckName::Signature, "path does not lead");
}

#[test]
fn proof_values_have_one_text() {
    let mut case = Case::new();
    let text = case.credential["proof"]["proofValue"].as_str().unwrap();
    let mut bytes = bs58::decode(&text[1..]).into_vec().unwrap();
    bytes.push(0);
    case.credential["proof"]["proofValue"] = json!(format!("z{}", bs58::encode(bytes).into_string()));
    case.verify().assert_failed(CheckName::Signature, "structure");
}

// 5: the beginning of the path, the anchors

#[test]
fn paths_begin_as_their_documents_require() {
    for (kind, path) in [
        ("credential_full", vec![]),
        ("credential_full", vec![PathStep::Right(Hash::sha256(b"x"))]),
        ("credential_full", vec![PathStep::Right(Hash::sha256(b"x")), PathStep::Left(Hash::sha256(b"y"))]),
        ("credential_full", vec![PathStep::Left(Hash::sha256(b"x")), PathStep::Right(Hash::sha256(b"y"))]),
        ("credential_redacted", vec![]),
        (
            "credential_redacted",
            vec![PathStep::Right(Hash::sha256(b"x")), PathStep::Right(Hash::sha256(b"y"))],
        ),
    ] {
        let mut case = Case::of("base-sepolia", kind);
        let leaf = case.document().leaf();
        let root = crate::merkle::fold(leaf, &path);
        case.mined.raw = anchor_transaction(&case.secret, 84_532, root.as_bytes()).into();
        case.set_proof(|proof| {
            proof.path = path;
            proof.merkle_root = root;
        });
        case.set_transaction_hash();
        case.verify().assert_failed(CheckName::Signature, "path starts with");
    }
}

/// Encodes a proof without steps, with any anchors.
fn proof_value(leaf: &str, anchors: &[u8]) -> String {
    let text = |text: &str| [&[0x58, 0x42, 0x78, 0x40], text.as_bytes()].concat();
    let bytes = [
        &[0x84, 0x82, 0x03, 0x80, 0x82, 0x00][..],
        &text(leaf),
        &[0x82, 0x01],
        &text(leaf),
        &[0x82, 0x02],
        anchors,
    ];
    format!("z{}", bs58::encode(bytes.concat()).into_string())
}

#[test]
fn mocknet_and_unknown_chains_are_rejected() {
    let mut case = Case::new();
    let honest = case.credential["proof"]["proofValue"].as_str().unwrap().to_owned();
    let cbor = bs58::decode(&honest[1..]).into_vec().unwrap();
    let at = cbor.windows(3).rposition(|window| window == [0x82, 0x02, 0x82]).unwrap();
    let with_anchors = |anchors: &[u8]| {
        let bytes = [&cbor[..at + 2], anchors].concat();
        json!(format!("z{}", bs58::encode(bytes).into_string()))
    };
    let mocknet = [&[0x83, 0x82, 0x00, 0x20, 0x82, 0x01, 0x20, 0x82, 0x02, 0x43, 0x62][..], b"00"].concat();
    let hash = format!("0x{}", Hash::sha256(b"transaction"));
    let anchor = |network: &[u8]| {
        [
            &[0x83, 0x82, 0x00, 0x01, 0x82, 0x01],
            network,
            &[0x82, 0x02, 0x58, 0x44, 0x78, 0x42],
            hash.as_bytes(),
        ]
        .concat()
    };
    let sepolia = anchor(&[0x1a, 0x00, 0xaa, 0x36, 0xa7]);
    let polygon = anchor(&[0x18, 137]);
    for (anchors, words) in [
        ([&[0x82][..], &mocknet, &mocknet].concat(), "blockchain other than"),
        ([&[0x81][..], &mocknet].concat(), "exactly two anchors"),
        ([&[0x81][..], &sepolia].concat(), "exactly two anchors"),
        ([&[0x82][..], &sepolia, &polygon].concat(), "chain id 137 is not one of"),
        ([&[0x82][..], &sepolia, &anchor(&[0x19, 0x21, 0x05])].concat(), "not the one that goes with"),
    ] {
        case.credential["proof"]["proofValue"] = with_anchors(&anchors);
        let report = case.verify();
        assert_eq!(report.verdict, Verdict::NotValid);
        let check = report.check(CheckName::Anchor);
        assert_eq!(check.outcome, CheckOutcome::Failed, "{report:#?}");
        assert!(check.reason.as_deref().unwrap().contains(words), "{check:#?}");
    }
    // The whole forgery: another name, its own leaf as root, and no chain at all.
    case.credential["credentialSubject"]["name"] = json!("Mallory");
    let leaf = case.document().leaf().to_string();
    case.credential["proof"]["proofValue"] = json!(proof_value(&leaf, &[&[0x81][..], &mocknet].concat()));
    assert_eq!(case.verify().verdict, Verdict::NotValid);
}
