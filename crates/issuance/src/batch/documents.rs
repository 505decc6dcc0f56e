//! The documents of a credential: built from a request, and read back from the store.

use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::contexts::ContextSet;
use learncoin_credential::document::{
    Achievement, Alignment, Document, DocumentError, Evidence, Image, Issuer, Subject, default_target_url,
};
use learncoin_credential::merkle::DoubleLeaf;
use learncoin_credential::{Hash, Host, json};
use learncoin_store::clock::{Entropy, random_bytes};
use learncoin_store::credentials::{self, IssuedNode, NewCredential, Personal};
use learncoin_store::id::CredentialId;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{Branding, Tenant};

use crate::batch::request::CredentialRequest;
use crate::names::verify_url;

/// The error for a stored document that can't be read: it is damaged.
#[derive(Debug, thiserror::Error)]
pub enum StoredDocumentError {
    /// It is not JSON.
    #[error("the stored document is not JSON")]
    Json(#[from] json::JsonError),
    /// It is not a document of the credential format.
    #[error("the stored document is not of the credential format: {0}")]
    Document(#[from] DocumentError),
}

/// The document of a credential that is about to be accepted. It has no `Debug`: it contains the person.
pub(crate) struct BuiltDocument {
    full: Document,
    blind: Hash,
    stored: StoredDocument,
}

/// The part of a document that is stored. It has no `Debug`: it contains the person.
pub(crate) struct StoredDocument {
    id: CredentialId,
    recipient_id: String,
    /// The redacted document as JSON.
    redacted: String,
    personal: Personal,
}

impl BuiltDocument {
    /// Hashes both documents of the credential into its node.
    pub(crate) fn double_leaf(&self, canonicalizer: &mut Canonicalizer) -> DoubleLeaf {
        let leaves = canonicalizer.leaves(&self.full);
        DoubleLeaf::new(leaves.full, *self.blind.as_bytes(), leaves.redacted)
    }

    /// Returns what is stored of it. The full document is dropped: it is needed for its hash alone.
    pub(crate) fn into_stored(self) -> StoredDocument {
        self.stored
    }
}

impl StoredDocument {
    /// Returns the credential as it is stored, with its node in its batch's tree.
    pub(crate) fn with_node(self, node: IssuedNode) -> NewCredential {
        let Self { id, recipient_id, redacted, personal } = self;
        NewCredential { id, recipient_id, document: redacted, personal, node }
    }
}

/// Returns the issuer of a tenant's new documents. Live documents carry the name that the operator confirmed last.
pub(crate) fn issuer(
    environment: Environment,
    tenant: &Tenant,
    branding: &Branding,
    issuer_did: &str,
) -> Issuer {
    Issuer {
        id: issuer_did.to_owned(),
        name: branding.effective_branding(environment, &tenant.name).issuer_name,
        url: branding.awarding_body_url.clone(),
        image: branding.awarding_body_logo.as_ref().map(|logo| Image { id: logo.url.clone() }),
    }
}

/// Builds the document of a credential, with everything that goes into it: ids, nonce, blind.
///
/// # Errors
/// If the document breaks a rule of the credential format that the validation of the request did not find.
pub(crate) fn build_document(
    host: &Host,
    issuer: &Issuer,
    id: CredentialId,
    request: CredentialRequest,
    entropy: &dyn Entropy,
) -> Result<BuiltDocument, DocumentError> {
    let achievement = request.achievement;
    let alignments = achievement.alignments.into_iter().map(|alignment| {
        // An unknown framework results in an empty URL, which `validate` below refuses.
        let default =
            || default_target_url(host.origin(), &alignment.framework, &alignment.code).unwrap_or_default();
        let target_url = alignment.url.clone().unwrap_or_else(default);
        Alignment {
            target_framework: alignment.framework,
            target_code: alignment.code,
            target_name: alignment.name,
            target_url,
        }
    });
    let evidence = request.evidence.into_iter().map(|evidence| credentials::EvidenceRecord {
        id: evidence.id.unwrap_or_else(|| uuid_urn(entropy)),
        narrative: evidence.narrative,
    });
    let evidence = evidence.collect();
    let blind = Hash::new(random_bytes(entropy));
    let personal = Personal { name: request.recipient_name, email: request.recipient_email, evidence, blind };
    let redacted = Document {
        contexts: ContextSet::new(host),
        id: verify_url(host.origin(), &id),
        issuer: issuer.clone(),
        issuance_date: request.issuance_date,
        expiration_date: request.expiration_date,
        nonce: hex::encode(random_bytes::<16>(entropy)),
        subject: Subject {
            id: request.recipient_id.clone(),
            name: None,
            achievement: Achievement {
                id: Some(achievement.id.unwrap_or_else(|| uuid_urn(entropy))),
                name: achievement.name,
                criteria: achievement.criteria.unwrap_or_else(|| achievement.description.clone()),
                description: achievement.description,
                alignment: alignments.collect(),
            },
        },
        evidence: Vec::new(),
    };
    let full = with_person(&redacted, &personal);
    full.validate()?;
    let redacted = redacted.to_json().to_string();
    let stored = StoredDocument { id, recipient_id: request.recipient_id, redacted, personal };
    Ok(BuiltDocument { full, blind, stored })
}

/// Parses the redacted document of a stored credential.
///
/// # Errors
/// If the stored text is damaged.
pub(crate) fn stored(document: &str) -> Result<Document, StoredDocumentError> {
    Ok(Document::from_json(&json::parse(document.as_bytes())?)?)
}

/// Returns the full document: the redacted one with the person's name and evidence.
pub(crate) fn with_person(redacted: &Document, personal: &Personal) -> Document {
    let mut full = redacted.clone();
    full.subject.name = Some(personal.name.clone());
    full.evidence = personal
        .evidence
        .iter()
        .map(|evidence| Evidence { id: Some(evidence.id.clone()), narrative: evidence.narrative.clone() })
        .collect();
    full
}

/// Computes the credential's node: the leaves of both documents, and the blind between them.
pub(crate) fn double_leaf(
    canonicalizer: &mut Canonicalizer,
    redacted: &Document,
    personal: &Personal,
) -> DoubleLeaf {
    let leaves = canonicalizer.leaves(&with_person(redacted, personal));
    DoubleLeaf::new(leaves.full, *personal.blind.as_bytes(), leaves.redacted)
}

fn uuid_urn(entropy: &dyn Entropy) -> String {
    format!("urn:uuid:{}", uuid::Builder::from_random_bytes(random_bytes(entropy)).into_uuid())
}
