//! `learncoin signing-key`: the keys that tenants anchor with. Works beside a running server, which applies each change at once.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use jiff::Timestamp;
use learncoin_chain::money::in_ether;
use learncoin_issuance::Issuance;
use learncoin_issuance::time::iso8601;
use learncoin_store::anchors::Anchor;
use learncoin_store::id::TenantId;
use learncoin_store::keys::{KeyHome, SigningKey};
use learncoin_store::scope::{Environment, TenantScope};
use serde_json::{Value, json};

use crate::balances::{self, Account};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::operator_log::{self, OperatorCommand};
use crate::output::Form;
use crate::table::Column;

const COLUMNS: [Column; 6] = [
    ("NUMBER", "/number"),
    ("ENVIRONMENT", "/environment"),
    ("STATUS", "/status"),
    ("ADDRESS", "/address"),
    ("BALANCE", "/balance"),
    ("CREATED", "/created_at"),
];

/// The commands on signing keys.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List a tenant's keys with their balances and addresses, the oldest first
    List {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
    },
    /// Create the next key, which signs new batches; batches accepted before are finished with the previous key
    Rotate {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
        /// test or live
        #[arg(long)]
        environment: Environment,
    },
    /// Disable a key at once and for good, here and in Cloud KMS. Its signatures stay valid. Without --yes it only
    /// reports what that ends
    Disable {
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
    /// Revoke a compromised key for good: its signatures from that time on are not valid, and it signs nothing more. Without --yes
    /// it only reports what that ends
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
        /// Do it: it can't be undone
        #[arg(long)]
        yes: bool,
    },
    /// Anchor anew, with the tenant's newest key, the batches that a revoked key anchored after it was compromised
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
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let issuance = deployment::open_for_command(config, &DataDir::existing(config)?).await?;
    match command {
        Command::List { tenant } => {
            if issuance.store.find_tenant(&tenant).await?.is_none() {
                bail!("no tenant has the id {tenant}");
            }
            let keys = issuance.store.list_signing_keys_of(&tenant, &issuance.chains.ids()).await?;
            form.list(with_balances(config, &issuance, &keys).await?, &COLUMNS)?;
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
            form.record(&value)?;
        }
        Command::Disable { tenant, number, yes } => {
            if !yes {
                let key = find(&issuance, &tenant, number).await?;
                bail!("{}", end_by_disabling(&issuance, &key).await?);
            }
            let key = issuance.keys.disable_signing_key(&tenant, number).await?;
            record(&issuance, "signing-key disable", &tenant, number).await?;
            form.record(&key_json(&issuance, &key))?;
        }
        Command::Revoke { tenant, number, since, yes } => {
            if !yes {
                let key = find(&issuance, &tenant, number).await?;
                bail!("{}", end_by_revoking(&issuance, &key, since).await?);
            }
            let key = issuance.keys.revoke_signing_key(&tenant, number, since.as_millisecond()).await?;
            record(&issuance, "signing-key revoke", &tenant, number).await?;
            form.record(&key_json(&issuance, &key))?;
        }
        Command::Reanchor { tenant, number } => {
            let reanchored = issuance.pipeline.reanchor_lost(&tenant, number).await?;
            record(&issuance, "signing-key reanchor", &tenant, number).await?;
            let anchors = |anchors: &[Anchor]| anchors.iter().map(anchor_json).collect::<Vec<_>>();
            let value = json!({
                "anchors": anchors(&reanchored.begun),
                "without_key": anchors(&reanchored.without_key),
            });
            form.record(&value)?;
        }
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Returns the key with this number.
async fn find(issuance: &Issuance, tenant_id: &TenantId, number: u64) -> Result<SigningKey> {
    let keys = issuance.store.list_signing_keys_of(tenant_id, &issuance.chains.ids()).await?;
    let key = keys.into_iter().find(|key| key.number == number);
    key.with_context(|| format!("the tenant {tenant_id} has no signing key {number}"))
}

/// Returns what disabling a key ends.
async fn end_by_disabling(issuance: &Issuance, key: &SigningKey) -> Result<String> {
    Ok(format!(
        "{} would be disabled for good: it signs nothing more and can't be enabled again{}. What it signed stays valid. {}. \
         Repeat the command with --yes to do it",
        named(issuance, key).await?,
        if matches!(key.home, KeyHome::Kms(_)) { ", here and in Cloud KMS" } else { "" },
        what_follows(issuance, key).await?
    ))
}

/// Returns what revoking a key ends.
async fn end_by_revoking(issuance: &Issuance, key: &SigningKey, since: Timestamp) -> Result<String> {
    Ok(format!(
        "{} would be revoked for good: every credential that it anchored since {since} is not valid any more, for every verifier, until \
         `signing-key reanchor` anchors the tenant's own ones anew. The time can be moved back afterwards, and never forward. It signs \
         nothing more. {}. Repeat the command with --yes to do it",
        named(issuance, key).await?,
        what_follows(issuance, key).await?
    ))
}

/// Returns a key's number, its tenant and its environment.
async fn named(issuance: &Issuance, key: &SigningKey) -> Result<String> {
    let tenant = issuance.store.find_tenant(&key.tenant_id).await?;
    let name = tenant.map(|tenant| tenant.name).unwrap_or_default();
    Ok(format!("the signing key {} of {name:?} ({})", key.number, key.environment.as_str()))
}

/// Returns who signs after a key that signs nothing more.
async fn what_follows(issuance: &Issuance, key: &SigningKey) -> Result<String> {
    let keys = issuance.store.list_signing_keys_of(&key.tenant_id, &[key.chain_id]).await?;
    let next = keys.iter().rev().find(|other| {
        other.number != key.number && other.environment == key.environment && other.is_in_use()
    });
    Ok(match next {
        Some(next) => format!("Key {} signs the tenant's batches", next.number),
        None => "The tenant has no other key for this environment: its batches are refused until `signing-key rotate` makes one".into(),
    })
}

/// Returns the keys with what each owns.
async fn with_balances(config: &Config, issuance: &Issuance, keys: &[SigningKey]) -> Result<Vec<Value>> {
    let accounts: Vec<Account> =
        keys.iter().map(|key| Account { chain_id: key.chain_id, address: *key.address.as_bytes() }).collect();
    let balances = balances::of(config, &accounts).await?;
    let rows = keys.iter().zip(balances).map(|(key, wei)| {
        let mut row = key_json(issuance, key);
        if let Value::Object(members) = &mut row {
            members.insert("balance".into(), json!(wei.map(in_ether)));
            // A string, because programs that read numbers as floating point would change it.
            members.insert("balance_wei".into(), json!(wei.map(|wei| wei.to_string())));
        }
        row
    });
    Ok(rows.collect())
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
