use super::*;
use crate::testing::{batches, hosted};

#[test]
fn the_vectors_profiles_are_written_and_read() {
    for batch in batches() {
        let (host, tenant) = hosted(&batch);
        let written = host_profile(&host, "LearnCoin", std::slice::from_ref(&tenant));
        assert_eq!(written.to_string(), batch["issuer_profile"].to_string());
        let read = IssuerProfile::read(written.to_string().as_bytes()).unwrap();
        assert_eq!(read.revocation_list, Some(host.revocations_url()));
        let entry = read.keys_of(tenant.keys[0].public_key.address()).next().unwrap();
        assert_eq!(entry.created, Some(tenant.keys[0].created));
        assert_eq!(entry.end(), None);
    }
}

#[test]
fn a_tenants_profile_names_its_own_dids_and_the_ends_of_its_keys() {
    let (host, mut tenant) = hosted(&batches()[0]);
    let end: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    tenant.own_dids = vec!["did:web:university.example".to_owned()];
    tenant.url = Some("https://university.example".to_owned());
    tenant.keys[0].expires = Some(end);
    tenant.keys[0].revoked = Some("2026-06-01T00:00:00Z".parse().unwrap());
    let written = tenant_profile(&host, &tenant);
    assert_eq!(written["id"], host.tenant_profile_url(&tenant.ulid));
    assert_eq!(written["url"], "https://university.example");
    assert_eq!(written["publicKey"][0]["expires"], "2027-01-01T00:00:00Z");
    let read = IssuerProfile::read(written.to_string().as_bytes()).unwrap();
    assert_eq!(read.name.as_deref(), Some("Example University"));
    assert_eq!(read.also_known_as, ["did:web:university.example"]);
    assert_eq!(read.public_keys[0].end(), Some("2026-06-01T00:00:00Z".parse().unwrap()));
}

#[test]
fn a_key_is_valid_from_its_creation_until_its_first_end() {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let entry = PublicKeyEntry {
        address: Address::new([1; 20]),
        created: Some(time("2026-01-01T00:00:00Z")),
        expires: Some(time("2026-03-01T00:00:00Z")),
        revoked: Some(time("2026-02-01T00:00:00Z")),
    };
    assert!(!entry.is_valid_at(time("2025-12-31T23:59:59Z")));
    assert!(entry.is_valid_at(time("2026-01-01T00:00:00Z")));
    assert!(entry.is_valid_at(time("2026-01-31T23:59:59Z")));
    assert!(!entry.is_valid_at(time("2026-02-01T00:00:00Z")));
    assert!(!PublicKeyEntry { created: None, ..entry }.is_valid_at(time("2026-01-15T00:00:00Z")));
}

#[test]
fn a_date_that_cannot_be_read_never_makes_a_key_valid() {
    let key = "ecdsa-koblitz-pubkey:0xb695b01217e9b9e55cf1e23814ac091352df7d12";
    let now = "2026-05-01T00:00:00Z".parse().unwrap();
    for (dates, valid) in [
        (r#""created":"2026-01-01T00:00:00Z""#, true),
        (r#""created":"2026-01-01T02:00:00+02:00""#, true),
        (r#""created":"yesterday""#, false),
        (r#""created":7"#, false),
        (r#""other":7"#, false),
        (r#""created":"2026-01-01T00:00:00Z","expires":"never""#, false),
        (r#""created":"2026-01-01T00:00:00Z","revoked":null"#, false),
    ] {
        let text = format!(r#"{{"publicKey":[{{"id":"{key}",{dates}}}]}}"#);
        let profile = IssuerProfile::read(text.as_bytes()).unwrap();
        assert_eq!(profile.public_keys[0].is_valid_at(now), valid, "{dates}");
    }
    let other = r#"{"publicKey":[{"id":"did:key:z6Mk"},{"id":"ecdsa-koblitz-pubkey:mkwntSiQmc14H65YxwckLenxY3DsEpvFbe"},7]}"#;
    assert_eq!(IssuerProfile::read(other.as_bytes()).unwrap().public_keys, []);
    for nothing in ["", "[]", "{}"] {
        assert!(IssuerProfile::read(nothing.as_bytes()).is_err(), "{nothing}");
    }
}
