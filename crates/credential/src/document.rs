//! The typed document, with exactly the members of section 2 of the format.
//!
//! Parsing ([`Document::from_json`]) is closed: each member has exactly the JSON type of the format and no other member
//! is allowed, since many other spellings would give the same hash. [`Document::validate`] checks the remaining rules
//! of sections 2 and 3: texts, dates, identifiers. Only a document that passes both may be canonicalized.

mod parts;
mod read;
mod rules;
#[cfg(test)]
mod tests;

use serde_json::{Value as Json, json};

pub use parts::{OwnPart, SharedPart, SharedPartError};
pub use read::{DocumentError, Fault};
pub(crate) use read::{FieldPath, Members, read_achievement, read_evidence, read_issuer};
pub(crate) use rules::{DocumentIds, check_text, validate_dates, validate_distinct_ids, validate_evidence};

use crate::contexts::ContextSet;
use crate::text::is_unreserved;

/// A credential without its proof, full or redacted.
///
/// Each date is stored once: in the JSON, `validFrom` and `issuanceDate` are the same string, and so are `validUntil`
/// and `expirationDate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The `@context`, which is not part of the hash.
    pub contexts: ContextSet,
    /// The URL of the credential's page, `https://HOST/c/` and the credential's id.
    pub id: String,
    /// The issuer.
    pub issuer: Issuer,
    /// The `issuanceDate` and `validFrom`.
    pub issuance_date: String,
    /// The `expirationDate` and `validUntil`.
    pub expiration_date: Option<String>,
    /// The nonce: 16 random bytes in lower-case hex.
    pub nonce: String,
    /// The recipient and the achievement.
    pub subject: Subject,
    /// The evidence, only in a full document. Its order is not signed.
    pub evidence: Vec<Evidence>,
}

/// One of a credential's two documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentForm {
    /// The document with the recipient's name and the evidence. After erasure the redacted one takes its place.
    Full,
    /// The document without them.
    Redacted,
}

/// The issuer as it appears on a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The tenant's DID.
    pub id: String,
    /// The name of the tenant or of the awarding body.
    pub name: String,
    /// The awarding body's URL.
    pub url: Option<String>,
    /// The logo.
    pub image: Option<Image>,
}

/// An image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The image's URL.
    pub id: String,
}

/// The recipient and the achievement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The recipient's pseudonym.
    pub id: String,
    /// The recipient's name; `None` in a redacted document.
    pub name: Option<String>,
    /// The achievement.
    pub achievement: Achievement,
}

/// An achievement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Achievement {
    /// The URI. A signed document always has one; without it the achievement is a blank node.
    pub id: Option<String>,
    /// The title.
    pub name: String,
    /// The description.
    pub description: String,
    /// The `criteria.narrative`.
    pub criteria: String,
    /// The alignments. Their order is not signed.
    pub alignment: Vec<Alignment>,
}

/// An alignment with an entry of a framework such as ESCO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    /// The framework's name.
    pub target_framework: String,
    /// The entry's code.
    pub target_code: String,
    /// The entry's name.
    pub target_name: String,
    /// The entry's URL.
    pub target_url: String,
}

/// A piece of evidence for the achievement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The URI. A signed document always has one; without it the evidence is a blank node.
    pub id: Option<String>,
    /// The description.
    pub narrative: Option<String>,
}

impl Document {
    /// Returns whether the recipient's name is absent, as after an erasure.
    pub fn is_redacted(&self) -> bool {
        self.subject.name.is_none()
    }

    /// Returns the redacted document: the same document without the recipient's name and evidence.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let mut redacted = self.clone();
        redacted.subject.name = None;
        redacted.evidence.clear();
        redacted
    }

    /// Returns the JSON of the document, with the members in the order of section 2 of the format.
    pub fn to_json(&self) -> Json {
        let mut document = serde_json::Map::new();
        let mut put = |name: &str, value: Json| document.insert(name.to_owned(), value);
        put("@context", json!(self.contexts.urls()));
        put("id", json!(self.id));
        put("type", json!(["VerifiableCredential", "OpenBadgeCredential"]));
        put("issuer", self.issuer.to_json());
        put("validFrom", json!(self.issuance_date));
        put("issuanceDate", json!(self.issuance_date));
        if let Some(date) = &self.expiration_date {
            put("validUntil", json!(date));
            put("expirationDate", json!(date));
        }
        put("nonce", json!(self.nonce));
        put("credentialSubject", self.subject.to_json());
        if !self.evidence.is_empty() {
            put("evidence", self.evidence.iter().map(Evidence::to_json).collect());
        }
        Json::Object(document)
    }
}

impl Issuer {
    pub(crate) fn to_json(&self) -> Json {
        let mut issuer = json!({ "id": self.id, "type": ["Profile"], "name": self.name });
        if let Json::Object(members) = &mut issuer {
            if let Some(url) = &self.url {
                members.insert("url".to_owned(), json!(url));
            }
            if let Some(image) = &self.image {
                members.insert("image".to_owned(), json!({ "id": image.id, "type": "Image" }));
            }
        }
        issuer
    }
}

impl Subject {
    pub(crate) fn to_json(&self) -> Json {
        let mut subject = json!({ "id": self.id, "type": ["AchievementSubject"] });
        if let Json::Object(members) = &mut subject {
            if let Some(name) = &self.name {
                members.insert("name".to_owned(), json!(name));
            }
            members.insert("achievement".to_owned(), self.achievement.to_json());
        }
        subject
    }
}

impl Achievement {
    fn to_json(&self) -> Json {
        let mut achievement = serde_json::Map::new();
        let mut put = |name: &str, value: Json| achievement.insert(name.to_owned(), value);
        if let Some(id) = &self.id {
            put("id", json!(id));
        }
        put("type", json!(["Achievement"]));
        put("name", json!(self.name));
        put("description", json!(self.description));
        put("criteria", json!({ "narrative": self.criteria }));
        if !self.alignment.is_empty() {
            put("alignment", self.alignment.iter().map(Alignment::to_json).collect());
        }
        Json::Object(achievement)
    }
}

impl Alignment {
    fn to_json(&self) -> Json {
        json!({
            "type": ["Alignment"],
            "targetFramework": self.target_framework,
            "targetCode": self.target_code,
            "targetName": self.target_name,
            "targetUrl": self.target_url,
        })
    }
}

impl Evidence {
    pub(crate) fn to_json(&self) -> Json {
        let mut evidence = serde_json::Map::new();
        if let Some(id) = &self.id {
            evidence.insert("id".to_owned(), json!(id));
        }
        evidence.insert("type".to_owned(), json!(["Evidence"]));
        if let Some(narrative) = &self.narrative {
            evidence.insert("narrative".to_owned(), json!(narrative));
        }
        Json::Object(evidence)
    }
}

/// Returns the default `targetUrl` of an alignment: `BASE/alignments/esco/S1.4.0`, with all but the unreserved
/// characters (RFC 3986 section 2.3) of the code percent-encoded. `base_url` is a host's origin.
///
/// Returns `None` for a framework other than the four that have a default.
pub fn default_target_url(base_url: &str, framework: &str, code: &str) -> Option<String> {
    let folder = match framework {
        "ESCO" => "esco",
        "O*NET" => "onet",
        "ISCED-F" => "isced-f",
        "CUSTOM" => "custom",
        _ => return None,
    };
    let mut url = format!("{base_url}/alignments/{folder}/");
    for byte in code.bytes() {
        if is_unreserved(byte) {
            url.push(char::from(byte));
        } else {
            url.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(url)
}
