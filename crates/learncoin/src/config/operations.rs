//! Settings of those who run a deployment: what a node tells them, and how it ends.

use std::time::Duration;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// The longest that a process may be told to wait for its last requests, in seconds.
const LONGEST_WAIT_S: u64 = 30;

/// What a node tells its operators.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct TelemetryConfig {
    /// The address at which metrics are answered, for operators alone; empty for none.
    pub(crate) metrics_listen: String,
    /// The OpenTelemetry collector that traces are sent to, over OTLP/HTTP; empty for none. It may hold a secret.
    pub(crate) otlp_endpoint: String,
    /// How many of a hundred traces are sent.
    pub(crate) trace_percent: u64,
}

/// How a server ends that was asked to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ShutdownConfig {
    /// For how long it says that it is not ready and goes on serving, in seconds.
    pub(crate) drain_s: u64,
    /// How long clients that stall may hold it up after that, in seconds.
    pub(crate) last_requests_s: u64,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self { metrics_listen: String::new(), otlp_endpoint: String::new(), trace_percent: 100 }
    }
}

impl Default for ShutdownConfig {
    fn default() -> Self {
        Self { drain_s: 0, last_requests_s: 5 }
    }
}

impl std::fmt::Debug for TelemetryConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TelemetryConfig")
            .field("metrics_listen", &self.metrics_listen)
            .finish_non_exhaustive()
    }
}

impl TelemetryConfig {
    /// The setting `trace_percent`.
    ///
    /// # Errors
    /// Where it is above 100.
    pub(crate) fn percent(&self) -> Result<u8> {
        match u8::try_from(self.trace_percent) {
            Ok(percent) if percent <= 100 => Ok(percent),
            _ => bail!("telemetry.trace_percent: expected 0 to 100"),
        }
    }
}

impl ShutdownConfig {
    /// For how long the server says that it is not ready, and then for how long it waits for its last requests.
    ///
    /// # Errors
    /// Where either is longer than whoever asks a process to end waits for that.
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
    fn what_is_out_of_range_is_refused() {
        let telemetry = TelemetryConfig { trace_percent: 101, ..TelemetryConfig::default() };
        assert!(telemetry.percent().is_err());
        assert_eq!(TelemetryConfig::default().percent().unwrap(), 100);
        let shutdown = ShutdownConfig { last_requests_s: 31, ..ShutdownConfig::default() };
        assert_eq!(
            shutdown.waits().unwrap_err().to_string(),
            "shutdown.last_requests_s: expected 0 to 30 seconds"
        );
    }

    #[test]
    fn the_collectors_address_stands_in_no_dump_of_the_settings() {
        let telemetry =
            TelemetryConfig { otlp_endpoint: "https://u:secret@c".into(), ..TelemetryConfig::default() };
        assert!(!format!("{telemetry:?}").contains("secret"));
    }
}
