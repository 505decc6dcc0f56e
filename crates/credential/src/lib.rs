//! The signed artefact of LearnCoin.

mod address;
pub mod canonicalize;
pub mod contexts;
pub mod credential;
pub mod did;
pub mod document;
mod hash;
mod host;
mod hosted;
pub mod json;
pub mod merkle;
pub mod profile;
pub mod proof;
pub mod revocation;
#[cfg(test)]
mod testing;
pub mod text;
pub mod transaction;
pub mod verify;

pub use address::{Address, AddressError, PublicKey, PublicKeyError};
pub use credential::{Layout, SignedCredential};
pub use document::Document;
pub use hash::{Hash, HashError};
pub use host::{Host, HostError};
pub use hosted::{HostedKey, HostedTenant};
