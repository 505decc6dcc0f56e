//! Single credentials: rendering, revocation and erasure.

pub mod change;
pub(crate) mod erase;
pub mod erasure_log;
pub mod evidence;
pub mod examine;
pub mod host_documents;
pub mod journal;
pub mod reasons;
pub mod render;
pub mod replay;
pub(crate) mod revoke;
pub(crate) mod verifiability;
