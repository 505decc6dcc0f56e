//! The documents of a credential: built from a request, and completed with the person.

use std::sync::Arc;

use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::contexts::ContextSet;
use learncoin_credential::document::{
    Achievement, Alignment, Document, DocumentError, Evidence, Image, Issuer, OwnPart, SharedPart, Subject,
    default_target_url,
};
use learncoin_credential::merkle::DoubleLeaf;
use learncoin_credential::{Hash, Host};
use learncoin_store::clock::{Entropy, random_bytes};
use learncoin_store::credentials::{self, AddressedPart, ImageUrl, IssuedNode, NewCredential, Personal};
use learncoin_store::id::CredentialId;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{Branding, Tenant};
use uuid::Uuid;

use crate::batch::request::CredentialRequest;

/// The document of a credential that is about to be accepted. It has no `Debug`: it contains the person.
pub(crate) struct BuiltDocument {
    full: Document,
    blind: Hash,
    stored: PreparedDocument,
}

/// The part of a document that is stored. It has no `Debug`: it contains the person.
pub(crate) struct PreparedDocument {
    id: CredentialId,
    recipient_id: String,
    /// The two parts of the redacted document.
    shared: Arc<AddressedPart>,
    own: OwnPart,
    personal: Personal,
    image: Option<ImageUrl>,
}

impl BuiltDocument {
    /// Hashes both documents of the credential into its node.
    pub(crate) fn double_leaf(&self, canonicalizer: &mut Canonicalizer) -> DoubleLeaf {
        let leaves = canonicalizer.leaves(&self.full);
        DoubleLeaf::new(leaves.full, *self.blind.as_bytes(), leaves.redacted)
    }

    /// Returns the full document, of a credential that is not to be stored.
    pub(crate) fn into_full(self) -> Document {
        self.full
    }

    /// Returns what is stored of it. The full document is dropped: it is needed for its hash alone.
    pub(crate) fn into_stored(self) -> PreparedDocument {
        self.stored
    }
}

impl PreparedDocument {
    /// Returns the credential as it is stored, with its node in its batch's tree.
    pub(crate) fn with_node(self, node: IssuedNode) -> NewCredential {
        let Self { id, recipient_id, shared, own, personal, image } = self;
        NewCredential { id, recipient_id, shared, own, personal, node, image }
    }
}

/// The shared parts of the documents of a batch, of which those that follow on one another mostly have the same.
#[derive(Default)]
pub(crate) struct SharedParts {
    last: Option<(SharedPart, Arc<AddressedPart>)>,
}

impl SharedParts {
    /// Returns the shared part of a redacted document. It is written and hashed only if it differs from the last one.
    fn of(&mut self, redacted: &Document, own: &OwnPart) -> Arc<AddressedPart> {
        match &self.last {
            Some((part, addressed)) if part.is_of(redacted, own) => Arc::clone(addressed),
            _ => {
                let part = SharedPart::of(redacted, own);
                let addressed = Arc::new(AddressedPart::new(&part));
                self.last = Some((part, Arc::clone(&addressed)));
                addressed
            }
        }
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
    parts: &mut SharedParts,
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
        id: evidence.id.unwrap_or_else(|| uuid_urn(&draw_uuid(entropy))),
        narrative: evidence.narrative,
    });
    let evidence = evidence.collect();
    let blind = Hash::new(random_bytes(entropy));
    let personal = Personal { name: request.recipient_name, email: request.recipient_email, evidence, blind };
    let nonce = random_bytes(entropy);
    let drawn = achievement.id.is_none().then(|| draw_uuid(entropy));
    let own = OwnPart { nonce, achievement: drawn.map(Uuid::into_bytes) };
    let redacted = Document {
        contexts: ContextSet::new(host),
        id: id.page_url(host.origin()),
        issuer: issuer.clone(),
        issuance_date: request.issuance_date,
        expiration_date: request.expiration_date,
        nonce: hex::encode(own.nonce),
        subject: Subject {
            id: request.recipient_id.clone(),
            name: None,
            achievement: Achievement {
                id: achievement.id.or_else(|| drawn.as_ref().map(uuid_urn)),
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
    let shared = parts.of(&redacted, &own);
    let image = achievement.image.map(ImageUrl::new);
    let stored = PreparedDocument { id, recipient_id: request.recipient_id, shared, own, personal, image };
    Ok(BuiltDocument { full, blind, stored })
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

fn draw_uuid(entropy: &dyn Entropy) -> Uuid {
    uuid::Builder::from_random_bytes(random_bytes(entropy)).into_uuid()
}

fn uuid_urn(uuid: &Uuid) -> String {
    format!("urn:uuid:{uuid}")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::*;
    use crate::batch::request::{AchievementRequest, AlignmentRequest};

    /// Bytes that differ from one call to the next.
    struct Counted(AtomicU8);

    impl Entropy for Counted {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, Ordering::Relaxed));
        }
    }

    fn request(achievement_id: Option<&str>, name: &str, expiration_date: Option<&str>) -> CredentialRequest {
        CredentialRequest {
            recipient_id: "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".into(),
            recipient_name: "Ada Lovelace".into(),
            recipient_email: None,
            achievement: AchievementRequest {
                id: achievement_id.map(str::to_owned),
                name: name.into(),
                description: "A course.".into(),
                criteria: None,
                alignments: vec![AlignmentRequest {
                    framework: "ESCO".into(),
                    code: "S1.4.0".into(),
                    name: "Machine learning".into(),
                    url: None,
                }],
                image: None,
            },
            issuance_date: "2026-04-23T12:00:00Z".into(),
            expiration_date: expiration_date.map(str::to_owned),
            evidence: Vec::new(),
        }
    }

    #[test]
    fn documents_that_differ_in_what_is_drawn_share_a_part_and_are_put_together_as_they_were_built() {
        let host = Host::parse("https://learncoin.example").unwrap();
        let issuer = Issuer {
            id: host.tenant_did("01KPX4MQ005TCNKPH5QY15PQWV"),
            name: "Uni".into(),
            url: None,
            image: None,
        };
        let entropy = Counted(AtomicU8::new(1));
        let given = Some("https://uni.example/ml");
        let until = Some("2031-04-23T12:00:00Z");
        let requests = [
            request(given, "Machine Learning", None),
            request(given, "Machine Learning", None),
            request(None, "Machine Learning", None),
            request(None, "Machine Learning", None),
            request(given, "Machine Learning", until),
            request(given, "Algebra", until),
            request(given, "Machine Learning", None),
        ];
        let mut parts = SharedParts::default();
        let built: Vec<BuiltDocument> = requests
            .into_iter()
            .map(|request| {
                let id = "crd_01KPX4MQ00REJFE5FBD8QX9Y5A".parse().unwrap();
                build_document(&host, &issuer, id, request, &mut parts, &entropy).unwrap()
            })
            .collect();
        let shares = |one: usize, other: usize| built[one].stored.shared == built[other].stored.shared;
        assert!(shares(0, 1) && shares(2, 3) && shares(0, 6));
        let distinct = [0, 2, 4, 5];
        for (one, other) in distinct.into_iter().flat_map(|one| distinct.map(|other| (one, other))) {
            assert_eq!(shares(one, other), one == other, "{one} {other}");
        }
        for document in &built {
            let PreparedDocument { id, recipient_id, shared, own, .. } = &document.stored;
            let redacted = document.full.redacted();
            assert_eq!(**shared, AddressedPart::new(&SharedPart::of(&redacted, own)));
            let joined = SharedPart::of(&redacted, own).document(id.as_str(), recipient_id, own).unwrap();
            assert_eq!(joined.to_json().to_string(), redacted.to_json().to_string());
        }
    }
}
