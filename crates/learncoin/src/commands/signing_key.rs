//! `learncoin signing-key`: the keys that tenants anchor with. Works beside a running server, which applies each change at once.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use jiff::Timestamp;
use learncoin_issuance::Issuance;
use learncoin_issuance::time::iso8601;
use learncoin_store::anchors::Anchor;
use learncoin_store::id::TenantId;
use learncoin_store::keys::{KeyHome, SigningKey};
use learncoin_store::scope::{Environment, TenantScope};
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::operator_log::{self, OperatorCommand};
use crate::output;

/// The commands on signing keys.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List a tenant's keys, the oldest first; prints a JSON array
    List {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
    },
    /// Create the next key, which signs new batches; batches accepted before are finished with the previous key. Prints the new
    /// key as JSON
    Rotate {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
        /// test or live
        #[arg(long)]
        environment: Environment,
    },
    /// Disable a key at once and for good, here and in Cloud KMS. Its signatures stay valid. Prints it as JSON
    Disable {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
        /// The key's number
        #[arg(long, value_name = "N")]
        number: u64,
    },
    /// Revoke a compromised key for good: its signatures from that time on are not valid, and it signs nothing more. Prints it
    /// as JSON
    Revoke {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
        /// The key's number
        #[arg(long, value_name = "N")]
        number: u64,
        /// The earliest time at which it may have been compromised (RFC 3339, such as 2026-11-01T00:00:00Z)
        #[arg(long, value_name = "TIME")]
        since: Timestamp,
    },
    /// Anchor anew, with the tenant's newest key, the batches that a revoked key anchored after it was compromised. Prints the
    /// batches as JSON
    #[command(alias = "anchor-again")]
    Reanchor {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
        /// The revoked key's number
        #[arg(long, value_name = "N")]
        number: u64,
    },
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command) -> Result<ExitCode> {
    let issuance = deployment::open_for_command(config, &DataDir::existing(config)?).await?;
    match command {
        Command::List { tenant } => {
            if issuance.store.find_tenant(&tenant).await?.is_none() {
                bail!("no tenant has the id {tenant}");
            }
            let keys = issuance.store.list_signing_keys_of(&tenant, &issuance.chains.ids()).await?;
            let list: Vec<Value> = keys.iter().map(|key| key_json(&issuance, key)).collect();
            output::result(&list.into())?;
        }
        Command::Rotate { tenant, environment } => {
            let scope = TenantScope { tenant_id: tenant, environment };
            let rotated = issuance.keys.rotate_signing_key(&scope).await?;
            record(&issuance, "signing-key rotate", &scope.tenant_id, rotated.key.number).await?;
            let mut value = key_json(&issuance, &rotated.key);
            if let Value::Object(members) = &mut value {
                members.insert("waits_for_did".into(), json!(rotated.waits_for_did));
                members.insert("batches_taken_over".into(), json!(rotated.taken_over));
            }
            output::result(&value)?;
        }
        Command::Disable { tenant, number } => {
            let key = issuance.keys.disable_signing_key(&tenant, number).await?;
            record(&issuance, "signing-key disable", &tenant, number).await?;
            output::result(&key_json(&issuance, &key))?;
        }
        Command::Revoke { tenant, number, since } => {
            let key = issuance.keys.revoke_signing_key(&tenant, number, since.as_millisecond()).await?;
            record(&issuance, "signing-key revoke", &tenant, number).await?;
            output::result(&key_json(&issuance, &key))?;
        }
        Command::Reanchor { tenant, number } => {
            let reanchored = issuance.pipeline.reanchor_lost(&tenant, number).await?;
            record(&issuance, "signing-key reanchor", &tenant, number).await?;
            let anchors = |anchors: &[Anchor]| anchors.iter().map(anchor_json).collect::<Vec<_>>();
            let value = json!({
                "anchors": anchors(&reanchored.begun),
                "without_key": anchors(&reanchored.without_key),
            });
            output::result(&value)?;
        }
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn record(issuance: &Issuance, command: &'static str, tenant_id: &TenantId, number: u64) -> Result<()> {
    let subjects = vec![issuance.host.verification_method(tenant_id.ulid(), number)];
    operator_log::record(&issuance.store, OperatorCommand { command, tenant_id: Some(tenant_id), subjects })
        .await
}

fn anchor_json(anchor: &Anchor) -> Value {
    json!({ "merkle_root": format!("0x{}", anchor.root), "batches": anchor.batches_count })
}

fn key_json(issuance: &Issuance, key: &SigningKey) -> Value {
    let (home, kms_version) = match &key.home {
        KeyHome::Local => ("database", None),
        KeyHome::Kms(version) => ("kms", Some(version)),
    };
    let status = match key {
        SigningKey { revoked_from: Some(_), .. } => "revoked",
        SigningKey { disabled_at: Some(_), .. } => "disabled",
        SigningKey { retired_at: Some(_), .. } => "retired",
        _ => "active",
    };
    json!({
        "tenant_id": key.tenant_id,
        "number": key.number,
        "key": issuance.host.verification_method(key.tenant_id.ulid(), key.number),
        "environment": key.environment.as_str(),
        "chain_id": key.chain_id,
        "address": key.address,
        "status": status,
        "home": home,
        "kms_version": kms_version,
        "created_at": iso8601(key.created_at),
        "retired_at": key.retired_at.map(iso8601),
        "disabled_at": key.disabled_at.map(iso8601),
        "expires_at": key.expires_at.map(iso8601),
        "revoked_from": key.revoked_from.map(iso8601),
    })
}
