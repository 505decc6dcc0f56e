//! One file per command.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod copy;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod document_key;
pub(crate) mod erasures;
pub(crate) mod health;
pub(crate) mod host_key;
pub(crate) mod key;
pub(crate) mod mail;
pub(crate) mod master_key;
pub(crate) mod member;
pub(crate) mod migrate;
pub(crate) mod restore;
pub(crate) mod serve;
pub(crate) mod signing_key;
pub(crate) mod tenant;
pub(crate) mod unbake;
pub(crate) mod verify;
pub(crate) mod webhook;
