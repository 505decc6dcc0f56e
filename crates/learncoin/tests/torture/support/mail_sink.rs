//! The mail server of a third party, in a process of its own: aiosmtpd, which takes every mail and judges its form.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A running sink, stopped when dropped.
pub(crate) struct MailSink {
    port: u16,
    mails: Arc<Mutex<Vec<Value>>>,
    _process: Child,
}

impl MailSink {
    /// Starts one that takes everything.
    pub(crate) async fn start() -> Self {
        let mut process = Command::new(interpreter())
            .arg(repository().join("tests/python/mail_sink.py"))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the mail sink starts");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let first = lines.next_line().await.expect("the sink's output").expect("the line with its port");
        let port = first.strip_prefix("listening on ").expect("it listens").parse().expect("a port");
        let mails = Arc::<Mutex<Vec<Value>>>::default();
        let kept = Arc::clone(&mails);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let mail = serde_json::from_str(&line).expect("a mail is a line of JSON");
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
            }
        });
        Self { port, mails, _process: process }
    }

    /// Returns the port where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Returns the mails that it took so far.
    pub(crate) fn mails(&self) -> Vec<Value> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the path of the Python that has the packages that the tests need.
pub(crate) fn interpreter() -> PathBuf {
    let repository = repository();
    let python = std::env::var_os("LEARNCOIN_PYTHON")
        .map_or_else(|| repository.join("target/venv/bin/python"), PathBuf::from);
    assert!(
        python.exists(),
        "no Python at {}: run `./test --setup` at the top of the repository",
        python.display()
    );
    python
}
