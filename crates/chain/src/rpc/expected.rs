//! The chain that a node must be on: its id, and the hash of its first block.

use super::{Client, RpcError};

/// The chain that a node must be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedChain {
    /// Its id (EIP-155).
    pub id: u64,
    /// The hash of block 0, if it is checked. A node that no longer has that block is believed.
    pub genesis: Option<[u8; 32]>,
}

/// Why a node's chain is not the expected one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForeignChain {
    /// It has another id.
    #[error("the node is on chain {found}, expected {expected}")]
    Id {
        /// The node's.
        found: u64,
        /// The expected one.
        expected: u64,
    },
    /// It has the id, and another first block.
    #[error("the node's genesis block is not that of chain {chain_id}")]
    Genesis {
        /// The id.
        chain_id: u64,
    },
}

impl Client {
    /// Checks whether the node is on a chain. Returns the difference, if there is one.
    ///
    /// # Errors
    /// Any [`RpcError`]: nothing is known then.
    pub async fn compare_chain(&self, expected: &ExpectedChain) -> Result<Option<ForeignChain>, RpcError> {
        let found = self.chain_id().await?;
        if found != expected.id {
            return Ok(Some(ForeignChain::Id { found, expected: expected.id }));
        }
        let Some(genesis) = expected.genesis else { return Ok(None) };
        let found = match self.genesis_hash().await {
            Err(error) if error.is_absence() => None,
            found => found?,
        };
        let differs = found.is_some_and(|found| found != genesis);
        Ok(differs.then_some(ForeignChain::Genesis { chain_id: expected.id }))
    }
}
