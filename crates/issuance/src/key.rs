//! Signing keys: how they are made, how they sign, and how their life ends.

pub(crate) mod failover;
pub mod life;
pub mod new;
pub mod signing;
pub(crate) mod statements;
