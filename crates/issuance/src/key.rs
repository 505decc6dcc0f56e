//! Signing keys: how they are made, how they sign, and how their life ends.

pub(crate) mod failover;
pub mod host_keys;
pub(crate) mod hosted;
pub mod life;
pub mod new;
pub mod service;
pub(crate) mod signing;
pub mod statements;
