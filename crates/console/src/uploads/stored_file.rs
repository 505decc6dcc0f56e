//! The file of an upload as it is kept: with the seed of the ids that are made for its rows.

use learncoin_store::clock::{Entropy, random_bytes};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// The length of a seed, in bytes.
const SEED: usize = 32;

/// A file, and the seed of the ids of the recipients that have none in it.
pub(crate) struct StoredFile {
    seed: [u8; SEED],
    bytes: Zeroizing<Vec<u8>>,
}

impl StoredFile {
    /// Creates one with a fresh seed.
    pub(crate) fn new(bytes: &[u8], entropy: &dyn Entropy) -> Self {
        Self { seed: random_bytes(entropy), bytes: Zeroizing::new(bytes.to_vec()) }
    }

    /// Returns the form in which it is kept: the seed, then the file.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([&self.seed[..], &self.bytes].concat())
    }

    /// Parses the form in which it is kept.
    pub(crate) fn parse(kept: &[u8]) -> Option<Self> {
        let (seed, bytes) = kept.split_first_chunk::<SEED>()?;
        Some(Self { seed: *seed, bytes: Zeroizing::new(bytes.to_vec()) })
    }

    /// Returns the file.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns a function that draws random bytes for one id after the other. They are the same each time.
    pub(crate) fn ids(&self) -> impl FnMut() -> [u8; 16] + '_ {
        let mut number = 0_u64;
        move || {
            let hash = Sha256::new().chain_update(self.seed).chain_update(number.to_be_bytes()).finalize();
            number = number.saturating_add(1);
            let mut id = [0; 16];
            id.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
            id
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that are all the same.
    struct Same(u8);

    impl Entropy for Same {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_kept_file_draws_the_same_ids_each_time() {
        let file = StoredFile::new(b"name\nAda\n", &Same(1));
        let drawn = |file: &StoredFile| {
            let mut next = file.ids();
            [next(), next(), next()]
        };
        let again = StoredFile::parse(&file.to_bytes()).unwrap();
        assert_eq!((drawn(&again), again.bytes()), (drawn(&file), file.bytes()));
        let [first, second, third] = drawn(&file);
        assert!(first != second && second != third);
        assert_ne!(drawn(&StoredFile::new(b"name\nAda\n", &Same(2))), drawn(&file));
        assert!(StoredFile::parse(&[0; 31]).is_none());
    }
}
