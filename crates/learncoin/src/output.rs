//! Output for people and programs: JSON or tables on standard output, messages and logs on standard error.

use std::io::{IsTerminal as _, Write as _};
use std::panic::PanicHookInfo;

use anyhow::{Context as _, Result};
use learncoin_http_client::Proxy;
use learncoin_store::clock::random_bytes;
use learncoin_telemetry::traces::{TraceSettings, Traces};
use serde_json::Value;
use tokio::runtime::Handle;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::FilterExt as _;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Config, LogFormat, TelemetryConfig};
use crate::outage::OncePerOutage;
use crate::system::SystemEntropy;
use crate::table::{self, Column};

/// The filter of the log of commands. A node that does not respond is reported by the command that asks it.
const LOG_OF_COMMANDS: &str = "warn,learncoin_chain=error,learncoin::deployment=error";

/// The filter of what the driver of PostgreSQL logs: its notices are not for operators. The setting may name it again.
const LOG_OF_DRIVER: &str = "sqlx=warn,sqlx_core=warn,sqlx::postgres::notice=error";

/// The form in which commands print their results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// For programs.
    Json,
    /// For people on a terminal.
    Table,
}

impl Form {
    /// Returns the form for standard output: JSON if it is asked for or if a program reads it.
    pub(crate) fn of_standard_output(json: bool) -> Self {
        if json || !std::io::stdout().is_terminal() { Self::Json } else { Self::Table }
    }

    /// Prints one object.
    ///
    /// # Errors
    /// If standard output is closed.
    pub(crate) fn record(self, value: &Value) -> Result<()> {
        match self {
            Self::Json => result(value),
            Self::Table => text(&table::record(value)),
        }
    }

    /// Prints a list of objects: a JSON array, or a table with these columns.
    ///
    /// # Errors
    /// If standard output is closed.
    pub(crate) fn list(self, rows: Vec<Value>, columns: &[Column]) -> Result<()> {
        match self {
            Self::Json => result(&Value::Array(rows)),
            Self::Table => text(&table::table(&rows, columns)),
        }
    }

    /// Prints a part of a long list of objects: one JSON object per line, or a table with these columns.
    ///
    /// # Errors
    /// If standard output is closed.
    pub(crate) fn lines(self, rows: &[Value], columns: &[Column]) -> Result<()> {
        match self {
            Self::Json => text(&rows.iter().map(|row| format!("{row}\n")).collect::<String>()),
            Self::Table => text(&table::table(rows, columns)),
        }
    }
}

/// Writes a result to standard output, as JSON over several lines.
///
/// # Errors
/// If standard output is closed.
pub(crate) fn result(value: &Value) -> Result<()> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    out.flush().context("standard output is closed")
}

/// Writes text for people to standard output.
///
/// # Errors
/// If standard output is closed.
pub(crate) fn text(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush().context("standard output is closed")
}

/// Writes a line for people to standard error.
pub(crate) fn message(line: &str) {
    // If standard error is closed, there is no place left to report to.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Starts logging to standard error and, for a server with a collector in its settings, sending traces. A server logs
/// at the configured level, a command only warnings and errors. The caller ends the returned traces last.
///
/// # Errors
/// If the setting `log` is not a filter, or the collector's address is not a URL.
pub(crate) fn start_logging(config: &Config, is_server: bool, runtime: &Handle) -> Result<Option<Traces>> {
    let directives =
        if is_server { format!("{LOG_OF_DRIVER},{}", config.log) } else { LOG_OF_COMMANDS.to_owned() };
    let filter = EnvFilter::try_new(directives).context("the setting `log` is not a filter")?;
    let traces =
        if is_server { start_traces(&config.telemetry, config.proxy_url.proxy()?, runtime)? } else { None };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let lines = match config.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    tracing_subscriber::registry()
        .with(lines.with_filter(filter.and(OncePerOutage)))
        .with(traces.as_ref().map(Traces::layer))
        .init();
    std::panic::set_hook(Box::new(log_panic));
    Ok(traces)
}

fn start_traces(
    settings: &TelemetryConfig,
    proxy: Option<Proxy>,
    runtime: &Handle,
) -> Result<Option<Traces>> {
    let percent = settings.percent()?;
    if settings.otlp_endpoint.is_empty() {
        return Ok(None);
    }
    let settings = TraceSettings { endpoint: settings.otlp_endpoint.clone(), percent, proxy };
    let node = hex::encode(random_bytes::<8>(&SystemEntropy));
    let traces = Traces::start(&settings, env!("CARGO_PKG_VERSION"), node, runtime.clone());
    Ok(Some(traces.context("telemetry.otlp_endpoint")?))
}

/// Logs one line with the location of a panic. The panic's message may contain personal data, so it is left out.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string);
    let thread = std::thread::current();
    tracing::error!(location, thread = thread.name(), "the program panicked");
}
