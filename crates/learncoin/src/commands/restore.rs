//! `learncoin restore`.
//!
//! Invariant: a restored database was checked, and every erasure made since the backup was replayed in it. All of this happens in
//! a staging directory, and the database is moved out of it last; a run that was killed before that can be repeated.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use learncoin_issuance::credential::replay::ReplayedErasures;
use learncoin_store::settings::Setting;
use learncoin_store::{Location, Store, kill};
use serde_json::json;

use crate::commands::erasures;
use crate::config::Config;
use crate::data_dir::{CHAIN, DATABASE, DataDir, ERASURES};
use crate::environment::variable;
use crate::master_key::MasterKeySource;
use crate::operator_log::{self, OperatorCommand};
use crate::output::Form;
use crate::system::SystemEntropy;
use crate::{deployment, files};

/// The staging directory, which holds the restored files until all of them are checked.
const STAGED: &str = "restoring";
/// The names that may be in the data directory before.
const MAY_BE_THERE: [&str; 4] = ["master.key", "master.key.lock", "serve.lock", STAGED];
/// The additional names after a restore that was killed.
const MOVED: [&str; 2] = [CHAIN, ERASURES];
/// The names that an interrupted restore may have left in the staging directory.
const LEFT: [&str; 5] = [DATABASE, "learncoin.db-wal", "learncoin.db-shm", CHAIN, ERASURES];

/// The arguments of `restore`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The directory that `learncoin backup` created
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Erasures made since: the erasures.log of the lost deployment, or the output of `erasures export`
    #[arg(long, value_name = "FILE")]
    erasures: Vec<PathBuf>,
}

/// Restores the backup into the data directory, which must be empty except for the master key.
pub(crate) async fn run(config: &Config, arguments: Arguments, form: Form) -> Result<ExitCode> {
    if let Some(location) = config.database_url.location()? {
        bail!(
            "{location} is on PostgreSQL, which has its own: `pg_restore`, and then `learncoin erasures apply FILE` \
             (see \"Backup and restore\" in docs/operations.md)"
        );
    }
    let database = arguments.from.join(DATABASE);
    if !database.is_file() {
        bail!("--from: there is no {DATABASE} in {}", arguments.from.display());
    }
    let since = erasures::read(&arguments.erasures).context("--erasures")?;
    let data_dir = DataDir::open(&config.data_dir)?;
    refuse_used(&data_dir)?;
    let keys = MasterKeySource { data_dir: &data_dir, named_file: &config.keys.master_key_file, variable };
    if !keys.is_there() {
        bail!(
            "there is no master key: put the one that the backup was sealed with into {} (mode 0600) first",
            keys.place()
        );
    }
    let _lock = data_dir.lock()?;

    let staged = data_dir.path().join(STAGED);
    files::empty_directory(&staged, &LEFT)?;
    for name in [DATABASE, CHAIN, ERASURES] {
        let from = arguments.from.join(name);
        if from.exists() {
            files::copy(&from, &staged.join(name))?;
        }
    }
    kill::reached("restore.copied");
    let staged = DataDir::open(&staged)?;
    let master = keys.open(true, &SystemEntropy)?;
    let store = Store::open(&Location::Sqlite(staged.database()), &master)
        .await
        .with_context(|| format!("{} can't be opened", database.display()))?;
    let schema = store.schema_version().await?;
    check(&store, &staged, &database).await?;
    let replayed = erase(config, &staged, store, since).await?;
    kill::reached("restore.erased");
    put(&staged, &data_dir)?;
    let mut report = erasures::report(replayed);
    if let serde_json::Value::Object(members) = &mut report {
        members.insert("restored".into(), json!(data_dir.path()));
        members.insert("schema".into(), schema.into());
    }
    form.record(&report)?;
    Ok(ExitCode::SUCCESS)
}

fn refuse_used(data_dir: &DataDir) -> Result<()> {
    let names = files::names(data_dir.path())?;
    let was_interrupted = names.iter().any(|name| name == STAGED);
    let may_be = |name: &String| {
        MAY_BE_THERE.contains(&name.as_str()) || (was_interrupted && MOVED.contains(&name.as_str()))
    };
    if let Some(name) = names.iter().find(|name| !may_be(name)) {
        bail!(
            "{} is not empty: it holds {name}. Name an empty one, with the master key in it and nothing else",
            data_dir.path().display()
        );
    }
    Ok(())
}

/// Checks that the database is intact and opens with this key, and that the chain beside it is its own.
async fn check(store: &Store, staged: &DataDir, from: &Path) -> Result<()> {
    if store.find_setting(Setting::MasterKey).await? != Some(store.sealer().fingerprint()) {
        bail!("the master key is not the one that {} was sealed with", from.display());
    }
    let damage = store.damage().await?;
    if !damage.is_empty() {
        bail!("{} is damaged: {}", from.display(), damage.join("; "));
    }
    if store.find_setting(Setting::TestGenesis).await?.is_some() && is_embedded(store).await? {
        if !staged.chain().exists() {
            bail!("the embedded chain's file {CHAIN} is missing beside {}", from.display());
        }
        deployment::open_embedded_chain(staged, store).await?;
    }
    Ok(())
}

async fn is_embedded(store: &Store) -> Result<bool> {
    Ok(store.find_setting(Setting::ChainKind).await?.as_deref() == Some("embedded"))
}

/// Replays the erasures of the backup's own list, of the journal, and of the files that the arguments name.
async fn erase(
    config: &Config,
    staged: &DataDir,
    store: Store,
    since: Vec<learncoin_store::credentials::Erasure>,
) -> Result<ReplayedErasures> {
    let mut all = erasures::read(&[staged.erasures()])?;
    all.extend(since);
    all.extend(deployment::journal(config, staged).read()?);
    let issuance = deployment::over_store(config, staged, store).await?;
    let mut seen = std::collections::HashSet::new();
    all.retain(|erasure| seen.insert(erasure.id.clone()));
    let replayed = erasures::apply(config, staged, &issuance, all).await?;
    let change = OperatorCommand::new("restore");
    operator_log::record(&issuance.store, change).await?;
    issuance.store.close().await;
    Ok(replayed)
}

/// Moves all files to their place, the database last: without it there is no deployment.
fn put(staged: &DataDir, data_dir: &DataDir) -> Result<()> {
    for name in ["learncoin.db-wal", "learncoin.db-shm"] {
        if staged.path().join(name).exists() {
            bail!("something has {} open", staged.database().display());
        }
    }
    files::sync(&staged.database())?;
    for (from, to, point) in [
        (staged.erasures(), data_dir.erasures(), "restore.erasures"),
        (staged.chain(), data_dir.chain(), "restore.chain"),
        (staged.database(), data_dir.database(), "restore.database"),
    ] {
        if from.exists() {
            files::put(&from, &to)?;
        }
        kill::reached(point);
    }
    fs::remove_dir_all(staged.path())
        .context("the files are in their place, but what they were copied to can't be removed")
}
