//! Signatures by keys that never leave Google Cloud KMS.
//!
//! In: names of key rings and key versions, digests and messages. Out: public keys and signatures, each checked before it is
//! returned. Not here: what is signed, where the names are kept, when a call is repeated. It speaks the REST form of
//! Cloud KMS v1.
//!
//! - Invariant: a signature is returned only if the expected key made it: it is verified, or the public key is recovered from it.
//! - Invariant: no error, log or `Debug` text contains a token or a private key, and a plain `http` address gets one
//!   only if it is on this machine.
//! - Invariant: each call can be repeated. Creating a key whose name is taken finds that key.
//!
//! Begin reading at `client.rs`.

mod client;
mod credentials;
mod ed25519;
mod error;
mod name;
mod public_key;
mod service_account;
mod signature;
mod token;
mod transport;

use std::sync::Arc;

pub use client::{Kms, KmsOptions, ProtectionLevel};
pub use credentials::Credentials;
pub use error::{KmsError, ServiceReason, VersionState};
pub use name::{KeyRing, KeyVersion, NameError};
pub use public_key::KmsPublicKey;
pub use service_account::{ServiceAccount, ServiceAccountError};
pub use signature::Signature;

/// Returns the time, in milliseconds since 1970.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
