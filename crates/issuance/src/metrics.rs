//! The metrics of the pipeline. The values of each label are a fixed set: an environment, a step, a reason; never an id.
//!
//! The store counts transitions when it commits them (`learncoin_events_total`), and counts what waits by a query at each
//! scrape. The metrics of this file can't be read from any row.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use learncoin_store::scope::Environment;

/// `learncoin_credentials_accepted_total{environment}`.
pub const CREDENTIALS_ACCEPTED: &str = "learncoin_credentials_accepted_total";
/// `learncoin_pipeline_step_failures_total{environment,step,reason}`.
pub const STEP_FAILURES: &str = "learncoin_pipeline_step_failures_total";
/// `learncoin_pipeline_step_duration_seconds{step}`.
pub const STEP_DURATION: &str = "learncoin_pipeline_step_duration_seconds";
/// `learncoin_alarms_total{alarm}`.
pub const ALARMS: &str = "learncoin_alarms_total";
/// `learncoin_batch_anchored_age_seconds{environment}`: from acceptance to anchored.
pub const ANCHORED_AGE: &str = "learncoin_batch_anchored_age_seconds";
/// `learncoin_signing_key_lowest_balance_ether{environment}`.
pub const LOWEST_BALANCE: &str = "learncoin_signing_key_lowest_balance_ether";
/// `learncoin_signing_keys_without_funds{environment}`.
pub const KEYS_WITHOUT_FUNDS: &str = "learncoin_signing_keys_without_funds";

/// A step of the pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// From `pending` to `signed`.
    Sign,
    /// From there until a node accepted the transaction.
    Anchor,
    /// From there to `anchored`; what follows a transaction that waits too long is part of it.
    Confirm,
    /// From there until the anchor's block is final.
    Watch,
}

impl Step {
    const ALL: [Step; 4] = [Step::Sign, Step::Anchor, Step::Confirm, Step::Watch];

    /// Returns the label.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Sign => "sign",
            Step::Anchor => "anchor",
            Step::Confirm => "confirm",
            Step::Watch => "watch",
        }
    }
}

/// The reason why a step did not move its batch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The database failed, or another node moved the batch.
    Store,
    /// The node did not respond, the chain has not settled what a key sent, or it is not configured.
    Chain,
    /// The node refused the transaction.
    Refused,
    /// The signing key can't pay for it.
    Funds,
    /// The current price on the chain exceeds the cap on the cost of an anchor.
    FeeCap,
    /// The signing key can't be used.
    SigningKey,
    /// Stored data contradicts itself, or a task ended early.
    Internal,
}

impl Reason {
    const ALL: [Reason; 7] = [
        Reason::Store,
        Reason::Chain,
        Reason::Refused,
        Reason::Funds,
        Reason::FeeCap,
        Reason::SigningKey,
        Reason::Internal,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Reason::Store => "store",
            Reason::Chain => "chain",
            Reason::Refused => "refused",
            Reason::Funds => "funds",
            Reason::FeeCap => "fee_cap",
            Reason::SigningKey => "signing_key",
            Reason::Internal => "internal",
        }
    }
}

/// An event that needs the operator's attention, as the field `alarm` of a log line names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// The current price on the chain exceeds the cap on the cost of an anchor.
    FeeCap,
    /// A signing key can't pay for its anchor.
    NoFunds,
    /// The balance of a key in use pays for few more transactions, or for none.
    LowFunds,
    /// A daily cap keeps a key from being topped up.
    TopUpCap,
    /// A reorganization took an announced anchor out of the chain.
    Reconfirming,
    /// A key sent a transaction that the database does not know of.
    UnknownTransaction,
    /// Nodes of the chain contradict each other.
    NodesDisagree,
    /// An anchor transaction failed in the chain.
    AnchorFailed,
    /// Erasures could not be written to the journal, so that none is confirmed to a caller.
    ErasuresNotJournaled,
    /// A clock was wrong for a while: deadlines lay further ahead than they can.
    Clock,
}

/// An alarm that this process raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RaisedAlarm {
    /// The alarm.
    pub alarm: Alarm,
    /// The number of times that it was raised.
    pub count: u64,
    /// The time since it was raised last.
    pub ago: Duration,
}

/// The alarms that were raised, how often and when, for people: a counter can't be read.
static RAISED: Mutex<Vec<(Alarm, u64, Instant)>> = Mutex::new(Vec::new());

/// Returns the alarms that this process raised, the last one first.
pub fn raised_alarms() -> Vec<RaisedAlarm> {
    let raised = RAISED.lock().unwrap_or_else(PoisonError::into_inner);
    let mut raised: Vec<RaisedAlarm> = raised
        .iter()
        .map(|(alarm, count, at)| RaisedAlarm { alarm: *alarm, count: *count, ago: at.elapsed() })
        .collect();
    raised.sort_by_key(|one| one.ago);
    raised
}

impl Alarm {
    const ALL: [Alarm; 10] = [
        Alarm::FeeCap,
        Alarm::NoFunds,
        Alarm::LowFunds,
        Alarm::TopUpCap,
        Alarm::Reconfirming,
        Alarm::UnknownTransaction,
        Alarm::NodesDisagree,
        Alarm::AnchorFailed,
        Alarm::ErasuresNotJournaled,
        Alarm::Clock,
    ];

    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Alarm::FeeCap => "fee_cap",
            Alarm::NoFunds => "no_funds",
            Alarm::LowFunds => "low_funds",
            Alarm::TopUpCap => "top_up_cap",
            Alarm::Reconfirming => "reconfirming",
            Alarm::UnknownTransaction => "unknown_transaction",
            Alarm::NodesDisagree => "nodes_disagree",
            Alarm::AnchorFailed => "anchor_failed",
            Alarm::ErasuresNotJournaled => "erasures_not_journaled",
            Alarm::Clock => "clock",
        }
    }

    /// Counts the alarm. Returns its name for the log line.
    pub fn raise(self) -> &'static str {
        metrics::counter!(ALARMS, "alarm" => self.as_str()).increment(1);
        self.remember(Instant::now());
        self.as_str()
    }
}

impl Alarm {
    fn remember(self, now: Instant) {
        let mut raised = RAISED.lock().unwrap_or_else(PoisonError::into_inner);
        match raised.iter_mut().find(|(alarm, ..)| *alarm == self) {
            Some((_, count, at)) => (*count, *at) = (count.saturating_add(1), now),
            None => raised.push((self, 1, now)),
        }
    }
}

/// Registers the descriptions of the metrics, and initializes each counter with zero.
pub fn describe() {
    metrics::describe_counter!(CREDENTIALS_ACCEPTED, "Credentials that were accepted by this process.");
    metrics::describe_counter!(STEP_FAILURES, "Steps of the pipeline that failed, by why.");
    metrics::describe_histogram!(
        STEP_DURATION,
        "How long the work of steps took that moved their batch on, in seconds."
    );
    metrics::describe_histogram!(ANCHORED_AGE, "How old batches were when they were anchored, in seconds.");
    metrics::describe_gauge!(LOWEST_BALANCE, "What the poorest signing key holds for fees, in ether.");
    metrics::describe_gauge!(KEYS_WITHOUT_FUNDS, "Signing keys that can't pay for another anchor.");
    metrics::describe_counter!(ALARMS, "How often each alarm was raised, as the log names them.");
    for alarm in Alarm::ALL {
        metrics::counter!(ALARMS, "alarm" => alarm.as_str()).increment(0);
    }
    for environment in Environment::ALL {
        accepted(environment, 0);
        for step in Step::ALL {
            for reason in Reason::ALL {
                count_failure(environment, step, reason, 0);
            }
        }
    }
}

/// Counts accepted credentials.
pub(crate) fn accepted(environment: Environment, credentials: u64) {
    metrics::counter!(CREDENTIALS_ACCEPTED, "environment" => environment.as_str()).increment(credentials);
}

/// Counts a failed step.
pub(crate) fn step_failed(environment: Environment, step: Step, reason: Reason) {
    count_failure(environment, step, reason, 1);
}

fn count_failure(environment: Environment, step: Step, reason: Reason, by: u64) {
    metrics::counter!(
        STEP_FAILURES,
        "environment" => environment.as_str(),
        "step" => step.as_str(),
        "reason" => reason.as_str()
    )
    .increment(by);
}

/// Records the duration of a step that moved its batch on.
pub(crate) fn step_took(step: Step, seconds: f64) {
    metrics::histogram!(STEP_DURATION, "step" => step.as_str()).record(seconds);
}

/// Records the time from a batch's acceptance to its anchoring, in milliseconds.
pub(crate) fn anchored(environment: Environment, age_ms: i64) {
    let seconds = f64::from(u32::try_from(age_ms.max(0) / 1_000).unwrap_or(u32::MAX));
    metrics::histogram!(ANCHORED_AGE, "environment" => environment.as_str()).record(seconds);
}

/// Sets the gauges of the balances of an environment's signing keys.
pub fn balances(environment: Environment, lowest_ether: f64, without_funds: f64) {
    metrics::gauge!(LOWEST_BALANCE, "environment" => environment.as_str()).set(lowest_ether);
    metrics::gauge!(KEYS_WITHOUT_FUNDS, "environment" => environment.as_str()).set(without_funds);
}
