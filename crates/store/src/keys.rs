//! Keys that sign: the tenants' and the host's, their lives, what they own, and the statements about them.

pub(crate) mod balances;
pub(crate) mod document_keys;
pub(crate) mod host_keys;
pub(crate) mod leases;
pub(crate) mod life;
pub(crate) mod signing_keys;
pub(crate) mod statement_content;
pub(crate) mod statements;

pub use balances::{Funds, KeyBalance};
pub use document_keys::DocumentKey;
pub use host_keys::HostKey;
pub use leases::KeyLease;
pub use signing_keys::{KeyHome, SigningKey};
pub use statement_content::{StatedKey, StatementContent, StatementKind};
pub use statements::{BEFORE_THE_FIRST, KeyStatement};
