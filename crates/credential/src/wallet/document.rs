//! The typed document of the wallet form.

use serde_json::{Value as Json, json};

use crate::contexts::{OPEN_BADGES_3, VC_2};
use crate::document::{Document, Evidence, Issuer, Subject};
use crate::hash::Hash;
use crate::host::Host;
use crate::proof::AnchorChain;

/// A wallet form without its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalletDocument {
    /// The URL of the credential's page, as in the anchored form.
    pub id: String,
    /// The issuer, under the tenant's second DID.
    pub issuer: Issuer,
    /// The time from which it is valid.
    pub valid_from: String,
    /// The time until which it is valid.
    pub valid_until: Option<String>,
    /// The recipient and the achievement.
    pub subject: Subject,
    /// The evidence. Its order is not signed.
    pub evidence: Vec<Evidence>,
    /// The recipient's address, hashed, where the tenant wants it.
    pub email: Option<HashedEmail>,
    /// The place of its revocation.
    pub status: StatusEntry,
    /// The chain of its anchor. A credential that is not on Base is marked in its name and description, since strangers' viewers show
    /// nothing else.
    pub chain: AnchorChain,
}

/// An address that can be compared and not read: SHA-256 of the address in lower case, followed by the salt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedEmail {
    /// `sha256$` and the hash in lower-case hex.
    pub hash: String,
    /// The salt.
    pub salt: String,
}

/// The place of a credential's revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusEntry {
    /// The list's URL and the index, as one id.
    pub id: String,
    /// The list's URL.
    pub list: String,
    /// The index in the list.
    pub index: u32,
}

/// An identifier of the recipient: an `IdentityObject` of Open Badges 3.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifier<'a> {
    /// The `identityType`.
    pub kind: &'static str,
    /// The `identityHash`: the value itself where there is no salt.
    pub hash: &'a str,
    /// The salt of a hashed value.
    pub salt: Option<&'a str>,
}

impl HashedEmail {
    /// Hashes an address. Of its spellings the one in lower case without white space around it counts, which checkers try first.
    pub fn new(address: &str, salt: String) -> Self {
        let hashed = Hash::sha256(format!("{}{salt}", address.trim().to_lowercase()).as_bytes());
        Self { hash: format!("sha256${hashed}"), salt }
    }
}

impl StatusEntry {
    /// Creates the entry at an index of a list.
    pub fn new(list: String, index: u32) -> Self {
        Self { id: format!("{list}#{index}"), list, index }
    }
}

impl WalletDocument {
    /// Creates the wallet form of a document, full or redacted, whose tenant has this ULID.
    pub fn new(document: Document, host: &Host, ulid: &str, status: StatusEntry, chain: AnchorChain) -> Self {
        let Document { id, issuer, issuance_date, expiration_date, subject, evidence, .. } = document;
        Self {
            id,
            issuer: Issuer { id: host.tenant_wallet_did(ulid), ..issuer },
            valid_from: issuance_date,
            valid_until: expiration_date,
            subject,
            evidence,
            email: None,
            status,
            chain,
        }
    }

    /// Returns the recipient's identifiers: none in a redacted form.
    pub fn identifiers(&self) -> impl Iterator<Item = Identifier<'_>> {
        let name = self.subject.name.as_deref().map(|hash| Identifier { kind: "name", hash, salt: None });
        let email = self.email.as_ref().map(|email| Identifier {
            kind: "emailAddress",
            hash: &email.hash,
            salt: Some(&email.salt),
        });
        name.into_iter().chain(email)
    }

    /// Returns the credential's name: the achievement's, marked if it is a test.
    pub fn name(&self) -> String {
        marked(self.chain, &self.subject.achievement.name)
    }

    /// Returns the credential's description: the achievement's, marked if it is a test.
    pub fn description(&self) -> String {
        marked(self.chain, &self.subject.achievement.description)
    }

    /// Returns the JSON without a proof.
    pub fn to_json(&self) -> Json {
        let mut document = serde_json::Map::new();
        let mut put = |name: &str, value: Json| document.insert(name.to_owned(), value);
        put("@context", json!([VC_2, OPEN_BADGES_3]));
        put("id", json!(self.id));
        put("type", json!(["VerifiableCredential", "OpenBadgeCredential"]));
        put("name", json!(self.name()));
        put("description", json!(self.description()));
        put("issuer", self.issuer.to_json());
        put("validFrom", json!(self.valid_from));
        if let Some(date) = &self.valid_until {
            put("validUntil", json!(date));
        }
        let mut subject = self.subject.to_json();
        if let Json::Object(members) = &mut subject {
            let identifiers: Vec<Json> = self.identifiers().map(identifier_json).collect();
            if !identifiers.is_empty() {
                members.insert("identifier".to_owned(), Json::Array(identifiers));
            }
        }
        put("credentialSubject", subject);
        if !self.evidence.is_empty() {
            put("evidence", self.evidence.iter().map(Evidence::to_json).collect());
        }
        put("credentialStatus", self.status.to_json());
        Json::Object(document)
    }
}

impl StatusEntry {
    fn to_json(&self) -> Json {
        json!({
            "id": self.id,
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": self.index.to_string(),
            "statusListCredential": self.list,
        })
    }
}

fn identifier_json(identifier: Identifier<'_>) -> Json {
    let mut members = json!({
        "type": "IdentityObject",
        "hashed": identifier.salt.is_some(),
        "identityHash": identifier.hash,
        "identityType": identifier.kind,
    });
    if let (Json::Object(members), Some(salt)) = (&mut members, identifier.salt) {
        members.insert("salt".to_owned(), json!(salt));
    }
    members
}

/// Returns the mark of a chain, with which a credential's name and description start; empty for Base.
pub(super) fn mark(chain: AnchorChain) -> &'static str {
    match chain {
        AnchorChain::BaseMainnet => "",
        AnchorChain::BaseSepolia => "TEST · ",
        AnchorChain::Development => "DEVELOPMENT · ",
    }
}

fn marked(chain: AnchorChain, text: &str) -> String {
    format!("{}{text}", mark(chain))
}
