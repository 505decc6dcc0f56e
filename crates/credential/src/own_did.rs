//! Own DIDs of tenants: which DIDs are allowed, and whether a DID's document lists the tenant's keys in the way that
//! [verification](crate::verify) requires (section 10 of the format, last paragraph).

use serde_json::{Value as Json, json};
use url::Url;

use crate::did::{BlockchainAccount, DidDocument, DidError, VerificationMethod, did_web_url, key_entry};
use crate::host::Host;
use crate::hosted::HostedKey;
use crate::text::{UriKind, check_uri};

/// The reasons why a DID cannot be a tenant's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OwnDidError {
    /// The DID has a fragment or a query.
    #[error("expected a DID without a fragment or query")]
    Part,
    /// The DID is the host's or below it.
    #[error("expected a DID of a host of your own, not of this one")]
    Hosted,
    /// The DID has no document URL.
    #[error(transparent)]
    Form(#[from] DidError),
}

/// The reasons why a DID document does not authorize a tenant's keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnDidDocumentError {
    /// The document is that of another DID.
    #[error("its id is {0}")]
    OtherDid(String),
    /// A key of the tenant has no entry that verification would accept.
    #[error(
        "it lacks key {number}: an entry of verificationMethod whose id begins with the DID and a #, whose publicKeyJwk \
         (or publicKeyMultibase) is that key, whose blockchainAccountId is eip155:{chain_id}:{address}, without expires \
         and revoked, and whose id stands in assertionMethod"
    )]
    Key {
        /// The `n` of `…-key-<n>` in the host's DID document, which contains the key.
        number: u64,
        /// The EIP-155 id of the key's chain.
        chain_id: u64,
        /// The key's address on that chain.
        address: String,
    },
    /// The document does not name the tenant's issuer profile on the host.
    #[error("its first service of type IssuerProfile must have the serviceEndpoint {0}")]
    Profile(String),
}

/// Returns the document URL of a DID that a tenant of the host may have as its own.
///
/// # Errors
/// See [`OwnDidError`].
pub fn document_url(did: &str, host: &Host) -> Result<Url, OwnDidError> {
    if did.contains(['#', '?']) {
        return Err(OwnDidError::Part);
    }
    let url = did_web_url(did)?;
    let of_host = did.strip_prefix(&host.did());
    if of_host.is_some_and(|rest| rest.is_empty() || rest.starts_with(':')) {
        return Err(OwnDidError::Hosted);
    }
    Ok(url)
}

/// Returns the DID URLs under which the document lists the keys, in the order of the keys.
///
/// # Errors
/// If the document does not authorize all of them: see [`OwnDidDocumentError`].
pub fn key_methods(
    document: &DidDocument,
    did: &str,
    host: &Host,
    ulid: &str,
    keys: &[HostedKey],
) -> Result<Vec<String>, OwnDidDocumentError> {
    if document.id != did {
        return Err(OwnDidDocumentError::OtherDid(document.id.clone()));
    }
    let methods = keys.iter().map(|key| {
        let found = document.verification_methods.iter().find(|method| lists_key(method, document, did, key));
        found.map(|method| method.id.clone()).ok_or_else(|| OwnDidDocumentError::Key {
            number: key.number,
            chain_id: key.chain_id,
            address: key.public_key.address().to_string(),
        })
    });
    let methods = methods.collect::<Result<_, _>>()?;
    let profile = host.tenant_profile_url(ulid);
    match document.service_of_type("IssuerProfile") {
        Some(service) if service.endpoint == profile => Ok(methods),
        _ => Err(OwnDidDocumentError::Profile(profile)),
    }
}

fn lists_key(method: &VerificationMethod, document: &DidDocument, did: &str, key: &HostedKey) -> bool {
    let fragment = method.id.strip_prefix(did).and_then(|rest| rest.strip_prefix('#'));
    let account = BlockchainAccount { chain_id: key.chain_id, address: key.public_key.address() };
    fragment.is_some_and(|fragment| !fragment.is_empty())
        && check_uri(&method.id, UriKind::Identifier).is_ok()
        && document.verification_method(&method.id) == Some(method)
        && document.may_assert(&method.id)
        && method.public_key == Some(key.public_key)
        && method.account == Some(account)
        && method.ended.is_none()
}

/// Builds a document that authorizes these keys, each under its DID URL: the minimum that the tenant's host must serve.
pub fn document(did: &str, host: &Host, ulid: &str, keys: &[(String, HostedKey)]) -> Json {
    let methods: Vec<Json> = keys.iter().map(|(id, key)| key_entry(id, did, key)).collect();
    let assertions: Vec<&String> = keys.iter().map(|(id, _)| id).collect();
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": assertions,
        "service": [{
            "id": format!("{did}#issuer-profile"),
            "type": "IssuerProfile",
            "serviceEndpoint": host.tenant_profile_url(ulid),
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{batches, hosted, public_key};

    const DID: &str = "did:web:university.example";

    /// Creates two keys of a tenant and a document that authorizes both.
    fn fixture() -> (Host, String, Vec<HostedKey>, Json) {
        let (host, tenant) = hosted(&batches()[0]);
        let first = tenant.keys[0].clone();
        let second =
            HostedKey { number: 2, public_key: public_key(&[0x22; 32]), chain_id: 8453, ..first.clone() };
        let named = [(format!("{DID}#a"), first.clone()), (format!("{DID}#b"), second.clone())];
        let document = document(DID, &host, &tenant.ulid, &named);
        (host, tenant.ulid, vec![first, second], document)
    }

    /// An edit that invalidates a document.
    type Edit = fn(&mut Json);

    fn check_edited(edit: impl FnOnce(&mut Json)) -> Result<Vec<String>, OwnDidDocumentError> {
        let (host, ulid, keys, mut document) = fixture();
        edit(&mut document);
        let document = DidDocument::read(document.to_string().as_bytes()).unwrap();
        key_methods(&document, DID, &host, &ulid, &keys)
    }

    #[test]
    fn a_document_that_lists_every_key_is_accepted() {
        assert_eq!(check_edited(|_| {}), Ok(vec![format!("{DID}#a"), format!("{DID}#b")]));
        // Relative ids and additional keys are accepted.
        let relative = check_edited(|document| {
            document["verificationMethod"][0]["id"] = json!("#x");
            document["assertionMethod"][0] = json!("#x");
            let others = json!({ "id": "#others", "type": "JsonWebKey", "publicKeyJwk": {} });
            document["verificationMethod"].as_array_mut().unwrap().push(others);
        });
        assert_eq!(relative, Ok(vec![format!("{DID}#x"), format!("{DID}#b")]));
    }

    #[test]
    fn documents_that_fail_verification_are_rejected() {
        let edits: [(Edit, &str); 13] = [
            (|document| document["id"] = json!("did:web:other.example"), "its id is did:web:other.example"),
            (|document| drop(document["verificationMethod"].as_array_mut().unwrap().pop()), "key 2"),
            (|document| drop(document["assertionMethod"].as_array_mut().unwrap().pop()), "key 2"),
            (|document| document["verificationMethod"][0]["publicKeyJwk"]["crv"] = json!("P-256"), "key 1"),
            (
                |document| document["verificationMethod"][1]["expires"] = json!("2099-01-01T00:00:00Z"),
                "key 2",
            ),
            (
                |document| document["verificationMethod"][1]["revoked"] = json!("2020-01-01T00:00:00Z"),
                "key 2",
            ),
            (
                |document| {
                    drop(
                        document["verificationMethod"][1]
                            .as_object_mut()
                            .unwrap()
                            .remove("blockchainAccountId"),
                    )
                },
                "eip155:8453:0x",
            ),
            (
                |document| {
                    document["verificationMethod"][1]["blockchainAccountId"] =
                        document["verificationMethod"][0]["blockchainAccountId"].clone()
                },
                "key 2",
            ),
            (
                |document| {
                    document["verificationMethod"][1]["id"] = document["verificationMethod"][0]["id"].clone()
                },
                "key 1",
            ),
            (
                |document| {
                    document["verificationMethod"][0]["id"] = json!("did:web:other.example#a");
                    document["assertionMethod"][0] = json!("did:web:other.example#a");
                },
                "key 1",
            ),
            (
                |document| {
                    document["verificationMethod"][0]["id"] = json!("#ä");
                    document["assertionMethod"][0] = json!("#ä");
                },
                "key 1",
            ),
            (|document| document["service"] = json!([]), "IssuerProfile"),
            (
                |document| {
                    document["service"][0]["serviceEndpoint"] = json!("https://learncoin.me/issuer.json")
                },
                "/tenants/",
            ),
        ];
        for (number, (edit, words)) in edits.into_iter().enumerate() {
            let error = check_edited(edit).unwrap_err().to_string();
            assert!(error.contains(words), "{number}: {error}");
        }
    }

    #[test]
    fn own_dids_are_whole_dids_of_other_hosts() {
        let host = Host::parse("https://learncoin.me").unwrap();
        let url = |did| document_url(did, &host).map(|url| url.to_string());
        assert_eq!(url(DID), Ok("https://university.example/.well-known/did.json".to_owned()));
        assert_eq!(
            url("did:web:university.example:issuing:x"),
            Ok("https://university.example/issuing/x/did.json".to_owned())
        );
        assert!(url("did:web:learncoin.me.example").is_ok());
        assert_eq!(
            url("did:web:localhost%3A8080"),
            Ok("http://localhost:8080/.well-known/did.json".to_owned())
        );
        for (did, error) in [
            ("did:web:learncoin.me", OwnDidError::Hosted),
            ("did:web:learncoin.me:x", OwnDidError::Hosted),
            ("did:web:university.example#tenant", OwnDidError::Part),
            ("did:web:university.example?x", OwnDidError::Part),
            ("did:key:z6Mk", OwnDidError::Form(DidError::Method)),
            ("did:web:127.0.0.1", OwnDidError::Form(DidError::Form)),
            ("did:web:", OwnDidError::Form(DidError::Form)),
        ] {
            assert_eq!(url(did), Err(error), "{did}");
        }
    }
}
