//! The header of a block, by which blocks are linked.

use super::RpcError;
use super::fields::Fields;

/// A block's place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The block's height.
    pub number: u64,
    /// The block's hash.
    pub hash: [u8; 32],
    /// The hash of the block before it.
    pub parent_hash: [u8; 32],
}

impl Header {
    pub(super) fn read(block: &Fields<'_>) -> Result<Header, RpcError> {
        Ok(Header {
            number: block.u64("number")?,
            hash: block.hash("hash")?,
            parent_hash: block.hash("parentHash")?,
        })
    }
}
