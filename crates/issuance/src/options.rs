//! The pipeline's settings, with their defaults.

use learncoin_store::anchors::InFlight;

/// The settings of the pipeline.
#[derive(Debug, Clone)]
pub struct PipelineOptions {
    /// The time that a batch may stay unsigned before it fails, in milliseconds.
    pub give_up_after_ms: i64,
    /// The longest pause between two attempts, in milliseconds.
    pub max_backoff_ms: i64,
    /// The most transactions of one key that wait at the nodes, in no block. A public node keeps about 16 of one sender. A further
    /// one is made only if it has half as many batches again as the largest of those that wait.
    pub anchors_in_flight: u64,
    /// The most batches that one anchor has.
    pub batches_per_anchor: u32,
    /// Whether live keys may be made on the development chain.
    pub live_keys_on_development_chain: bool,
    /// Whether recipients with an e-mail address get a mail once their credential is anchored.
    pub mails: bool,
    /// The settings of balances and top-ups.
    pub funds: FundsOptions,
}

/// The settings of balances and top-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundsOptions {
    /// A balance is low if it pays for fewer anchors than this at the current price.
    pub low_below_anchors: u64,
    /// The interval at which balances are read, in milliseconds.
    pub look_every_ms: i64,
    /// The balance that a top-up from the host's key restores, in gwei. 0: no top-ups.
    pub top_up_to_gwei: u64,
    /// The most that one key gets within 24 hours, in gwei.
    pub top_up_daily_cap_per_key_gwei: u64,
    /// The most that all keys of a chain get within 24 hours, in gwei.
    pub top_up_daily_cap_gwei: u64,
}

impl Default for FundsOptions {
    fn default() -> Self {
        Self {
            low_below_anchors: 100,
            look_every_ms: 5 * 60 * 1000,
            top_up_to_gwei: 0,
            top_up_daily_cap_per_key_gwei: 1_000_000,
            top_up_daily_cap_gwei: 10_000_000,
        }
    }
}

impl PipelineOptions {
    /// Checks whether a key may sign a further anchor of this many batches while these wait to be mined. Without the second rule
    /// a key under load would send as many transactions for each block as may wait, and a block takes them all at once.
    pub(crate) fn has_room(&self, in_flight: InFlight, pending: u64) -> bool {
        // As many again would be there by chance just before each block, and more often the more requests there are.
        let enough = in_flight.largest.saturating_add(in_flight.largest / 2);
        let enough = enough.min(self.batches_per_anchor.into());
        in_flight.count == 0 || (in_flight.count < self.anchors_in_flight && pending >= enough)
    }
}

impl Default for PipelineOptions {
    fn default() -> Self {
        Self {
            give_up_after_ms: 24 * 60 * 60 * 1000,
            max_backoff_ms: 60_000,
            anchors_in_flight: 4,
            batches_per_anchor: 2_000,
            live_keys_on_development_chain: false,
            mails: true,
            funds: FundsOptions::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_further_anchor_has_half_as_many_batches_again_as_the_largest_that_waits() {
        let options = PipelineOptions::default();
        let has_room = |count, largest, pending| options.has_room(InFlight { count, largest }, pending);
        for (largest, enough) in [(1, 1), (2, 3), (200, 300), (2_000, 2_000)] {
            assert!(has_room(1, largest, enough), "{largest}");
            assert!(!has_room(1, largest, enough - 1), "{largest}");
            assert!(!has_room(options.anchors_in_flight, largest, enough), "{largest}");
        }
        assert!(has_room(0, 0, 1));
    }
}
