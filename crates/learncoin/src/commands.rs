//! One file per command.

pub(crate) mod audit;
pub(crate) mod demo;
pub(crate) mod key;
pub(crate) mod mail;
pub(crate) mod serve;
pub(crate) mod tenant;
pub(crate) mod unbake;
pub(crate) mod verify;
pub(crate) mod webhook;
