//! `learncoin health`.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use learncoin_telemetry::health;
use serde_json::json;

use crate::config::{Config, DEFAULT_LISTEN};
use crate::data_dir::DataDir;
use crate::output;

/// It answers that it is not well.
const EXIT_UNWELL: u8 = 1;
/// What a server that is well answers.
const OK: u16 = 200;

/// What `health` takes.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Ask whether requests may be sent to it (`/readyz`), not only whether it answers (`/healthz`)
    #[arg(long)]
    ready: bool,
}

/// Asks the server of this data directory, or of the settings, how it is. Exits with 1 where it is not well, and with 2
/// where it does not answer.
pub(crate) async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode> {
    let address = match DataDir::running(&config.data_dir) {
        Some(running) => running.address,
        None if config.listen.is_empty() => DEFAULT_LISTEN.to_owned(),
        None => config.listen.clone(),
    };
    let path = if arguments.ready { "/readyz" } else { "/healthz" };
    let status = health::status(&address, path).await.with_context(|| format!("{path} of {address}"))?;
    output::result(&json!({ "address": address, "path": path, "status": status }))?;
    Ok(if status == OK { ExitCode::SUCCESS } else { ExitCode::from(EXIT_UNWELL) })
}
