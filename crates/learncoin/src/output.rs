//! What people and programs see: JSON on standard output, messages and logs on standard error.

use std::io::{IsTerminal as _, Write as _};

use anyhow::{Context as _, Result};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Writes a result to standard output, as JSON over several lines.
///
/// # Errors
/// Where nobody reads it.
pub(crate) fn result(value: &serde_json::Value) -> Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    out.flush().context("standard output is closed")
}

/// Writes text for people to standard output.
///
/// # Errors
/// Where nobody reads it.
pub(crate) fn text(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush().context("standard output is closed")
}

/// Writes a line for people to standard error.
pub(crate) fn message(line: &str) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Starts logging to standard error. A server logs what the settings say; a command only what went wrong.
///
/// # Errors
/// Where the setting `log` is not a filter.
pub(crate) fn start_logging(config: &Config, is_server: bool) -> Result<()> {
    let directives = if is_server { config.log.as_str() } else { "warn" };
    let filter = EnvFilter::try_new(directives).context("the setting `log` is not a filter")?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    Ok(())
}
