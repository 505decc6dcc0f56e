//! Single credentials: rendering, revocation and erasure.

pub mod change;
pub mod erasures;
pub mod evidence;
pub mod examine;
pub(crate) mod host_documents;
mod journal;
pub mod render;
