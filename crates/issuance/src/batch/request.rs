//! A request to issue a credential: validated, with nothing generated yet.

/// One credential of a batch. Every field has passed the API's validation.
#[derive(Clone)]
pub struct CredentialRequest {
    /// The recipient's pseudonym, `urn:uuid:` and a v4 UUID.
    pub recipient_id: String,
    /// The recipient's name.
    pub recipient_name: String,
    /// The recipient's e-mail address, if the recipient is to get a mail.
    pub recipient_email: Option<String>,
    /// The achievement.
    pub achievement: AchievementRequest,
    /// RFC 3339 in UTC with `Z`, as it will appear in the document.
    pub issuance_date: String,
    /// In the same format; after the issuance date.
    pub expiration_date: Option<String>,
    /// The evidence, from both fields in which the API accepts it.
    pub evidence: Vec<EvidenceRequest>,
}

impl CredentialRequest {
    /// Returns about how many bytes of memory it takes until it is stored: its document, and each entry with an identifier
    /// of its own, are larger than the request.
    pub fn memory(&self) -> usize {
        const DOCUMENT: usize = 4_096;
        const ENTRY: usize = 400;
        /// A text is in the request, in the document, and in what is sealed.
        const COPIES: usize = 4;
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let achievement = &self.achievement;
        let evidence = self.evidence.iter().map(|one| length(&one.id) + length(&one.narrative));
        let alignments = achievement
            .alignments
            .iter()
            .map(|one| one.framework.len() + one.code.len() + one.name.len() + length(&one.url));
        let texts = self.recipient_name.len()
            + length(&self.recipient_email)
            + achievement.name.len()
            + achievement.description.len()
            + length(&achievement.criteria)
            + length(&achievement.image)
            + evidence.sum::<usize>()
            + alignments.sum::<usize>();
        let entries = self.evidence.len() + achievement.alignments.len();
        DOCUMENT + ENTRY * entries + COPIES * texts
    }
}

/// An achievement.
#[derive(Clone)]
pub struct AchievementRequest {
    /// The URI of the achievement's definition; without one a `urn:uuid:` is generated.
    pub id: Option<String>,
    /// Its title.
    pub name: String,
    /// Its description.
    pub description: String,
    /// The criteria's narrative; without one the description takes its place.
    pub criteria: Option<String>,
    /// The skills it is aligned with.
    pub alignments: Vec<AlignmentRequest>,
    /// The URL of a picture, which is fetched later and is no part of the document.
    pub image: Option<String>,
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
    /// The entry's address; without one it is built from framework and code.
    pub url: Option<String>,
}

/// A piece of evidence.
#[derive(Clone)]
pub struct EvidenceRequest {
    /// Its URI; without one a `urn:uuid:` is generated.
    pub id: Option<String>,
    /// Its narrative.
    pub narrative: Option<String>,
}
