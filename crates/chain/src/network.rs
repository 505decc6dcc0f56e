//! The chains that anchors are on, and the first block's hash that identifies each.

/// Base, the chain of the live environment (`base-mainnet`).
pub const BASE_MAINNET: u64 = 8453;
/// Base Sepolia, the chain of the test environment (`base-sepolia`).
pub const BASE_SEPOLIA: u64 = 84532;
/// The embedded development chain, which replaces either in development.
pub const DEVELOPMENT: u64 = 31337;

const BASE_MAINNET_GENESIS: [u8; 32] =
    alloy_primitives::hex!("f712aa9241cc24369b143cf6dce85f0902a9731e70d66818a3a5845b296c73dd");
const BASE_SEPOLIA_GENESIS: [u8; 32] =
    alloy_primitives::hex!("0dcc9e089e30b90ddfc55be9a37dd15bc551aeee999d2e2b51414c54eaf934e4");

/// Returns the hash of block 0 of a real chain; `None` for a chain without a fixed one.
///
/// A chain id is only a number that any node can be configured with; the first block's hash is not. That of a
/// development chain is not known beforehand: each chain draws its own.
pub fn pinned_genesis_hash(chain_id: u64) -> Option<[u8; 32]> {
    match chain_id {
        BASE_MAINNET => Some(BASE_MAINNET_GENESIS),
        BASE_SEPOLIA => Some(BASE_SEPOLIA_GENESIS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_real_chains_have_a_pinned_genesis() {
        assert_eq!(pinned_genesis_hash(BASE_MAINNET).map(|hash| hash[0]), Some(0xf7));
        assert_eq!(pinned_genesis_hash(BASE_SEPOLIA).map(|hash| hash[0]), Some(0x0d));
        assert_eq!(pinned_genesis_hash(DEVELOPMENT), None);
        assert_eq!(pinned_genesis_hash(1), None);
    }
}
