//! The work beside the requests: the pipeline, deliveries, mails, the chain, housekeeping.
//!
//! Invariant: none of it ends unnoticed. A node that answers and does no work looks well and is not, so one of which a
//! part has ended ends as a whole, to be started again.

use std::future::Future;

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Tasks that go on until they are asked to stop.
pub(crate) struct Background {
    tasks: Vec<JoinHandle<()>>,
    stopped: watch::Receiver<bool>,
    is_broken: watch::Sender<bool>,
}

impl Background {
    /// None yet. `stopped` is what asks them to stop.
    pub(crate) fn new(stopped: watch::Receiver<bool>) -> Self {
        Self { tasks: Vec::new(), stopped, is_broken: watch::Sender::new(false) }
    }

    /// Begins one that ends when it is asked to.
    pub(crate) fn run(&mut self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let (stopped, is_broken) = (self.stopped.clone(), self.is_broken.clone());
        self.tasks.push(tokio::spawn(async move {
            let ended = tokio::spawn(work).await;
            if !*stopped.borrow() {
                // What it panicked with may be personal, so it is not told.
                tracing::error!(task = name, panicked = ended.is_err(), "a part of the server has ended");
                is_broken.send_replace(true);
            } else if ended.is_err() {
                tracing::error!(task = name, "a task ended badly");
            }
        }));
    }

    /// Completes when one has ended that was not asked to.
    pub(crate) fn broken(&self) -> impl Future<Output = ()> + use<> {
        let mut is_broken = self.is_broken.subscribe();
        async move {
            if is_broken.wait_for(|broken| *broken).await.is_err() {
                // All of them are gone, and none has said so: they were asked to stop.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until all have ended, which they do when they are asked to stop.
    pub(crate) async fn end(self) {
        for task in self.tasks {
            // What became of it was told where it ended.
            let _ = task.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::listener::stop_signal;

    #[tokio::test]
    async fn what_ends_unasked_is_noticed_and_what_was_asked_to_is_not() {
        let (stop, stopped) = watch::channel(false);
        let mut background = Background::new(stopped.clone());
        background.run("lasting", stop_signal(stopped.clone()));
        assert!(background.broken().now_or_never().is_none());
        stop.send(true).unwrap();
        let broken = background.broken();
        background.end().await;
        assert!(broken.now_or_never().is_none());

        let (_stop, stopped) = watch::channel(false);
        let mut background = Background::new(stopped);
        background.run("short", async {});
        background.broken().await;
        background.end().await;
    }
}
