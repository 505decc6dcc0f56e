//! `learncoin health`.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use learncoin_telemetry::health;
use serde_json::json;

use crate::config::{Config, DEFAULT_LISTEN};
use crate::data_dir::DataDir;
use crate::output::Form;

/// The exit status if the server responds that it is not healthy.
const EXIT_UNWELL: u8 = 1;
/// The status code of a healthy server.
const OK: u16 = 200;

/// The arguments of `health`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Check that it is ready for requests (`/readyz`), not only that it responds (`/healthz`)
    #[arg(long)]
    ready: bool,
}

/// Checks the health of the server of this data directory, or of the settings. Exits with 1 if it is not healthy, and with
/// 2 if it does not respond.
pub(crate) async fn run(config: &Config, arguments: Arguments, form: Form) -> Result<ExitCode> {
    let address = match DataDir::running(&config.data_dir) {
        Some(running) => running.address,
        None if config.listen.is_empty() => DEFAULT_LISTEN.to_owned(),
        None => config.listen.clone(),
    };
    let path = if arguments.ready { "/readyz" } else { "/healthz" };
    let status = health::status(&address, path).await.with_context(|| format!("{path} of {address}"))?;
    form.record(&json!({ "address": address, "path": path, "status": status }))?;
    Ok(if status == OK { ExitCode::SUCCESS } else { ExitCode::from(EXIT_UNWELL) })
}
