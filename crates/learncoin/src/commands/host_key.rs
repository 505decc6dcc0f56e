//! `learncoin host-key`: the host's own keys, one for each chain, and their balances. Works beside a running server.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use learncoin_chain::Address;
use learncoin_issuance::time::iso8601;
use learncoin_issuance::{Chain, Chains, Issuance};
use learncoin_store::keys::{HostKey, KeyHome};
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::{deployment, output};

/// The commands on the host's keys.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the host's keys with their balances and addresses, to send them ether; prints a JSON array
    List,
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command) -> Result<ExitCode> {
    let Command::List = command;
    let issuance = deployment::open_for_command(config, &DataDir::existing(config)?).await?;
    let chains = deployment::chains_for_command(config).await?;
    let mut list = Vec::new();
    for key in issuance.store.list_host_keys().await? {
        // A deployment uses either the embedded chain or real ones; keys of the other kind are not listed.
        if issuance.chains.ids().contains(&key.chain_id) {
            let balance = balance(&chains, &key).await?;
            list.push(key_json(&issuance, &key, balance));
        }
    }
    output::result(&Value::Array(list))?;
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Returns the key's balance in wei; `None` if no node responds.
async fn balance(chains: &Chains, key: &HostKey) -> Result<Option<u128>> {
    let of_key = |chain: &&Chain| chain.chain_id == key.chain_id;
    let Some(chain) = [&chains.test, &chains.live].into_iter().flatten().find(of_key) else {
        return Ok(None);
    };
    let address = Address::new(*key.address.as_bytes());
    match chain.client.balance(&address).await {
        Ok(wei) => Ok(Some(wei)),
        Err(error) => {
            output::message(&format!("chain {}: {error}", key.chain_id));
            Ok(None)
        }
    }
}

fn key_json(issuance: &Issuance, key: &HostKey, balance_wei: Option<u128>) -> Value {
    let (home, kms_version) = match &key.home {
        KeyHome::Local => ("database", None),
        KeyHome::Kms(version) => ("kms", Some(version)),
    };
    json!({
        "chain_id": key.chain_id,
        "key": issuance.host_keys.host_key_id(key.chain_id),
        "address": key.address,
        // A string, because programs that read numbers as floating point would change it.
        "balance_wei": balance_wei.map(|wei| wei.to_string()),
        "home": home,
        "kms_version": kms_version,
        "created_at": iso8601(key.created_at),
    })
}
