//! Time and randomness as parameters: what the binary hands in, and a test replaces.

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> i64;
}

/// Gives random bytes. In production it is the operating system's source, fit for keys.
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
