//! Pictures of badges and cards that were drawn a while ago, for those that ask for them again.
//!
//! - Invariant: a picture is found by everything that it was drawn from, so a revocation, an erasure or a new branding is
//!   seen at once: what was drawn before it is not found any more.
//! - Invariant: no picture shows the person, so nothing that an erasure destroys is kept here.

use axum::body::Bytes;
use sha2::{Digest as _, Sha256};

use crate::public::recently_used::RecentlyUsed;

/// The most bytes that are kept: some 300 badges of 50 KB.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A digest of everything that a picture is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PictureKey([u8; 32]);

impl PictureKey {
    /// Creates the key from the parts of a drawing, in an order that is always the same.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            digest.update(part);
        }
        Self(digest.finalize().into())
    }
}

/// The pictures that were asked for last.
pub(crate) struct PictureCache(RecentlyUsed<PictureKey, Bytes>);

impl Default for PictureCache {
    fn default() -> Self {
        Self(RecentlyUsed::new(MAX_BYTES))
    }
}

impl PictureCache {
    /// Returns a picture that was drawn before.
    pub(crate) fn find(&self, key: &PictureKey) -> Option<Bytes> {
        self.0.find(key)
    }

    /// Keeps a picture.
    pub(crate) fn keep(&self, key: PictureKey, bytes: Bytes) {
        let length = bytes.len();
        self.0.keep(key, bytes, length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_and_its_place_make_the_key() {
        let keys = [
            PictureKey::of(&[b"ab", b"c"]),
            PictureKey::of(&[b"a", b"bc"]),
            PictureKey::of(&[b"abc"]),
            PictureKey::of(&[b"c", b"ab"]),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(keys.iter().skip(index + 1).all(|other| other != key));
        }
    }
}
