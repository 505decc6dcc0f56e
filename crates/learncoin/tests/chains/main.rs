//! The chain misbehaves, and nothing is lost: a whole deployment in process, on a real EVM node (Anvil) that mines only when a
//! test calls for it. The clock is set by hand; so each case is the same every time.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that can't go on has failed"
)]

mod answers;
mod delay;
mod host;
mod host_faults;
mod host_reorgs;
mod in_flight;
mod nodes;
mod nonces;
mod pages;
mod reorgs;
mod replacement;
mod restore;
mod stolen;
mod support {
    pub(crate) mod node;
    pub(crate) mod story;
}
mod top_ups;
