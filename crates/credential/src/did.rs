//! DID documents. Those of third parties are parsed leniently; those of a host are written exactly as section 10 of the
//! format requires.

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
use crate::wallet::DocumentPublicKey;

/// The parts of a DID document that verification needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DidDocument {
    /// The DID.
    pub id: String,
    /// The keys.
    pub verification_methods: Vec<VerificationMethod>,
    /// The ids of the keys under `assertionMethod`.
    pub assertion_methods: Vec<String>,
    /// The services.
    pub services: Vec<Service>,
}

/// A key of a DID document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationMethod {
    /// The id. A relative one is resolved against the document's.
    pub id: String,
    /// The key of `publicKeyJwk` or of a Multikey's `publicKeyMultibase`. `None` if neither holds a secp256k1 key, or
    /// if both are present and differ.
    pub public_key: Option<PublicKey>,
    /// The Ed25519 key of a Multikey that has no other key beside it.
    pub document_key: Option<DocumentPublicKey>,
    /// The Ed25519 key of a JSON Web Key that has no other key beside it.
    pub document_jwk: Option<DocumentPublicKey>,
    /// The DID that may change the key.
    pub controller: Option<String>,
    /// The `blockchainAccountId` of the form `eip155:<chain id>:<address>`.
    pub account: Option<BlockchainAccount>,
    /// The earlier one of `expires` and `revoked`. A date that cannot be parsed counts as long past.
    pub ended: Option<Timestamp>,
}

/// The chain that a key signs for, with its address there
/// ([CAIP-10](https://standards.chainagnostic.org/CAIPs/caip-10)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockchainAccount {
    /// The EIP-155 chain id.
    pub chain_id: u64,
    /// The address.
    pub address: Address,
}

/// A service of a DID document with a URL as its endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The id. A relative one is resolved against the document's.
    pub id: String,
    /// The types.
    pub types: Vec<String>,
    /// The URL.
    pub endpoint: String,
}

/// The reasons why bytes are not a document of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The bytes are not JSON.
    #[error(transparent)]
    Json(#[from] json::JsonError),
    /// A required member is missing or malformed.
    #[error("{0}")]
    Form(&'static str),
}

/// The reasons why a DID has no document URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DidError {
    /// The method is not `web`.
    #[error("only did:web can be looked up")]
    Method,
    /// The method-specific id is not a host name with optional port and path. IP addresses are not allowed.
    #[error("expected did:web: and a host name, with the port as %3A and path segments after colons")]
    Form,
}

impl DidDocument {
    /// Parses a DID document. Keys and services that are not understood are left out.
    ///
    /// # Errors
    /// If the bytes are not JSON, or not an object with an `id`.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let value = json::parse_limited(bytes, json::MAX_HOST_VALUES)?;
        let form = ReadError::Form("expected a DID document: an object with the member id");
        let Some(document) = value.as_object() else { return Err(form) };
        let Some(id) = document.get("id").and_then(Value::as_str) else { return Err(form) };
        let mut methods: Vec<_> = objects(document.get("verificationMethod"))
            .filter_map(|method| read_verification_method(method, id))
            .collect();
        // `assertionMethod` may embed a key instead of naming it.
        methods.extend(
            objects(document.get("assertionMethod"))
                .filter_map(|method| read_verification_method(method, id)),
        );
        let assertion_methods = elements(document.get("assertionMethod"))
            .filter_map(|entry| match entry {
                Value::String(name) => Some(resolve(name, id)),
                Value::Object(method) => {
                    method.get("id").and_then(Value::as_str).map(|name| resolve(name, id))
                }
                _ => None,
            })
            .collect();
        let services = objects(document.get("service")).filter_map(|entry| read_service(entry, id)).collect();
        Ok(Self { id: id.to_owned(), verification_methods: methods, assertion_methods, services })
    }

    /// Returns the key with this id. Returns `None` if there is none, or more than one.
    pub fn verification_method(&self, id: &str) -> Option<&VerificationMethod> {
        let mut found = self.verification_methods.iter().filter(|method| method.id == id);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// Returns whether the key with this id is listed under `assertionMethod`.
    pub fn may_assert(&self, id: &str) -> bool {
        self.assertion_methods.iter().any(|method| method == id)
    }

    /// Returns the first service of this type, as the stock verifier does.
    pub fn service_of_type(&self, kind: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.types.iter().any(|one| one == kind))
    }

    /// Returns the service with this id.
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.id == id)
    }
}

/// Returns the document URL of a `did:web`: `https://host/.well-known/did.json` or `https://host/path/did.json`, with
/// `http` for loopback hosts. A fragment is ignored.
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

/// Builds `/.well-known/did.json` of a host, with every key that ever signed, of every tenant.
///
/// Ends of validity are only in the issuer profiles. The stock verifier rejects a key that has one here, whatever the
/// date of the transaction.
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
    let also_known_as: Vec<String> =
        tenants.iter().map(|tenant| host.tenant_wallet_did(&tenant.ulid)).collect();
    json!({
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1", own_terms(host)],
        "id": did,
        "alsoKnownAs": also_known_as,
        "verificationMethod": methods,
        "assertionMethod": assertions,
        "service": services,
    })
}

/// Builds the context of the terms that no published context defines for these documents. Without it a JSON-LD processor drops the
/// chain of a key, and the types of the services.
fn own_terms(host: &Host) -> Json {
    json!({
        "blockchainAccountId": "https://w3id.org/security#blockchainAccountId",
        "IssuerProfile": format!("{}/docs/concepts/verification#issuer-profile", host.origin()),
        "TenantIssuerProfile": format!("{}/docs/concepts/verification#tenant-issuer-profile", host.origin()),
    })
}

/// Builds the entry of a key under `verificationMethod`.
pub(crate) fn key_entry(id: &str, controller: &str, key: &HostedKey) -> Json {
    json!({
        "id": id,
        "type": "JsonWebKey",
        "controller": controller,
        "publicKeyJwk": public_key_jwk(&key.public_key),
        "blockchainAccountId": format!("eip155:{}:{}", key.chain_id, key.public_key.address()),
    })
}

/// Builds the JSON Web Key of a public key ([RFC 8812](https://www.rfc-editor.org/rfc/rfc8812) section 3.1).
pub fn public_key_jwk(key: &PublicKey) -> Json {
    json!({
        "kty": "EC",
        "crv": "secp256k1",
        "x": URL_SAFE_NO_PAD.encode(key.x()),
        "y": URL_SAFE_NO_PAD.encode(key.y()),
    })
}

fn read_verification_method(method: &Object, did: &str) -> Option<VerificationMethod> {
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
        id: resolve(text("id")?, did),
        public_key,
        document_key: read_document_key(method),
        document_jwk: read_document_jwk(method),
        controller: text("controller").map(str::to_owned),
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

/// Parses a [Multikey](https://www.w3.org/TR/controller-document/#Multikey) of secp256k1: multicodec 0xe7, then the
/// compressed point.
fn read_multikey(text: &str) -> Option<PublicKey> {
    // 35 bytes have at most 48 base58 characters. Longer texts are not decoded.
    let base58 = text.strip_prefix('z').filter(|base58| base58.len() <= 48)?;
    let bytes = bs58::decode(base58).into_vec().ok()?;
    let point = bytes.strip_prefix(&[0xe7, 0x01]).filter(|point| point.len() == 33)?;
    PublicKey::from_sec1(point).ok()
}

/// Reads the Ed25519 key of a Multikey. A verification method has one form of key alone.
fn read_document_key(method: &Object) -> Option<DocumentPublicKey> {
    let is_multikey = method.get("type").and_then(Value::as_str) == Some("Multikey");
    let text =
        method.get("publicKeyMultibase").filter(|_| is_multikey && method.get("publicKeyJwk").is_none())?;
    DocumentPublicKey::from_multikey(text.as_str()?)
}

/// Reads the Ed25519 key of a JSON Web Key, likewise.
fn read_document_jwk(method: &Object) -> Option<DocumentPublicKey> {
    let is_jwk = method.get("type").and_then(Value::as_str) == Some("JsonWebKey");
    let jwk = method.get("publicKeyJwk").filter(|_| is_jwk && method.get("publicKeyMultibase").is_none())?;
    DocumentPublicKey::from_jwk(jwk.as_object()?)
}

fn read_account(text: &str) -> Option<BlockchainAccount> {
    let (chain_id, address) = text.strip_prefix("eip155:")?.split_once(':')?;
    let number: u64 = chain_id.parse().ok()?;
    // `+1` and `01` parse as numbers, but are not CAIP-2 references.
    (number.to_string() == chain_id).then_some(())?;
    Some(BlockchainAccount { chain_id: number, address: address.parse().ok()? })
}

fn read_service(service: &Object, did: &str) -> Option<Service> {
    let id = service.get("id").and_then(Value::as_str)?;
    let types = elements(service.get("type")).filter_map(Value::as_str).map(str::to_owned).collect();
    let endpoint = elements(service.get("serviceEndpoint")).find_map(Value::as_str)?;
    Some(Service { id: resolve(id, did), types, endpoint: endpoint.to_owned() })
}

/// Resolves a relative DID URL (`#key-1`) against the DID of its document.
fn resolve(id: &str, did: &str) -> String {
    if id.starts_with('#') { format!("{did}{id}") } else { id.to_owned() }
}

/// Iterates over the elements of an array, or over a single value in its place.
pub(crate) fn elements(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    match value {
        Some(Value::Array(elements)) => elements.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    }
    .iter()
}

pub(crate) fn objects(value: Option<&Value>) -> impl Iterator<Item = &Object> {
    elements(value).filter_map(Value::as_object)
}

#[cfg(test)]
mod tests;
