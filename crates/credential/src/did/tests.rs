use super::*;
use crate::hosted::HostedKey;
use crate::testing::{batches, hosted};

#[test]
fn the_vectors_did_documents_are_written_and_read() {
    for batch in batches() {
        let (host, tenant) = hosted(&batch);
        let written = host_document(&host, std::slice::from_ref(&tenant));
        assert_eq!(as_in_vectors(&written).to_string(), batch["did_document"].to_string());
        assert_eq!(written["alsoKnownAs"], json!([host.tenant_wallet_did(&tenant.ulid)]));
        let read = DidDocument::read(written.to_string().as_bytes()).unwrap();
        assert_eq!(read.id, host.did());
        let id = batch["key"]["verification_method"].as_str().unwrap();
        let method = read.verification_method(id).unwrap();
        let key = &tenant.keys[0];
        assert_eq!(method.public_key, Some(key.public_key));
        assert_eq!(
            method.account,
            Some(BlockchainAccount { chain_id: key.chain_id, address: key.public_key.address() })
        );
        assert_eq!(method.ended, None);
        assert!(read.may_assert(id));
        assert_eq!(read.service_of_type("IssuerProfile").unwrap().endpoint, host.profile_url());
        assert_eq!(
            read.service(&host.tenant_did(&tenant.ulid)).unwrap().endpoint,
            host.tenant_profile_url(&tenant.ulid)
        );
    }
}

/// Returns the document without what the vectors are older than: its own terms, and the tenants' other DIDs.
fn as_in_vectors(written: &Json) -> Json {
    let mut document = written.clone();
    let terms = document["@context"].as_array_mut().unwrap().pop().unwrap();
    assert_eq!(terms["blockchainAccountId"], "https://w3id.org/security#blockchainAccountId");
    document.as_object_mut().unwrap().shift_remove("alsoKnownAs").unwrap();
    document
}

#[test]
fn every_key_of_every_tenant_is_listed() {
    let (host, tenant) = hosted(&batches()[0]);
    let (_, mut other) = hosted(&batches()[1]);
    let second = HostedKey {
        number: 2,
        chain_id: 8453,
        revoked: Some(Timestamp::UNIX_EPOCH),
        ..other.keys[0].clone()
    };
    other.keys.push(second);
    let read = DidDocument::read(host_document(&host, &[tenant, other]).to_string().as_bytes()).unwrap();
    assert_eq!(read.verification_methods.len(), 3);
    assert_eq!(read.assertion_methods.len(), 3);
    assert!(read.verification_methods.iter().all(|method| method.ended.is_none()));
    assert_eq!(read.services.iter().filter(|service| service.types == ["IssuerProfile"]).count(), 1);
}

#[test]
fn third_party_documents_are_parsed() {
    let (_, tenant) = hosted(&batches()[0]);
    let key = tenant.keys[0].public_key;
    let other = crate::testing::public_key(&[0x22; 32]);
    let mut compressed = vec![0xe7, 0x01, 2 + (key.y()[31] & 1)];
    compressed.extend_from_slice(key.x());
    let multikey = format!("z{}", bs58::encode(compressed).into_string());
    assert!(multikey.starts_with("zQ3s"));
    let document = json!({
        "id": "did:web:university.example",
        "verificationMethod": [
            { "id": "#relative", "publicKeyMultibase": multikey, "revoked": "2026-01-01T00:00:00Z", "expires": "2027-01-01T00:00:00Z" },
            { "id": "#both", "publicKeyMultibase": multikey, "publicKeyJwk": public_key_jwk(&key), "blockchainAccountId": "eip155:08453:0xb695b01217e9b9e55cf1e23814ac091352df7d12" },
            { "id": "#differ", "publicKeyMultibase": multikey, "publicKeyJwk": public_key_jwk(&other) },
            { "id": "#other-curve", "publicKeyJwk": { "kty": "OKP", "crv": "Ed25519", "x": "AA" }, "expires": "soon" },
            { "id": "#account-alone", "blockchainAccountId": "eip155:8453:0xb695b01217e9b9e55cf1e23814ac091352df7d12" },
            { "id": "#twice" }, { "id": "#twice" },
            { "no": "id" }, "did:web:university.example#named-only",
        ],
        "assertionMethod": ["#relative", { "id": "#embedded", "publicKeyJwk": public_key_jwk(&key) }, 7],
        "service": { "id": "#p", "type": ["Other", "IssuerProfile"], "serviceEndpoint": [{}, "https://learncoin.me/x"] },
    });
    let read = DidDocument::read(document.to_string().as_bytes()).unwrap();
    let method = |name: &str| read.verification_method(&format!("did:web:university.example#{name}"));
    assert_eq!(method("relative").unwrap().public_key, Some(key));
    assert_eq!(method("relative").unwrap().ended, Some("2026-01-01T00:00:00Z".parse().unwrap()));
    assert_eq!(method("both").unwrap().public_key, Some(key));
    assert_eq!(method("both").unwrap().account, None);
    assert_eq!(method("differ").unwrap().public_key, None);
    assert_eq!(method("other-curve").unwrap().public_key, None);
    assert_eq!(method("other-curve").unwrap().ended, Some(Timestamp::MIN));
    assert_eq!(method("account-alone").unwrap().account.unwrap().address, key.address());
    assert_eq!(method("twice"), None);
    assert_eq!(method("embedded").unwrap().public_key, Some(key));
    assert!(read.may_assert("did:web:university.example#relative"));
    assert!(read.may_assert("did:web:university.example#embedded"));
    assert!(!read.may_assert("did:web:university.example#both"));
    assert_eq!(read.service_of_type("IssuerProfile").unwrap().endpoint, "https://learncoin.me/x");
    for nothing in ["", "[]", "{}", r#"{"id":7}"#] {
        assert!(DidDocument::read(nothing.as_bytes()).is_err(), "{nothing}");
    }
}

#[test]
fn did_web_urls_follow_the_method() {
    let url = |did: &str| did_web_url(did).map(String::from);
    assert_eq!(
        url("did:web:learncoin.me#tenant-X").as_deref(),
        Ok("https://learncoin.me/.well-known/did.json")
    );
    assert_eq!(url("did:web:localhost%3A8080").as_deref(), Ok("http://localhost:8080/.well-known/did.json"));
    assert_eq!(url("did:web:a.example%3A8443:x:y").as_deref(), Ok("https://a.example:8443/x/y/did.json"));
    assert_eq!(url("did:key:z6Mk"), Err(DidError::Method));
    for wrong in [
        "did:web:",
        "did:web:127.0.0.1",
        "did:web:a/b",
        "did:web:a:..:b",
        "did:web:a::b",
        "did:web:A.example",
        "did:web:a%3A443",
        "did:web:a?x",
        "did:web:user@a",
        "did:web:a%2Fb",
        "did:web:a:b%2F",
        "did:web:a%3Ax",
    ] {
        assert_eq!(url(wrong), Err(DidError::Form), "{wrong}");
    }
}
