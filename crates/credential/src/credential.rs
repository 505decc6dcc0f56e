//! A document with its proof, in one of the three layouts of section 9 of the format.

use serde_json::{Value as Json, json};

use crate::contexts::ContextArray;
use crate::document::{Document, DocumentError, Fault, FieldPath, Members};
use crate::json::Value;
use crate::proof::Proof;
use crate::text::{self, UriKind};

/// The serialization of a credential's proof. The layouts differ in nothing that is hashed, so one `proofValue` fits
/// all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// `proof` is an object of type `MerkleProof2019`. The API returns this layout.
    #[default]
    Default,
    /// `proof` is an array of one object, and the contexts are in the order of Open Badges.
    OpenBadges,
    /// `proof` is an object of type `DataIntegrityProof` with the cryptosuite `merkle-proof-2019`.
    DataIntegrity,
}

/// A signed credential: a document, full or redacted, and its proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCredential {
    /// The document.
    pub document: Document,
    /// The proof.
    pub proof: Proof,
    /// The serialization of the proof.
    pub layout: Layout,
}

impl SignedCredential {
    /// Creates a credential in the default layout.
    pub fn new(document: Document, proof: Proof) -> Self {
        Self { document, proof, layout: Layout::Default }.in_layout(Layout::Default)
    }

    /// Returns the credential in another layout, with the contexts of that layout.
    #[must_use]
    pub fn in_layout(mut self, layout: Layout) -> Self {
        self.document.contexts.array = match layout {
            Layout::Default | Layout::DataIntegrity => ContextArray::Default,
            Layout::OpenBadges => ContextArray::OpenBadges,
        };
        self.layout = layout;
        self
    }

    /// Returns the JSON of the credential: the document's members, then `proof`.
    pub fn to_json(&self) -> Json {
        let mut credential = self.document.to_json();
        if let Json::Object(members) = &mut credential {
            members.insert("proof".to_owned(), self.proof_json());
        }
        credential
    }

    fn proof_json(&self) -> Json {
        let mut members = serde_json::Map::new();
        let mut put = |name: &str, value: &str| members.insert(name.to_owned(), json!(value));
        match self.layout {
            Layout::Default | Layout::OpenBadges => {
                put("type", "MerkleProof2019");
            }
            Layout::DataIntegrity => {
                put("type", "DataIntegrityProof");
                put("cryptosuite", "merkle-proof-2019");
            }
        }
        put("created", &self.proof.created);
        put("proofPurpose", "assertionMethod");
        put("verificationMethod", &self.proof.verification_method);
        put("proofValue", &self.proof.proof_value);
        match self.layout {
            Layout::OpenBadges => json!([members]),
            Layout::Default | Layout::DataIntegrity => Json::Object(members),
        }
    }

    /// Parses a credential through the closed member list. Each accepted context array is allowed in each layout.
    ///
    /// Texts, dates and identifiers are checked by [`validate`](Self::validate), and `proofValue` by
    /// [`ProofValue::decode`](crate::proof::ProofValue::decode).
    ///
    /// # Errors
    /// If a member is missing, unknown or of another JSON type than in the format. The error names the first such
    /// member.
    pub fn from_json(value: &Value) -> Result<Self, DocumentError> {
        let document = Document::from_members(value, &["proof"])?;
        let root = FieldPath::Root;
        let path = root.member("proof");
        let proof = value
            .as_object()
            .and_then(|members| members.get("proof"))
            .ok_or_else(|| path.fault(Fault::Missing))?;
        let (layout, proof) = match proof {
            Value::Array(proofs) => match proofs.as_slice() {
                [proof] => (Layout::OpenBadges, read_proof(proof, &path.element(0), false)?),
                _ => return Err(path.fault(Fault::Form("one proof, or an array of exactly one"))),
            },
            Value::Object(members) if members.get("cryptosuite").is_some() => {
                (Layout::DataIntegrity, read_proof(proof, &path, true)?)
            }
            _ => (Layout::Default, read_proof(proof, &path, false)?),
        };
        Ok(Self { document, proof, layout })
    }

    /// Checks the rules beyond the JSON types: those of [`Document::validate`] and those of the proof's texts.
    ///
    /// # Errors
    /// If a rule is broken. The error contains the path of the first member concerned.
    pub fn validate(&self) -> Result<(), DocumentError> {
        self.document.validate()?;
        let root = FieldPath::Root;
        let proof = root.member("proof");
        text::check_date(&self.proof.created).map_err(|error| proof.member("created").fault(error))?;
        let method = proof.member("verificationMethod");
        text::check_absolute_uri(&self.proof.verification_method, UriKind::Identifier)
            .map_err(|error| method.fault(error))?;
        if self.proof.verification_method.starts_with("did:") {
            return Ok(());
        }
        Err(method.fault(Fault::Form("a DID URL")))
    }
}

fn read_proof(value: &Value, path: &FieldPath<'_>, data_integrity: bool) -> Result<Proof, DocumentError> {
    let mut known = vec!["type", "created", "proofPurpose", "verificationMethod", "proofValue"];
    if data_integrity {
        known.push("cryptosuite");
    }
    let members = Members::read(value, path, &known)?;
    if data_integrity {
        members.fixed_string("type", "DataIntegrityProof")?;
        members.fixed_string("cryptosuite", "merkle-proof-2019")?;
    } else {
        members.fixed_string("type", "MerkleProof2019")?;
    }
    members.fixed_string("proofPurpose", "assertionMethod")?;
    Ok(Proof {
        created: members.string("created")?,
        verification_method: members.string("verificationMethod")?,
        proof_value: members.string("proofValue")?,
    })
}

#[cfg(test)]
mod tests;
