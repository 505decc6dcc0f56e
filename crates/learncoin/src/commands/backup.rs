//! `learncoin backup`.
//!
//! Invariant: a backup's directory is whole, or is not there. It is made beside its place, made durable, and then renamed.
//!
//! # Why the order is database, chain, erasures
//!
//! - The **database** first, as of one moment. All that it knows to be in a block of the embedded chain was written to the chain's file
//!   before anybody heard of the block.
//! - The **chain** after it, which only grows. So the copy has every block that the database knows of, and perhaps later ones: the
//!   restored server finds those by their nonces, as it does on a real chain. The other way round an anchor could be missing from the
//!   chain that carries it. Its last line may be torn, if it was being written; the chain cuts that off, and the database knows nothing
//!   of it.
//! - The **erasures** last. Who was erased while the database was being copied may still be in the copy, and is then on the list.

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
use crate::master_key::Source;
use crate::{deployment, files, output};

/// What SQLite leaves beside a copy that is being made.
const JOURNAL: &str = "learncoin.db-journal";

/// What `backup` takes.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The directory to make, which must not be there
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

/// Makes the backup. The master key is left out: a backup with the key beside it is a backup in clear.
pub(crate) async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode> {
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
    issuance.store.close().await;

    let sizes = sizes(&partial)?;
    files::sync(&partial)?;
    kill::reached("backup.synced");
    // An empty directory that came here meanwhile would be replaced without a word.
    refuse_existing(&to)?;
    files::put(&partial, &to)?;
    kill::reached("backup.renamed");
    tell_of_the_key(config, &data_dir);
    output::result(&json!({ "backup": to, "schema": schema, "bytes": sizes, "erasures": known.len() }))?;
    Ok(ExitCode::SUCCESS)
}

/// The directory beside the one to make, empty, and held against others that make a backup of this data directory.
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

fn tell_of_the_key(config: &Config, data_dir: &DataDir) {
    let source = Source { data_dir, named_file: &config.keys.master_key_file, variable };
    output::message(&format!(
        "the master key ({}) is not in the backup, which is worth nothing without it: keep a copy of it elsewhere, apart from the backups",
        source.place()
    ));
}
