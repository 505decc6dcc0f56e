//! Anvil: a real EVM node, which the test command installs.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running Anvil on a port of its own, stopped when dropped.
pub struct Anvil {
    process: Child,
    url: String,
}

impl Anvil {
    /// Starts one for this chain id, with further arguments.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(chain_id: u64, arguments: &[&str]) -> Self {
        let mut process = Command::new(anvil_binary())
            .args(["--host", "127.0.0.1", "--port", "0", "--chain-id", &chain_id.to_string()])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Anvil starts");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned))
            .expect("Anvil prints its address");
        // Anvil writes a line per call, and a pipe that is not read would block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url: format!("http://{address}") }
    }

    /// Returns its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the id of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the path of Anvil's binary: the one that the test command installed, or the one that `LEARNCOIN_ANVIL` names.
///
/// # Panics
/// If there is none.
pub fn anvil_binary() -> PathBuf {
    let installed = "../../tests/node/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil";
    let binary = std::env::var_os("LEARNCOIN_ANVIL")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(installed), PathBuf::from);
    assert!(
        binary.exists(),
        "no Anvil at {}: run `./test` at the top of the repository, which installs it, or name one in LEARNCOIN_ANVIL",
        binary.display()
    );
    binary
}
