//! What a caller asks to be issued: validated, but nothing generated yet.

/// One credential of a batch. Every field has passed the API's validation.
#[derive(Clone)]
pub struct CredentialRequest {
    /// The recipient's pseudonym, `urn:uuid:` and a v4 UUID.
    pub recipient_id: String,
    /// The recipient's name.
    pub recipient_name: String,
    /// Where the recipient gets mail, if mail is wanted.
    pub recipient_email: Option<String>,
    /// What was achieved.
    pub achievement: AchievementRequest,
    /// RFC 3339 in UTC with `Z`, as it will stand in the document.
    pub issuance_date: String,
    /// Likewise; after the issuance date.
    pub expiration_date: Option<String>,
    /// The evidence, of both places that the API reads it from.
    pub evidence: Vec<EvidenceRequest>,
}

/// What was achieved.
#[derive(Clone)]
pub struct AchievementRequest {
    /// The URI of the achievement's definition; without one a `urn:uuid:` is made.
    pub id: Option<String>,
    /// Its title.
    pub name: String,
    /// Its description.
    pub description: String,
    /// The criteria's narrative; without one the description stands in.
    pub criteria: Option<String>,
    /// The skills it stands for.
    pub alignments: Vec<AlignmentRequest>,
}

/// An entry of a skills framework.
#[derive(Clone)]
pub struct AlignmentRequest {
    /// `ESCO`, `O*NET`, `ISCED-F` or `CUSTOM`.
    pub framework: String,
    /// The entry's code.
    pub code: String,
    /// The entry's name.
    pub name: String,
    /// The entry's address; without one it is made from framework and code.
    pub url: Option<String>,
}

/// A piece of evidence.
#[derive(Clone)]
pub struct EvidenceRequest {
    /// Its URI; without one a `urn:uuid:` is made.
    pub id: Option<String>,
    /// What it says.
    pub narrative: Option<String>,
}
