//! `learncoin webhook`: deliveries to webhook endpoints. Works beside a running server, which starts a replay within a second.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use jiff::Timestamp;
use learncoin_delivery::rotation;
use learncoin_issuance::Issuance;
use learncoin_issuance::time::iso8601;
use learncoin_store::Store;
use learncoin_store::id::{EventId, WebhookId};
use learncoin_store::webhooks::{AttemptRow, Replay, WebhookEndpoint};
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::operator_log::{self, OperatorCommand};
use crate::output::Form;
use crate::table::Column;

/// The number of rows that are read at once.
const PAGE_ROWS: u32 = 1_000;

const COLUMNS: [Column; 6] = [
    ("EVENT", "/event_id"),
    ("ATTEMPT", "/attempt"),
    ("AT", "/at"),
    ("STATUS", "/status_code"),
    ("ERROR", "/error"),
    ("NEXT ATTEMPT", "/next_attempt_at"),
];

/// The commands on webhook endpoints and deliveries to them.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the delivery attempts to an endpoint, oldest first, as JSON one per line. They are kept for 30 days
    Deliveries {
        /// The endpoint's id, whk_…
        #[arg(long, value_name = "ID")]
        endpoint: WebhookId,
        /// From this time on (RFC 3339, such as 2026-11-01T00:00:00Z)
        #[arg(long, value_name = "T")]
        from: Option<Timestamp>,
        /// Before this time
        #[arg(long, value_name = "T")]
        to: Option<Timestamp>,
    },
    /// Replay events with a new schedule of attempts: one event to every endpoint that subscribes to it now, or the events of
    /// a time range that an endpoint subscribes to now; prints their number
    #[command(group = clap::ArgGroup::new("what").required(true).args(["event", "endpoint"]))]
    Replay {
        /// The event's id, evt_…
        #[arg(long, value_name = "ID")]
        event: Option<EventId>,
        /// The endpoint's id, whk_…
        #[arg(long, value_name = "ID", requires_all = ["from", "to"])]
        endpoint: Option<WebhookId>,
        /// Events from this time on (RFC 3339)
        #[arg(long, value_name = "T", conflicts_with = "event")]
        from: Option<Timestamp>,
        /// Events before this time
        #[arg(long, value_name = "T", conflicts_with = "event")]
        to: Option<Timestamp>,
        /// Only deliveries that failed for good
        #[arg(long)]
        failed: bool,
    },
    /// Rotate an endpoint's signing secret; the new one is shown only once. Requests are signed with the old one too
    /// for 24 hours
    RotateSecret {
        /// The endpoint's id, whk_…
        #[arg(long, value_name = "ID")]
        endpoint: WebhookId,
    },
    /// Reactivate an endpoint that was disabled because it was gone or accepted nothing for five days
    Activate {
        /// The endpoint's id, whk_…
        #[arg(long, value_name = "ID")]
        endpoint: WebhookId,
    },
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let issuance = deployment::open_for_command(config, &DataDir::existing(config)?).await?;
    match command {
        Command::Deliveries { endpoint, from, to } => {
            known(&issuance, &endpoint).await?;
            let ms = |moment: Option<Timestamp>, default| moment.map_or(default, Timestamp::as_millisecond);
            write_attempts(&issuance.store, &endpoint, ms(from, i64::MIN), ms(to, i64::MAX), form).await?;
        }
        Command::Replay { event, endpoint, from, to, failed } => {
            let replayed = match (&event, &endpoint, from, to) {
                (Some(id), None, None, None) => {
                    if issuance.store.outgoing_events(&[id]).await?.is_empty() {
                        bail!("no event has the id {id}");
                    }
                    let replayed = replay(&issuance, Replay::Event(id), failed).await?;
                    let subjects = vec![id.to_string()];
                    let change = OperatorCommand { command: "webhook replay", tenant_id: None, subjects };
                    operator_log::record(&issuance.store, change).await?;
                    replayed
                }
                (None, Some(endpoint_id), Some(from), Some(to)) => {
                    let endpoint = known(&issuance, endpoint_id).await?;
                    if !endpoint.is_active() {
                        bail!("the endpoint is off: `learncoin webhook activate` turns it on");
                    }
                    let (from_ms, to_ms) = (from.as_millisecond(), to.as_millisecond());
                    let range = Replay::Range { endpoint_id, from_ms, to_ms };
                    let replayed = replay(&issuance, range, failed).await?;
                    record(&issuance, "webhook replay", &endpoint).await?;
                    replayed
                }
                _ => bail!("give --event, or --endpoint with --from and --to"),
            };
            form.record(&json!({ "replayed": replayed }))?;
        }
        Command::RotateSecret { endpoint } => {
            match rotation::rotate(&issuance.store, &*issuance.clock, &*issuance.entropy, &endpoint).await? {
                Some(rotated) => {
                    record(&issuance, "webhook rotate-secret", &known(&issuance, &endpoint).await?).await?;
                    form.record(&json!({
                        "id": endpoint,
                        "signing_secret": rotated.secret.as_str(),
                        "previous_secret_valid_until": iso8601(rotated.previous_until),
                    }))?;
                }
                None => bail!("no webhook endpoint has the id {endpoint}"),
            }
        }
        Command::Activate { endpoint } => {
            let mut tx = issuance.store.begin().await?;
            tx.enable_webhook(&endpoint).await?;
            tx.commit().await?;
            let endpoint = known(&issuance, &endpoint).await?;
            record(&issuance, "webhook activate", &endpoint).await?;
            form.record(&endpoint_json(&endpoint))?;
        }
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn record(issuance: &Issuance, command: &'static str, endpoint: &WebhookEndpoint) -> Result<()> {
    let subjects = vec![endpoint.id.to_string()];
    let change = OperatorCommand { command, tenant_id: Some(&endpoint.scope.tenant_id), subjects };
    operator_log::record(&issuance.store, change).await
}

async fn known(issuance: &Issuance, id: &WebhookId) -> Result<WebhookEndpoint> {
    match issuance.store.webhook_by_id(id).await? {
        Some(endpoint) => Ok(endpoint),
        None => bail!("no webhook endpoint has the id {id}"),
    }
}

async fn replay(issuance: &Issuance, replay: Replay<'_>, failed_only: bool) -> Result<u64> {
    let mut tx = issuance.store.begin().await?;
    let replayed = tx.replay_deliveries(replay, failed_only, issuance.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(replayed)
}

async fn write_attempts(
    store: &Store,
    endpoint_id: &WebhookId,
    from_ms: i64,
    to_ms: i64,
    form: Form,
) -> Result<()> {
    let mut last: Option<AttemptRow> = None;
    loop {
        let rows = store.list_attempts(endpoint_id, from_ms, to_ms, last.as_ref(), PAGE_ROWS).await?;
        let is_end = rows.is_empty() && last.is_some();
        if !is_end {
            form.lines(&rows.iter().map(attempt_json).collect::<Vec<_>>(), &COLUMNS)?;
        }
        match rows.into_iter().next_back() {
            Some(row) => last = Some(row),
            None => return Ok(()),
        }
    }
}

fn attempt_json(row: &AttemptRow) -> Value {
    json!({
        "event_id": row.event_id,
        "attempt": row.number,
        "request_id": row.request_id,
        "at": iso8601(row.at),
        "duration_ms": row.duration_ms,
        "status_code": row.status_code,
        "error": row.error,
        "answer_bytes": row.answer_bytes,
        "next_attempt_at": row.next_attempt_at.map(iso8601),
    })
}

fn endpoint_json(endpoint: &WebhookEndpoint) -> Value {
    json!({
        "id": endpoint.id,
        "tenant_id": endpoint.scope.tenant_id,
        "environment": endpoint.scope.environment.as_str(),
        "url": endpoint.url,
        "events": endpoint.events,
        "description": endpoint.description,
        "created_at": iso8601(endpoint.created_at),
        "active": endpoint.is_active(),
    })
}
