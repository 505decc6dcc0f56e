//! `learncoin doctor`.

use std::process::ExitCode;

use anyhow::Result;
use learncoin_issuance::credential::examine;
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::{deployment, output};

/// The exit status if an invariant is violated.
const EXIT_FOUND: u8 = 1;

/// Checks the invariants of the database. Exits with 1 if one is violated.
pub(crate) async fn run(config: &Config) -> Result<ExitCode> {
    let store = deployment::open_store(config, &DataDir::existing(config)?).await?;
    let mut findings = store.examine().await?;
    findings.push(examine::trees(&store).await?);
    store.close().await;
    let broken: Vec<Value> = findings
        .iter()
        .filter(|finding| !finding.broken_by.is_empty())
        .map(|finding| json!({ "rule": finding.rule, "broken_by": finding.broken_by }))
        .collect();
    output::result(&json!({ "rules": findings.len(), "broken": broken }))?;
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FOUND) })
}
