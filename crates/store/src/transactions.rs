//! Transactions on a chain: the anchors of batches, what the host sends, and what a key sent that no other table holds.

pub(crate) mod anchor_transactions;
pub(crate) mod host_transactions;
pub(crate) mod unknown_transactions;

pub use anchor_transactions::{AnchorTransaction, BlockPosition};
pub use host_transactions::{HostAttempt, HostPurpose, HostStatus, HostTransaction, MinedAttempt};
pub use unknown_transactions::UnknownTransaction;
