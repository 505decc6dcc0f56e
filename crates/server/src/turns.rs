//! Turns: of what this process does under one key at the same time, one goes on and the others wait. For effects that no
//! transaction holds together with their answer, and for requests that one statement can count together.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

/// One lock for each key in use, with what a task leaves there for the next one.
#[derive(Default)]
pub(crate) struct Turns<T = ()> {
    taken: Mutex<HashMap<String, Weak<tokio::sync::Mutex<T>>>>,
}

/// The turn of one key, until this is dropped.
pub(crate) struct Turn<T>(OwnedMutexGuard<T>);

impl<T: Default> Turns<T> {
    /// Waits for the turn of the key.
    pub(crate) async fn take(&self, key: &str) -> Turn<T> {
        let turn = {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            match taken.get(key).and_then(Weak::upgrade) {
                Some(turn) => turn,
                None => {
                    taken.retain(|_, turn| turn.strong_count() > 0);
                    let turn = Arc::default();
                    taken.insert(key.to_owned(), Arc::downgrade(&turn));
                    turn
                }
            }
        };
        Turn(turn.lock_owned().await)
    }
}

impl<T> Turn<T> {
    /// Returns how many have this turn or wait for it.
    pub(crate) fn waiting(&self) -> usize {
        Arc::strong_count(OwnedMutexGuard::mutex(&self.0))
    }
}

impl<T> Deref for Turn<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Turn<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn one_has_the_turn_of_a_key_and_tells_the_next() {
        let turns: Turns<u32> = Turns::default();
        let mut first = turns.take("a").await;
        let mut second = Box::pin(turns.take("a"));
        assert!((&mut second).now_or_never().is_none(), "the first has it");
        assert_eq!(first.waiting(), 2);
        assert_eq!(turns.take("b").await.waiting(), 1, "another key is free");
        *first = 7;
        drop(first);
        let second = tokio::time::timeout(Duration::from_secs(60), second).await.unwrap();
        assert_eq!((*second, second.waiting()), (7, 1));
        drop(second);
        assert_eq!(*turns.take("a").await, 0, "it is forgotten once no task has it");
    }
}
