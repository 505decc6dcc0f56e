//! What is common to every transaction that is sent, whatever its payload and its sender.

pub(crate) mod broadcast;
pub(crate) mod replace;
pub(crate) mod resolution;
