//! Whose rows a query may touch.

use std::fmt;
use std::str::FromStr;

use crate::id::TenantId;

/// Test or live. A key belongs to exactly one, and sees nothing of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Anchored on Base Sepolia, or on the development chain.
    Test,
    /// Anchored on Base, or, if the operator configures it, on the development chain.
    Live,
}

impl Environment {
    /// Both, in the order that signing keys are made in.
    pub const ALL: [Environment; 2] = [Environment::Test, Environment::Live];

    /// Returns `test` or `live`.
    pub fn as_str(self) -> &'static str {
        match self {
            Environment::Test => "test",
            Environment::Live => "live",
        }
    }

    /// Returns the API's name of the environment's chain. It is the same whichever chain is configured.
    pub fn api_chain_name(self) -> &'static str {
        match self {
            Environment::Test => "base-sepolia",
            Environment::Live => "base-mainnet",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Neither `test` nor `live`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected `test` or `live`")]
pub struct EnvironmentError;

impl FromStr for Environment {
    type Err = EnvironmentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "test" => Ok(Environment::Test),
            "live" => Ok(Environment::Live),
            _ => Err(EnvironmentError),
        }
    }
}

/// The tenant and environment on whose behalf something is done.
///
/// Invariant: every query that answers a tenant takes one of these first. Only authentication and the command
/// line make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantScope {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The environment of its key.
    pub environment: Environment,
}
