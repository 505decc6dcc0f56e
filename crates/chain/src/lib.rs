//! A client of EVM chains, as far as LearnCoin uses them: to anchor a Merkle root, and to look it up again.
//!
//! **In**: a chain's nodes (by URL, or another [`rpc::Transport`]), a tenant's secret key and a root. **Out**: a signed
//! transaction, a node's response to it, and its inclusion in a block.
//! The crate keeps no record of what it sent and decides nothing: nonces, retries, replacements and the required number
//! of confirmations belong to its caller. It runs no contract and reads no log.
//!
//! Invariant: a transaction is signed offline and completely, so that its bytes and hash can be stored before they are sent.
//!
//! Invariant: an outcome that is unclear is an error, never "absent" and never "failed".
//!
//! Invariant: what a node reports about a transaction is checked against the transaction's hash. Only block, time and
//! status are taken from the node unchecked.
//!
//! Begin with [`transaction`], then [`rpc::Client`].

pub mod fee;
pub mod hex;
pub mod money;
pub mod network;
pub mod rpc;
pub mod signer;
pub mod transaction;

pub use alloy_primitives::{Address, Signature, U256};
pub use fee::Fees;
pub use rpc::{Client, IncludedTransaction, Inclusion, RpcError};
pub use signer::ChainKey;
pub use transaction::{
    ANCHOR_GAS_LIMIT, ReadTransaction, RootTransaction, SignedTransaction, Transfer, UnsignedTransaction,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
