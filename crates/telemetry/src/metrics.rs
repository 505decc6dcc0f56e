//! Metrics: what the crates count, as one page in Prometheus' text format.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::process;

/// The upper ends of the buckets of durations, in seconds: from a request that reads memory to an attempt that is cut
/// off.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0];
/// The upper ends of the buckets of durations that a chain determines: from a second to a day.
const LONG_SECONDS: [f64; 10] = [1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0, 86_400.0];
/// The suffix of the names of metrics with these longer buckets.
const LONG_SUFFIX: &str = "_age_seconds";

const BUILD_INFO: &str = "learncoin_build_info";

/// Metrics can't be kept.
#[derive(Debug, thiserror::Error)]
#[error("metrics can't be kept: {0}")]
pub struct InstallError(#[from] BuildError);

/// The metrics of this process. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    started_at_ms: i64,
}

impl Metrics {
    /// Installs the recorder of this process's metrics, once per process. What was counted before is lost.
    ///
    /// # Errors
    /// If the process has a recorder already.
    pub fn install(version: &'static str, started_at_ms: i64) -> Result<Self, InstallError> {
        let builder = PrometheusBuilder::new()
            .set_buckets(&SECONDS)?
            .set_buckets_for_metric(Matcher::Suffix(LONG_SUFFIX.to_owned()), &LONG_SECONDS)?;
        let handle = builder.install_recorder()?;
        metrics::describe_gauge!(BUILD_INFO, "1; the version is a label.");
        metrics::gauge!(BUILD_INFO, "version" => version).set(1.0);
        process::describe();
        Ok(Self { handle, started_at_ms })
    }

    /// Returns all metrics in Prometheus' text format.
    pub fn page(&self) -> String {
        process::observe(self.started_at_ms);
        self.handle.render()
    }

    /// Aggregates the samples of histograms. Must be called every few seconds, or they grow while the page is not read.
    pub fn fold(&self) {
        self.handle.run_upkeep();
    }
}
