//! Credentials: their rows, their revocation and their erasure.

pub(crate) mod achievement_images;
pub(crate) mod achievements;
pub(crate) mod changes;
pub(crate) mod credential;
pub(crate) mod document;
pub(crate) mod erasures;
pub(crate) mod issued;
pub(crate) mod listing;
pub(crate) mod reasons;
pub(crate) mod status_numbers;

pub use achievement_images::{DueImage, ImageUrl};
pub use achievements::{AchievementSearch, FoundByAchievement, MOST_NAMES};
pub use changes::ErasureRecord;
pub use credential::{
    Credential, CredentialSummary, EvidenceRecord, IssuedNode, NewCredential, Personal, Revocation,
    SealedCredential,
};
pub use document::{AddressedPart, StoredDocument, StoredDocumentError};
pub use erasures::Erasure;
pub use issued::IssuedCredential;
pub use listing::{ChangedAs, ListPlace, ListedCredentials};
pub use reasons::{ReasonError, Requester, RevocationCode};
