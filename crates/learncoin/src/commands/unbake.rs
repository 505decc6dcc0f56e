//! `learncoin unbake`: extracts the credential from a badge or a certificate, byte for byte.
//!
//! It verifies nothing; that is `learncoin verify`.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Args;
use learncoin_badge::bake::{MAX_FILE_BYTES, unbake};

use crate::output;

/// The arguments of `unbake`.
#[derive(Args)]
#[command(
    after_help = "Exit status: 0 if a credential was extracted, 2 if not. Its validity is not checked: see verify."
)]
pub(crate) struct Arguments {
    /// A baked badge (PNG or SVG) or a certificate (PDF), or - for standard input
    #[arg(value_name = "FILE|-")]
    file: String,
}

/// Extracts and prints the credential.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let bytes = read_file(&arguments.file)?;
    let credential =
        unbake(&bytes).with_context(|| format!("no credential came out of {}", arguments.file))?;
    output::text(&format!("{credential}\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// Reads a file or standard input, up to one byte more than the limit, so that a larger file is refused for its size.
pub(crate) fn read_file(source: &str) -> Result<Vec<u8>> {
    if source == "-" {
        return bounded(std::io::stdin().lock()).context("standard input can't be read");
    }
    let file = std::fs::File::open(source).with_context(|| format!("can't open {source}"))?;
    bounded(file).with_context(|| format!("can't read {source}"))
}

fn bounded(source: impl Read) -> Result<Vec<u8>> {
    let limit = u64::try_from(MAX_FILE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    source.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
