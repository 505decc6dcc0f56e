//! The signed document as types: exactly the members of the format's section 2, and no way to say more.
//!
//! Reading ([`Document::from_json`]) is closed: every member has exactly the JSON type shown there and no other
//! member exists, because many other spellings give the same hash. [`Document::validate`] holds the rest of
//! sections 2 and 3: texts, dates, identifiers. Only a document that passes both may be canonicalized.

mod read;
mod rules;
#[cfg(test)]
mod tests;

use serde_json::{Value as Json, json};

pub use read::{DocumentError, Fault};
pub(crate) use read::{FieldPath, Members};

use crate::contexts::ContextSet;
use crate::text::is_unreserved;

/// A credential without its proof, full or redacted.
///
/// Dates are kept once: `validFrom` and `issuanceDate` are the same string in the JSON, and so are `validUntil`
/// and `expirationDate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `@context`, which is not part of the hash.
    pub contexts: ContextSet,
    /// The verify URL, `https://HOST/c/` and the credential's id.
    pub id: String,
    /// Who awards.
    pub issuer: Issuer,
    /// `issuanceDate` and `validFrom`.
    pub issuance_date: String,
    /// `expirationDate` and `validUntil`.
    pub expiration_date: Option<String>,
    /// 16 random bytes in lower-case hex.
    pub nonce: String,
    /// Who receives what.
    pub subject: Subject,
    /// Evidence; only a full document has any. Its order is not signed.
    pub evidence: Vec<Evidence>,
}

/// The branding on a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// The tenant's DID.
    pub id: String,
    /// The awarding body's or the tenant's name.
    pub name: String,
    /// The awarding body's URL.
    pub url: Option<String>,
    /// The logo.
    pub image: Option<Image>,
}

/// A picture, by its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Where it is.
    pub id: String,
}

/// The recipient and the achievement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The recipient's pseudonym.
    pub id: String,
    /// The recipient's name; `None` is what makes a document a redacted one.
    pub name: Option<String>,
    /// What was achieved.
    pub achievement: Achievement,
}

/// What was achieved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Achievement {
    /// Its URI. A signed document always has one; without it the achievement is a blank node.
    pub id: Option<String>,
    /// Its title.
    pub name: String,
    /// Its description.
    pub description: String,
    /// `criteria.narrative`.
    pub criteria: String,
    /// Entries of other frameworks. Their order is not signed.
    pub alignment: Vec<Alignment>,
}

/// A place in a framework such as ESCO.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alignment {
    /// The framework's name.
    pub target_framework: String,
    /// The code in it.
    pub target_code: String,
    /// The name of what the code stands for.
    pub target_name: String,
    /// Its URL.
    pub target_url: String,
}

/// Something that supports the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its URI. A signed document always has one; without it the evidence is a blank node.
    pub id: Option<String>,
    /// What it is, in words.
    pub narrative: Option<String>,
}

impl Document {
    /// Whether the recipient's name is absent: the form that remains after an erasure.
    pub fn is_redacted(&self) -> bool {
        self.subject.name.is_none()
    }

    /// The redacted document: without the recipient's name and without evidence; everything else is the same.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let mut redacted = self.clone();
        redacted.subject.name = None;
        redacted.evidence.clear();
        redacted
    }

    /// The JSON of the document, members in the order of the format's section 2.
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
    fn to_json(&self) -> Json {
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
    fn to_json(&self) -> Json {
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
    fn to_json(&self) -> Json {
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

/// The `targetUrl` of an alignment that came without one: `BASE/alignments/esco/S1.4.0`, the code
/// percent-encoded down to the unreserved characters of RFC 3986.
///
/// `base_url` is a host's origin. `None` for a framework that is none of the four.
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
