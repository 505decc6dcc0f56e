//! The codes that go with a revocation and with an erasure.

/// The reason for a revocation, as the API names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationCode {
    /// A corrected one was issued.
    Reissued,
    /// The issuer erred.
    IssuerError,
    /// The recipient asked for it.
    RecipientRequest,
    /// Anything else.
    Other,
}

impl RevocationCode {
    /// All codes.
    pub const ALL: [Self; 4] = [Self::Reissued, Self::IssuerError, Self::RecipientRequest, Self::Other];

    /// Returns the name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reissued => "reissued",
            Self::IssuerError => "issuer_error",
            Self::RecipientRequest => "recipient_request",
            Self::Other => "other",
        }
    }
}

/// The requester of an erasure, as the API names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requester {
    /// The recipient.
    Recipient,
    /// A data protection officer.
    Dpo,
    /// An authority that supervises data protection.
    SupervisoryAuthority,
}

impl Requester {
    /// All requesters.
    pub const ALL: [Self; 3] = [Self::Recipient, Self::Dpo, Self::SupervisoryAuthority];

    /// Returns the name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recipient => "recipient",
            Self::Dpo => "dpo",
            Self::SupervisoryAuthority => "supervisory_authority",
        }
    }
}
