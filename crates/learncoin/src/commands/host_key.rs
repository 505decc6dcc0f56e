//! `learncoin host-key`: the host's own keys, one for each chain, and their balances. Works beside a running server.

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use learncoin_issuance::Issuance;
use learncoin_issuance::time::iso8601;
use learncoin_store::keys::{HostKey, KeyHome};
use serde_json::{Value, json};

use crate::balances::{self, Account};
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::output::Form;
use crate::table::Column;

const COLUMNS: [Column; 5] = [
    ("CHAIN", "/chain_id"),
    ("ADDRESS", "/address"),
    ("BALANCE", "/balance"),
    ("HOME", "/home"),
    ("CREATED", "/created_at"),
];

/// The commands on the host's keys.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// List the host's keys with their balances and addresses, to send them ether
    List,
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let Command::List = command;
    let issuance = deployment::open_for_command(config, &DataDir::existing(config)?).await?;
    let mut keys = issuance.store.list_host_keys().await?;
    // A deployment uses either the embedded chain or real ones; keys of the other kind are not listed.
    keys.retain(|key| issuance.chains.ids().contains(&key.chain_id));
    let accounts: Vec<Account> =
        keys.iter().map(|key| Account { chain_id: key.chain_id, address: *key.address.as_bytes() }).collect();
    let balances = balances::of(config, &accounts).await?;
    let list = keys.iter().zip(balances).map(|(key, wei)| key_json(&issuance, key, wei)).collect();
    form.list(list, &COLUMNS)?;
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
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
        "balance": balance_wei.map(learncoin_chain::money::in_ether),
        // A string, because programs that read numbers as floating point would change it.
        "balance_wei": balance_wei.map(|wei| wei.to_string()),
        "home": home,
        "kms_version": kms_version,
        "created_at": iso8601(key.created_at),
    })
}
