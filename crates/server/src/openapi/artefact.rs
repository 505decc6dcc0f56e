//! The signed document, as far as a program that reads one must know it. Its bytes are the credential crate's.

use serde::Serialize;
use utoipa::ToSchema;

use super::words::*;

/// The signed document: at once a W3C Verifiable Credential 2.0, a Blockcerts v3 credential and an Open Badges 3.0
/// badge.
#[derive(ToSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedCredentialJsonLd {
    #[serde(rename = "@context")]
    #[schema(min_items = 4)]
    context: Vec<String>,
    /// The address of the credential's page.
    id: String,
    r#type: Vec<String>,
    issuer: Issuer,
    /// The same as `issuanceDate`, under the name of the Verifiable Credentials data model 2.0.
    #[schema(value_type = IsoDateTime)]
    valid_from: String,
    #[schema(value_type = IsoDateTime)]
    issuance_date: String,
    /// The same as `expirationDate`.
    #[schema(value_type = Option<IsoDateTime>, nullable = false)]
    valid_until: Option<String>,
    #[schema(value_type = Option<IsoDateTime>, nullable = false)]
    expiration_date: Option<String>,
    /// Random, so that a guess of the document can't be confirmed from its hash.
    nonce: String,
    credential_subject: CredentialSubject,
    /// Absent once the credential was erased.
    #[schema(nullable = false)]
    evidence: Option<Vec<Evidence>>,
    proof: MerkleProof2019,
}

/// The issuer.
#[derive(ToSchema, Serialize)]
pub(crate) struct Issuer {
    /// The tenant's DID.
    id: String,
    r#type: Vec<String>,
    name: String,
    #[schema(nullable = false)]
    url: Option<String>,
    #[schema(nullable = false)]
    image: Option<Image>,
}

/// A picture.
#[derive(ToSchema, Serialize)]
pub(crate) struct Image {
    id: String,
    r#type: String,
}

/// Whom it was issued to, and for what.
#[derive(ToSchema, Serialize)]
pub(crate) struct CredentialSubject {
    #[schema(value_type = RecipientId)]
    id: String,
    r#type: Vec<String>,
    /// Absent once the credential was erased.
    #[schema(nullable = false)]
    name: Option<String>,
    achievement: Achievement,
}

/// The achievement.
#[derive(ToSchema, Serialize)]
pub(crate) struct Achievement {
    #[schema(nullable = false)]
    id: Option<String>,
    r#type: Vec<String>,
    name: String,
    description: String,
    criteria: Criteria,
    #[schema(nullable = false)]
    alignment: Option<Vec<Alignment>>,
}

/// The requirements for the achievement.
#[derive(ToSchema, Serialize)]
pub(crate) struct Criteria {
    narrative: String,
}

/// A skill of a framework.
#[derive(ToSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Alignment {
    r#type: Vec<String>,
    target_framework: String,
    target_code: String,
    target_name: String,
    target_url: String,
}

/// Evidence of the achievement.
#[derive(ToSchema, Serialize)]
pub(crate) struct Evidence {
    #[schema(nullable = false)]
    id: Option<String>,
    r#type: Vec<String>,
    #[schema(nullable = false)]
    narrative: Option<String>,
}

/// The proof: a path in the Merkle tree whose root is on the chain.
#[derive(ToSchema, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MerkleProof2019 {
    #[schema(value_type = ProofType, inline)]
    r#type: String,
    #[schema(value_type = IsoDateTime)]
    created: String,
    #[schema(value_type = ProofPurpose, inline)]
    proof_purpose: String,
    /// The tenant's key that signed the anchoring transaction.
    verification_method: String,
    /// Multibase base58btc of the CBOR of path, leaf, root and anchor.
    proof_value: String,
}
