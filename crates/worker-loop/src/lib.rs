//! The loop that every background worker runs in: do what is due, wait until more is, stop when asked to.
//!
//! A worker provides [`Steps`]; [`run_until`] is the only place that waits. Between two steps it waits for the time at
//! which more work is due, for the worker's own wake-up, or for the shutdown, whichever comes first.
//!
//! - Invariant: a step that has begun is finished, whatever happens meanwhile.
//! - Invariant: no wait is longer than [`LONGEST_PAUSE_MS`], so work that another process wrote is found by then.
//!
//! It knows nothing of what a step does and logs nothing: a worker logs its own failures.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// The longest pause between two steps, in milliseconds: what another process wrote is found by then.
pub const LONGEST_PAUSE_MS: i64 = 1_000;
/// The shortest pause between two steps, in milliseconds.
const SHORTEST_PAUSE_MS: i64 = 1;

/// The result of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Something moved: the next step follows at once.
    Worked,
    /// Nothing is left to do for now.
    Idle {
        /// When more work is due, in milliseconds since 1970, if that is known.
        next_due_ms: Option<i64>,
    },
}

/// A worker: what it does, and what wakes it.
pub trait Steps: Send {
    /// Does what is due. It handles its own failures: [`Progress::Idle`] without a time after one means a new attempt
    /// after [`LONGEST_PAUSE_MS`].
    fn next_step(&mut self) -> impl Future<Output = Progress> + Send;

    /// Completes if there may be work before the time that the last step returned. It may be dropped at any await.
    fn woken(&mut self) -> impl Future<Output = ()> + Send;
}

/// Runs the worker's steps until `shutdown` completes. `now_ms` reads the time, in milliseconds since 1970.
pub async fn run_until<W: Steps>(
    shutdown: impl Future<Output = ()> + Send,
    now_ms: impl Fn() -> i64 + Send + Sync,
    worker: &mut W,
) {
    let mut shutdown = pin!(shutdown);
    loop {
        let Progress::Idle { next_due_ms } = worker.next_step().await else { continue };
        let pause = pause_ms(next_due_ms, &now_ms);
        tokio::select! {
            () = &mut shutdown => return,
            () = worker.woken() => {}
            () = tokio::time::sleep(Duration::from_millis(pause)) => {}
        }
    }
}

/// Returns how long to wait for work that is due at a time, in milliseconds.
fn pause_ms(next_due_ms: Option<i64>, now_ms: impl Fn() -> i64) -> u64 {
    let until_due = next_due_ms.map_or(LONGEST_PAUSE_MS, |due| due.saturating_sub(now_ms()));
    until_due.clamp(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS).unsigned_abs()
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests {
    use tokio::sync::{Notify, oneshot};
    use tokio::time::{Instant, sleep};

    use super::*;

    /// A worker whose steps take some time and whose results are given; once they are used up, it is idle.
    #[derive(Default)]
    struct Scripted {
        results: Vec<Progress>,
        step_ms: u64,
        began: Vec<Instant>,
        finished: usize,
        wake: Notify,
    }

    impl Steps for Scripted {
        async fn next_step(&mut self) -> Progress {
            self.began.push(Instant::now());
            sleep(Duration::from_millis(self.step_ms)).await;
            self.finished += 1;
            self.results.pop().unwrap_or(Progress::Idle { next_due_ms: None })
        }

        async fn woken(&mut self) {
            self.wake.notified().await;
        }
    }

    #[test]
    fn a_pause_ends_when_work_is_due_and_is_never_longer_than_the_longest() {
        assert_eq!(pause_ms(Some(1_250), || 1_000), 250);
        assert_eq!(pause_ms(Some(10), || 1_000), 1);
        assert_eq!(pause_ms(Some(i64::MAX), || i64::MIN), 1_000);
        assert_eq!(pause_ms(None, || 0), 1_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_follows_at_once_after_one_that_moved_something() {
        let mut worker = Scripted { results: vec![Progress::Worked; 3], ..Scripted::default() };
        let start = Instant::now();
        run_until(sleep(Duration::from_millis(1_500)), || 0, &mut worker).await;
        let after_ms: Vec<u128> = worker.began.iter().map(|began| (*began - start).as_millis()).collect();
        assert_eq!(after_ms[..4], [0, 0, 0, 0]);
        assert!(after_ms.len() == 5 && after_ms[4] >= 1_000, "{after_ms:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wake_up_ends_the_pause() {
        let mut worker = Scripted::default();
        worker.wake.notify_one();
        run_until(sleep(Duration::from_millis(500)), || 0, &mut worker).await;
        assert_eq!(worker.finished, 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_step_that_has_begun_is_finished_at_shutdown() {
        let (stop, stopped) = oneshot::channel::<()>();
        let mut worker = Scripted { step_ms: 10_000, ..Scripted::default() };
        drop(stop);
        run_until(async { _ = stopped.await }, || 0, &mut worker).await;
        assert_eq!(worker.finished, 1);
    }
}
