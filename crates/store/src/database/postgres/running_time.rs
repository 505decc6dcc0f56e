//! Limits for how long others may take, in the time in which this process runs.
//!
//! A process can be stopped and go on: a virtual machine that moves, a machine that sleeps, one that has too much to do. When it goes on,
//! every deadline has passed at once, before it could read what was answered meanwhile. It is not the others who were silent then.

use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

/// The number of parts of a limit. A stop counts as one of them at most, however long it was.
const PARTS: u32 = 8;

/// Returns the outcome of what others are to do, or `None` if they take longer than this.
pub(super) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    for _ in 0..PARTS {
        if let Ok(outcome) = timeout(limit / PARTS, &mut work).await {
            return Some(outcome);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::sync::mpsc;
    use tokio::time::{Instant, advance};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(2);

    #[tokio::test(start_paused = true)]
    async fn silence_ends_at_the_limit() {
        let began = Instant::now();
        assert_eq!(within(LIMIT, std::future::pending::<()>()).await, None);
        let took = began.elapsed();
        assert!(took >= LIMIT && took < LIMIT * 2, "{took:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_of_an_hour_is_no_silence() {
        let (answer, mut answers) = mpsc::unbounded_channel();
        let mut work = pin!(within(LIMIT, async {
            // One answer waits when the process goes on, and the next one comes when that was read.
            for _ in 0..2 {
                answers.recv().await.unwrap();
            }
        }));
        assert_eq!((&mut work).now_or_never(), None);
        advance(Duration::from_secs(3_600)).await;
        answer.send(()).unwrap();
        assert_eq!((&mut work).now_or_never(), None);
        answer.send(()).unwrap();
        assert_eq!(work.await, Some(()));
    }
}
