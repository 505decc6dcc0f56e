//! `learncoin migrate`.

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::operator_log::{self, OperatorCommand};
use crate::output::Form;

/// Opens the database, which migrates it, and prints the schema version.
pub(crate) async fn run(config: &Config, form: Form) -> Result<ExitCode> {
    let store = deployment::open_first_store(config, &DataDir::open(&config.data_dir)?).await?;
    let change = OperatorCommand::new("migrate");
    operator_log::record(&store, change).await?;
    form.record(&json!({ "schema": store.schema_version().await? }))?;
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
