//! The section `[console]`.

use serde::{Deserialize, Serialize};

/// The console, where members and operators sign in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsoleConfig {
    /// Whether the server has it, under `/console`.
    pub(crate) enabled: bool,
}

impl Default for ConsoleConfig {
    fn default() -> Self {
        Self { enabled: true }
    }
}
