//! Signing in by OpenID Connect: the operator's own identity provider proves who a person is.
//!
//! In: the settings, and the browser that comes back from the provider. Out: a verified identity, and the member that it belongs to.
//! The flow is that with an authorization code, PKCE, `state` and `nonce`
//! ([OpenID Connect Core](https://openid.net/specs/openid-connect-core-1_0.html) section 3.1).
//!
//! - Invariant: a member is found by issuer and subject. An address links an identity once, if the provider verified it, and means
//!   nothing afterwards. A member who is signed in links one without an address.
//! - Invariant: no token, address or subject is in a log or an error.
//! - Invariant: the provider that is away takes nothing but this way of signing in with it.
//!
//! Begin reading at `provider.rs`, then `identify.rs`, `admission.rs` and `linking.rs`.

mod admission;
mod claims;
mod failure;
mod groups;
mod http;
mod identify;
mod linking;
mod options;
mod provider;
mod secrets;

pub(crate) use admission::{AdmittedMember, Refused, ReturningBrowser, admit};
pub(crate) use failure::ProviderFailure;
pub use groups::{GroupRoles, GroupRolesError};
pub use linking::LINKED_WITHIN_MS;
pub(crate) use linking::{link, may_link};
pub use options::{ProviderOptions, ProviderOptionsError};
pub use provider::IdentityProvider;
pub(crate) use secrets::FlowSecrets;

/// The path to which the provider sends the browser back.
pub const CALLBACK: &str = "/console/oidc/callback";
/// The time within which the browser must come back, in milliseconds.
pub const ATTEMPT_MS: i64 = 10 * 60 * 1000;
/// The difference between the provider's clock and ours that is no fault, in milliseconds.
pub const PROVIDER_SKEW_MS: i64 = 60 * 1000;
/// The time for which the provider's description and keys are used, in milliseconds.
pub const MAX_AGE_MS: i64 = 10 * 60 * 1000;
/// The shortest time between two requests for them, in milliseconds.
pub const REFRESH_PAUSE_MS: i64 = 10 * 1000;
