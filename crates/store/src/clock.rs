//! Time and randomness as parameters: what the binary hands in, and a test replaces.

use jiff::Timestamp;

/// Returns the time.
pub trait Clock: Send + Sync {
    /// Returns the milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;
}

/// Formats a time as ISO 8601 in UTC with milliseconds and `Z`. Milliseconds beyond the year 9999 are not reached; they would give 1970.
///
/// ```
/// assert_eq!(learncoin_store::clock::iso8601(1_776_945_601_234), "2026-04-23T12:00:01.234Z");
/// ```
pub fn iso8601(milliseconds: i64) -> String {
    let moment = Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Returns random bytes. In production it is the operating system's source, fit for keys.
pub trait Entropy: Send + Sync {
    /// Fills `buffer` with fresh random bytes.
    fn fill(&self, buffer: &mut [u8]);
}

/// Draws `N` fresh bytes.
pub fn random_bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

#[cfg(test)]
pub(crate) mod testing {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::Entropy;

    /// Bytes that are all the same, and one more at each drawing.
    pub(crate) struct Counting(pub(crate) AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0.fetch_add(1, Ordering::Relaxed));
        }
    }
}
