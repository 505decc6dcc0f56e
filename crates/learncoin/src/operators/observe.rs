//! Gauges that a scrape computes by queries: what waits, and since when. All nodes on a database report the same values.

use std::time::Duration;

use learncoin_store::batches::BatchStatus;
use learncoin_store::clock::Clock;
use learncoin_store::mails::MailStatus;
use learncoin_store::maintenance::WaitingRecords;
use learncoin_store::scope::Environment;
use learncoin_store::{Result, Store};

const DATABASE_UP: &str = "learncoin_database_up";
const CONNECTIONS: &str = "learncoin_database_connections";
const BATCHES: &str = "learncoin_batches";
const BATCHES_FAILING: &str = "learncoin_batches_failing";
const OLDEST_BATCH: &str = "learncoin_oldest_unanchored_batch_age_seconds";
const DELIVERIES: &str = "learncoin_deliveries_waiting";
const DELIVERIES_FAILING: &str = "learncoin_deliveries_failing";
const OLDEST_DELIVERY: &str = "learncoin_oldest_waiting_delivery_age_seconds";
const MAILS: &str = "learncoin_mails";
const OLDEST_MAIL: &str = "learncoin_oldest_waiting_mail_age_seconds";
const WEBHOOKS_OFF: &str = "learncoin_webhook_endpoints_off";

/// The timeout for all queries. A scrape takes no longer.
const TAKES_AT_MOST: Duration = Duration::from_secs(5);

/// The statuses whose number of batches does not grow without bound.
const OPEN: [BatchStatus; 3] = [BatchStatus::Pending, BatchStatus::Signed, BatchStatus::Failed];
const MAIL_STATUSES: [MailStatus; 7] = [
    MailStatus::Held,
    MailStatus::Postponed,
    MailStatus::Waiting,
    MailStatus::Leased,
    MailStatus::Transmitting,
    MailStatus::Failed,
    MailStatus::Unknown,
];

pub(super) fn describe() {
    metrics::describe_gauge!(DATABASE_UP, "1 if the database answered the queries for metrics, else 0.");
    metrics::describe_gauge!(
        CONNECTIONS,
        "This process's connections to the database: open, idle, and the most there may be."
    );
    metrics::describe_gauge!(BATCHES, "Batches that are pending, signed, or failed for good.");
    metrics::describe_gauge!(BATCHES_FAILING, "Open batches whose last attempt failed.");
    metrics::describe_gauge!(
        OLDEST_BATCH,
        "How long the oldest batch has waited to be anchored, in seconds; 0 if none waits."
    );
    metrics::describe_gauge!(DELIVERIES, "Webhook deliveries that wait, to active endpoints.");
    metrics::describe_gauge!(DELIVERIES_FAILING, "Waiting webhook deliveries of which an attempt failed.");
    metrics::describe_gauge!(
        OLDEST_DELIVERY,
        "How long the oldest waiting webhook delivery has waited, in seconds; 0 if none waits."
    );
    metrics::describe_gauge!(
        MAILS,
        "Mails that are held, postponed or waiting, are in flight, failed for good, or whose outcome is unknown."
    );
    metrics::describe_gauge!(
        OLDEST_MAIL,
        "How long the oldest waiting mail has waited, in seconds; 0 if none waits."
    );
    metrics::describe_gauge!(WEBHOOKS_OFF, "Webhook endpoints that are disabled.");
}

/// Sets the gauges from the database. If it does not respond they become NaN: an old value would be wrong.
pub(super) async fn observe(store: &Store, clock: &dyn Clock) {
    let connections = store.connections();
    for (state, count) in
        [("open", connections.open), ("idle", connections.idle), ("limit", connections.limit)]
    {
        metrics::gauge!(CONNECTIONS, "state" => state).set(f64::from(count));
    }
    let now = clock.now_ms();
    let snapshot = match tokio::time::timeout(TAKES_AT_MOST, read_snapshot(store)).await {
        Ok(Ok(figures)) => Some(figures),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the queries for metrics failed");
            None
        }
        Err(_) => {
            tracing::warn!("the queries for metrics timed out");
            None
        }
    };
    metrics::gauge!(DATABASE_UP).set(if snapshot.is_some() { 1.0 } else { 0.0 });
    for environment in Environment::ALL {
        Figures::of(snapshot.as_ref(), environment, now).set(environment);
    }
}

/// The values that were read from the database.
struct Snapshot {
    batches: Vec<(BatchStatus, Vec<WaitingRecords>)>,
    deliveries: Vec<WaitingRecords>,
    mails: Vec<(MailStatus, Vec<WaitingRecords>)>,
    off: Vec<(Environment, u64)>,
}

async fn read_snapshot(store: &Store) -> Result<Snapshot> {
    let mut batches = Vec::new();
    for status in OPEN {
        batches.push((status, store.waiting_batches(status).await?));
    }
    let mut mails = Vec::new();
    for status in MAIL_STATUSES {
        mails.push((status, store.waiting_mails(status).await?));
    }
    Ok(Snapshot {
        batches,
        deliveries: store.waiting_deliveries().await?,
        mails,
        off: store.webhooks_off().await?,
    })
}

/// The values of the gauges of one environment.
struct Figures {
    batches: Vec<(BatchStatus, f64, f64)>,
    oldest_batch: f64,
    deliveries: f64,
    deliveries_failing: f64,
    oldest_delivery: f64,
    mails: Vec<(MailStatus, f64)>,
    oldest_mail: f64,
    off: f64,
}

impl Figures {
    fn of(snapshot: Option<&Snapshot>, environment: Environment, now: i64) -> Self {
        let Some(snapshot) = snapshot else {
            return Self {
                batches: OPEN.map(|status| (status, f64::NAN, f64::NAN)).to_vec(),
                oldest_batch: f64::NAN,
                deliveries: f64::NAN,
                deliveries_failing: f64::NAN,
                oldest_delivery: f64::NAN,
                mails: MAIL_STATUSES.map(|status| (status, f64::NAN)).to_vec(),
                oldest_mail: f64::NAN,
                off: f64::NAN,
            };
        };
        let here = |all: &[WaitingRecords]| all.iter().find(|one| one.environment == environment).copied();
        let count = |one: Option<WaitingRecords>| one.map_or(0.0, |one| number(one.count));
        let failing = |one: Option<WaitingRecords>| one.map_or(0.0, |one| number(one.failing));
        let age = |one: Option<WaitingRecords>| one.map_or(0.0, |one| age(one.oldest_at, now));
        let batches: Vec<(BatchStatus, Option<WaitingRecords>)> =
            snapshot.batches.iter().map(|(status, all)| (*status, here(all))).collect();
        let mails: Vec<(MailStatus, Option<WaitingRecords>)> =
            snapshot.mails.iter().map(|(status, all)| (*status, here(all))).collect();
        let deliveries = here(&snapshot.deliveries);
        let waits = |status: &BatchStatus| *status != BatchStatus::Failed;
        let off = snapshot.off.iter().find(|(one, _)| *one == environment);
        Self {
            oldest_batch: batches
                .iter()
                .filter(|(status, _)| waits(status))
                .map(|(_, one)| age(*one))
                .fold(0.0, f64::max),
            batches: batches.iter().map(|(status, one)| (*status, count(*one), failing(*one))).collect(),
            deliveries: count(deliveries),
            deliveries_failing: failing(deliveries),
            oldest_delivery: age(deliveries),
            oldest_mail: mails
                .iter()
                .filter(|(status, _)| *status == MailStatus::Waiting)
                .map(|(_, one)| age(*one))
                .fold(0.0, f64::max),
            mails: mails.iter().map(|(status, one)| (*status, count(*one))).collect(),
            off: off.map_or(0.0, |(_, endpoints)| number(*endpoints)),
        }
    }

    fn set(&self, environment: Environment) {
        let environment = environment.as_str();
        for (status, count, failing) in &self.batches {
            metrics::gauge!(BATCHES, "environment" => environment, "status" => status.as_str()).set(*count);
            // A batch that failed for good is not retried.
            if *status != BatchStatus::Failed {
                metrics::gauge!(BATCHES_FAILING, "environment" => environment, "status" => status.as_str())
                    .set(*failing);
            }
        }
        for (status, count) in &self.mails {
            metrics::gauge!(MAILS, "environment" => environment, "status" => status.as_str()).set(*count);
        }
        metrics::gauge!(OLDEST_BATCH, "environment" => environment).set(self.oldest_batch);
        metrics::gauge!(DELIVERIES, "environment" => environment).set(self.deliveries);
        metrics::gauge!(DELIVERIES_FAILING, "environment" => environment).set(self.deliveries_failing);
        metrics::gauge!(OLDEST_DELIVERY, "environment" => environment).set(self.oldest_delivery);
        metrics::gauge!(OLDEST_MAIL, "environment" => environment).set(self.oldest_mail);
        metrics::gauge!(WEBHOOKS_OFF, "environment" => environment).set(self.off);
    }
}

fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn age(since_ms: i64, now_ms: i64) -> f64 {
    number(u64::try_from(now_ms.saturating_sub(since_ms)).unwrap_or(0).div_euclid(1_000))
}
