//! `learncoin master-key`: the protection of the master key.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;
use learncoin_store::protected_key::Cost;
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::environment::variable;
use crate::master_key::{Held, MasterKeySource};
use crate::operator_log::{self, OperatorCommand};
use crate::output::Form;
use crate::system::SystemEntropy;

/// The commands on the file of the master key. The key itself stays the same, so a running server is not affected.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Show the location of the key and what protects it
    Status,
    /// Protect the key with a passphrase, or change it
    Protect {
        /// The file that holds the new passphrase [default: the one that LEARNCOIN_PASSPHRASE_FILE names]
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
    },
    /// Remove the passphrase: write the key to the file in clear
    Unprotect,
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let data_dir = DataDir::existing(config)?;
    let source = MasterKeySource { data_dir: &data_dir, named_file: &config.keys.master_key_file, variable };
    match command {
        Command::Status => {}
        Command::Protect { passphrase_file } => {
            record(config, &data_dir, "master-key protect").await?;
            source.protect(passphrase_file.as_deref(), Cost::default(), &SystemEntropy)?;
        }
        Command::Unprotect => {
            record(config, &data_dir, "master-key unprotect").await?;
            source.unprotect(&SystemEntropy)?;
        }
    }
    let protection = match source.held()? {
        Held::Clear(_) => Value::Null,
        Held::Protected(key) => {
            let cost = key.cost();
            json!({ "kdf": "argon2id", "memory_kib": cost.memory_kib, "passes": cost.passes, "lanes": cost.lanes })
        }
    };
    form.record(&json!({ "file": source.file(), "passphrase": protection }))?;
    Ok(ExitCode::SUCCESS)
}

/// Records the command in the database, if there is one yet. This comes before the change: after it the key may need a passphrase that
/// this process does not have.
async fn record(config: &Config, data_dir: &DataDir, command: &'static str) -> Result<()> {
    if config.database_url.location()?.is_none() && !data_dir.database().exists() {
        return Ok(());
    }
    let store = deployment::open_store(config, data_dir).await?;
    operator_log::record(&store, OperatorCommand::new(command)).await?;
    store.close().await;
    Ok(())
}
