//! Pictures of badges and cards that were drawn a while ago, for those that ask for them again.
//!
//! - Invariant: a picture is found by everything that it was drawn from, so a revocation, an erasure or a new branding is
//!   seen at once: what was drawn before it is not found any more.
//! - Invariant: no picture shows the person, so nothing that an erasure destroys is kept here.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use sha2::{Digest as _, Sha256};

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
#[derive(Default)]
pub(crate) struct PictureCache(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    pictures: HashMap<PictureKey, Picture>,
    bytes: usize,
    /// The number of uses so far.
    uses: u64,
}

struct Picture {
    bytes: Bytes,
    /// The number of its last use.
    last_use: u64,
}

impl PictureCache {
    /// Returns a picture that was drawn before.
    pub(crate) fn find(&self, key: &PictureKey) -> Option<Bytes> {
        let mut kept = self.lock();
        let use_now = kept.next_use();
        let picture = kept.pictures.get_mut(key)?;
        picture.last_use = use_now;
        Some(picture.bytes.clone())
    }

    /// Keeps a picture, in the place of those that were used the longest time ago.
    pub(crate) fn keep(&self, key: PictureKey, bytes: Bytes) {
        if bytes.len() > MAX_BYTES / 8 {
            return;
        }
        let mut kept = self.lock();
        let last_use = kept.next_use();
        kept.bytes = kept.bytes.saturating_add(bytes.len());
        if let Some(before) = kept.pictures.insert(key, Picture { bytes, last_use }) {
            kept.bytes = kept.bytes.saturating_sub(before.bytes.len());
        }
        while kept.bytes > MAX_BYTES {
            let oldest =
                kept.pictures.iter().min_by_key(|(_, picture)| picture.last_use).map(|(key, _)| *key);
            let Some(picture) = oldest.and_then(|oldest| kept.pictures.remove(&oldest)) else { break };
            kept.bytes = kept.bytes.saturating_sub(picture.bytes.len());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn next_use(&mut self) -> u64 {
        self.uses = self.uses.wrapping_add(1);
        self.uses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> PictureKey {
        PictureKey::of(&[&number.to_le_bytes()])
    }

    #[test]
    fn what_was_used_last_is_kept_within_the_limit() {
        let cache = PictureCache::default();
        let megabyte = Bytes::from(vec![0; 1024 * 1024]);
        for number in 0..16 {
            cache.keep(key(number), megabyte.clone());
        }
        assert!(cache.find(&key(0)).is_some());
        cache.keep(key(16), megabyte.clone());
        cache.keep(key(16), megabyte);
        assert!(cache.find(&key(1)).is_none());
        assert!((0..17).filter(|number| *number != 1).all(|number| cache.find(&key(number)).is_some()));
        assert_eq!(cache.lock().bytes, MAX_BYTES);
        cache.keep(key(17), Bytes::from(vec![0; MAX_BYTES]));
        assert!(cache.find(&key(17)).is_none());
    }

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
