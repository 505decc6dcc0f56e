//! The DID document of a tenant's wallet forms: `https://HOST/t/ULID/did.json`, which `did:web:HOST:t:ULID` resolves to.
//!
//! Each Ed25519 key is listed twice, since a verification method has one form of key alone: as a Multikey, which proofs name, and as a
//! JSON Web Key. Every term is defined by the contexts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::host::Host;

/// The multicodec of an Ed25519 public key, as a varint.
pub(crate) const ED25519_PUB: [u8; 2] = [0xed, 0x01];
/// The contexts. They define every term that [`tenant_document`] writes.
const CONTEXTS: [&str; 3] = [
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
];

/// A document key of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostedDocumentKey {
    /// The `N` of `#ed-N`.
    pub number: u64,
    /// The Ed25519 public key.
    pub public_key: [u8; 32],
    /// Since when nothing that it signed counts.
    pub revoked: Option<Timestamp>,
}

/// Builds the DID document of a tenant, with every key that ever signed. A revoked one is not listed for assertions.
/// `own_dids` are the tenant's other DIDs.
pub fn tenant_document(host: &Host, ulid: &str, keys: &[HostedDocumentKey], own_dids: &[String]) -> Json {
    let did = host.tenant_wallet_did(ulid);
    let methods: Vec<Json> = keys.iter().flat_map(|key| methods_of(host, ulid, key)).collect();
    let assertions: Vec<String> = keys
        .iter()
        .filter(|key| key.revoked.is_none())
        .flat_map(|key| [multikey_id(host, ulid, &key.public_key), jwk_id(host, ulid, key.number)])
        .collect();
    let mut also_known_as = vec![host.tenant_did(ulid)];
    also_known_as.extend_from_slice(own_dids);
    json!({
        "@context": CONTEXTS,
        "id": did,
        "alsoKnownAs": also_known_as,
        "verificationMethod": methods,
        "assertionMethod": assertions,
    })
}

/// Returns the id under which proofs name a key: `did:web:HOST:t:ULID#z6Mk…`.
pub fn multikey_id(host: &Host, ulid: &str, public_key: &[u8; 32]) -> String {
    format!("{}#{}", host.tenant_wallet_did(ulid), multikey(public_key))
}

/// Returns the id of a key as a JSON Web Key: `did:web:HOST:t:ULID#ed-N`.
pub fn jwk_id(host: &Host, ulid: &str, number: u64) -> String {
    format!("{}#ed-{number}", host.tenant_wallet_did(ulid))
}

/// Encodes an Ed25519 public key as a [Multikey](https://www.w3.org/TR/cid-1.0/#Multikey): `z6Mk…`.
pub fn multikey(public_key: &[u8; 32]) -> String {
    let mut bytes = ED25519_PUB.to_vec();
    bytes.extend_from_slice(public_key);
    format!("z{}", bs58::encode(bytes).into_string())
}

/// Builds the JSON Web Key of an Ed25519 public key ([RFC 8037](https://www.rfc-editor.org/rfc/rfc8037#section-2) section 2).
pub fn public_key_jwk(public_key: &[u8; 32]) -> Json {
    json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(public_key) })
}

/// Builds both entries of a key under `verificationMethod`.
fn methods_of(host: &Host, ulid: &str, key: &HostedDocumentKey) -> [Json; 2] {
    let did = host.tenant_wallet_did(ulid);
    let mut multikey = json!({
        "id": multikey_id(host, ulid, &key.public_key),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multikey(&key.public_key),
    });
    let mut jwk = json!({
        "id": jwk_id(host, ulid, key.number),
        "type": "JsonWebKey",
        "controller": did,
        "publicKeyJwk": public_key_jwk(&key.public_key),
    });
    if let Some(revoked) = key.revoked {
        // Whole seconds, which every reader of dates takes.
        let date = json!(revoked.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        for method in [&mut multikey, &mut jwk] {
            if let Json::Object(members) = method {
                members.insert("revoked".to_owned(), date.clone());
            }
        }
    }
    [multikey, jwk]
}

#[cfg(test)]
mod tests {
    use super::*;

    const ULID: &str = "01KPX4MQ005TCNKPH5QY15PQWV";
    /// The key of the example `did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2` of eddsa-rdfc-2022.
    const EXAMPLE: &str = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";

    fn key(number: u64, byte: u8) -> HostedDocumentKey {
        HostedDocumentKey { number, public_key: [byte; 32], revoked: None }
    }

    #[test]
    fn a_multikey_is_that_of_the_standard() {
        let bytes = bs58::decode(EXAMPLE.trim_start_matches('z')).into_vec().unwrap();
        let public_key: [u8; 32] = bytes[2..].try_into().unwrap();
        assert_eq!(multikey(&public_key), EXAMPLE);
        // RFC 8037, appendix A.2.
        let rfc: [u8; 32] = hex::decode("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
            .unwrap()
            .try_into()
            .unwrap();
        assert_eq!(
            public_key_jwk(&rfc),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })
        );
    }

    #[test]
    fn each_key_is_listed_in_both_forms_under_ids_that_assertions_repeat() {
        let host = Host::parse("http://localhost:8080").unwrap();
        let document = tenant_document(&host, ULID, &[key(1, 1), key(2, 2)], &[]);
        let did = format!("did:web:localhost%3A8080:t:{ULID}");
        assert_eq!(document["id"], did);
        assert_eq!(document["alsoKnownAs"], json!([format!("did:web:localhost%3A8080#tenant-{ULID}")]));
        let methods = document["verificationMethod"].as_array().unwrap();
        let ids: Vec<_> = methods.iter().map(|method| method["id"].clone()).collect();
        assert_eq!(document["assertionMethod"], Json::Array(ids));
        assert_eq!(
            methods[0],
            json!({
                "id": format!("{did}#{}", multikey(&[1; 32])),
                "type": "Multikey",
                "controller": did,
                "publicKeyMultibase": multikey(&[1; 32]),
            })
        );
        assert_eq!(
            methods[3],
            json!({
                "id": format!("{did}#ed-2"),
                "type": "JsonWebKey",
                "controller": did,
                "publicKeyJwk": { "kty": "OKP", "crv": "Ed25519", "x": "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI" },
            })
        );
    }

    #[test]
    fn a_revoked_key_says_so_and_asserts_nothing() {
        let host = Host::parse("https://learncoin.me").unwrap();
        let revoked = Some(Timestamp::from_millisecond(1_777_000_000_999).unwrap());
        let own = ["did:web:university.example".to_owned()];
        let document =
            tenant_document(&host, ULID, &[HostedDocumentKey { revoked, ..key(1, 1) }, key(2, 2)], &own);
        let methods = document["verificationMethod"].as_array().unwrap();
        for (index, method) in methods.iter().enumerate() {
            let is_first = index < 2;
            assert_eq!(method.get("revoked"), is_first.then(|| json!("2026-04-24T03:06:40Z")).as_ref());
            let asserts = document["assertionMethod"].as_array().unwrap().contains(&method["id"]);
            assert_eq!(asserts, !is_first);
        }
        assert_eq!(
            document["alsoKnownAs"],
            json!([format!("did:web:learncoin.me#tenant-{ULID}"), "did:web:university.example"])
        );
    }
}
