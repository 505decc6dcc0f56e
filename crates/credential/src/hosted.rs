//! The published data of a host's tenants: the input of the writers in [`crate::did`] and [`crate::profile`].

use jiff::Timestamp;

use crate::address::PublicKey;

/// A tenant of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedTenant {
    /// The tenant's ULID, without a prefix.
    pub ulid: String,
    /// The name in the issuer profile.
    pub name: String,
    /// The awarding body's URL. Without one, the profile contains the host's origin.
    pub url: Option<String>,
    /// The DIDs of its own that its credentials name or ever named.
    pub own_dids: Vec<String>,
    /// Every key that ever signed for the tenant, including retired ones.
    pub keys: Vec<HostedKey>,
}

/// A key of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostedKey {
    /// The `n` of `-key-<n>`, counted per tenant over both environments.
    pub number: u64,
    /// The public key.
    pub public_key: PublicKey,
    /// The EIP-155 id of the only chain that the key signs for.
    pub chain_id: u64,
    /// The time from which its transactions are valid, before the block of the first one.
    pub created: Timestamp,
    /// The time from which its transactions are no longer valid, because the key was retired.
    pub expires: Option<Timestamp>,
    /// The time from which its transactions are no longer valid, because the key may have been stolen.
    pub revoked: Option<Timestamp>,
}
