//! `learncoin key`: API keys. Works beside a running server, which sees a revocation at once.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use ipnet::IpNet;
use learncoin_issuance::Issuance;
use learncoin_issuance::keyed_write::Actor;
use learncoin_issuance::tenant::allowlist::{self, parse_network};
use learncoin_issuance::time::iso8601;
use learncoin_store::id::{KeyId, TenantId};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::ApiKey;
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::operator_log::{self, OperatorCommand};
use crate::output::Form;
use crate::table::Column;

const COLUMNS: [Column; 6] = [
    ("ID", "/id"),
    ("ENVIRONMENT", "/environment"),
    ("LABEL", "/label"),
    ("NETWORKS", "/allowed_networks"),
    ("LAST USED", "/last_used_at"),
    ("REVOKED", "/revoked_at"),
];

/// The commands on API keys.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Create a key. Its secret is shown only once
    Create {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
        /// test or live
        #[arg(long)]
        environment: Environment,
        /// A label of the owner's choice
        #[arg(long)]
        label: Option<String>,
        /// A network that may use it, such as 203.0.113.0/24; repeatable. Without any, every network may
        #[arg(long, value_name = "CIDR", value_parser = parse_network)]
        allow: Vec<IpNet>,
    },
    /// Change the networks that may use a key, at once. Once the last network is removed, every network may
    #[command(group = clap::ArgGroup::new("change").required(true).multiple(true).args(["add", "remove"]))]
    Allow {
        /// The key's id, key_…
        id: KeyId,
        /// A network that may use it from now on; repeatable
        #[arg(long, value_name = "CIDR", value_parser = parse_network)]
        add: Vec<IpNet>,
        /// A network that may no longer; repeatable
        #[arg(long, value_name = "CIDR", value_parser = parse_network)]
        remove: Vec<IpNet>,
    },
    /// List a tenant's keys, without their secrets
    List {
        /// The tenant's id, tnt_…
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
    },
    /// Revoke a key, at once and for good
    Revoke {
        /// The key's id, key_…
        id: KeyId,
    },
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let issuance = deployment::open_for_command(config, &DataDir::existing(config)?).await?;
    match command {
        Command::Create { tenant, environment, label, allow } => {
            let scope = TenantScope { tenant_id: tenant, environment };
            let api_keys = &issuance.api_keys;
            let (key, secret) =
                api_keys.create_api_key(Actor::Operator, &scope, label.as_deref(), &allow).await?;
            record(&issuance, "key create", &key).await?;
            let mut value = json!({ "id": key.id, "key": secret.expose() });
            if let (Value::Object(into), Value::Object(rest)) = (&mut value, key_json(&issuance, &key).await?)
            {
                into.extend(rest);
            }
            form.record(&value)?;
        }
        Command::List { tenant } => {
            if issuance.store.find_tenant(&tenant).await?.is_none() {
                bail!("no tenant has the id {tenant}");
            }
            let keys = issuance.store.list_api_keys(&tenant).await?;
            let mut list = Vec::with_capacity(keys.len());
            for key in &keys {
                list.push(key_json(&issuance, key).await?);
            }
            form.list(list, &COLUMNS)?;
        }
        Command::Allow { id, add, remove } => {
            // Networks are added first, so that the list is never empty in between, which would allow every network.
            if !add.is_empty() {
                allowlist::allow(&issuance.store, &id, &add).await?;
            }
            if !remove.is_empty() {
                allowlist::disallow(&issuance.store, &id, &remove).await?;
            }
            match issuance.store.api_key_by_id(&id).await? {
                Some(key) => {
                    record(&issuance, "key allow", &key).await?;
                    form.record(&key_json(&issuance, &key).await?)?;
                }
                None => bail!("no key has the id {id}"),
            }
        }
        Command::Revoke { id } => match issuance.api_keys.revoke_api_key(Actor::Operator, &id).await? {
            Some(key) => {
                record(&issuance, "key revoke", &key).await?;
                form.record(&key_json(&issuance, &key).await?)?;
            }
            None => bail!("no key has the id {id}"),
        },
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn record(issuance: &Issuance, command: &'static str, key: &ApiKey) -> Result<()> {
    let change =
        OperatorCommand { command, tenant_id: Some(&key.tenant_id), subjects: vec![key.id.to_string()] };
    operator_log::record(&issuance.store, change).await
}

async fn key_json(issuance: &Issuance, key: &ApiKey) -> Result<Value> {
    Ok(json!({
        "id": key.id,
        "tenant_id": key.tenant_id,
        "environment": key.environment.as_str(),
        "label": key.label,
        "allowed_networks": issuance.store.list_networks(&key.id).await?,
        "created_at": iso8601(key.created_at),
        "last_used_at": key.last_used_at.map(iso8601),
        "revoked_at": key.revoked_at.map(iso8601),
    }))
}
