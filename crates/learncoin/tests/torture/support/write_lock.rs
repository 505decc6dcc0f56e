//! Another process in a transaction that writes to a SQLite file, as an operator's shell that was left open.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::mail_sink::interpreter;

const LINES: &str = "
import signal, sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
database.execute('BEGIN IMMEDIATE')
print('held', flush=True)
signal.pause()
";

/// The process. It ends, and its transaction with it, when it is dropped.
pub(crate) struct WriteLock(Child);

impl WriteLock {
    /// Starts one, and waits until it holds the lock.
    pub(crate) fn take(database: &Path) -> Self {
        let mut process = Command::new(interpreter())
            .args(["-c", LINES])
            .arg(database)
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("its output");
        assert_eq!(line, "held\n");
        Self(process)
    }
}

impl Drop for WriteLock {
    fn drop(&mut self) {
        self.0.kill().expect("it can be killed");
        self.0.wait().expect("it ends");
    }
}
