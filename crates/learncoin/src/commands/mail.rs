//! `learncoin mail`: the mails to recipients and their outcome. Works beside a running server, which sends queued mails
//! within a second.

use std::io::Read as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use learncoin_delivery::mail::bounce::{self, Notification};
use learncoin_delivery::mail::resend::resend;
use learncoin_issuance::time::iso8601;
use learncoin_store::Store;
use learncoin_store::id::{CredentialId, TenantId};
use learncoin_store::mails::{Mail, MailFilter, MailState, MailStatus};
use serde_json::{Value, json};

use crate::config::{Config, MailTransportKind};
use crate::data_dir::DataDir;
use crate::deployment;
use crate::operator_log::{self, OperatorCommand};
use crate::output::Form;
use crate::table::Column;

/// The number of rows that are read at once.
const PAGE_ROWS: u32 = 1_000;

const COLUMNS: [Column; 6] = [
    ("CREDENTIAL", "/credential_id"),
    ("STATE", "/state"),
    ("ATTEMPTS", "/attempts"),
    ("QUEUED", "/queued_at"),
    ("NEXT ATTEMPT", "/next_attempt_at"),
    ("ANSWER", "/answer"),
];

/// The commands on mails.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the mails and their outcome, as JSON one per line. The list contains no addresses
    List {
        /// Of this tenant only, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: Option<TenantId>,
        /// Of this credential only, crd_…
        #[arg(long, value_name = "ID", conflicts_with = "tenant")]
        credential: Option<CredentialId>,
        /// In this state only: held, waiting, postponed, leased, transmitting, sent, failed, bounced, returned, cancelled or unknown
        #[arg(long)]
        state: Option<MailStatus>,
    },
    /// Resend the mails about these credentials, or send them for the first time. If one is
    /// erased, revoked, not anchored or without an address, none is sent
    Resend {
        /// The credentials' ids, crd_…
        #[arg(required = true, value_name = "CRD")]
        credentials: Vec<CredentialId>,
    },
    /// Read a bounce from standard input and record that the mail it is about bounced, or that it returned if the bounce
    /// is unclear. For the mail server that accepts mails to the bounce address
    Bounce {
        /// The address that the bounce was sent to, if its headers don't contain it
        #[arg(long, value_name = "ADDRESS")]
        recipient: Option<String>,
    },
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let issuance = deployment::open_for_command(config, &DataDir::existing(config)?).await?;
    let store = &issuance.store;
    match command {
        Command::List { tenant, credential: None, state } => {
            write_mails(store, &MailFilter { tenant_id: tenant, status: state }, form).await?;
        }
        Command::List { credential: Some(id), state, .. } => {
            if store.credential_by_id(&id).await?.is_none() {
                bail!("no credential has the id {id}");
            }
            let mail = store.find_mail(&id).await?;
            let mail = mail.filter(|mail| state.is_none_or(|state| mail.state.status() == state));
            let rows: Vec<Value> = mail.iter().map(mail_json).collect();
            form.lines(&rows, &COLUMNS)?;
        }
        Command::Resend { credentials } => {
            if config.mail.transport == MailTransportKind::Off {
                bail!("mail.transport is \"off\": this deployment sends no mails");
            }
            let mut queued = Vec::with_capacity(credentials.len());
            for id in &credentials {
                let mail = resend(store, &*issuance.clock, &*issuance.entropy, id).await?;
                record(store, "mail resend", &mail).await?;
                queued.push(mail_json(&mail));
            }
            form.list(queued, &COLUMNS)?;
        }
        Command::Bounce { recipient } => {
            let limit = u64::try_from(bounce::MAX_BYTES).unwrap_or(u64::MAX);
            let mut bytes = Vec::new();
            std::io::stdin().take(limit).read_to_end(&mut bytes).context("can't read standard input")?;
            let mail = match bounce::read(&bytes, recipient.as_deref())? {
                Notification::NoFailure => None,
                failed_or_unclear => {
                    let now_ms = issuance.clock.now_ms();
                    let mail = bounce::record(store, &failed_or_unclear, now_ms).await?;
                    let mail = mail.context("the mail that came back is none of this deployment's")?;
                    record(store, "mail bounce", &mail).await?;
                    Some(mail)
                }
            };
            form.record(&mail.as_ref().map_or(Value::Null, mail_json))?;
        }
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn record(store: &Store, command: &'static str, mail: &Mail) -> Result<()> {
    let subjects = vec![mail.credential_id.to_string()];
    operator_log::record(store, OperatorCommand { command, tenant_id: Some(&mail.tenant_id), subjects }).await
}

async fn write_mails(store: &Store, filter: &MailFilter, form: Form) -> Result<()> {
    let mut last: Option<CredentialId> = None;
    loop {
        let mails = store.list_mails(filter, last.as_ref(), PAGE_ROWS).await?;
        let is_end = mails.is_empty() && last.is_some();
        if !is_end {
            form.lines(&mails.iter().map(mail_json).collect::<Vec<_>>(), &COLUMNS)?;
        }
        match mails.into_iter().next_back() {
            Some(mail) => last = Some(mail.credential_id),
            None => return Ok(()),
        }
    }
}

/// Returns a mail as commands print it.
fn mail_json(mail: &Mail) -> Value {
    let (next_attempt_at, transmitted_at, settled_at) = match mail.state {
        MailState::Waiting { due_at: at } | MailState::Postponed { until: at } => (Some(at), None, None),
        MailState::Held | MailState::Leased { .. } => (None, None, None),
        MailState::Transmitting { transmitted_at, .. } => (None, Some(transmitted_at), None),
        MailState::Sent { transmitted_at, settled_at }
        | MailState::Unknown { transmitted_at, settled_at } => (None, Some(transmitted_at), Some(settled_at)),
        MailState::Failed { settled_at }
        | MailState::Bounced { settled_at }
        | MailState::Returned { settled_at }
        | MailState::Cancelled { settled_at } => (None, None, Some(settled_at)),
    };
    let answer = match mail.state {
        MailState::Held => Some("the operator has not turned on this tenant's mails about live credentials"),
        MailState::Postponed { .. } => Some("the tenant's mails of the day are used up"),
        _ => mail.answer.as_deref(),
    };
    json!({
        "credential_id": mail.credential_id,
        "tenant_id": mail.tenant_id,
        "state": mail.state.status().as_str(),
        "attempts": mail.attempts,
        "queued_at": iso8601(mail.queued_at),
        "next_attempt_at": next_attempt_at.map(iso8601),
        "transmitted_at": transmitted_at.map(iso8601),
        "settled_at": settled_at.map(iso8601),
        "answer": answer,
    })
}
