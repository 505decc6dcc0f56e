//! The work beside the requests: the pipeline, deliveries, mails, the chain, housekeeping.
//!
//! Invariant: no task ends unnoticed. A node that responds but does no work looks healthy and is not, so the whole server
//! stops if one of its tasks has ended, to be restarted.

use std::future::Future;

use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Tasks that run until they are asked to stop.
pub(crate) struct Background {
    tasks: Vec<JoinHandle<()>>,
    stopped: watch::Receiver<bool>,
    is_broken: watch::Sender<bool>,
}

impl Background {
    /// Creates an empty set. `stopped` asks the tasks to stop.
    pub(crate) fn new(stopped: watch::Receiver<bool>) -> Self {
        Self { tasks: Vec::new(), stopped, is_broken: watch::Sender::new(false) }
    }

    /// Spawns a task that ends when it is asked to stop.
    pub(crate) fn run(&mut self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let (stopped, is_broken) = (self.stopped.clone(), self.is_broken.clone());
        self.tasks.push(tokio::spawn(async move {
            let ended = tokio::spawn(work).await;
            if !*stopped.borrow() {
                // The panic's message may contain personal data, so it is not logged.
                tracing::error!(task = name, panicked = ended.is_err(), "a part of the server has ended");
                is_broken.send_replace(true);
            } else if ended.is_err() {
                tracing::error!(task = name, "a task ended badly");
            }
        }));
    }

    /// Completes when a task has ended that was not asked to stop.
    pub(crate) fn broken(&self) -> impl Future<Output = ()> + use<> {
        let mut is_broken = self.is_broken.subscribe();
        async move {
            if is_broken.wait_for(|broken| *broken).await.is_err() {
                // All senders are gone without a report: the tasks were asked to stop.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits until all tasks have ended, which they do when they are asked to stop.
    pub(crate) async fn end(self) {
        for task in self.tasks {
            // Its outcome was logged when it ended.
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
