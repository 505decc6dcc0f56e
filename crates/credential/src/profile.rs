//! Issuer profiles: the addresses that sign for an issuer, with their periods of validity.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::address::Address;
use crate::did::{ReadError, elements, objects};
use crate::host::Host;
use crate::hosted::{HostedKey, HostedTenant};
use crate::json::{self, Object, Value};
use crate::text::parse_foreign_timestamp;

const KEY_PREFIX: &str = "ecdsa-koblitz-pubkey:";

/// The parts of an issuer profile that verification needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuerProfile {
    /// The issuer's name.
    pub name: Option<String>,
    /// The keys.
    pub public_keys: Vec<PublicKeyEntry>,
    /// The URL of the revocation list.
    pub revocation_list: Option<String>,
    /// The issuer's other DIDs.
    pub also_known_as: Vec<String>,
}

/// A key of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKeyEntry {
    /// The address that sends its transactions.
    pub address: Address,
    /// The beginning of its validity. An entry without a date that can be parsed is never valid.
    pub created: Option<Timestamp>,
    /// The end of its validity by expiration. A date that cannot be parsed counts as long past.
    pub expires: Option<Timestamp>,
    /// The end of its validity by revocation. A date that cannot be parsed counts as long past.
    pub revoked: Option<Timestamp>,
}

impl IssuerProfile {
    /// Parses a profile. Keys of other types than ours are left out.
    ///
    /// # Errors
    /// If the bytes are not JSON, or not an object with `publicKey`.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let value = json::parse_limited(bytes, json::MAX_HOST_VALUES)?;
        let form = ReadError::Form("expected an issuer profile: an object with the member publicKey");
        let Some(profile) = value.as_object() else { return Err(form) };
        if profile.get("publicKey").is_none() {
            return Err(form);
        }
        let text = |name: &str| profile.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self {
            name: text("name"),
            public_keys: objects(profile.get("publicKey")).filter_map(read_public_key).collect(),
            revocation_list: text("revocationList"),
            also_known_as: elements(profile.get("alsoKnownAs"))
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        })
    }

    /// Returns the entries of an address, usually one.
    pub fn keys_of(&self, address: Address) -> impl Iterator<Item = &PublicKeyEntry> {
        self.public_keys.iter().filter(move |entry| entry.address == address)
    }
}

impl PublicKeyEntry {
    /// Returns whether a transaction at this time is valid: in `[created, min(expires, revoked))`.
    pub fn is_valid_at(&self, time: Timestamp) -> bool {
        self.created.is_some_and(|created| created <= time) && self.end().is_none_or(|end| time < end)
    }

    /// Returns the earlier one of `expires` and `revoked`.
    pub fn end(&self) -> Option<Timestamp> {
        [self.expires, self.revoked].into_iter().flatten().min()
    }
}

fn read_public_key(entry: &Object) -> Option<PublicKeyEntry> {
    let address = entry.get("id").and_then(Value::as_str)?.strip_prefix(KEY_PREFIX)?.parse().ok()?;
    let date = |name: &str| entry.get(name).map(|date| date.as_str().and_then(parse_foreign_timestamp));
    Some(PublicKeyEntry {
        address,
        created: date("created").flatten(),
        expires: date("expires").map(|date| date.unwrap_or(Timestamp::MIN)),
        revoked: date("revoked").map(|date| date.unwrap_or(Timestamp::MIN)),
    })
}

/// Builds `/issuer.json` of a host, with the addresses of all tenants' keys. `name` is the deployment's.
pub fn host_profile(host: &Host, name: &str, tenants: &[HostedTenant]) -> Json {
    profile(host, &host.profile_url(), name, host.origin(), tenants.iter().flat_map(|tenant| &tenant.keys))
}

/// Builds `/tenants/ULID/issuer.json` of a tenant, in the same form, with its own DIDs.
pub fn tenant_profile(host: &Host, tenant: &HostedTenant) -> Json {
    let url = tenant.url.as_deref().unwrap_or(host.origin());
    let mut json = profile(host, &host.tenant_profile_url(&tenant.ulid), &tenant.name, url, &tenant.keys);
    if let (Json::Object(members), false) = (&mut json, tenant.own_dids.is_empty()) {
        members.insert("alsoKnownAs".to_owned(), json!(tenant.own_dids));
    }
    json
}

fn profile<'a>(
    host: &Host,
    id: &str,
    name: &str,
    url: &str,
    keys: impl IntoIterator<Item = &'a HostedKey>,
) -> Json {
    let keys: Vec<Json> = keys.into_iter().map(public_key_json).collect();
    json!({
        "@context": ["https://w3id.org/openbadges/v2", "https://w3id.org/blockcerts/v3"],
        "type": "Profile",
        "id": id,
        "name": name,
        "url": url,
        "publicKey": keys,
        "revocationList": host.revocations_url(),
    })
}

fn public_key_json(key: &HostedKey) -> Json {
    let mut entry = serde_json::Map::new();
    entry.insert("id".to_owned(), json!(format!("{KEY_PREFIX}{}", key.public_key.address())));
    entry.insert("created".to_owned(), json!(key.created.to_string()));
    for (name, date) in [("expires", key.expires), ("revoked", key.revoked)] {
        if let Some(date) = date {
            entry.insert(name.to_owned(), json!(date.to_string()));
        }
    }
    Json::Object(entry)
}

#[cfg(test)]
mod tests;
