//! The one way by which transactions are sent, for whatever they carry and whichever key signs them: a batch's root, a key statement,
//! or ether for a tenant's key.
//!
//! In: an [`Outgoing`] with the attempts that are stored, its [`Payload`], the chain, and its [`Owner`]. Out: an [`Outcome`]. The owner
//! keeps persistence and policy. Nothing here knows what an owner's records are.
//!
//! - Invariant: an attempt is stored before it is sent, and its bytes never change.
//! - Invariant: attempts with the same nonce carry the same payload, so that whichever is mined counts.
//! - Invariant: an attempt counts once it is deep enough in the chain and no node contradicts.
//!
//! [`drive`] leads to that, [`watch`] guards it until the block is final, and [`reconcile`] precedes the first signature of a process.

mod attempt;
mod drive;
mod fees;
mod nonce;
mod outcome;
mod owner;
mod payload;
mod reconcile;
mod replace;
mod resolution;
mod send;
mod sign;
mod watch;

pub(crate) use attempt::{Attempt, Outgoing, block_position, read};
pub(crate) use drive::drive;
pub(crate) use nonce::unknown_transaction;
pub(crate) use outcome::Outcome;
pub(crate) use owner::{NonceRecorder, Notice, Owner, Signer};
pub(crate) use payload::Payload;
pub(crate) use reconcile::{ReconciledAccounts, reconcile};
pub(crate) use resolution::{Resolution, resolve};
pub(crate) use sign::sign_first;
pub(crate) use watch::watch;
