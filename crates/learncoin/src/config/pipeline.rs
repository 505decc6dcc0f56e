//! The section `[pipeline]`.

use learncoin_issuance::options::PipelineOptions;
use serde::{Deserialize, Serialize};

use super::time::to_s;

/// The retries of the pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PipelineConfig {
    /// The time that a batch may stay unsigned before it fails, in seconds.
    pub(crate) give_up_after_s: u64,
    /// The longest pause between two attempts, in seconds.
    pub(crate) max_backoff_s: u64,
}

impl Default for PipelineConfig {
    fn default() -> Self {
        let options = PipelineOptions::default();
        Self { give_up_after_s: to_s(options.give_up_after_ms), max_backoff_s: to_s(options.max_backoff_ms) }
    }
}
