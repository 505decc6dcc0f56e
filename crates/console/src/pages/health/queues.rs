//! The queues of the deployment: batches, deliveries and mails that wait or failed, as the metrics count them.

use learncoin_language::fill;
use learncoin_server::pages::When;
use learncoin_store::batches::BatchStatus;
use learncoin_store::mails::MailStatus;
use learncoin_store::maintenance::WaitingRecords;
use learncoin_store::scope::Environment;
use learncoin_store::{Result as StoreResult, Store};

use crate::frame::Frame;
use crate::pages::mails::status_name as mail_status_name;
use crate::pages::overview::{grouped, status_name};

/// The statuses of mails that an operator counts: those that do not end by themselves, and those that did not end well.
const MAILS: [MailStatus; 7] = [
    MailStatus::Waiting,
    MailStatus::Leased,
    MailStatus::Transmitting,
    MailStatus::Held,
    MailStatus::Postponed,
    MailStatus::Failed,
    MailStatus::Unknown,
];

/// A queue in an environment.
pub(super) struct QueueRow {
    /// The name.
    pub(super) name: String,
    /// The environment.
    pub(super) environment: &'static str,
    /// The number of what waits.
    pub(super) count: String,
    /// The number of those of which an attempt failed.
    pub(super) failing: u64,
    /// Since when the oldest one waits.
    pub(super) oldest: Option<When>,
}

/// The queues of the whole deployment, as the metrics count them.
pub(super) struct Queues {
    batches: Vec<(BatchStatus, Vec<WaitingRecords>)>,
    deliveries: Vec<WaitingRecords>,
    mails: Vec<(MailStatus, Vec<WaitingRecords>)>,
    endpoints_off: Vec<(Environment, u64)>,
}

impl Queues {
    /// Counts what waits.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) async fn read(store: &Store) -> StoreResult<Self> {
        let mut batches = Vec::new();
        for status in [BatchStatus::Pending, BatchStatus::Signed, BatchStatus::Failed] {
            batches.push((status, store.waiting_batches(status).await?));
        }
        let mut mails = Vec::new();
        for status in MAILS {
            mails.push((status, store.waiting_mails(status).await?));
        }
        let (deliveries, endpoints_off) = (store.waiting_deliveries().await?, store.webhooks_off().await?);
        Ok(Self { batches, deliveries, mails, endpoints_off })
    }

    /// Returns how long the oldest batch has waited for its anchor, in milliseconds.
    pub(super) fn oldest_batch(&self, now: i64) -> i64 {
        let open = self.batches.iter().filter(|(status, _)| *status != BatchStatus::Failed);
        open.map(|(_, records)| oldest(records, now)).max().unwrap_or(0)
    }

    /// Returns how long the oldest delivery has waited, in milliseconds.
    pub(super) fn oldest_delivery(&self, now: i64) -> i64 {
        oldest(&self.deliveries, now)
    }

    /// Returns the number of mails whose outcome is unknown.
    pub(super) fn unknown_mails(&self) -> u64 {
        let unknown = self.mails.iter().filter(|(status, _)| *status == MailStatus::Unknown);
        unknown.flat_map(|(_, records)| records).map(|one| one.count).fold(0, u64::saturating_add)
    }

    /// Returns the queues in which something waits.
    pub(super) fn rows(&self, frame: &Frame) -> Vec<QueueRow> {
        let words = &frame.words.health;
        let mut queues = Vec::new();
        for (status, records) in &self.batches {
            let name = fill(&words.batches, &[("state", status_name(frame, *status))]);
            queues.extend(records.iter().map(|one| queue_row(frame, &name, one)));
        }
        queues.extend(self.deliveries.iter().map(|one| queue_row(frame, &words.deliveries, one)));
        for (status, records) in &self.mails {
            let name = fill(&words.mails, &[("state", mail_status_name(frame, *status))]);
            queues.extend(records.iter().map(|one| queue_row(frame, &name, one)));
        }
        queues.extend(self.endpoints_off.iter().map(|(environment, count)| QueueRow {
            name: words.endpoints_off.clone(),
            environment: environment.as_str(),
            count: grouped(*count),
            failing: 0,
            oldest: None,
        }));
        queues
    }
}

fn queue_row(frame: &Frame, name: &str, records: &WaitingRecords) -> QueueRow {
    QueueRow {
        name: name.to_owned(),
        environment: records.environment.as_str(),
        count: grouped(records.count),
        failing: records.failing,
        oldest: Some(frame.when(records.oldest_at)),
    }
}

/// Returns how long the oldest of the records has waited, in milliseconds.
fn oldest(records: &[WaitingRecords], now: i64) -> i64 {
    records.iter().map(|one| now.saturating_sub(one.oldest_at)).max().unwrap_or(0)
}
