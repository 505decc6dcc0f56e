//! The reasons why a sign-in at the provider signs no one in.

use learncoin_store::Error as StoreError;

/// The reason why a sign-in at the provider signs no one in. Each is a text on the page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderFailure {
    /// The provider can't be reached, or can't be used as it describes itself.
    #[error("the identity provider can't be used: {0}")]
    Away(String),
    /// A client began too many sign-ins.
    #[error("a client began too many sign-ins")]
    TooMany,
    /// It sent an error: the person cancelled, or may not use this application.
    #[error("the identity provider signed no one in")]
    Denied,
    /// Its answer can't be trusted.
    #[error("what the identity provider sent was refused: {0}")]
    Untrusted(&'static str),
    /// The sign-in was begun in another browser or too long ago, or came back before.
    #[error("there is no such sign-in, or it is over")]
    Ended,
    /// It verified no address, and the identity is not linked to a member yet.
    #[error("the identity is unknown, and has no verified address")]
    Unverified,
    /// The identity belongs to no member.
    #[error("the identity belongs to no member")]
    NoMember,
    /// The identity belongs to another member than the one who wants to link it.
    #[error("the identity belongs to another member")]
    Taken,
    /// The member who wants to link it has another identity there.
    #[error("the member has another identity there")]
    OtherLinked,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
