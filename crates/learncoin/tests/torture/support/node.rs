//! A chain in a process of its own, which lives on when the server dies: Anvil, standing in for Base Sepolia.

use std::sync::Arc;

use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::{HttpTransport, Inclusion, Timeouts, Transport as _};
use learncoin_testkit::Anvil;
use serde_json::{Value, json};

/// A running Anvil, stopped when dropped.
pub(crate) struct Node(Anvil);

impl Node {
    /// Starts one that mines by these arguments.
    pub(crate) fn start(mining: &[&str]) -> Self {
        Self(Anvil::start(BASE_SEPOLIA, mining))
    }

    /// Returns its URL.
    pub(crate) fn url(&self) -> &str {
        self.0.url()
    }

    /// Makes so many blocks, the first of them of what waits.
    pub(crate) async fn mine(&self, blocks: u64) {
        self.call("anvil_mine", json!([blocks])).await;
    }

    /// Replaces the newest blocks by others, so that the transaction is one block higher than it was.
    pub(crate) async fn move_to_the_next_block(&self, hash: &str) {
        self.mine(1).await;
        let mut bytes = [0; 32];
        hex::decode_to_slice(hash.trim_start_matches("0x"), &mut bytes).expect("a hash");
        let client = learncoin_chain::rpc::Client::new(Arc::new(self.transport()));
        let Ok(Inclusion::Included(included)) = client.inclusion(&bytes).await else {
            panic!("{hash} is in no block");
        };
        // Only the newest blocks can be replaced: those from its own on.
        let raw = format!("0x{}", hex::encode(&included.raw));
        self.call("anvil_reorg", json!([included.confirmations, [(raw, 1)]])).await;
    }

    fn transport(&self) -> HttpTransport {
        let url = self.url().parse().expect("a URL");
        HttpTransport::new(url, Timeouts::default()).expect("a transport")
    }

    async fn call(&self, method: &str, params: Value) {
        if let Err(error) = self.transport().call(method, params).await {
            panic!("{method}: {error}");
        }
    }

    /// Funds the address with an ether.
    pub(crate) async fn fund(&self, address: &str) {
        self.call("anvil_setBalance", json!([address, "0xde0b6b3a7640000"])).await;
    }
}
