//! `learncoin copy`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use learncoin_store::settings::Setting;
use learncoin_store::{Location, Store};
use serde_json::{Map, Value};

use crate::config::Config;
use crate::data_dir::{DataDir, ServeLock};
use crate::database_memory;
use crate::environment::variable;
use crate::master_key::MasterKeySource;
use crate::operator_log::{self, OperatorCommand};
use crate::output::Form;
use crate::system::SystemEntropy;

/// The arguments of `copy`.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The database to copy: sqlite:FILE or postgres://USER@HOST/DATABASE. No server may be running on it
    #[arg(long, value_name = "DATABASE")]
    from: String,
    /// The database to copy into, which must be empty [default: the setting database_url]
    #[arg(long, value_name = "DATABASE")]
    to: Option<String>,
}

/// Copies everything, or nothing.
pub(crate) async fn run(config: &Config, arguments: Arguments, form: Form) -> Result<ExitCode> {
    // Read here: what reads arguments repeats those that it refuses, and a URL may hold a password.
    let from: Location = arguments.from.parse().context("--from")?;
    // A URL with a password is better named by a variable than on a command line, which others on the machine can see.
    let to = match arguments.to {
        Some(to) => to.parse().context("--to")?,
        None => config.database_url.location()?.context("give --to, or the setting database_url")?,
    };
    if from == to {
        bail!("--from and --to are the same database");
    }
    // What a server would write meanwhile would be left behind.
    let _lock = lock_out_servers(&from)?;
    let data_dir = DataDir::open(&config.data_dir)?;
    let keys = MasterKeySource { data_dir: &data_dir, named_file: &config.keys.master_key_file, variable };
    let master = || keys.open(true, &SystemEntropy);
    let source = Store::open(&from, &master()?).await.with_context(|| format!("can't open {from}"))?;
    let sealed_with = source.find_setting(Setting::MasterKey).await?;
    if sealed_with != Some(source.sealer().fingerprint()) {
        bail!("{from} holds no deployment that was sealed with this master key");
    }
    source.reseal(&SystemEntropy).await.with_context(|| format!("{from} can't be sealed anew"))?;
    let target = Store::open(&to, &master()?).await.with_context(|| format!("can't open {to}"))?;
    let copied = source.copy_to(&target).await.with_context(|| format!("{from} was not copied to {to}"))?;
    source.close().await;
    // The one that it was copied from is another database from now on.
    database_memory::renew_id(&target).await?;
    if to == data_dir.location(config)? || to == Location::Sqlite(data_dir.database()) {
        database_memory::remember(&data_dir, &to, &target).await?;
    }
    let change = OperatorCommand::new("copy");
    operator_log::record(&target, change).await?;
    target.close().await;
    let rows: Map<String, Value> =
        copied.into_iter().map(|copied| (copied.table.to_owned(), copied.rows.into())).collect();
    form.record(&Value::Object(rows))?;
    Ok(ExitCode::SUCCESS)
}

/// Takes the lock of the file's data directory. On PostgreSQL there is none: the operator must have stopped all nodes.
fn lock_out_servers(from: &Location) -> Result<Option<ServeLock>> {
    let Location::Sqlite(file) = from else { return Ok(None) };
    if !file.exists() {
        bail!("{} is not there", file.display());
    }
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(Some(DataDir::open(directory)?.lock()?))
}
