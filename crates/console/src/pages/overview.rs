//! A tenant's overview: the month against the plan, what is on the way and why it waits, and what failed.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use learncoin_issuance::time::month;
use learncoin_language::fill;
use learncoin_server::pages::{When, from_ms};
use learncoin_store::Store;
use learncoin_store::batches::{Batch, BatchFilter, BatchState, BatchStatus, WaitingFor};
use learncoin_store::id::{BatchId, WebhookId};
use learncoin_store::mails::MailStatus;
use learncoin_store::scope::TenantScope;
use learncoin_store::webhooks::MAX_ENDPOINTS;

use crate::access::{Auditor, AuthorizedMember};
use crate::frame::{Failure, Frame, Place, respond};
use crate::state::ConsoleState;

/// The number up to which rows are counted.
pub(crate) const MOST_COUNTED: u32 = 1_000;
/// The most batches that the page lists.
const MOST_BATCHES: u32 = 8;
/// The statuses of mails that did not arrive.
const FAILED_MAILS: [MailStatus; 3] = [MailStatus::Failed, MailStatus::Bounced, MailStatus::Returned];

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    usage: Usage,
    plan: String,
    counts: Vec<Count>,
    batches: Vec<BatchRow>,
    troubles: Vec<Trouble>,
    is_empty: bool,
}

/// The month's credentials.
struct Usage {
    used: u64,
    limit: u64,
    text: String,
    note: String,
}

/// The number of batches with a status.
struct Count {
    status: BatchStatus,
    name: &'static str,
    number: String,
}

/// A batch, as lists show it.
pub(crate) struct BatchRow {
    /// Its id.
    pub(crate) id: BatchId,
    /// Its status.
    pub(crate) status: BatchStatus,
    /// Its status in words.
    pub(crate) status_name: &'static str,
    /// The number of its credentials, in words.
    pub(crate) credentials: String,
    /// When it was accepted.
    pub(crate) created: When,
    /// Why it waits or failed.
    pub(crate) reason: Option<String>,
}

/// A webhook endpoint or the mails, with what failed.
struct Trouble {
    /// The endpoint.
    endpoint: Option<(WebhookId, String)>,
    text: String,
}

impl Count {
    fn tone(&self) -> &'static str {
        tone(self.status)
    }
}

impl BatchRow {
    /// Returns the class of the status, by which it is colored.
    pub(crate) fn tone(&self) -> &'static str {
        tone(self.status)
    }
}

/// Returns the class of a status, by which it is colored.
fn tone(status: BatchStatus) -> &'static str {
    match status {
        BatchStatus::Pending | BatchStatus::Signed => "wait",
        BatchStatus::Anchored => "good",
        BatchStatus::Failed => "bad",
    }
}

/// Serves `GET /console/t/{tenant}/{environment}`.
pub(crate) async fn overview(
    State(state): State<ConsoleState>,
    member: AuthorizedMember<Auditor>,
) -> Result<Response, Failure> {
    let language = member.visit.language;
    let frame = Frame::of_tenant(&state, &member, Place::Overview);
    let page = compose(&state, &member, frame).await.map_err(Failure::store(language))?;
    Ok(respond(language, &page))
}

async fn compose(
    state: &ConsoleState,
    member: &AuthorizedMember<Auditor>,
    frame: Frame,
) -> learncoin_store::Result<OverviewPage> {
    let (store, scope) = (&state.issuance.store, &member.scope);
    let words = &frame.words.overview;
    let newest = store.list_batches(scope, None, BatchFilter::default(), MOST_BATCHES).await?;
    let counts = counts(store, scope, &frame).await?;
    let is_empty = newest.is_empty();
    Ok(OverviewPage {
        usage: usage(state, member, &frame).await?,
        plan: fill(&words.plan, &[("plan", member.tenant.plan.as_str())]),
        batches: rows(store, &frame, newest).await?,
        troubles: troubles(store, scope, &frame).await?,
        counts,
        is_empty,
        frame,
    })
}

async fn usage(
    state: &ConsoleState,
    member: &AuthorizedMember<Auditor>,
    frame: &Frame,
) -> learncoin_store::Result<Usage> {
    let words = &frame.words.overview;
    let now = state.issuance.clock.now_ms();
    let used = state.issuance.store.usage_in_month(&member.scope, &month(now)).await?;
    let limit = state.issuance.plans.limits(&member.tenant).credentials_per_month;
    let today: Date = from_ms(now).to_zoned(TimeZone::UTC).date();
    let last = today.last_of_month().to_zoned(TimeZone::UTC).map(|day| frame.language.day(day.timestamp()));
    let last = last.unwrap_or_default();
    let note = match limit.saturating_sub(used) {
        0 => fill(&words.none_left, &[("day", &last)]),
        left => fill(&words.left, &[("left", &grouped(left)), ("day", &last)]),
    };
    let text = fill(&words.used, &[("used", &grouped(used)), ("limit", &grouped(limit))]);
    Ok(Usage { used, limit, text, note })
}

async fn counts(store: &Store, scope: &TenantScope, frame: &Frame) -> learncoin_store::Result<Vec<Count>> {
    let mut counts = Vec::new();
    for status in [BatchStatus::Pending, BatchStatus::Signed, BatchStatus::Failed] {
        let count = store.count_unsettled_batches(scope, status, MOST_COUNTED).await?;
        counts.push(Count { status, name: status_name(frame, status), number: counted(frame, count) });
    }
    Ok(counts)
}

/// Returns a status in words.
pub(crate) fn status_name(frame: &Frame, status: BatchStatus) -> &'static str {
    let words = &frame.words.overview;
    match status {
        BatchStatus::Pending => &words.pending,
        BatchStatus::Signed => &words.signed,
        BatchStatus::Anchored => &words.anchored,
        BatchStatus::Failed => &words.failed,
    }
}

/// Returns batches as lists show them.
///
/// # Errors
/// If the store fails.
pub(crate) async fn rows(
    store: &Store,
    frame: &Frame,
    batches: Vec<Batch>,
) -> learncoin_store::Result<Vec<BatchRow>> {
    let waiting = store.list_waiting_for(&batches.iter().map(|batch| &batch.id).collect::<Vec<_>>()).await?;
    let words = &frame.words.overview;
    let reason = |batch: &Batch| match &batch.state {
        BatchState::Failed { error_message, .. } => Some(error_message.clone()),
        _ => waiting.iter().find(|(id, _)| *id == batch.id).map(|(_, reason)| match reason {
            WaitingFor::Funds => words.for_funds.clone(),
            WaitingFor::Chain => words.for_chain.clone(),
            WaitingFor::SigningKey => words.for_signing_key.clone(),
        }),
    };
    let row = |batch: &Batch| BatchRow {
        id: batch.id.clone(),
        status: batch.status(),
        status_name: status_name(frame, batch.status()),
        credentials: match batch.credentials_count {
            1 => words.credential.clone(),
            count => fill(&words.credentials, &[("count", &grouped(count))]),
        },
        created: frame.when(batch.created_at),
        reason: reason(batch),
    };
    Ok(batches.iter().map(row).collect())
}

async fn troubles(
    store: &Store,
    scope: &TenantScope,
    frame: &Frame,
) -> learncoin_store::Result<Vec<Trouble>> {
    let words = &frame.words.overview;
    let mut troubles = Vec::new();
    let most = u32::try_from(MAX_ENDPOINTS).unwrap_or(u32::MAX);
    for endpoint in store.list_webhooks(scope, None, most).await? {
        let named = || Some((endpoint.id.clone(), endpoint.url.clone()));
        if !endpoint.is_active() {
            troubles.push(Trouble { endpoint: named(), text: words.endpoint_off.clone() });
        }
        let failed = store.count_failed_deliveries(&endpoint.id, MOST_COUNTED).await?;
        if failed > 0 {
            let text = fill(&words.failed_deliveries, &[("count", &counted(frame, failed))]);
            troubles.push(Trouble { endpoint: named(), text });
        }
    }
    let mut mails: u64 = 0;
    for status in FAILED_MAILS {
        mails = mails.saturating_add(store.count_mails(scope, status, MOST_COUNTED).await?);
    }
    if mails > 0 {
        let text = fill(&words.failed_mails, &[("count", &counted(frame, mails))]);
        troubles.push(Trouble { endpoint: None, text });
    }
    Ok(troubles)
}

/// Returns a number that was counted up to [`MOST_COUNTED`].
pub(crate) fn counted(frame: &Frame, count: u64) -> String {
    match count >= u64::from(MOST_COUNTED) {
        true => fill(&frame.words.overview.more_than, &[("count", &grouped(u64::from(MOST_COUNTED) - 1))]),
        false => grouped(count),
    }
}

/// Returns a number with a narrow space between the thousands (ISO 80000-1, section 7.3.1), which every language reads.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1_000, "1\u{202f}000"), (1_234_567, "1\u{202f}234\u{202f}567")]
        {
            assert_eq!(grouped(number), text);
        }
    }
}
