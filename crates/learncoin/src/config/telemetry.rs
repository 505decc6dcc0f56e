//! The section `[telemetry]`.

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// Metrics and traces of a node.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TelemetryConfig {
    /// The address that serves metrics, for operators only; empty for none.
    pub(crate) metrics_listen: String,
    /// The OpenTelemetry collector that traces are sent to, over OTLP/HTTP; empty for none. It may hold a secret.
    pub(crate) otlp_endpoint: String,
    /// The percentage of traces that are sent.
    pub(crate) trace_percent: u64,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self { metrics_listen: String::new(), otlp_endpoint: String::new(), trace_percent: 100 }
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
    /// Returns the setting `trace_percent`.
    ///
    /// # Errors
    /// If it is above 100.
    pub(crate) fn percent(&self) -> Result<u8> {
        match u8::try_from(self.trace_percent) {
            Ok(percent) if percent <= 100 => Ok(percent),
            _ => bail!("telemetry.trace_percent: expected 0 to 100"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_above_a_hundred_is_refused() {
        let telemetry = TelemetryConfig { trace_percent: 101, ..TelemetryConfig::default() };
        assert!(telemetry.percent().is_err());
        assert_eq!(TelemetryConfig::default().percent().unwrap(), 100);
    }

    #[test]
    fn the_collectors_address_is_in_no_dump_of_the_settings() {
        let telemetry =
            TelemetryConfig { otlp_endpoint: "https://u:secret@c".into(), ..TelemetryConfig::default() };
        assert!(!format!("{telemetry:?}").contains("secret"));
    }
}
