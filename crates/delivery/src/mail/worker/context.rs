//! The inputs and the options of the worker.

use std::sync::Arc;

use learncoin_store::Store;
use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::tenants::Tenant;

use crate::mail::Sender;
use crate::mail::transport::MailTransport;

/// The inputs of the worker.
#[derive(Clone)]
pub struct MailContext {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The randomness for jitter.
    pub entropy: Arc<dyn Entropy>,
    /// The sender of the mails.
    pub sender: Sender,
    /// The transport of the mails.
    pub transport: MailTransport,
    /// Returns the number of mails that a tenant may send on a day, in each environment.
    pub mails_per_day: Arc<dyn Fn(&Tenant) -> u64 + Send + Sync>,
}

/// The limits of the worker.
#[derive(Debug, Clone)]
pub struct MailOptions {
    /// The number of mails that may be under way.
    pub max_in_flight: usize,
    /// The longest pause between two attempts at a mail, in milliseconds.
    pub max_backoff_ms: i64,
    /// The time after which a mail is given up, in milliseconds.
    pub give_up_after_ms: i64,
}

impl Default for MailOptions {
    fn default() -> Self {
        Self {
            max_in_flight: 4,
            max_backoff_ms: 6 * 60 * 60 * 1000,
            give_up_after_ms: 5 * 24 * 60 * 60 * 1000,
        }
    }
}
