//! Holds the wallet form against the vectors of `tests/vectors/wallet`, none of which this crate made.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "everything here is a test; the lints' own exception does not reach functions that tests call"
)]

use ed25519_dalek::{Signer as _, SigningKey};
use learncoin_credential::json;
use learncoin_credential::wallet::{
    DocumentPublicKey, DocumentSignature, SignatureInput, SignedWalletDocument, StatusBits,
};
use serde_json::Value as Json;

const SIGNATURES: &str = include_str!("../../../tests/vectors/wallet/eddsa-rdfc-2022.json");
const LISTS: &str = include_str!("../../../tests/vectors/wallet/status-lists.json");

fn vectors(text: &str) -> Vec<Json> {
    serde_json::from_str(text).unwrap()
}

fn text<'a>(vector: &'a Json, name: &str) -> &'a str {
    vector[name].as_str().unwrap_or_else(|| panic!("{name} is no string"))
}

fn bytes(hex: &str) -> [u8; 32] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

/// Returns the published input of a signature.
fn input(vector: &Json) -> [u8; 64] {
    let hashes = ["proof_config_sha256", "document_sha256"].map(|name| bytes(text(vector, name)));
    hashes.concat().try_into().unwrap()
}

#[test]
fn published_signatures_are_made_and_verified() {
    let vectors = vectors(SIGNATURES);
    assert!(vectors.len() >= 4);
    for vector in &vectors {
        let secret = SigningKey::from_bytes(&bytes(text(vector, "seed")));
        let key = DocumentPublicKey::new(secret.verifying_key().as_bytes()).unwrap();
        let input = input(vector);
        let signature = DocumentSignature(secret.sign(&input).to_bytes());
        assert_eq!(signature.to_multibase(), text(vector, "proof_value"), "{}", vector["name"]);
        let read = DocumentSignature::from_multibase(text(vector, "proof_value")).unwrap();
        assert!(key.verifies(&input, &read));
        let mut other = input;
        other[40] ^= 1;
        assert!(!key.verifies(&other, &read));
    }
}

#[test]
fn wallet_forms_of_the_reference_library_are_read_and_hashed_the_same() {
    let mut compared = 0;
    for vector in vectors(SIGNATURES).iter().filter(|vector| text(vector, "name").starts_with("wallet form"))
    {
        let mut document = vector["document"].clone();
        let mut proof = vector["proof_options"].clone();
        proof["proofValue"] = vector["proof_value"].clone();
        document["proof"] = Json::Array(vec![proof]);
        let value = json::parse(document.to_string().as_bytes()).unwrap();
        let (signed, _, _) = SignedWalletDocument::read(&value).expect("the form is ours");
        assert_eq!(SignatureInput::of_document(&signed.document, &signed.options).0, input(vector));
        let (_, multikey) = signed.options.verification_method.split_once('#').unwrap();
        assert!(signed.is_signed_by(&DocumentPublicKey::from_multikey(multikey).unwrap()));
        assert_eq!(signed.to_json(), document);
        compared += 1;
    }
    assert_eq!(compared, 2);
}

/// Returns whether a vector's fault is in the bits or in the index, and not in a member beside them.
fn is_about_bits(vector: &Json, first: &Json) -> bool {
    let mut vector = vector.clone();
    vector["list"]["credentialSubject"]["encodedList"] =
        first["list"]["credentialSubject"]["encodedList"].clone();
    let is_index = text(&vector["entry"], "statusListIndex").parse::<u32>().is_ok();
    vector["entry"]["statusListIndex"] = first["entry"]["statusListIndex"].clone();
    is_index && vector["list"] == first["list"] && vector["entry"] == first["entry"]
}

#[test]
fn status_lists_of_other_programs_are_read_as_is_due() {
    let vectors = vectors(LISTS);
    let (mut read, mut refused) = (0, 0);
    for vector in vectors.iter().filter(|vector| vector["entry"]["statusListIndex"].is_string()) {
        let encoded = text(&vector["list"]["credentialSubject"], "encodedList");
        let status = |index: &str| {
            let bits = StatusBits::decode(encoded).ok()?;
            bits.is_set(index.parse().ok()?).ok()
        };
        let found = status(text(&vector["entry"], "statusListIndex"));
        match text(vector, "due") {
            "fault" if is_about_bits(vector, &vectors[0]) => {
                assert_eq!(found, None, "{}", vector["name"]);
                refused += 1;
            }
            "fault" => {}
            due => {
                assert_eq!(found, Some(due == "revoked"), "{}", vector["name"]);
                read += 1;
            }
        }
    }
    assert!(read >= 14 && refused >= 9, "{read} read, {refused} refused");
}
