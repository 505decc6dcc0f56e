//! The result of a request: a batch of credentials, its documents and its end if it can't be signed.

pub mod request;
pub mod accept;
pub mod rehearse;
pub(crate) mod documents;
pub(crate) mod tree;
pub(crate) mod earlier;
pub(crate) mod fail;
