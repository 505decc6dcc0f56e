//! The bodies that the API takes.
//!
//! They are read by `api/**` from strict JSON, member by member, because the first fault in document order has to be
//! named; these types are that reading's description. The tests send what they allow and what they forbid.

#![expect(dead_code, reason = "a description is generated from these types; no value of them is ever made")]

use serde::Deserialize;
use utoipa::ToSchema;

use super::words::*;

/// The credentials to issue, and their recipients.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateBatchRequest {
    #[schema(min_items = 1, max_items = 500)]
    credentials: Vec<CredentialInput>,
}

/// One credential of a batch.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CredentialInput {
    recipient: RecipientInput,
    achievement: AchievementInput,
    /// When the achievement was earned, by the school's reckoning. From the year 1900 on.
    #[schema(value_type = DateInput, inline)]
    issuance_date: String,
    /// After `issuanceDate`. Without it the credential does not expire.
    #[schema(value_type = Option<DateInput>, inline)]
    expiration_date: Option<String>,
    /// At most 65,536 bytes as compact JSON, and 256 entries. Joined with the achievement's own evidence.
    #[schema(max_items = 256)]
    evidence: Option<Vec<EvidenceInput>>,
    #[schema(value_type = Option<CredentialTypes>, inline)]
    r#type: Option<Vec<String>>,
}

/// Whom a credential is for.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecipientInput {
    #[schema(value_type = RecipientId)]
    id: String,
    /// The name on the credential. It goes into the signed document, and can be erased from it.
    #[schema(value_type = Name, inline)]
    name: String,
    /// Never part of the document. The recipient is mailed a link where mail is enabled.
    #[schema(value_type = Option<Email>, inline)]
    email: Option<String>,
    #[schema(value_type = Option<SubjectTypes>, inline)]
    r#type: Option<Vec<String>>,
}

/// An Open Badges 3.0 achievement, at most 65,536 bytes as compact JSON.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AchievementInput {
    /// Identifies the achievement's definition. It need not resolve.
    #[schema(value_type = Option<Identifier>, inline)]
    id: Option<String>,
    #[schema(value_type = Name, inline)]
    name: String,
    #[schema(value_type = Text, inline)]
    description: String,
    criteria: Option<CriteriaInput>,
    alignment: Option<Vec<AlignmentInput>>,
    /// A picture for the badge, fetched once after the batch is accepted, and again while that fails. It is shown and not signed. An
    /// addition to the published API.
    #[schema(value_type = Option<ImageUrl>, inline)]
    image: Option<String>,
    #[schema(max_items = 256)]
    evidence: Option<Vec<EvidenceInput>>,
    #[schema(value_type = Option<AchievementTypes>, inline)]
    r#type: Option<Vec<String>>,
}

/// The requirements for the achievement.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CriteriaInput {
    #[schema(value_type = Option<OptionalText>, inline)]
    narrative: Option<String>,
}

/// A skill of a framework that the achievement shows.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlignmentInput {
    #[schema(value_type = AlignmentFramework, inline)]
    target_framework: String,
    #[schema(value_type = Line, inline)]
    target_code: String,
    #[schema(value_type = Name, inline)]
    target_name: String,
    #[schema(value_type = Option<WebUrl>, inline)]
    target_url: Option<String>,
    #[schema(value_type = Option<AlignmentTypes>, inline)]
    r#type: Option<Vec<String>>,
}

/// Evidence of the achievement: an `id`, a `narrative` or both. Erasure removes it.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EvidenceInput {
    /// Stands nowhere else in the credential.
    #[schema(value_type = Option<Identifier>, inline)]
    id: Option<String>,
    #[schema(value_type = Option<OptionalText>, inline)]
    narrative: Option<String>,
    #[schema(value_type = Option<EvidenceTypes>, inline)]
    r#type: Option<Vec<String>>,
}

/// Why a credential is revoked. All members are shown publicly.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevocationRequest {
    #[schema(value_type = Reason, inline)]
    reason: String,
    #[schema(value_type = ReasonCode, inline)]
    reason_code: String,
    /// The credential that takes its place: another one of the same tenant and environment that is not revoked. An addition to the
    /// published API.
    #[schema(value_type = Option<CredentialId>)]
    replaced_by: Option<String>,
}

/// The requester of an erasure, and the time at which the request was verified.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErasureRequest {
    #[schema(value_type = ErasureRequester, inline)]
    requester: String,
    #[schema(value_type = DateInput, inline)]
    verified_at: String,
}

/// A change of the tenant: a JSON merge patch (RFC 7396). What is absent stays, `null` clears.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UpdateTenantRequest {
    #[schema(value_type = Option<Name>, inline, nullable = false)]
    display_name: Option<String>,
    awarding_body: Option<AwardingBodyInput>,
    verify_page_branding: Option<BrandingInput>,
    certificate: Option<CertificateInput>,
    /// A DID of the tenant's own, for new credentials. Institution plan and above.
    #[schema(value_type = Option<OwnDid>, inline)]
    did: Option<String>,
}

/// The body that awards the credentials. Its name is the issuer's name on new ones.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AwardingBodyInput {
    #[schema(value_type = Option<Name>, inline)]
    name: Option<String>,
    #[schema(value_type = Option<WebUrl>, inline)]
    url: Option<String>,
    /// A PNG, JPEG, WebP or GIF of at most 512 KiB and 2,048 pixels on a side. Fetched once, decoded, and served by this deployment.
    #[schema(value_type = Option<WebUrl>, inline)]
    logo_url: Option<String>,
}

/// The appearance of the verification page.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BrandingInput {
    #[schema(value_type = Option<Color>, inline)]
    accent_color: Option<String>,
    /// A PNG, JPEG, WebP or GIF of at most 512 KiB and 2,048 pixels on a side. Fetched once, decoded, and served by this deployment.
    #[schema(value_type = Option<WebUrl>, inline)]
    logo_url: Option<String>,
}

/// The additions to certificates. An addition to the published API.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CertificateInput {
    /// The persons who sign, in the order of their lines. They take the place of those before.
    #[schema(max_items = 2)]
    signatures: Option<Vec<SignatureInput>>,
    /// Whether a certificate shows its number: the last ten characters of the credential's id.
    number: Option<bool>,
}

/// A person who signs certificates.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignatureInput {
    #[schema(value_type = Name, inline)]
    name: String,
    /// The person's office.
    #[schema(value_type = Option<Name>, inline)]
    title: Option<String>,
    /// A picture of the signature, with the limits of a logo.
    #[schema(value_type = Option<WebUrl>, inline)]
    image_url: Option<String>,
}

/// The target of events.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateWebhookRequest {
    #[schema(value_type = WebhookUrl, inline)]
    url: String,
    #[schema(value_type = EventSelection, inline)]
    events: Vec<String>,
    #[schema(value_type = Option<Description>, inline)]
    description: Option<String>,
}

/// Nothing: no body, or an empty object.
#[derive(ToSchema, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestWebhookRequest {}
