//! The metrics of deliveries and mails. Labels have a fixed set of values: never an endpoint, a tenant or an address.

use learncoin_store::mails::MailOutcome;
use learncoin_store::webhooks::AttemptOutcome;

/// `learncoin_delivery_attempts_total{outcome}`.
pub const DELIVERY_ATTEMPTS: &str = "learncoin_delivery_attempts_total";
/// `learncoin_delivery_attempt_duration_seconds`.
pub const DELIVERY_DURATION: &str = "learncoin_delivery_attempt_duration_seconds";
/// `learncoin_mail_attempts_total{outcome}`.
pub const MAIL_ATTEMPTS: &str = "learncoin_mail_attempts_total";
/// `learncoin_mail_server_unreachable_total`.
pub const MAIL_SERVER_UNREACHABLE: &str = "learncoin_mail_server_unreachable_total";

/// Describes the metrics, and starts each counter at zero.
pub fn describe() {
    metrics::describe_counter!(DELIVERY_ATTEMPTS, "Attempts at webhook deliveries, by what became of them.");
    metrics::describe_histogram!(
        DELIVERY_DURATION,
        "How long attempts at webhook deliveries took, in seconds."
    );
    metrics::describe_counter!(MAIL_ATTEMPTS, "Attempts at mails, by what became of them.");
    metrics::describe_counter!(MAIL_SERVER_UNREACHABLE, "Attempts at mails that found no mail server.");
    for outcome in ["delivered", "retry", "failed"] {
        metrics::counter!(DELIVERY_ATTEMPTS, "outcome" => outcome).increment(0);
    }
    for outcome in ["sent", "retry", "failed", "unknown", "cancelled"] {
        metrics::counter!(MAIL_ATTEMPTS, "outcome" => outcome).increment(0);
    }
    metrics::counter!(MAIL_SERVER_UNREACHABLE).increment(0);
}

/// Counts an attempt at a delivery whose outcome was recorded.
pub(crate) fn delivery_attempted(outcome: AttemptOutcome, duration_ms: u64) {
    let outcome = match outcome {
        AttemptOutcome::Delivered => "delivered",
        AttemptOutcome::Retry(_) => "retry",
        AttemptOutcome::Failed => "failed",
    };
    metrics::counter!(DELIVERY_ATTEMPTS, "outcome" => outcome).increment(1);
    let seconds = f64::from(u32::try_from(duration_ms).unwrap_or(u32::MAX)) / 1_000.0;
    metrics::histogram!(DELIVERY_DURATION).record(seconds);
}

/// Counts an attempt at a mail whose outcome was recorded.
pub(crate) fn mail_attempted(outcome: MailOutcome) {
    let outcome = match outcome {
        MailOutcome::Sent => "sent",
        MailOutcome::RetryAt(_) => "retry",
        MailOutcome::Failed => "failed",
        MailOutcome::Unknown => "unknown",
        MailOutcome::Cancelled => "cancelled",
    };
    metrics::counter!(MAIL_ATTEMPTS, "outcome" => outcome).increment(1);
}

/// Counts an attempt at a mail that found no mail server.
pub(crate) fn mail_server_unreachable() {
    metrics::counter!(MAIL_SERVER_UNREACHABLE).increment(1);
}
