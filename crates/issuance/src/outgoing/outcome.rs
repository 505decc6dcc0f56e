//! The outcome of a look at an outgoing transaction.

use learncoin_chain::rpc::{IncludedTransaction, Located};

use super::attempt::Attempt;

/// The outcome of a call of [`drive`](super::drive) or [`watch`](super::watch).
#[derive(Debug)]
pub(crate) enum Outcome {
    /// An attempt is in the chain. It may have failed there, which uses its nonce up all the same.
    Mined {
        /// The attempt.
        attempt: Attempt,
        /// Its block.
        inclusion: IncludedTransaction,
    },
    /// Something was sent or stored. There is more to do at once.
    Progressed,
    /// An attempt is in a block that is not deep enough, or that a node contradicts. There is nothing to do until the chain moves on.
    Shallow {
        /// The block's height.
        block_number: u64,
    },
    /// None is in a block. There is nothing to do until the chain moves on.
    Waiting,
    /// Another transaction of the sender, deep in the chain, used the nonce. None of the attempts with it can be mined any more.
    NonceTaken(Located),
}
