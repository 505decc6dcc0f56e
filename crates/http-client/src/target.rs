//! Why the egress guard refuses a target.

/// Why a target is not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Neither `https`, nor, if the operator allows it, `http`.
    #[error("must be an https URL")]
    Scheme,
    /// It contains a user name or password.
    #[error("must not hold a user name or password")]
    Credentials,
    /// It has no host.
    #[error("must name a host")]
    NoHost,
    /// It is, or resolves to, an address that is not globally reachable.
    #[error("must not lead to a private, loopback, link-local, multicast or reserved address")]
    NotPublic,
}
