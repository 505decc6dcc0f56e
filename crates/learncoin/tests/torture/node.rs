//! A chain in a process of its own, which lives on when the server dies: Anvil, standing in for Base Sepolia.

use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::{HttpTransport, Timeouts, Transport as _};
use learncoin_testkit::Anvil;
use serde_json::json;

/// A running Anvil, stopped when dropped.
pub(crate) struct Node(Anvil);

impl Node {
    /// Starts one that mines as these arguments say.
    pub(crate) fn start(mining: &[&str]) -> Self {
        Self(Anvil::start(BASE_SEPOLIA, mining))
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        self.0.url()
    }

    /// Gives the address an ether.
    pub(crate) async fn fund(&self, address: &str) {
        let url = self.url().parse().expect("a URL");
        let transport = HttpTransport::new(url, Timeouts::default()).expect("a transport");
        let funded = transport.call("anvil_setBalance", json!([address, "0xde0b6b3a7640000"]));
        funded.await.expect("Anvil sets a balance");
    }
}
