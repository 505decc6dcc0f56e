//! Group commit: items that arrive while a transaction is written share the next one, so that a busy server writes few
//! transactions and an idle one writes at once.

use std::cmp::Ordering;
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// Items that wait for a transaction, each with the result that its caller waits for.
pub(crate) struct GroupCommit<T, R> {
    waiting: Mutex<Vec<Item<T, R>>>,
    /// Held by the caller that commits; the others wait for it.
    committing: tokio::sync::Mutex<()>,
    order: fn(&T, &T) -> Ordering,
}

struct Item<T, R> {
    item: T,
    result: oneshot::Sender<R>,
}

impl<T, R> GroupCommit<T, R> {
    /// Creates one that commits items in the order of their arrival.
    pub(crate) fn in_order_of_arrival() -> Self {
        Self::sorted_by(|_, _| Ordering::Equal)
    }

    /// Creates one that commits the items of a transaction in this order, and equal ones in the order of their arrival.
    /// Nodes that lock the same rows in the same order never wait for each other in a circle.
    pub(crate) fn sorted_by(order: fn(&T, &T) -> Ordering) -> Self {
        Self { waiting: Mutex::default(), committing: tokio::sync::Mutex::default(), order }
    }

    /// Adds an item and waits until it is committed, by this caller or by one before it. `commit` writes all items in
    /// one transaction and returns the result of each, in their order. Returns `None` if another caller's transaction
    /// had the item and failed.
    ///
    /// # Errors
    /// If `commit` fails.
    pub(crate) async fn add<E, F>(
        &self,
        item: T,
        commit: impl FnOnce(Vec<T>) -> F,
    ) -> std::result::Result<Option<R>, E>
    where
        F: Future<Output = std::result::Result<Vec<R>, E>>,
    {
        let (result, mut receiver) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(Item { item, result });
        let _committing = self.committing.lock().await;
        // The caller before may have committed this item; the queue may then hold other callers' items, or nothing.
        let mut waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if !waiting.is_empty() {
            waiting.sort_by(|one, other| (self.order)(&one.item, &other.item));
            let (items, senders): (Vec<T>, Vec<oneshot::Sender<R>>) =
                waiting.into_iter().map(|waiting| (waiting.item, waiting.result)).unzip();
            for (sender, result) in senders.into_iter().zip(commit(items).await?) {
                // The caller may have been dropped.
                let _ = sender.send(result);
            }
        }
        Ok(receiver.try_recv().ok())
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use futures_util::future::join_all;
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn items_that_arrive_during_a_commit_share_the_next_one() {
        let group = GroupCommit::in_order_of_arrival();
        let commits = AtomicUsize::new(0);
        let results = join_all((0..10).map(|item| {
            group.add(item, |items| async {
                commits.fetch_add(1, Relaxed);
                yield_now().await;
                Ok::<_, Infallible>(items)
            })
        }));
        let results: Vec<Option<i32>> = results.await.into_iter().map(Result::unwrap).collect();
        assert_eq!(results, (0..10).map(Some).collect::<Vec<_>>());
        assert_eq!(commits.into_inner(), 2, "the first item, then the others");
    }

    #[tokio::test]
    async fn items_are_committed_in_order_and_each_caller_gets_its_own_result() {
        let group = GroupCommit::sorted_by(i32::cmp);
        let seen = Mutex::new(Vec::new());
        let results = join_all([3, 2, 1].map(|item| {
            group.add(item, |items| async {
                seen.lock().unwrap().push(items.clone());
                yield_now().await;
                Ok::<_, Infallible>(items)
            })
        }));
        let results: Vec<Option<i32>> = results.await.into_iter().map(Result::unwrap).collect();
        assert_eq!(results, [Some(3), Some(2), Some(1)]);
        assert_eq!(seen.into_inner().unwrap(), [vec![3], vec![1, 2]]);
    }

    #[tokio::test]
    async fn a_commit_that_fails_leaves_every_item_of_it_without_a_result() {
        let group = GroupCommit::in_order_of_arrival();
        let commits = AtomicUsize::new(0);
        let results = join_all((0..3).map(|item| {
            group.add(item, |items| async {
                yield_now().await;
                if commits.fetch_add(1, Relaxed) == 0 { Ok(items) } else { Err("refused") }
            })
        }))
        .await;
        assert_eq!(results, [Ok(Some(0)), Err("refused"), Ok(None)]);
    }
}
