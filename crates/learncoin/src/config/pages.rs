//! The section `[pages]`.

use serde::{Deserialize, Serialize};

/// The pages for people.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PagesConfig {
    /// A public JSON-RPC node of Base Sepolia that visitors' browsers may query; empty for none.
    pub(crate) test_rpc_url: String,
    /// A public JSON-RPC node of Base that visitors' browsers may query; empty for none.
    pub(crate) live_rpc_url: String,
}
