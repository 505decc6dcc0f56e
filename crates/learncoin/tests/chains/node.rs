//! Anvil, as a chain that mines only when it is told to, and can be told to forget.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::{HttpTransport, Timeouts, Transport as _};
use serde_json::{Value, json};

/// 2026-11-20T11:59:00Z, a minute before the clock of the tests begins, in seconds since 1970.
const GENESIS: &str = "1795175940";

/// A running Anvil, stopped when dropped.
pub(crate) struct Node {
    process: Child,
    url: String,
    transport: HttpTransport,
}

impl Node {
    pub(crate) fn start() -> Self {
        let mut process = Command::new(binary())
            .args(["--host", "127.0.0.1", "--port", "0", "--no-mining", "--timestamp", GENESIS])
            .args(["--chain-id", &BASE_SEPOLIA.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Anvil starts");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned))
            .expect("Anvil says where it listens");
        // Anvil writes a line per call, and a pipe that nobody reads would stop it.
        std::thread::spawn(move || lines.for_each(drop));
        let url = format!("http://{address}");
        let transport = HttpTransport::new(url.parse().unwrap(), Timeouts::default()).unwrap();
        Self { process, url, transport }
    }

    pub(crate) fn transport(&self) -> HttpTransport {
        HttpTransport::new(self.url.parse().unwrap(), Timeouts::default()).unwrap()
    }

    pub(crate) async fn call(&self, method: &str, params: Value) -> Value {
        self.transport.call(method, params).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Makes so many blocks, the first of them of what waits.
    pub(crate) async fn mine(&self, blocks: u64) {
        self.call("anvil_mine", json!([blocks])).await;
    }

    /// Gives an address so many wei.
    pub(crate) async fn give(&self, address: &str, wei: u128) {
        self.call("anvil_setBalance", json!([address, format!("{wei:#x}")])).await;
    }

    /// Replaces the newest blocks by as many others, which hold these transactions: the bytes of each, and in which of the new
    /// blocks it is.
    pub(crate) async fn reorganize(&self, depth: u64, transactions: &[(String, u64)]) {
        self.call("anvil_reorg", json!([depth, transactions])).await;
    }

    /// Takes a transaction out of the pool.
    pub(crate) async fn drop_transaction(&self, hash: &str) {
        self.call("anvil_dropTransaction", json!([hash])).await;
    }

    /// The transactions of every block, as the node tells them.
    pub(crate) async fn transactions(&self) -> Vec<Value> {
        let head = self.call("eth_blockNumber", json!([])).await;
        let head = u64::from_str_radix(&head.as_str().unwrap()[2..], 16).unwrap();
        let mut found = Vec::new();
        for number in 0..=head {
            let block = self.call("eth_getBlockByNumber", json!([format!("{number:#x}"), true])).await;
            found.extend(block["transactions"].as_array().unwrap().iter().cloned());
        }
        found
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn binary() -> PathBuf {
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
