//! Single credentials: rendering, verification by third parties, revocation and erasure.

pub mod render;
pub mod wallet_forms;
pub mod host_documents;
pub mod evidence;
pub mod change;
pub(crate) mod revoke;
pub(crate) mod erase;
pub(crate) mod verifiability;
pub mod erasure_log;
pub mod journal;
pub mod replay;
pub mod examine;
pub mod wallet_offers;
