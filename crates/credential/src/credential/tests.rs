use serde_json::Value as Json;

use super::*;
use crate::testing::batches;

#[test]
fn every_signed_vector_is_read_and_written_in_all_layouts() {
    let mut seen = 0;
    for batch in batches() {
        for signed in batch["signed"].as_array().unwrap() {
            for kind in ["credential_full", "credential_redacted"] {
                let json = &signed[kind];
                if json.is_null() {
                    continue;
                }
                let credential = SignedCredential::from_json(&json.clone().into()).unwrap();
                credential.validate().unwrap();
                assert_eq!(credential.to_json().to_string(), json.to_string(), "members and their order");
                for layout in [Layout::OpenBadges, Layout::DataIntegrity, Layout::Default] {
                    let other = credential.clone().in_layout(layout);
                    let read = SignedCredential::from_json(&other.to_json().into()).unwrap();
                    assert_eq!(read, other);
                    assert_eq!(read.document.leaf(), credential.document.leaf());
                }
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 27);
}

/// The expected message, and the edit that causes it.
type Case = (&'static str, fn(&mut Json));

fn refused(edit: impl FnOnce(&mut Json)) -> String {
    let mut json = batches()[0]["signed"][0]["credential_full"].clone();
    edit(&mut json);
    SignedCredential::from_json(&json.into())
        .and_then(|credential| credential.validate())
        .unwrap_err()
        .to_string()
}

#[test]
fn unknown_members_of_the_proof_are_rejected() {
    let cases: [Case; 12] = [
        ("proof: is missing", |c| drop(c.as_object_mut().unwrap().remove("proof"))),
        ("proof: must be an object, but is a string", |c| c["proof"] = json!("z")),
        ("proof: must be one proof, or an array of exactly one", |c| c["proof"] = json!([])),
        ("proof: must be one proof, or an array of exactly one", |c| {
            c["proof"] = json!([c["proof"], c["proof"]])
        }),
        ("proof.id: is not a member of the format", |c| c["proof"]["id"] = json!("urn:uuid:x")),
        ("proof.type: must be exactly MerkleProof2019", |c| c["proof"]["type"] = json!(["MerkleProof2019"])),
        ("proof.type: must be exactly MerkleProof2019", |c| c["proof"]["type"] = json!("DataIntegrityProof")),
        ("proof.type: must be exactly DataIntegrityProof", |c| {
            c["proof"]["cryptosuite"] = json!("merkle-proof-2019")
        }),
        ("proof.proofPurpose: must be exactly assertionMethod", |c| {
            c["proof"]["proofPurpose"] = json!("authentication")
        }),
        ("proof.proofPurpose: is missing", |c| {
            drop(c["proof"].as_object_mut().unwrap().remove("proofPurpose"))
        }),
        ("proof.proofValue: must be a string, but is null", |c| c["proof"]["proofValue"] = Json::Null),
        ("proof.verificationMethod: must be a DID URL", |c| {
            c["proof"]["verificationMethod"] = json!("urn:ab:c")
        }),
    ];
    for (message, edit) in cases {
        assert_eq!(refused(edit), message);
    }
    let message = refused(|c| c["proof"]["created"] = json!("2026-04-23"));
    assert!(message.starts_with("proof.created: must be a real UTC date"), "{message}");
}

#[test]
fn only_the_cryptosuite_of_the_format_is_accepted() {
    let message = refused(|c| {
        c["proof"]["type"] = json!("DataIntegrityProof");
        c["proof"]["cryptosuite"] = json!("eddsa-rdfc-2022");
    });
    assert_eq!(message, "proof.cryptosuite: must be exactly merkle-proof-2019");
}
