//! The section `[shutdown]`.

use std::time::Duration;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// The longest that either phase of a shutdown may take, in seconds.
const LONGEST_WAIT_S: u64 = 30;

/// The phases of a server's shutdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShutdownConfig {
    /// The time for which the server reports that it is not ready and goes on serving, in seconds.
    pub(crate) drain_s: u64,
    /// The time for which stalled clients may delay the end after that, in seconds.
    pub(crate) last_requests_s: u64,
}

impl Default for ShutdownConfig {
    fn default() -> Self {
        Self { drain_s: 0, last_requests_s: 5 }
    }
}

impl ShutdownConfig {
    /// Returns how long the server reports that it is not ready, and how long it then waits for its last requests.
    ///
    /// # Errors
    /// If either is longer than service managers wait before they kill a process.
    pub(crate) fn waits(&self) -> Result<(Duration, Duration)> {
        for (name, seconds) in [("drain_s", self.drain_s), ("last_requests_s", self.last_requests_s)] {
            if seconds > LONGEST_WAIT_S {
                bail!("shutdown.{name}: expected 0 to {LONGEST_WAIT_S} seconds");
            }
        }
        Ok((Duration::from_secs(self.drain_s), Duration::from_secs(self.last_requests_s)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_is_out_of_range_is_refused() {
        let shutdown = ShutdownConfig { last_requests_s: 31, ..ShutdownConfig::default() };
        assert_eq!(
            shutdown.waits().unwrap_err().to_string(),
            "shutdown.last_requests_s: expected 0 to 30 seconds"
        );
    }
}
