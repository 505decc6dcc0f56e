//! What a host publishes about its tenants: the input of the writers in [`crate::did`] and [`crate::profile`].

use jiff::Timestamp;

use crate::address::PublicKey;

/// A tenant of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedTenant {
    /// The tenant's ULID, without a prefix.
    pub ulid: String,
    /// The name in its profile.
    pub name: String,
    /// The awarding body's URL; without one the profile names the host's origin.
    pub url: Option<String>,
    /// DIDs of its own that its credentials name or ever named.
    pub own_dids: Vec<String>,
    /// Every key that ever signed for it, also retired ones.
    pub keys: Vec<HostedKey>,
}

/// A key of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedKey {
    /// The `n` of `-key-<n>`, counted per tenant over both environments.
    pub number: u64,
    /// The public half.
    pub public_key: PublicKey,
    /// The one chain that it signs for (EIP-155 chain id).
    pub chain_id: u64,
    /// From when on its transactions count; earlier than the block of its first one.
    pub created: Timestamp,
    /// From when on they no longer count, because it was retired.
    pub expires: Option<Timestamp>,
    /// From when on they no longer count, because it may have been stolen.
    pub revoked: Option<Timestamp>,
}
