//! The types of events.

/// The transition that an event reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventType {
    /// A batch was accepted.
    BatchCreated,
    /// A batch was signed.
    BatchSigned,
    /// A batch's anchor was confirmed.
    BatchAnchored,
    /// A batch could not be signed.
    BatchFailed,
    /// A credential was revoked.
    CredentialRevoked,
    /// A credential's person was erased.
    CredentialErased,
}

impl EventType {
    /// Every type.
    pub const ALL: [EventType; 6] = [
        EventType::BatchCreated,
        EventType::BatchSigned,
        EventType::BatchAnchored,
        EventType::BatchFailed,
        EventType::CredentialRevoked,
        EventType::CredentialErased,
    ];

    /// Returns the name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            EventType::BatchCreated => "batch.created",
            EventType::BatchSigned => "batch.signed",
            EventType::BatchAnchored => "batch.anchored",
            EventType::BatchFailed => "batch.failed",
            EventType::CredentialRevoked => "credential.revoked",
            EventType::CredentialErased => "credential.erased",
        }
    }
}
