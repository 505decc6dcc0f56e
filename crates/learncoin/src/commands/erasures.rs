//! `learncoin erasures`: the erasures that must hold even after a restore from a backup.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::journal::{Journal, to_lines};
use learncoin_issuance::credential::replay::ReplayedErasures;
use learncoin_store::credentials::Erasure;
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::operator_log::{self, OperatorCommand};
use crate::output::{self, Form};

/// The commands on erasures. They work beside a running server.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Print every erasure in the database or its journal, one JSON object per line: ids, times and the requester, no personal data
    Export,
    /// Replay erasures in this database; those that it has are skipped
    Apply {
        /// The output of `erasures export`, or a node's erasures.log
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// Runs the command.
pub(crate) async fn run(config: &Config, command: Command, form: Form) -> Result<ExitCode> {
    let data_dir = DataDir::existing(config)?;
    let issuance = deployment::open_for_command(config, &data_dir).await?;
    match command {
        Command::Export => output::text(&to_lines(&all(config, &data_dir, &issuance).await?))?,
        Command::Apply { files } => {
            let replayed = apply(config, &data_dir, &issuance, read(&files)?).await?;
            let change = OperatorCommand::new("erasures apply");
            operator_log::record(&issuance.store, change).await?;
            form.record(&report(replayed))?;
        }
    }
    issuance.store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Returns every erasure in the journal or the database, each once.
pub(crate) async fn all(config: &Config, data_dir: &DataDir, issuance: &Issuance) -> Result<Vec<Erasure>> {
    let mut all = issuance.erasure_log.list_erasures().await?;
    all.extend(deployment::journal(config, data_dir).read()?);
    all.sort_by(|one, other| (one.erased_at, &one.id).cmp(&(other.erased_at, &other.id)));
    let mut seen = std::collections::HashSet::new();
    all.retain(|erasure| seen.insert(erasure.id.clone()));
    Ok(all)
}

/// Replays these erasures. All of them are written to the journal, even if this database does not have their credentials: a newer
/// backup may be restored after it.
pub(crate) async fn apply(
    config: &Config,
    data_dir: &DataDir,
    issuance: &Issuance,
    erasures: Vec<Erasure>,
) -> Result<ReplayedErasures> {
    let replayed = issuance.erasures.replay_erasures(&erasures).await?;
    deployment::journal(config, data_dir).add(erasures)?;
    Ok(replayed)
}

/// Reads the erasures in these files.
pub(crate) fn read(files: &[PathBuf]) -> Result<Vec<Erasure>> {
    let mut erasures = Vec::new();
    for file in files {
        if !file.exists() {
            bail!("{} is not there", file.display());
        }
        erasures.extend(Journal::at(file).read().with_context(|| unreadable(file))?);
    }
    Ok(erasures)
}

fn unreadable(file: &Path) -> String {
    format!("{} holds no erasures", file.display())
}

/// Returns the result of a replay, as commands print it.
pub(crate) fn report(replayed: ReplayedErasures) -> Value {
    let ReplayedErasures { erased, already, unknown } = replayed;
    json!({ "erased": erased, "erased_before": already, "not_in_this_database": unknown })
}
