//! What must be refused, check by check in the order of section 11.

use serde_json::{Value as Json, json};

use super::*;
use crate::address::Address;
use crate::merkle::Step;
use crate::testing::{anchor_transaction, public_key, sign_transaction, transaction_fields};

/// Changes one thing in a document.
type Spoil = fn(&mut Json);
/// What it is, or the reason for which it is refused; and the change.
type Spoiled = (&'static str, Spoil);

const STRANGER: [u8; 32] = [0x22; 32];

// 1: size, JSON, members

#[test]
fn a_document_has_a_size_limit() {
    let world = World::new();
    let mut text = world.credential.to_string();
    text.push_str(&" ".repeat(MAX_DOCUMENT_BYTES - text.len()));
    assert_eq!(world.verify_bytes(text.as_bytes()).verdict, Verdict::ValidTest);
    text.push(' ');
    world.verify_bytes(text.as_bytes()).assert_failed(CheckName::Schema, "longer than");
}

#[test]
fn a_member_stands_once() {
    let world = World::new();
    let text = world.credential.to_string();
    let twice = text.replacen('{', r#"{"nonce":"c45ba76511437ecabd9d2cebcc3ce36e","#, 1);
    world.verify_bytes(twice.as_bytes()).assert_failed(CheckName::Schema, "stands twice");
}

/// Each of these has the same canonical form as the honest document under a general JSON-LD processor.
#[test]
fn other_spellings_with_the_same_hash_are_refused() {
    let spellings: [Spoiled; 14] = [
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
        let mut world = World::new();
        spell(&mut world.credential);
        let report = world.verify();
        assert_eq!(report.check(CheckName::Schema).outcome, Outcome::Failed, "{name}: {report:#?}");
    }
}

#[test]
fn rules_of_texts_dates_and_ids_hold_for_signed_documents_too() {
    let careless: [Spoiled; 5] = [
        ("a control character", |c| c["credentialSubject"]["name"] = json!("A\u{1}")),
        ("a relative achievement id", |c| c["credentialSubject"]["achievement"]["id"] = json!("intro-ml")),
        ("equal ids", |c| c["credentialSubject"]["achievement"]["id"] = c["credentialSubject"]["id"].clone()),
        ("a date alone", |c| {
            c["issuanceDate"] = json!("2026-04-23");
            c["validFrom"] = json!("2026-04-23");
        }),
        ("an id of another form", |c| c["id"] = json!("https://learncoin.me/c/crd_1")),
    ];
    for (name, spoil) in careless {
        let mut world = World::new();
        spoil(&mut world.credential);
        // The forger holds a listed key, signs whatever there is, and the hashes are right.
        world.sign_again(AnchorChain::BaseSepolia);
        let report = world.verify();
        assert_eq!(report.check(CheckName::Schema).outcome, Outcome::Failed, "{name}: {report:#?}");
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
        let mut world = World::new();
        world.credential["@context"] = contexts;
        world.verify()
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
        assert_eq!(report.check(CheckName::Schema).outcome, Outcome::Failed, "{report:#?}");
    }
}

#[test]
fn the_purpose_of_the_proof_is_an_assertion() {
    let mut world = World::new();
    world.credential["proof"]["proofPurpose"] = json!("authentication");
    world.verify().assert_failed(CheckName::Schema, "assertionMethod");
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
        let mut world = World::new();
        *world.credential.pointer_mut(pointer).unwrap() = json!("Mallory");
        world.verify().assert_failed(CheckName::Signature, "not the one that was signed");
    }
    let others: [Spoiled; 10] = [
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
        let mut world = World::new();
        edit(&mut world.credential);
        let report = world.verify();
        assert_eq!(report.check(CheckName::Signature).outcome, Outcome::Failed, "{name}: {report:#?}");
    }
}

#[test]
fn a_name_put_back_into_a_redacted_document_is_not_signed() {
    let mut world = World::of("base-sepolia", "credential_redacted");
    world.credential["credentialSubject"]["name"] = json!("Ada Lovelace");
    world.verify().assert_failed(CheckName::Signature, "not the one that was signed");
}

#[test]
fn the_path_leads_to_the_root() {
    let mut world = World::new();
    world.credential["credentialSubject"]["name"] = json!("Mallory");
    let leaf = world.document().leaf();
    world.set_proof(|proof| proof.target_hash = leaf);
    world.verify().assert_failed(CheckName::Signature, "path does not lead");
}

#[test]
fn a_proof_value_has_one_spelling() {
    let mut world = World::new();
    let text = world.credential["proof"]["proofValue"].as_str().unwrap();
    let mut bytes = bs58::decode(&text[1..]).into_vec().unwrap();
    bytes.push(0);
    world.credential["proof"]["proofValue"] = json!(format!("z{}", bs58::encode(bytes).into_string()));
    world.verify().assert_failed(CheckName::Signature, "structure");
}

// 5: the beginning of the path, the anchors

#[test]
fn a_path_begins_as_its_document_demands() {
    for (kind, path) in [
        ("credential_full", vec![]),
        ("credential_full", vec![Step::Right(Hash::sha256(b"x"))]),
        ("credential_full", vec![Step::Right(Hash::sha256(b"x")), Step::Left(Hash::sha256(b"y"))]),
        ("credential_full", vec![Step::Left(Hash::sha256(b"x")), Step::Right(Hash::sha256(b"y"))]),
        ("credential_redacted", vec![]),
        ("credential_redacted", vec![Step::Right(Hash::sha256(b"x")), Step::Right(Hash::sha256(b"y"))]),
    ] {
        let mut world = World::of("base-sepolia", kind);
        let leaf = world.document().leaf();
        let root = crate::merkle::fold(leaf, &path);
        world.mined.raw = anchor_transaction(&world.secret, 84_532, root.as_bytes());
        world.set_proof(|proof| {
            proof.path = path;
            proof.merkle_root = root;
        });
        world.name_transaction();
        world.verify().assert_failed(CheckName::Signature, "path starts with");
    }
}

/// The CBOR of a proof without steps, with anchors of a forger's choice.
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
fn mocknet_and_every_foreign_chain_are_refused() {
    let mut world = World::new();
    let honest = world.credential["proof"]["proofValue"].as_str().unwrap().to_owned();
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
        world.credential["proof"]["proofValue"] = with_anchors(&anchors);
        let report = world.verify();
        assert_eq!(report.verdict, Verdict::NotValid);
        let check = report.check(CheckName::Anchor);
        assert_eq!(check.outcome, Outcome::Failed, "{report:#?}");
        assert!(check.reason.as_deref().unwrap().contains(words), "{check:#?}");
    }
    // The whole forgery: another name, its own leaf as root, and no chain at all.
    world.credential["credentialSubject"]["name"] = json!("Mallory");
    let leaf = world.document().leaf().to_string();
    world.credential["proof"]["proofValue"] = json!(proof_value(&leaf, &[&[0x81][..], &mocknet].concat()));
    assert_eq!(world.verify().verdict, Verdict::NotValid);
}

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
        let mut world = World::new();
        world.credential["issuer"]["id"] = json!(did);
        let method = if did.contains('#') { format!("{did}-key-1") } else { format!("{did}#key-1") };
        world.credential["proof"]["verificationMethod"] = json!(method);
        world.sign_again(AnchorChain::BaseSepolia);
        world.verify().assert_failed(CheckName::Issuer, words);
    }
}

#[test]
fn the_key_is_the_issuers_own() {
    // The stock verifier takes any key of the host's document: tenant B's for tenant A's issuer.id.
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
        let mut world = World::new();
        world.credential["proof"]["verificationMethod"] = json!(method);
        world.did_document["verificationMethod"][0]["id"] = json!(method);
        world.did_document["assertionMethod"][0] = json!(method);
        world.verify().assert_failed(CheckName::Issuer, "not a key of issuer.id");
    }
}

#[test]
fn the_did_document_lists_the_key_for_assertions_on_the_anchors_chain() {
    let cases: [Spoiled; 11] = [
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
    for (words, spoil) in cases {
        let mut world = World::new();
        spoil(&mut world.did_document);
        world.verify().assert_failed(CheckName::Issuer, words);
    }
    World::new()
        .verify_with(|evidence| evidence.did_document = Lookup::Absent)
        .assert_failed(CheckName::Issuer, "no DID document");
}

/// A tenant with a DID of its own, listed by its profile on the credential's host.
fn own_did() -> World {
    let mut world = World::new();
    let did = "did:web:university.example";
    world.credential["issuer"]["id"] = json!(did);
    world.credential["proof"]["verificationMethod"] = json!("did:web:university.example#learncoin-key-1");
    world.sign_again(AnchorChain::BaseSepolia);
    world.did_document["id"] = json!(did);
    world.did_document["verificationMethod"][0]["id"] = json!("#learncoin-key-1");
    world.did_document["assertionMethod"] = json!(["#learncoin-key-1"]);
    world.did_document["service"] = json!([{
        "id": "#issuer-profile",
        "type": "IssuerProfile",
        "serviceEndpoint": "https://learncoin.me/tenants/01KPX4MQ005TCNKPH5QY15PQWV/issuer.json",
    }]);
    world.profile["alsoKnownAs"] = json!([did]);
    world
}

#[test]
fn a_did_of_its_own_is_listed_by_the_tenants_profile_on_the_host() {
    let world = own_did();
    assert_eq!(world.parsed().lookups().did_url.as_str(), "https://university.example/.well-known/did.json");
    assert_eq!(world.verify().verdict, Verdict::ValidTest);

    let mut world = own_did();
    world.profile.as_object_mut().unwrap().remove("alsoKnownAs");
    world.verify().assert_failed(CheckName::Issuer, "does not list the issuer's DID");

    for elsewhere in [
        "https://university.example/issuer.json",
        "https://learncoin.me/issuer.json",
        "https://learncoin.me/tenants/x/issuer.json",
        "https://learncoin.me/tenants/01KPX4MQ005TCNKPH5QY15PQWV/issuer.json?x",
        "http://learncoin.me/tenants/01KPX4MQ005TCNKPH5QY15PQWV/issuer.json",
    ] {
        let mut world = own_did();
        world.did_document["service"][0]["serviceEndpoint"] = json!(elsewhere);
        world.verify().assert_failed(CheckName::Issuer, "not the credential host's");
    }

    let mut world = own_did();
    world.credential["proof"]["verificationMethod"] =
        json!("did:web:learncoin.me#tenant-01KPX4MQ005TCNKPH5QY15PQWV-key-1");
    world.verify().assert_failed(CheckName::Issuer, "not a key of issuer.id");

    own_did()
        .verify_with(|evidence| evidence.issuer_profile = Lookup::Unreachable("time-out".to_owned()))
        .assert_unchecked(CheckName::Issuer, "time-out");
    own_did()
        .verify_with(|evidence| evidence.issuer_profile = Lookup::Absent)
        .assert_unchecked(CheckName::Issuer, "no such issuer profile");
}

// 7: transaction and key

#[test]
fn the_transaction_is_there() {
    World::new()
        .verify_with(|evidence| evidence.transaction = Lookup::Absent)
        .assert_failed(CheckName::Anchor, "no such transaction");
}

#[test]
fn the_node_cannot_show_another_transaction() {
    let mut world = World::new();
    world.mined.raw = anchor_transaction(&world.secret, 84_532, world.root().as_bytes());
    world.verify().assert_failed(CheckName::Anchor, "another transaction than");
    world.mined.raw.pop();
    world.verify().assert_failed(CheckName::Anchor, "cannot be read");
}

#[test]
fn the_transaction_is_an_anchor_and_nothing_else() {
    let own = public_key(&World::new().secret).address();
    let root = World::new().root();
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
        let mut world = World::new();
        let fields = transaction_fields(chain_id, to, value, data, &[0xc0]);
        world.mined.raw = sign_transaction(&world.secret, &fields, |_, _, _| ());
        world.name_transaction();
        world.verify().assert_failed(CheckName::Anchor, words);
    }
}

#[test]
fn the_sender_is_recovered_and_must_be_the_key() {
    let mut world = World::new();
    world.mined.raw = anchor_transaction(&STRANGER, 84_532, world.root().as_bytes());
    world.name_transaction();
    // Even a profile that lists the stranger does not help: the DID document's key is another.
    let key = format!("ecdsa-koblitz-pubkey:{}", public_key(&STRANGER).address());
    world.profile["publicKey"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "id": key, "created": "2026-01-01T00:00:00Z" }));
    world.verify().assert_failed(CheckName::Anchor, "signed by another key");
}

#[test]
fn a_transaction_that_failed_or_is_too_young_is_no_anchor() {
    let mut world = World::new();
    world.mined.succeeded = false;
    world.verify().assert_failed(CheckName::Anchor, "failed on the chain");
    let mut world = World::new();
    world.policy.min_confirmations = 4;
    world.verify().assert_unchecked(CheckName::Anchor, "3 of 4 confirmations");
}

#[test]
fn the_key_was_valid_when_the_block_was_made() {
    // The block's time is 2026-04-23T12:00:58Z.
    let cases: [(Option<&str>, Spoil); 10] = [
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
        let mut world = World::new();
        edit(&mut world.profile["publicKey"][0]);
        match words {
            Some(words) => world.verify().assert_failed(CheckName::Anchor, words),
            None => assert_eq!(world.verify().verdict, Verdict::ValidTest),
        }
    }
    let mut world = World::new();
    let mut again = world.profile["publicKey"][0].clone();
    again["revoked"] = json!("2026-02-01T00:00:00Z");
    world.profile["publicKey"].as_array_mut().unwrap().push(again);
    world.verify().assert_failed(CheckName::Anchor, "not valid at the time");
    for (date, verdict) in
        [("2026-02-01T00:00:00Z", Verdict::NotValid), ("2026-05-01T00:00:00Z", Verdict::ValidTest)]
    {
        let mut world = World::new();
        world.did_document["verificationMethod"][0]["revoked"] = json!(date);
        assert_eq!(world.verify().verdict, verdict);
    }
}

// 8: revocation and dates

#[test]
fn a_revoked_credential_is_not_valid() {
    for kind in ["credential_full", "credential_redacted"] {
        let mut world = World::of("base-sepolia", kind);
        let id = world.credential["id"].clone();
        world.revocation["revokedAssertions"] = json!([{ "id": "https://learncoin.me/c/crd_other" }]);
        assert_eq!(world.verify().verdict, Verdict::ValidTest);
        world.revocation["revokedAssertions"] = json!([{ "id": id, "revocationReason": "Superseded" }]);
        world.verify().assert_failed(CheckName::Revocation, "revoked: Superseded");
        world.revocation["revokedAssertions"] = json!([{ "id": id }]);
        world.verify().assert_failed(CheckName::Revocation, "revoked");
    }
}

#[test]
fn a_credential_holds_within_its_dates() {
    for (now, words) in [
        ("2026-04-23T11:59:59.999Z", Some("not yet valid")),
        ("2026-04-23T12:00:00Z", None),
        ("2031-04-23T11:59:59.999Z", None),
        ("2031-04-23T12:00:00Z", Some("expired")),
    ] {
        let mut world = World::new();
        world.policy.now = now.parse().unwrap();
        match words {
            Some(words) => {
                world.verify().assert_failed(CheckName::Revocation, words);
                let report = world.verify_with(|evidence| evidence.revocation = Lookup::Absent);
                assert_eq!(report.verdict, Verdict::NotValid, "the dates alone are enough");
            }
            None => assert_eq!(world.verify().verdict, Verdict::ValidTest),
        }
    }
}

#[test]
fn the_revocation_list_is_asked_over_a_safe_connection() {
    let parsed = World::new().parsed();
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
