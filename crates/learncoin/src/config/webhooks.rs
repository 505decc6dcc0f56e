//! The section `[webhooks]`.

use learncoin_delivery::worker::DeliveryOptions;
use serde::{Deserialize, Serialize};

use super::time::{to_ms, to_s};

/// The deliveries to webhook endpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhooksConfig {
    /// Whether `http` targets and private addresses are called. For development only.
    pub(crate) allow_private_targets: bool,
    /// The number of attempts that may be in flight to endpoints that respond in time.
    pub(crate) max_in_flight: usize,
    /// The longest pause between two attempts of a delivery, in seconds.
    pub(crate) max_backoff_s: u64,
}

impl Default for WebhooksConfig {
    fn default() -> Self {
        let options = DeliveryOptions::default();
        Self {
            allow_private_targets: false,
            max_in_flight: options.max_in_flight,
            max_backoff_s: to_s(options.max_backoff_ms),
        }
    }
}

impl From<&WebhooksConfig> for DeliveryOptions {
    fn from(config: &WebhooksConfig) -> Self {
        Self {
            max_in_flight: config.max_in_flight,
            max_backoff_ms: to_ms(config.max_backoff_s),
            ..Self::default()
        }
    }
}
