//! DID documents: read leniently, since third parties write them too, and written for a host exactly as section 10
//! of the format shows.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use url::Url;

use crate::address::{Address, PublicKey};
use crate::host::{Host, is_loopback};
use crate::hosted::{HostedKey, HostedTenant};
use crate::json::{self, Object, Value};
use crate::text::parse_foreign_timestamp;

/// What a DID document says that verification asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidDocument {
    /// The DID itself.
    pub id: String,
    /// The keys.
    pub verification_methods: Vec<VerificationMethod>,
    /// The ids of the keys that may make assertions.
    pub assertion_methods: Vec<String>,
    /// The services.
    pub services: Vec<Service>,
}

/// A key of a DID document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationMethod {
    /// Its id; a relative one is completed with the document's.
    pub id: String,
    /// The key, from `publicKeyJwk` or from a Multikey's `publicKeyMultibase`. `None` if there is neither for
    /// secp256k1, or if both are there and differ.
    pub public_key: Option<PublicKey>,
    /// `blockchainAccountId` of the form `eip155:<chain id>:<address>`.
    pub account: Option<Account>,
    /// `expires` or `revoked`, whichever is earlier; a date that cannot be read counts as long past.
    pub ended: Option<Timestamp>,
}

/// The one chain that a key signs for, and its address there
/// ([CAIP-10](https://standards.chainagnostic.org/CAIPs/caip-10)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The address.
    pub address: Address,
}

/// A service of a DID document with a URL as its endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id; a relative one is completed with the document's.
    pub id: String,
    /// Its types.
    pub types: Vec<String>,
    /// Its URL.
    pub endpoint: String,
}

/// Why bytes are not a document of the kind that was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not JSON.
    #[error(transparent)]
    Json(#[from] json::Error),
    /// A member without which the document says nothing.
    #[error("{0}")]
    Form(&'static str),
}

/// Why a DID has no URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DidError {
    /// Another method than `web`.
    #[error("only did:web can be looked up")]
    Method,
    /// Not a name (and path) that a URL can be made of; IP addresses are none.
    #[error("expected did:web: and a host name, with the port as %3A and path segments after colons")]
    Form,
}

impl DidDocument {
    /// Reads a DID document. Keys and services that cannot be understood are left out.
    ///
    /// # Errors
    /// Not JSON, or no object with an `id`.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let value = json::parse(bytes)?;
        let form = ReadError::Form("expected a DID document: an object with the member id");
        let Some(document) = value.as_object() else { return Err(form) };
        let Some(id) = document.get("id").and_then(Value::as_str) else { return Err(form) };
        let mut methods: Vec<_> = objects(document.get("verificationMethod"))
            .filter_map(|method| verification_method(method, id))
            .collect();
        // A key may stand in `assertionMethod` itself instead of being named there.
        methods.extend(
            objects(document.get("assertionMethod")).filter_map(|method| verification_method(method, id)),
        );
        let assertion_methods = each(document.get("assertionMethod"))
            .filter_map(|entry| match entry {
                Value::String(name) => Some(absolute(name, id)),
                Value::Object(method) => {
                    method.get("id").and_then(Value::as_str).map(|name| absolute(name, id))
                }
                _ => None,
            })
            .collect();
        let services = objects(document.get("service")).filter_map(|entry| service(entry, id)).collect();
        Ok(Self { id: id.to_owned(), verification_methods: methods, assertion_methods, services })
    }

    /// The key of that id. `None` if there is none, or if several claim the id.
    pub fn verification_method(&self, id: &str) -> Option<&VerificationMethod> {
        let mut found = self.verification_methods.iter().filter(|method| method.id == id);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Whether the key of that id may make assertions.
    pub fn may_assert(&self, id: &str) -> bool {
        self.assertion_methods.iter().any(|method| method == id)
    }

    /// The first service of that type, as the stock verifier takes it.
    pub fn service_of_type(&self, kind: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.types.iter().any(|one| one == kind))
    }

    /// The service of that id.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }
}

/// The URL of a `did:web`'s document: `https://host/.well-known/did.json`, or `https://host/path/did.json`. Hosts on
/// this machine are asked over `http`. A fragment is left out.
///
/// # Errors
/// See [`DidError`].
pub fn did_web_url(did: &str) -> Result<Url, DidError> {
    let bare = did.split_once('#').map_or(did, |(bare, _)| bare);
    let specific = bare.strip_prefix("did:web:").ok_or(DidError::Method)?;
    let mut segments = specific.split(':');
    let authority = segments.next().unwrap_or_default().replace("%3A", ":").replace("%3a", ":");
    let name = authority.split_once(':').map_or(authority.as_str(), |(name, _)| name);
    let scheme = if is_loopback(name) { "http" } else { "https" };
    let host = Host::parse(&format!("{scheme}://{authority}")).map_err(|_| DidError::Form)?;
    if host.origin() != format!("{scheme}://{authority}") {
        return Err(DidError::Form);
    }
    let path: Vec<&str> = segments.collect();
    let plain = |segment: &&str| {
        !segment.is_empty()
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            && !matches!(*segment, "." | "..")
    };
    if !path.iter().all(plain) {
        return Err(DidError::Form);
    }
    let url = if path.is_empty() {
        host.did_document_url()
    } else {
        format!("{}/{}/did.json", host.origin(), path.join("/"))
    };
    Url::parse(&url).map_err(|_| DidError::Form)
}

/// `/.well-known/did.json` of a host: every key that ever signed, of every tenant.
///
/// Ends of validity stand in the issuer profiles alone, because the stock verifier refuses a key that has one
/// here whatever the date of the transaction.
pub fn host_document(host: &Host, tenants: &[HostedTenant]) -> Json {
    let did = host.did();
    let keys = || tenants.iter().flat_map(|tenant| tenant.keys.iter().map(move |key| (tenant, key)));
    let methods: Vec<Json> = keys()
        .map(|(tenant, key)| key_entry(&host.verification_method(&tenant.ulid, key.number), &did, key))
        .collect();
    let assertions: Vec<String> =
        keys().map(|(tenant, key)| host.verification_method(&tenant.ulid, key.number)).collect();
    let mut services = vec![json!({
        "id": format!("{did}#issuer-profile"),
        "type": "IssuerProfile",
        "serviceEndpoint": host.profile_url(),
    })];
    services.extend(tenants.iter().map(|tenant| {
        json!({
            "id": host.tenant_did(&tenant.ulid),
            "type": "TenantIssuerProfile",
            "serviceEndpoint": host.tenant_profile_url(&tenant.ulid),
        })
    }));
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": assertions,
        "service": services,
    })
}

/// A key's entry under `verificationMethod`.
pub(crate) fn key_entry(id: &str, controller: &str, key: &HostedKey) -> Json {
    json!({
        "id": id,
        "type": "JsonWebKey",
        "controller": controller,
        "publicKeyJwk": public_key_jwk(&key.public_key),
        "blockchainAccountId": format!("eip155:{}:{}", key.chain_id, key.public_key.address()),
    })
}

/// A public key as a JSON Web Key ([RFC 8812](https://www.rfc-editor.org/rfc/rfc8812) section 3.1).
pub fn public_key_jwk(key: &PublicKey) -> Json {
    json!({
        "kty": "EC",
        "crv": "secp256k1",
        "x": URL_SAFE_NO_PAD.encode(key.x()),
        "y": URL_SAFE_NO_PAD.encode(key.y()),
    })
}

fn verification_method(method: &Object, did: &str) -> Option<VerificationMethod> {
    let text = |name: &str| method.get(name).and_then(Value::as_str);
    let jwk = method.get("publicKeyJwk").map(|jwk| jwk.as_object().and_then(read_jwk));
    let multikey = method.get("publicKeyMultibase").map(|key| key.as_str().and_then(read_multikey));
    let public_key = match (jwk, multikey) {
        (Some(jwk), Some(multikey)) => jwk.filter(|key| Some(*key) == multikey),
        (one, other) => one.or(other).flatten(),
    };
    let ended = ["expires", "revoked"]
        .into_iter()
        .filter_map(|name| method.get(name))
        .map(|date| date.as_str().and_then(parse_foreign_timestamp).unwrap_or(Timestamp::MIN))
        .min();
    Some(VerificationMethod {
        id: absolute(text("id")?, did),
        public_key,
        account: text("blockchainAccountId").and_then(read_account),
        ended,
    })
}

fn read_jwk(jwk: &Object) -> Option<PublicKey> {
    let text = |name: &str| jwk.get(name).and_then(Value::as_str);
    if text("kty") != Some("EC") || text("crv") != Some("secp256k1") {
        return None;
    }
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok()?.try_into().ok();
    PublicKey::new(coordinate("x")?, coordinate("y")?).ok()
}

/// [Multikey](https://www.w3.org/TR/controller-document/#Multikey) of secp256k1: multicodec 0xe7, then the
/// compressed point.
fn read_multikey(text: &str) -> Option<PublicKey> {
    // 35 bytes are at most 48 characters; longer texts are not worth decoding.
    let base58 = text.strip_prefix('z').filter(|base58| base58.len() <= 48)?;
    let bytes = bs58::decode(base58).into_vec().ok()?;
    let point = bytes.strip_prefix(&[0xe7, 0x01]).filter(|point| point.len() == 33)?;
    PublicKey::from_sec1(point).ok()
}

fn read_account(text: &str) -> Option<Account> {
    let (chain_id, address) = text.strip_prefix("eip155:")?.split_once(':')?;
    let number: u64 = chain_id.parse().ok()?;
    // `+1` and `01` parse as numbers and are not how a chain is named.
    (number.to_string() == chain_id).then_some(())?;
    Some(Account { chain_id: number, address: address.parse().ok()? })
}

fn service(service: &Object, did: &str) -> Option<Service> {
    let id = service.get("id").and_then(Value::as_str)?;
    let types = each(service.get("type")).filter_map(Value::as_str).map(str::to_owned).collect();
    let endpoint = each(service.get("serviceEndpoint")).find_map(Value::as_str)?;
    Some(Service { id: absolute(id, did), types, endpoint: endpoint.to_owned() })
}

/// A relative DID URL (`#key-1`) belongs to the document that it stands in.
fn absolute(id: &str, did: &str) -> String {
    if id.starts_with('#') { format!("{did}{id}") } else { id.to_owned() }
}

/// The elements of an array, or the one value that stands in place of it.
pub(crate) fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(elements)) => elements.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    }
    .iter()
}

pub(crate) fn objects(value: Option<&Value>) -> impl Iterator<Item = &Object> {
    each(value).filter_map(Value::as_object)
}

#[cfg(test)]
mod tests;
