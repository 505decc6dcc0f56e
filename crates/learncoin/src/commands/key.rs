//! `learncoin key`: API keys. Works beside a running server, which sees a revocation at once.

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Subcommand;
use learncoin_issuance::provision;
use learncoin_issuance::time::iso8601;
use learncoin_store::api_keys::ApiKey;
use learncoin_store::id::{KeyId, TenantId};
use learncoin_store::scope::Environment;
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::output;

/// What can be done with keys.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a key; prints it as JSON, the secret for this one time
    Create {
        /// Whose it is
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
        /// test or live
        #[arg(long)]
        environment: Environment,
        /// What its owner calls it
        #[arg(long)]
        label: Option<String>,
    },
    /// List a tenant's keys, without their secrets; prints a JSON array
    List {
        /// Whose keys
        #[arg(long, value_name = "ID")]
        tenant: TenantId,
    },
    /// Revoke a key, at once and for good; prints it as JSON
    Revoke {
        /// The key's id, key_…
        id: KeyId,
    },
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command) -> Result<ExitCode> {
    let issuance = deployment::open_for_command(config, &DataDir::existing(&config.data_dir)?).await?;
    match command {
        Command::Create { tenant, environment, label } => {
            let (key, secret) =
                provision::create_api_key(&issuance, &tenant, environment, label.as_deref()).await?;
            let mut value = json!({ "id": key.id, "key": secret.expose() });
            if let (Value::Object(into), Value::Object(rest)) = (&mut value, key_json(&key)) {
                into.extend(rest);
            }
            output::result(&value)?;
        }
        Command::List { tenant } => {
            if issuance.store.find_tenant(&tenant).await?.is_none() {
                bail!("no tenant has the id {tenant}");
            }
            let keys = issuance.store.list_api_keys(&tenant).await?;
            output::result(&keys.iter().map(key_json).collect())?;
        }
        Command::Revoke { id } => match provision::revoke_api_key(&issuance, &id).await? {
            Some(key) => output::result(&key_json(&key))?,
            None => bail!("no key has the id {id}"),
        },
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn key_json(key: &ApiKey) -> Value {
    json!({
        "id": key.id,
        "tenant_id": key.tenant_id,
        "environment": key.environment.as_str(),
        "label": key.label,
        "created_at": iso8601(key.created_at),
        "last_used_at": key.last_used_at.map(iso8601),
        "revoked_at": key.revoked_at.map(iso8601),
    })
}
