//! A cache of a number of bytes. The values that were used the longest time ago go first.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values that take long to make, by what they are made from.
pub(crate) struct RecentlyUsed<K, V> {
    kept: Mutex<Kept<K, V>>,
    /// The most bytes that are kept.
    most: usize,
}

struct Kept<K, V> {
    entries: HashMap<K, Entry<V>>,
    bytes: usize,
    /// The number of uses so far.
    uses: u64,
}

struct Entry<V> {
    value: V,
    bytes: usize,
    /// The number of its last use.
    last_use: u64,
}

impl<K: Copy + Eq + Hash, V: Clone> RecentlyUsed<K, V> {
    /// Creates one that keeps so many bytes.
    pub(crate) fn new(most: usize) -> Self {
        Self { kept: Mutex::new(Kept { entries: HashMap::new(), bytes: 0, uses: 0 }), most }
    }

    /// Returns what was kept under this key.
    pub(crate) fn find(&self, key: &K) -> Option<V> {
        let mut kept = self.lock();
        let use_now = kept.next_use();
        let entry = kept.entries.get_mut(key)?;
        entry.last_use = use_now;
        Some(entry.value.clone())
    }

    /// Keeps a value of so many bytes, in the place of those that were used the longest time ago. One that would take more than an
    /// eighth of the room is not kept.
    pub(crate) fn keep(&self, key: K, value: V, bytes: usize) {
        if bytes > self.most / 8 {
            return;
        }
        let mut kept = self.lock();
        let last_use = kept.next_use();
        kept.bytes = kept.bytes.saturating_add(bytes);
        if let Some(before) = kept.entries.insert(key, Entry { value, bytes, last_use }) {
            kept.bytes = kept.bytes.saturating_sub(before.bytes);
        }
        while kept.bytes > self.most {
            let oldest = kept.entries.iter().min_by_key(|(_, entry)| entry.last_use).map(|(key, _)| *key);
            let Some(entry) = oldest.and_then(|oldest| kept.entries.remove(&oldest)) else { break };
            kept.bytes = kept.bytes.saturating_sub(entry.bytes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept<K, V>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, V> Kept<K, V> {
    fn next_use(&mut self) -> u64 {
        self.uses = self.uses.wrapping_add(1);
        self.uses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST: usize = 16;

    #[test]
    fn what_was_used_last_is_kept_within_the_limit() {
        let recent = RecentlyUsed::<u32, u32>::new(MOST);
        for key in 0..16 {
            recent.keep(key, key, 1);
        }
        assert_eq!(recent.find(&0), Some(0));
        recent.keep(16, 16, 1);
        recent.keep(16, 17, 1);
        assert_eq!((recent.find(&1), recent.find(&16)), (None, Some(17)));
        assert!((0..17).filter(|key| *key != 1).all(|key| recent.find(&key).is_some()));
        assert_eq!(recent.lock().bytes, MOST);
        recent.keep(17, 17, MOST);
        assert_eq!(recent.find(&17), None);
        recent.keep(18, 18, 2);
        let kept = recent.lock();
        assert_eq!((kept.bytes, kept.entries.len()), (MOST, 15));
    }
}
