//! A real EVM node that can be stopped, and started again where it was.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::http;
use crate::support::process::Running;
use crate::support::programs;

/// The balance that `anvil_setBalance` sets: 1,000 ether in wei.
const BALANCE: &str = "0x3635c9adc5dea00000";

/// Anvil, running or stopped. It keeps its port and what is on its chain.
pub(crate) struct Anvil {
    state: TempDir,
    chain_id: u64,
    port: u16,
    process: Option<Running>,
}

impl Anvil {
    pub(crate) fn start(chain_id: u64) -> Self {
        let mut anvil = Self { state: TempDir::new().unwrap(), chain_id, port: 0, process: None };
        anvil.start_again();
        anvil
    }

    /// Ends it in good order, so that it writes its chain down.
    pub(crate) fn stop(&mut self) {
        let status = self.process.take().expect("it runs").terminate();
        assert!(status.success(), "{status}");
    }

    /// Starts it on the port that it had.
    pub(crate) fn start_again(&mut self) {
        let mut command = programs::anvil();
        command.args(["--host", "127.0.0.1", "--port", &self.port.to_string()]);
        command.args(["--chain-id", &self.chain_id.to_string()]).arg("--state").arg(self.state_file());
        let mut process = Running::reading_stdout(&mut command);
        self.port = process.wait_for("line `Listening on ADDR`", |line| {
            line.strip_prefix("Listening on ")?.rsplit(':').next()?.parse().ok()
        });
        self.process = Some(process);
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Funds an address.
    pub(crate) fn fund(&self, address: &str) {
        self.call("anvil_setBalance", &json!([address, BALANCE]));
    }

    pub(crate) fn call(&self, method: &str, params: &Value) -> Value {
        http::rpc(&self.url(), method, params)
    }

    fn state_file(&self) -> PathBuf {
        self.state.path().join("state.json")
    }
}
