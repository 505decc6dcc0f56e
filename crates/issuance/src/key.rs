//! Signing keys and document keys: how they are made, how they sign, and how their life ends.

pub mod service;
pub mod new;
pub mod host_keys;
pub(crate) mod signing;
pub mod life;
pub(crate) mod failover;
pub mod statements;
pub(crate) mod hosted;
pub mod document_signer;
pub(crate) mod recent_signatures;
pub mod document_keys;
pub mod document_key_worker;
