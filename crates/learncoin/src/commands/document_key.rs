//! `learncoin document-key`: the keys that sign tenants' wallet forms and status lists. Works beside a running server, which applies
//! each change at once.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use learncoin_credential::wallet_did;
use learncoin_issuance::Issuance;
use learncoin_issuance::time::iso8601;
use learncoin_store::id::TenantId;
use learncoin_store::keys::{DocumentKey, KeyHome};
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::operator_log::{self, OperatorCommand};
use crate::output::Form;
use crate::table::Column;

const COLUMNS: [Column; 5] = [
    ("NUMBER", "/number"),
    ("STATUS", "/status"),
    ("PUBLIC KEY", "/public_key"),
    ("HOME", "/home"),
    ("CREATED", "/created_at"),
];

/// The commands on document keys.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List a tenant's document keys, the oldest first
    List {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
    },
    /// Create a tenant's document key if none is in use, as the server does by itself, and print the one in use
    Ensure {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
    },
    /// Create the next key, which signs from now on. What the previous key signed stays valid
    Rotate {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
    },
    /// Revoke a compromised key for good, here and in Cloud KMS: nothing that it signed is valid any more. Without --yes it only
    /// reports what that ends
    Revoke {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
        /// The key's number
        #[arg(long, value_name = "N")]
        number: u64,
        /// Do it: it can't be undone
        #[arg(long)]
        yes: bool,
    },
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let issuance = deployment::open_for_command(config, &DataDir::existing(config)?).await?;
    match command {
        Command::List { tenant } => {
            if issuance.store.find_tenant(&tenant).await?.is_none() {
                bail!("no tenant has the id {tenant}");
            }
            let keys = issuance.store.list_document_keys(&tenant).await?;
            form.list(keys.iter().map(|key| key_json(&issuance, key)).collect(), &COLUMNS)?;
        }
        Command::Ensure { tenant } => {
            let key = issuance.document_keys.ensure_document_key(&tenant).await?;
            record(&issuance, "document-key ensure", &key).await?;
            form.record(&key_json(&issuance, &key))?;
        }
        Command::Rotate { tenant } => {
            let key = issuance.document_keys.rotate_document_key(&tenant).await?;
            record(&issuance, "document-key rotate", &key).await?;
            form.record(&key_json(&issuance, &key))?;
        }
        Command::Revoke { tenant, number, yes } => {
            let key = issuance.store.find_document_key(&tenant, number).await?;
            let key = key.with_context(|| format!("the tenant {tenant} has no document key {number}"))?;
            if !yes {
                bail!("{}", end_by_revoking(&issuance, &key).await?);
            }
            let key = issuance.document_keys.revoke_document_key(&tenant, key.number).await?;
            record(&issuance, "document-key revoke", &key).await?;
            form.record(&key_json(&issuance, &key))?;
        }
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Returns what revoking a key ends.
async fn end_by_revoking(issuance: &Issuance, key: &DocumentKey) -> Result<String> {
    let tenant = issuance.store.find_tenant(&key.tenant_id).await?;
    let name = tenant.map(|tenant| tenant.name).unwrap_or_default();
    Ok(format!(
        "the document key {} of {name:?} would be revoked for good: every wallet form and status list that it signed is not valid any \
         more, for every verifier. Holders get a new one at the same link, signed by {}. What is anchored on the chain stays valid. \
         Repeat the command with --yes to do it",
        key.number,
        if key.is_in_use() { "a new key" } else { "the key in use" }
    ))
}

async fn record(issuance: &Issuance, command: &'static str, key: &DocumentKey) -> Result<()> {
    let subjects = vec![wallet_did::multikey_id(&issuance.host, key.tenant_id.ulid(), &key.public_key)];
    operator_log::record(
        &issuance.store,
        OperatorCommand { command, tenant_id: Some(&key.tenant_id), subjects },
    )
    .await
}

fn key_json(issuance: &Issuance, key: &DocumentKey) -> Value {
    let (home, kms_version) = match &key.home {
        KeyHome::Local => ("database", None),
        KeyHome::Kms(version) => ("kms", Some(version)),
    };
    let status = match key {
        DocumentKey { revoked_from: Some(_), .. } => "revoked",
        DocumentKey { retired_at: Some(_), .. } => "retired",
        _ => "active",
    };
    json!({
        "tenant_id": key.tenant_id,
        "number": key.number,
        "key": wallet_did::multikey_id(&issuance.host, key.tenant_id.ulid(), &key.public_key),
        "public_key": wallet_did::multikey(&key.public_key),
        "status": status,
        "home": home,
        "kms_version": kms_version,
        "created_at": iso8601(key.created_at),
        "retired_at": key.retired_at.map(iso8601),
        "revoked_from": key.revoked_from.map(iso8601),
    })
}
