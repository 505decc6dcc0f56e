//! Randomness from one number.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, OnceLock, PoisonError};

use learncoin_store::clock::Entropy;
use rand::rngs::StdRng;
use rand::{RngCore as _, SeedableRng as _};

/// Returns the seed of this run: `LEARNCOIN_SEED`, or one drawn once and printed.
///
/// # Panics
/// If `LEARNCOIN_SEED` is not a number.
pub fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let seed = match std::env::var("LEARNCOIN_SEED") {
            Ok(text) => text.trim().parse().expect("LEARNCOIN_SEED is a number"),
            Err(_) => RandomState::new().hash_one("learncoin"),
        };
        eprintln!("LEARNCOIN_SEED={seed}");
        seed
    })
}

/// Random bytes that are the same for the same seed.
pub struct SeededEntropy(Mutex<StdRng>);

impl SeededEntropy {
    /// Creates one from a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer);
    }
}
