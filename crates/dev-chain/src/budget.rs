//! The budget of a request: what its answer may weigh, and what may be looked through for it.

use super::params::Failure;

/// The largest answer to a request, in bytes; that to a batch as a whole too.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// The bytes that are kept of an answer for each call's envelope, or the error in its place.
const ENVELOPE_BYTES: usize = 512;
/// The cost of a transaction that is only looked at, in bytes. So a request looks at about 65,000 of them.
const LOOK_BYTES: usize = 16;

/// The bytes that an answer may still have.
///
/// A method checks first that there is room for something large, so that nothing large is made that is not sent. A result is taken at its
/// true size.
#[derive(Debug)]
pub(crate) struct Budget {
    left: usize,
}

impl Budget {
    /// Creates the budget of a request with this many calls.
    pub(crate) fn of_calls(calls: usize) -> Budget {
        Budget { left: MAX_ANSWER_BYTES.saturating_sub(calls.saturating_mul(ENVELOPE_BYTES)) }
    }

    /// Creates the budget of the deployment's own calls, which come one at a time.
    pub(crate) fn own() -> Budget {
        Budget { left: usize::MAX }
    }

    /// Checks that there is room for this many bytes.
    pub(crate) fn check(&self, bytes: usize) -> Result<(), Failure> {
        if bytes <= self.left {
            return Ok(());
        }
        Err(Failure::new(-32005, "limit exceeded: the answer would be larger than 1 MiB"))
    }

    /// Takes this many bytes.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Failure> {
        self.check(bytes)?;
        self.left = self.left.saturating_sub(bytes);
        Ok(())
    }

    /// Takes the cost of looking at this many transactions.
    pub(crate) fn look_at(&mut self, transactions: usize) -> Result<(), Failure> {
        self.take(transactions.saturating_mul(LOOK_BYTES))
    }
}
