//! Look-ups whose outcome is remembered for a short time: pages make their checks anew at each reading, but a school's host
//! or a chain's node need not answer for each reader.
//!
//! Of those that want the same at the same time one looks it up, and the others wait for it. A look-up that has begun is
//! finished even if its reader hangs up, so that readers who do not wait cause no more look-ups than others.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use learncoin_credential::verify::Lookup;
use learncoin_store::deadlines::is_due;

/// The outcomes of look-ups, by what was looked up.
pub(crate) struct RecentLookUps<K, T> {
    cells: Mutex<HashMap<K, Arc<Cell<T>>>>,
    /// The most outcomes that are remembered.
    most: usize,
    /// The time for which an outcome is believed, in milliseconds.
    lifetime_ms: fn(&Lookup<T>) -> i64,
}

/// The last outcome, and its time. It is locked during a look-up.
type Cell<T> = tokio::sync::Mutex<Option<(i64, Lookup<T>)>>;

impl<K: Eq + Hash, T: Clone + Send + 'static> RecentLookUps<K, T> {
    /// Creates one that remembers so many outcomes, each for this long.
    pub(crate) fn new(most: usize, lifetime_ms: fn(&Lookup<T>) -> i64) -> Self {
        Self { cells: Mutex::default(), most, lifetime_ms }
    }

    /// Returns what `key` leads to, as it was within the lifetime of an outcome, or looks it up.
    pub(crate) async fn find(
        &self,
        key: K,
        now_ms: i64,
        look_up: impl Future<Output = Lookup<T>> + Send + 'static,
    ) -> Lookup<T> {
        let cell = self.cell(key, now_ms);
        let mut last = Arc::clone(&cell).lock_owned().await;
        if let Some((at, found)) = &*last
            && self.is_fresh(*at, found, now_ms)
        {
            return found.clone();
        }
        let looking = tokio::spawn(async move {
            let found = look_up.await;
            *last = Some((now_ms, found.clone()));
            found
        });
        looking.await.unwrap_or_else(|_| Lookup::Unreachable("the look-up broke off".to_owned()))
    }

    /// Remembers the outcome of a look-up that was made apart.
    pub(crate) async fn remember(&self, key: K, now_ms: i64, found: Lookup<T>) {
        *self.cell(key, now_ms).lock().await = Some((now_ms, found));
    }

    fn is_fresh(&self, at: i64, found: &Lookup<T>, now_ms: i64) -> bool {
        let lifetime_ms = (self.lifetime_ms)(found);
        !is_due(at.saturating_add(lifetime_ms), now_ms, lifetime_ms)
    }

    /// Returns the cell of a key. While there is no room, it is remembered only by those that share it.
    fn cell(&self, key: K, now_ms: i64) -> Arc<Cell<T>> {
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = cells.get(&key) {
            return Arc::clone(cell);
        }
        if cells.len() >= self.most {
            cells.retain(|_, cell| match cell.try_lock() {
                Ok(last) => last.as_ref().is_some_and(|(at, found)| self.is_fresh(*at, found, now_ms)),
                // It is being looked up.
                Err(_) => true,
            });
        }
        let cell = Arc::new(Cell::new(None));
        if cells.len() < self.most {
            cells.insert(key, Arc::clone(&cell));
        }
        cell
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use futures_util::FutureExt as _;
    use futures_util::future::{join_all, pending, ready};
    use tokio::task::yield_now;

    use super::*;

    const MOST: usize = 100;
    const LIFETIME_MS: i64 = 5_000;

    fn look_ups() -> RecentLookUps<u32, u64> {
        RecentLookUps::new(MOST, |_| LIFETIME_MS)
    }

    /// Counts look-ups, which take a while.
    #[derive(Clone, Default)]
    struct Counter(Arc<AtomicU64>);

    impl Counter {
        fn look_up(&self) -> impl Future<Output = Lookup<u64>> + Send + 'static + use<> {
            let count = Arc::clone(&self.0);
            async move {
                let number = count.fetch_add(1, Ordering::SeqCst);
                yield_now().await;
                Lookup::Found(number)
            }
        }

        fn count(&self) -> u64 {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[tokio::test]
    async fn one_looks_up_for_all_and_for_a_while() {
        let (look_ups, counter) = (look_ups(), Counter::default());
        let found = join_all((0..50).map(|_| look_ups.find(1, 0, counter.look_up()))).await;
        assert!(found.iter().all(|found| matches!(found, Lookup::Found(0))));
        look_ups.find(1, LIFETIME_MS - 1, counter.look_up()).await;
        assert_eq!(counter.count(), 1);
        look_ups.find(2, 0, counter.look_up()).await;
        look_ups.find(1, LIFETIME_MS, counter.look_up()).await;
        assert_eq!(counter.count(), 3);
        // A clock that went back a day keeps nothing for a day.
        look_ups.find(1, LIFETIME_MS - 86_400_000, counter.look_up()).await;
        assert_eq!(counter.count(), 4);
    }

    #[tokio::test]
    async fn readers_who_hang_up_cause_no_further_look_ups() {
        let (look_ups, counter) = (look_ups(), Counter::default());
        for _ in 0..50 {
            assert!(look_ups.find(1, 0, counter.look_up()).now_or_never().is_none());
        }
        look_ups.find(1, 0, counter.look_up()).await;
        assert_eq!(counter.count(), 1);
    }

    #[tokio::test]
    async fn memory_is_bounded_and_what_is_under_way_stays() {
        let look_ups = look_ups();
        let mut under_way = Box::pin(look_ups.find(0, 0, pending()));
        assert!((&mut under_way).now_or_never().is_none());
        for key in 1..u32::try_from(MOST + 10).unwrap() {
            look_ups.find(key, 0, ready(Lookup::Absent)).await;
        }
        let count = || look_ups.cells.lock().unwrap().len();
        assert_eq!(count(), MOST);
        look_ups.find(u32::MAX, LIFETIME_MS, ready(Lookup::Absent)).await;
        assert_eq!(count(), 2);
    }
}
