//! Anvil, as a chain that mines only when a test calls for it, and whose blocks a test can replace.

use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::{HttpTransport, Timeouts, Transport as _};
use learncoin_testkit::Anvil;
use serde_json::{Value, json};

/// 2026-11-20T11:59:00Z, a minute before the clock of the tests begins, in seconds since 1970.
const GENESIS: &str = "1795175940";

/// The last hard fork without system contracts. Since Cancun each block writes to their storage, whose tries Anvil hashes anew for
/// each block: with hundreds of blocks that takes most of the time. Other tests use Anvil's newest hard fork.
const HARDFORK: &str = "shanghai";

/// A running Anvil, stopped when dropped.
pub(crate) struct Node {
    anvil: Anvil,
    transport: HttpTransport,
}

impl Node {
    pub(crate) fn start() -> Self {
        let anvil =
            Anvil::start(BASE_SEPOLIA, &["--no-mining", "--timestamp", GENESIS, "--hardfork", HARDFORK]);
        let transport = HttpTransport::new(anvil.url().parse().unwrap(), Timeouts::default()).unwrap();
        Self { anvil, transport }
    }

    pub(crate) fn transport(&self) -> HttpTransport {
        HttpTransport::new(self.anvil.url().parse().unwrap(), Timeouts::default()).unwrap()
    }

    pub(crate) async fn call(&self, method: &str, params: Value) -> Value {
        self.transport.call(method, params).await.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// Makes so many blocks, the first of them of what waits.
    pub(crate) async fn mine(&self, blocks: u64) {
        self.call("anvil_mine", json!([blocks])).await;
    }

    /// Sets the balance of an address, in wei.
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

    /// Returns the transactions of every block, as the node reports them.
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
