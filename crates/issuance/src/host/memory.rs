//! The state that the host's worker keeps in memory between two steps.

use std::collections::BTreeSet;

use learncoin_store::onchain::AccountAddress;

use crate::outgoing::ReconciledAccounts;

/// The interval at which the worker checks whether there is anything to do, in milliseconds.
pub(super) const LOOK_AGAIN_MS: i64 = 10_000;

/// The state of a chain that a process keeps between steps. A new process begins without it.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// When its work is due, in milliseconds since 1970.
    pub(super) due_at: i64,
    /// The number of times in a row that it failed.
    pub(super) failures: u64,
    /// Whether the key's nonces were compared with the chain.
    pub(super) reconciled: ReconciledAccounts,
    /// When balances are to be looked at.
    pub(super) funds_at: i64,
    /// When what is confirmed is to be looked at.
    pub(super) watch_at: i64,
    /// The keys for which an alarm was raised, since a cap keeps them from being topped up.
    pub(super) capped: BTreeSet<AccountAddress>,
}
