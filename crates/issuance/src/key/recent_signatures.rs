//! The signatures of document keys that were made last. A wallet form is the same at each reading, so its signature is too, and Cloud
//! KMS need not make it, and count it, for each reader.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most signatures of a generation. Two are kept: 1 MB.
const MOST: usize = 4_096;

/// The input of a signature, and the public key that made it.
type Input = ([u8; 64], [u8; 32]);

/// Signatures, by what was signed. What was not asked for while `MOST` others were made is forgotten.
#[derive(Clone, Default)]
pub(crate) struct RecentSignatures(Arc<Mutex<Generations>>);

#[derive(Default)]
struct Generations {
    newer: HashMap<Input, [u8; 64]>,
    older: HashMap<Input, [u8; 64]>,
}

impl RecentSignatures {
    /// Returns the signature of an input, if it was made lately.
    pub(crate) fn find(&self, input: &Input) -> Option<[u8; 64]> {
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = generations.newer.get(input).copied();
        if found.is_some() {
            return found;
        }
        let found = generations.older.remove(input)?;
        generations.keep(*input, found);
        Some(found)
    }

    /// Keeps a signature.
    pub(crate) fn keep(&self, input: Input, signature: [u8; 64]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).keep(input, signature);
    }
}

impl Generations {
    fn keep(&mut self, input: Input, signature: [u8; 64]) {
        if self.newer.len() >= MOST {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(input, signature);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(number: usize) -> Input {
        let mut bytes = [0; 64];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        (bytes, [1; 32])
    }

    #[test]
    fn what_is_asked_for_stays_and_the_rest_goes() {
        let recent = RecentSignatures::default();
        for number in 0..3 * MOST {
            recent.keep(input(number), [7; 64]);
            assert_eq!(recent.find(&input(0)), Some([7; 64]), "{number}");
        }
        assert_eq!(recent.find(&input(1)), None);
        assert_eq!(recent.find(&(input(0).0, [2; 32])), None);
        let generations = recent.0.lock().unwrap();
        assert!(generations.newer.len() + generations.older.len() <= 2 * MOST);
    }
}
