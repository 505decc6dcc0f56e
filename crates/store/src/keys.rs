//! Keys that sign transactions: the tenants' and the host's, their lives, what they own, and the statements about them.

pub(crate) mod balances;
pub(crate) mod host_keys;
pub(crate) mod leases;
pub(crate) mod life;
pub(crate) mod signing_keys;
pub(crate) mod statements;

pub use balances::{Funds, KeyBalance};
pub use host_keys::HostKey;
pub use leases::KeyLease;
pub use signing_keys::{KeyHome, SigningKey};
pub use statements::{BEFORE_THE_FIRST, KeyStatement, StatementContent, StatementKind};
