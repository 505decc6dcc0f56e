//! What is counted of the pipeline, and under which names. Labels are of a fixed set each: an environment, a step, a
//! reason; never an id.
//!
//! The transitions themselves are counted where they are committed (`learncoin_events_total`, in the store), and what
//! waits is counted by a query when somebody asks. What is here is what no row tells.

use learncoin_store::scope::Environment;

/// `learncoin_credentials_accepted_total{environment}`.
pub const CREDENTIALS_ACCEPTED: &str = "learncoin_credentials_accepted_total";
/// `learncoin_pipeline_step_failures_total{environment,step,reason}`.
pub const STEP_FAILURES: &str = "learncoin_pipeline_step_failures_total";
/// `learncoin_pipeline_step_duration_seconds{step}`.
pub const STEP_DURATION: &str = "learncoin_pipeline_step_duration_seconds";
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
    /// Sending what was signed.
    Anchor,
    /// From `signed` to `anchored`.
    Confirm,
}

impl Step {
    const ALL: [Step; 3] = [Step::Sign, Step::Anchor, Step::Confirm];

    fn as_str(self) -> &'static str {
        match self {
            Step::Sign => "sign",
            Step::Anchor => "anchor",
            Step::Confirm => "confirm",
        }
    }
}

/// Why a step did not move its batch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The database failed, or somebody else moved the batch.
    Store,
    /// The chain did not answer as a chain does, or is not configured.
    Chain,
    /// The node refused the transaction.
    Refused,
    /// The signing key can't be used.
    SigningKey,
    /// What should not be.
    Internal,
}

impl Reason {
    const ALL: [Reason; 5] =
        [Reason::Store, Reason::Chain, Reason::Refused, Reason::SigningKey, Reason::Internal];

    fn as_str(self) -> &'static str {
        match self {
            Reason::Store => "store",
            Reason::Chain => "chain",
            Reason::Refused => "refused",
            Reason::SigningKey => "signing_key",
            Reason::Internal => "internal",
        }
    }
}

/// Says what is counted, and begins each count at zero.
pub fn describe() {
    metrics::describe_counter!(CREDENTIALS_ACCEPTED, "Credentials that were accepted by this process.");
    metrics::describe_counter!(STEP_FAILURES, "Steps of the pipeline that failed and are tried again.");
    metrics::describe_histogram!(STEP_DURATION, "How long a step of the pipeline took, in seconds.");
    metrics::describe_histogram!(ANCHORED_AGE, "How old batches were when they were anchored, in seconds.");
    metrics::describe_gauge!(LOWEST_BALANCE, "What the poorest signing key holds for fees, in ether.");
    metrics::describe_gauge!(KEYS_WITHOUT_FUNDS, "Signing keys that can't pay for another anchor.");
    for environment in Environment::ALL {
        accepted(environment, 0);
        for step in Step::ALL {
            for reason in Reason::ALL {
                count_failure(environment, step, reason, 0);
            }
        }
    }
}

/// Credentials were accepted.
pub(crate) fn accepted(environment: Environment, credentials: u64) {
    metrics::counter!(CREDENTIALS_ACCEPTED, "environment" => environment.as_str()).increment(credentials);
}

/// A step failed, and is tried again.
pub fn step_failed(environment: Environment, step: Step, reason: Reason) {
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

/// A step moved its batch on after so many seconds.
pub fn step_took(step: Step, seconds: f64) {
    metrics::histogram!(STEP_DURATION, "step" => step.as_str()).record(seconds);
}

/// A batch was anchored so many seconds after it was accepted.
pub fn anchored(environment: Environment, age_seconds: f64) {
    metrics::histogram!(ANCHORED_AGE, "environment" => environment.as_str()).record(age_seconds);
}

/// What the signing keys of an environment hold for fees.
pub fn balances(environment: Environment, lowest_ether: f64, without_funds: f64) {
    metrics::gauge!(LOWEST_BALANCE, "environment" => environment.as_str()).set(lowest_ether);
    metrics::gauge!(KEYS_WITHOUT_FUNDS, "environment" => environment.as_str()).set(without_funds);
}
