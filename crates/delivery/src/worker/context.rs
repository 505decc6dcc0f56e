//! The inputs and the options of the worker.

use std::sync::Arc;
use std::time::Duration;

use learncoin_store::Store;
use learncoin_store::clock::{Clock, Entropy};

use crate::webhook;

/// The inputs of the worker.
#[derive(Clone)]
pub struct DeliveryContext {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness for ids and jitter.
    pub entropy: Arc<dyn Entropy>,
}

/// The limits of the worker.
#[derive(Debug, Clone)]
pub struct DeliveryOptions {
    /// The number of attempts that may be under way at endpoints that respond in time; for the others see `scheduler`.
    pub max_in_flight: usize,
    /// The longest pause between two attempts of a delivery, in milliseconds.
    pub max_backoff_ms: i64,
    /// The time limit of an endpoint's response.
    pub timeout: Duration,
}

impl Default for DeliveryOptions {
    fn default() -> Self {
        Self { max_in_flight: 128, max_backoff_ms: 6 * 60 * 60 * 1000, timeout: webhook::TIMEOUT }
    }
}
