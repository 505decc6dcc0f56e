//! `learncoin backup`.
//!
//! Invariant: a backup's directory is complete, or does not exist. It is created beside its place, synced, and then renamed.
//!
//! # Why the order is database, chain, erasures
//!
//! - The **database** first, as of one point in time. Whatever it records as mined on the embedded chain was written to the chain's
//!   file before.
//! - The **chain** after it, which only grows. So the copy has every block that the database refers to, and perhaps later ones: the
//!   restored server finds those by their nonces, as it does on a real chain. In the opposite order the chain could lack an anchor.
//!   Its last line may be torn, if it was being written; the chain cuts that off, and the database does not refer to it.
//! - The **erasures** last. Data that was erased while the database was being copied may still be in the copy; the list has the erasure.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use learncoin_issuance::credential::journal::to_lines;
use learncoin_store::kill;
use serde_json::{Map, Value, json};

use crate::commands::erasures;
use crate::config::Config;
use crate::data_dir::{CHAIN, DATABASE, DataDir, ERASURES};
use crate::environment::variable;
use crate::master_key::MasterKeySource;
use crate::operator_log::{self, OperatorCommand};
use crate::output::{self, Form};
use crate::{deployment, files};

/// The names that SQLite leaves beside a copy in progress.
const JOURNAL: &str = "learncoin.db-journal";

/// The arguments of `backup`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The directory to create, which must not exist
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

/// Makes the backup. It leaves out the master key: with the key beside it, a backup would be readable.
pub(crate) async fn run(config: &Config, arguments: Arguments, form: Form) -> Result<ExitCode> {
    let Arguments { to } = arguments;
    if let Some(location) = config.database_url.location()? {
        bail!(
            "{location} is on PostgreSQL, which has its own: `pg_dump --format=custom --file=FILE DATABASE`, and then `learncoin erasures export` \
             (see \"Backup and restore\" in docs/operations.md)"
        );
    }
    let data_dir = DataDir::existing(config)?;
    let (partial, _lock) = begin(&data_dir, &to)?;
    kill::reached("backup.begun");

    let issuance = deployment::open_for_command(config, &data_dir).await?;
    let schema = issuance.store.schema_version().await?;
    let database = partial.join(DATABASE);
    // SQLite takes an empty file as a new one; this one is its owner's alone from the first byte on.
    files::create(&database)?;
    issuance.store.back_up_into(&database).await.context("the database can't be copied")?;
    files::sync(&database)?;
    kill::reached("backup.database");
    if data_dir.chain().exists() {
        files::copy(&data_dir.chain(), &partial.join(CHAIN))?;
    }
    kill::reached("backup.chain");
    let known = erasures::all(config, &data_dir, &issuance).await?;
    let list = partial.join(ERASURES);
    files::create(&list)?;
    fs::write(&list, to_lines(&known)).with_context(|| format!("can't write {}", list.display()))?;
    files::sync(&list)?;
    kill::reached("backup.erasures");
    let change = OperatorCommand::new("backup");
    operator_log::record(&issuance.store, change).await?;
    issuance.store.close().await;

    let sizes = sizes(&partial)?;
    files::sync(&partial)?;
    kill::reached("backup.synced");
    // An empty directory that came here meanwhile would be replaced without a word.
    refuse_existing(&to)?;
    files::put(&partial, &to)?;
    kill::reached("backup.renamed");
    remind_of_the_key(config, &data_dir);
    form.record(&json!({ "backup": to, "schema": schema, "bytes": sizes, "erasures": known.len() }))?;
    Ok(ExitCode::SUCCESS)
}

/// Creates the empty directory beside the target, and takes the lock against other backups of this data directory.
fn begin(data_dir: &DataDir, to: &Path) -> Result<(PathBuf, fs::File)> {
    refuse_existing(to)?;
    let mut name = to.file_name().context("--to: expected the name of a directory to make")?.to_owned();
    name.push(".partial");
    let lock = data_dir.lock_backup()?;
    let partial = to.with_file_name(name);
    files::empty_directory(&partial, &[DATABASE, JOURNAL, CHAIN, ERASURES])?;
    Ok((partial, lock))
}

fn refuse_existing(to: &Path) -> Result<()> {
    if to.symlink_metadata().is_ok() {
        bail!("{} is there already: name a directory that is not", to.display());
    }
    Ok(())
}

fn sizes(directory: &Path) -> Result<Map<String, Value>> {
    let mut names = files::names(directory)?;
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let bytes =
                fs::metadata(directory.join(&name)).with_context(|| format!("can't read {name}"))?.len();
            Ok((name, bytes.into()))
        })
        .collect()
}

fn remind_of_the_key(config: &Config, data_dir: &DataDir) {
    let source = MasterKeySource { data_dir, named_file: &config.keys.master_key_file, variable };
    output::message(&format!(
        "the master key ({}) is not in the backup, which is worth nothing without it: keep a copy of it elsewhere, apart from the backups",
        source.place()
    ));
}
