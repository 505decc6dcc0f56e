//! `learncoin doctor`.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use learncoin_issuance::credential::examine;
use serde_json::{Value, json};

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::deployment;
use crate::output::{self, Form};

/// The exit status if an invariant is violated.
const EXIT_FOUND: u8 = 1;

/// Checks the invariants of the database. Exits with 1 if one is violated.
pub(crate) async fn run(config: &Config, form: Form) -> Result<ExitCode> {
    let store = deployment::open_store(config, &DataDir::existing(config)?).await?;
    let mut progress = Progress::new(Instant::now());
    let mut report = |state: String| {
        if let Some(line) = progress.line(&state, Instant::now()) {
            output::message(&line);
        }
    };
    let mut findings = store.examine_reporting(|rule| report(format!("checking: {rule}"))).await?;
    let credentials = store.count_credentials_in_trees().await?;
    let trees =
        examine::trees(&store, |examined| report(format!("checked {examined} of {credentials} credentials")));
    findings.push(trees.await?);
    store.close().await;
    let broken: Vec<Value> = findings
        .iter()
        .filter(|finding| !finding.broken_by.is_empty())
        .map(|finding| json!({ "rule": finding.rule, "broken_by": finding.broken_by }))
        .collect();
    match form {
        Form::Table if broken.is_empty() => output::text(&format!("All {} rules hold.\n", findings.len()))?,
        Form::Json | Form::Table => form.record(&json!({ "rules": findings.len(), "broken": broken }))?,
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FOUND) })
}

/// The lines that report how far the checks are. Quick ones have none.
struct Progress {
    began: Instant,
    reported: Instant,
}

impl Progress {
    /// The longest silence, but for a check that takes longer.
    const SILENCE: Duration = Duration::from_secs(5);

    fn new(now: Instant) -> Self {
        Self { began: now, reported: now }
    }

    /// Returns the line to write, if it was silent for long enough.
    fn line(&mut self, state: &str, now: Instant) -> Option<String> {
        if now.duration_since(self.reported) < Self::SILENCE {
            return None;
        }
        self.reported = now;
        Some(format!("{} s: {state}", now.duration_since(self.began).as_secs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_checks_report_how_far_they_are() {
        let began = Instant::now();
        let mut progress = Progress::new(began);
        let mut after =
            |seconds| progress.line("checked 1 of 2 credentials", began + Duration::from_secs(seconds));
        assert_eq!(after(4), None);
        assert_eq!(after(5).as_deref(), Some("5 s: checked 1 of 2 credentials"));
        assert_eq!(after(9), None);
        assert_eq!(after(12).as_deref(), Some("12 s: checked 1 of 2 credentials"));
    }
}
