//! Metrics: what the crates count, as one page in Prometheus' text format.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::process;

/// The upper ends of the buckets of durations, in seconds: from a request that reads memory to an attempt that is cut
/// off.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 20.0];
/// Those of what takes as long as a chain does: from a second to a day.
const LONG_SECONDS: [f64; 10] = [1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0, 86_400.0];
/// How the names of what takes that long end.
const LONG_SUFFIX: &str = "_age_seconds";

const BUILD_INFO: &str = "learncoin_build_info";

/// Metrics can't be kept.
#[derive(Debug, thiserror::Error)]
#[error("metrics can't be kept: {0}")]
pub struct InstallError(#[from] BuildError);

/// Where everything that is counted in this process can be read. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    started_at_ms: i64,
}

impl Metrics {
    /// Begins to keep what this process counts. Once per process; what was counted before is not kept.
    ///
    /// # Errors
    /// Where the process keeps metrics already.
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

    /// Everything as of now, in Prometheus' text format.
    pub fn page(&self) -> String {
        process::observe(self.started_at_ms);
        self.handle.render()
    }

    /// Folds what histograms have gathered. To be called every few seconds, or they grow while nobody asks.
    pub fn fold(&self) {
        self.handle.run_upkeep();
    }
}
