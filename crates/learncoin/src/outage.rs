//! The log during an outage of the database: one line at its beginning, one a minute, and one at its end.
//!
//! Each worker tries again every second, and would report the same failure each time.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use learncoin_store::Store;
use learncoin_store::settings::Setting;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter};

/// The targets of the workers that try again. What a request meets is always logged, with the request's id.
const WORKERS: [&str; 5] = [
    "learncoin::server",
    "learncoin_delivery::mail::worker",
    "learncoin_delivery::worker",
    "learncoin_issuance::host",
    "learncoin_issuance::worker::run",
];
/// The beginning of the errors of the store that come from the database.
const DATABASE: &str = "database: ";
/// The interval at which an outage is reported again.
const REMIND_EVERY: Duration = Duration::from_secs(60);
/// The time after which another reason is news. A database that ends or starts gives several reasons in turn.
const NEWS_AFTER: Duration = Duration::from_secs(10);
/// The interval at which the end of an outage is looked for.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The outage that was reported last and has not ended.
static REPORTED: Mutex<Option<Outage>> = Mutex::new(None);

#[derive(Debug, Clone)]
struct Outage {
    /// The database's reason.
    reason: String,
    begun: Instant,
    reported: Instant,
}

/// Lets the report of an outage through once a minute, whichever worker makes it.
pub(crate) struct OncePerOutage;

impl<S: Subscriber> Filter<S> for OncePerOutage {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        if !WORKERS.contains(&event.metadata().target()) {
            return true;
        }
        let mut reason = Reason(None);
        event.record(&mut reason);
        reason.0.is_none_or(|reason| report(&mut lock(), reason, Instant::now()))
    }
}

/// Returns whether a failure is to be reported now, and records that it is.
fn report(last: &mut Option<Outage>, reason: String, now: Instant) -> bool {
    let begun = match last {
        Some(outage) => {
            let silent_for = if outage.reason == reason { REMIND_EVERY } else { NEWS_AFTER };
            if now.duration_since(outage.reported) < silent_for {
                return false;
            }
            outage.begun
        }
        None => now,
    };
    *last = Some(Outage { reason, begun, reported: now });
    true
}

/// Reports the end of each outage.
pub(crate) async fn report_ends(store: Store) {
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let reported = lock().is_some();
        if reported
            && store.find_setting(Setting::PublicUrl).await.is_ok()
            && let Some(outage) = lock().take()
        {
            let seconds = outage.begun.elapsed().as_secs();
            tracing::info!(seconds, "the database responds again");
        }
    }
}

fn lock() -> std::sync::MutexGuard<'static, Option<Outage>> {
    REPORTED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The database's reason in the field `error` of an event.
struct Reason(Option<String>);

impl Visit for Reason {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "error" {
            let text = format!("{value:?}");
            self.0 = text.strip_prefix(DATABASE).map(str::to_owned);
        }
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

    use super::*;

    #[test]
    fn an_outage_is_reported_at_once_and_then_once_a_minute() {
        let begun = Instant::now();
        let mut last = None;
        let mut at =
            |seconds, reason: &str| report(&mut last, reason.into(), begun + Duration::from_secs(seconds));
        let reports =
            [at(0, "refused"), at(0, "refused"), at(59, "refused"), at(60, "refused"), at(61, "refused")];
        assert_eq!(reports, [true, false, false, true, false]);
        assert!(!at(62, "read-only"), "it is about to end, or to start");
        assert!(at(70, "read-only"), "another reason is news");
        assert_eq!(last.unwrap().begun, begun);
    }

    #[test]
    fn workers_share_one_report_and_requests_have_their_own() {
        #[derive(Clone, Default)]
        struct Lines(std::sync::Arc<Mutex<Vec<u8>>>);
        impl std::io::Write for Lines {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().write(bytes)
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let lines = Lines::default();
        let writer = lines.clone();
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
        let subscriber = tracing_subscriber::registry().with(layer.with_filter(OncePerOutage));
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..3 {
                tracing::error!(target: "learncoin_delivery::worker", error = %"database: refused", "deliveries");
                tracing::error!(target: "learncoin_issuance::worker::run", error = %"database: refused", "pipeline");
                tracing::error!(target: "learncoin_server::error", error = %"database: refused", "request");
                tracing::warn!(target: "learncoin_delivery::worker", error = %"something else", "other");
            }
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let count = |word: &str| text.lines().filter(|line| line.contains(word)).count();
        assert_eq!(
            (count("deliveries"), count("pipeline"), count("request"), count("other")),
            (1, 0, 3, 3),
            "{text}"
        );
    }
}
