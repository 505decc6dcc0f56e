//! `learncoin tenant`: the accounts of schools. Works beside a running server.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use learncoin_issuance::context::Issuance;
use learncoin_issuance::provision;
use learncoin_issuance::time::iso8601;
use learncoin_store::tenants::{Plan, Tenant};
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::output;

/// What can be done with tenants.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a tenant; prints it as JSON
    Create {
        /// Its name, which stands as the issuer's name on its credentials
        #[arg(long)]
        name: String,
        /// developer, starter, institution or industry
        #[arg(long)]
        plan: Plan,
    },
    /// List all tenants; prints a JSON array
    List,
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command) -> Result<ExitCode> {
    let data_dir = match command {
        Command::Create { .. } => DataDir::open(&config.data_dir)?,
        Command::List => DataDir::existing(&config.data_dir)?,
    };
    let issuance = deployment::open_for_command(config, &data_dir).await?;
    match command {
        Command::Create { name, plan } => {
            let tenant = provision::create_tenant(&issuance, &name, plan).await?;
            output::result(&tenant_json(&issuance, &tenant))?;
        }
        Command::List => {
            let tenants = issuance.store.list_tenants().await?;
            output::result(&tenants.iter().map(|tenant| tenant_json(&issuance, tenant)).collect())?;
        }
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn tenant_json(issuance: &Issuance, tenant: &Tenant) -> Value {
    json!({
        "id": tenant.id,
        "name": tenant.name,
        "did": issuance.host.tenant_did(tenant.id.ulid()),
        "plan": tenant.plan.as_str(),
        "created_at": iso8601(tenant.created_at),
    })
}
