//! A chain in a process of its own, which lives on when the server dies: Anvil, standing in for Base Sepolia.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::{HttpTransport, Timeouts, Transport as _};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A running Anvil, stopped when dropped.
pub(crate) struct Node {
    url: String,
    _process: Child,
}

impl Node {
    /// Starts one that mines as these arguments say.
    pub(crate) async fn start(mining: &[&str]) -> Self {
        let mut process = Command::new(anvil_binary())
            .args(["--host", "127.0.0.1", "--port", "0", "--chain-id", &BASE_SEPOLIA.to_string()])
            .args(mining)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Anvil starts");
        let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let address = loop {
            let line = lines.next_line().await.expect("Anvil's output").expect("Anvil says where it listens");
            if let Some(address) = line.strip_prefix("Listening on ") {
                break address.to_owned();
            }
        };
        // Anvil writes a line per call, and a pipe that nobody reads would stop it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { url: format!("http://{address}"), _process: process }
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Gives the address an ether.
    pub(crate) async fn fund(&self, address: &str) {
        let url = self.url.parse().expect("a URL");
        let transport = HttpTransport::new(url, Timeouts::default()).expect("a transport");
        let funded = transport.call("anvil_setBalance", json!([address, "0xde0b6b3a7640000"]));
        funded.await.expect("Anvil sets a balance");
    }
}

fn anvil_binary() -> PathBuf {
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
