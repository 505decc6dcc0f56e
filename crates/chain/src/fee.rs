//! The fees that a transaction offers for its gas ([EIP-1559](https://eips.ethereum.org/EIPS/eip-1559)).
//!
//! The tip is the node's recommendation, at least [`MIN_PRIORITY_FEE`]. The highest total fee for one unit of gas is twice
//! the next block's base fee plus the tip. The base fee rises by at most an eighth per block, so an offer is valid through
//! six full blocks in a row; what is not needed is not charged. A transaction that is still stuck is replaced by one that
//! offers [`Fees::raised`].

/// The lowest tip that is offered, in wei for one unit of gas: 0.001 gwei, which Base nodes recommend when idle.
pub const MIN_PRIORITY_FEE: u128 = 1_000_000;

/// An offer, in wei for one unit of gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fees {
    /// The highest total fee, base fee and tip together.
    pub max_fee_per_gas: u128,
    /// The tip on top of the base fee.
    pub max_priority_fee_per_gas: u128,
}

/// The fees of the next block, in wei for one unit of gas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Market {
    /// The part that is burnt.
    pub base_fee: u128,
    /// The recommended tip on top.
    pub tip: u128,
}

impl Market {
    /// Returns the lowest price at which a transaction is in the next block.
    pub fn price(self) -> u128 {
        self.base_fee.saturating_add(self.tip)
    }

    /// Returns the offer for a transaction that should be in one of the next blocks.
    pub fn offer(self) -> Fees {
        Fees::for_market(self.base_fee, self.tip)
    }
}

impl Fees {
    /// Returns the offer for a market in which the next block's base fee is `base_fee` and nodes recommend `tip`.
    pub fn for_market(base_fee: u128, tip: u128) -> Fees {
        let tip = tip.max(MIN_PRIORITY_FEE);
        Fees {
            max_fee_per_gas: base_fee.saturating_mul(2).saturating_add(tip),
            max_priority_fee_per_gas: tip,
        }
    }

    /// Returns the offer of a replacement for a transaction that offered this: both parts an eighth higher, rounded up.
    ///
    /// Nodes require a tenth more of each part; an eighth is enough with any rounding.
    #[must_use]
    pub fn raised(self) -> Fees {
        let raise = |fee: u128| fee.saturating_add(fee.div_ceil(8)).saturating_add(1);
        Fees {
            max_fee_per_gas: raise(self.max_fee_per_gas),
            max_priority_fee_per_gas: raise(self.max_priority_fee_per_gas),
        }
    }

    /// Returns the larger of two offers, for each part separately.
    #[must_use]
    pub fn max(self, other: Fees) -> Fees {
        Fees {
            max_fee_per_gas: self.max_fee_per_gas.max(other.max_fee_per_gas),
            max_priority_fee_per_gas: self.max_priority_fee_per_gas.max(other.max_priority_fee_per_gas),
        }
    }

    /// Returns the offer with each part limited to `cap`.
    #[must_use]
    pub fn within(self, cap: u128) -> Fees {
        Fees {
            max_fee_per_gas: self.max_fee_per_gas.min(cap),
            max_priority_fee_per_gas: self.max_priority_fee_per_gas.min(cap),
        }
    }

    /// Returns the highest cost of a transaction with this offer, in wei, which the sender must own.
    ///
    /// On Base a fee for the data on Ethereum comes on top, outside the gas. It is not included.
    pub fn max_cost(self, gas_limit: u64) -> u128 {
        self.max_fee_per_gas.saturating_mul(u128::from(gas_limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GWEI: u128 = 1_000_000_000;

    #[test]
    fn the_offer_covers_six_full_blocks() {
        let fees = Fees::for_market(GWEI, 5_000_000);
        let mut base_fee = GWEI;
        for _ in 0..5 {
            base_fee += base_fee / 8;
        }
        assert!(fees.max_fee_per_gas >= base_fee + fees.max_priority_fee_per_gas);
        assert_eq!(fees.max_priority_fee_per_gas, 5_000_000);
    }

    #[test]
    fn a_tip_is_always_offered() {
        let fees = Fees::for_market(0, 0);
        assert_eq!(fees.max_priority_fee_per_gas, MIN_PRIORITY_FEE);
        assert_eq!(fees.max_fee_per_gas, MIN_PRIORITY_FEE);
    }

    #[test]
    fn a_raised_offer_is_more_than_a_tenth_higher_in_both_parts() {
        for fee in [0, 1, 7, 10, 999, GWEI, 3 * GWEI] {
            let raised = Fees { max_fee_per_gas: fee, max_priority_fee_per_gas: fee }.raised();
            assert!(raised.max_fee_per_gas * 10 > fee * 11, "{fee}");
            assert!(raised.max_priority_fee_per_gas * 10 > fee * 11, "{fee}");
        }
    }

    #[test]
    fn a_replacement_follows_the_market_where_that_rose_further() {
        let stuck = Fees { max_fee_per_gas: 100, max_priority_fee_per_gas: 10 };
        let market = Fees { max_fee_per_gas: 1_000, max_priority_fee_per_gas: 1 };
        let expected = Fees { max_fee_per_gas: 1_000, max_priority_fee_per_gas: 13 };
        assert_eq!(stuck.raised().max(market), expected);
    }

    #[test]
    fn an_absurd_market_does_not_overflow() {
        let fees = Fees::for_market(u128::MAX, u128::MAX).raised();
        assert_eq!(fees.max_cost(u64::MAX), u128::MAX);
    }
}
