//! `learncoin audit`: the log of API requests. Works beside a running server.

use std::net::IpAddr;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Subcommand, ValueEnum};
use jiff::Timestamp;
use learncoin_issuance::time::iso8601;
use learncoin_server::client_network;
use learncoin_store::Store;
use learncoin_store::id::{KeyId, MemberId, RequestId, TenantId};
use learncoin_store::requests::AuditRow;
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::output::{self, Form};

/// The number of rows that are read at once.
const PAGE_ROWS: u32 = 1_000;

const CSV_HEAD: &str = "request_id,tenant_id,key_id,operator,address,method,endpoint,status,subjects,at,calls,sequence,hash,member_id\n";

/// The commands on the audit log.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print a tenant's requests and the commands about it, oldest first; without --tenant, the requests without a known key
    /// and the commands about no tenant
    Export {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: Option<TenantId>,
        /// From this time on (RFC 3339, such as 2026-11-01T00:00:00Z)
        #[arg(long, value_name = "T")]
        from: Option<Timestamp>,
        /// Before this time
        #[arg(long, value_name = "T")]
        to: Option<Timestamp>,
        /// One JSON object per line, or CSV with a header line
        #[arg(long, value_enum, default_value_t = Format::Ndjson)]
        format: Format,
    },
    /// Print the hash that the log has in place of an address
    Address {
        /// The address of a client. Of an IPv6 address the network of 64 bits counts
        address: IpAddr,
    },
    /// Print one request
    Show {
        /// The request's id, req_…
        request_id: RequestId,
    },
}

/// The format of an export.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// A JSON object per line.
    Ndjson,
    /// RFC 4180, but lines end with a line feed alone.
    Csv,
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let issuance = deployment::open_for_command(config, &DataDir::existing(config)?).await?;
    match command {
        Command::Export { tenant, from, to, format } => {
            if let Some(tenant) = &tenant
                && issuance.store.find_tenant(tenant).await?.is_none()
            {
                bail!("no tenant has the id {tenant}");
            }
            let ms = |moment: Option<Timestamp>, default| moment.map_or(default, Timestamp::as_millisecond);
            export(&issuance.store, tenant.as_ref(), ms(from, i64::MIN), ms(to, i64::MAX), format).await?;
        }
        Command::Address { address } => {
            let client = client_network(address).to_string();
            form.record(
                &json!({ "client": client, "address": issuance.store.sealer().address_mac(&client) }),
            )?;
        }
        Command::Show { request_id } => match issuance.store.find_audit_row(&request_id).await? {
            Some(row) => form.record(&row_json(&row))?,
            None => bail!("the audit log has no call with the id {request_id}"),
        },
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn export(
    store: &Store,
    tenant: Option<&TenantId>,
    from_ms: i64,
    to_ms: i64,
    format: Format,
) -> Result<()> {
    if matches!(format, Format::Csv) {
        output::text(CSV_HEAD)?;
    }
    let mut last: Option<AuditRow> = None;
    loop {
        let rows = store.list_audit_rows(tenant, from_ms, to_ms, last.as_ref(), PAGE_ROWS).await?;
        let page: String = rows
            .iter()
            .map(|row| match format {
                Format::Ndjson => format!("{}\n", row_json(row)),
                Format::Csv => row_csv(row),
            })
            .collect();
        output::text(&page)?;
        match rows.into_iter().next_back() {
            Some(row) => last = Some(row),
            None => return Ok(()),
        }
    }
}

fn row_json(row: &AuditRow) -> Value {
    json!({
        "request_id": row.request_id,
        "tenant_id": row.tenant_id,
        "key_id": row.key_id,
        "operator": row.operator,
        "address": row.address_mac,
        "method": row.method,
        "endpoint": row.endpoint,
        "status": row.status,
        "subjects": row.subjects,
        "at": iso8601(row.at),
        "calls": row.calls,
        "sequence": row.place.as_ref().map(|place| place.sequence),
        "hash": row.place.as_ref().map(|place| &place.hash),
        "member_id": row.member_id,
    })
}

/// Formats a row as CSV. No value needs quotes: ids, hashes, names of operators, methods and the routes of this program hold neither commas nor quotes. An
/// invented method is a token, which can't contain them either ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110)
/// section 5.6.2).
fn row_csv(row: &AuditRow) -> String {
    format!(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n",
        row.request_id,
        row.tenant_id.as_ref().map_or("", TenantId::as_str),
        row.key_id.as_ref().map_or("", KeyId::as_str),
        row.operator.as_deref().unwrap_or_default(),
        row.address_mac.as_deref().unwrap_or_default(),
        row.method,
        row.endpoint,
        row.status,
        row.subjects.join(" "),
        iso8601(row.at),
        row.calls,
        row.place.as_ref().map(|place| place.sequence.to_string()).unwrap_or_default(),
        row.place.as_ref().map_or("", |place| &place.hash),
        row.member_id.as_ref().map_or("", MemberId::as_str)
    )
}
