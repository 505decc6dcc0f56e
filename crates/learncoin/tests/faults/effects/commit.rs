//! A database that refuses a COMMIT, loses it or the answer to it, or is slow.
//!
//! The transaction is the one that anchors a batch: it moves the batch, writes its event, and queues the mail.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use learncoin_store::CommitFate;
use learncoin_store::Store;
use learncoin_store::events::EventType;
use learncoin_testkit::Gate;

use crate::support::story::Fate;

/// Sets the fate of the COMMITs from now on that anchor a batch. Returns the gate at which they are held, if they are.
pub(crate) fn inject(store: &Store, fate: Fate, met: Arc<AtomicUsize>) -> Option<Gate> {
    let gate = Gate::default();
    let held = gate.clone();
    store.commits().set(move |events| {
        if fate == Fate::Passes || !events.contains(&EventType::BatchAnchored) {
            return CommitFate::Passes;
        }
        met.fetch_add(1, Ordering::SeqCst);
        match fate {
            Fate::Passes => CommitFate::Passes,
            Fate::Refused => CommitFate::Refused,
            Fate::Undone => CommitFate::Lost,
            Fate::Done => CommitFate::Unanswered,
            Fate::Held => {
                let gate = held.clone();
                CommitFate::Held(Box::pin(async move { gate.pass().await }))
            }
        }
    });
    (fate == Fate::Held).then_some(gate)
}
