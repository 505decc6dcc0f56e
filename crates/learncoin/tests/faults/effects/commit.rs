//! A database that refuses a COMMIT, loses it or the answer to it, or is slow.
//!
//! The transaction is one of those that decide: it stores a signed anchor, or it announces batches as anchored, with their
//! events and mails. An anchor of many batches is announced in several.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use learncoin_store::CommitFate;
use learncoin_store::Store;
use learncoin_store::events::EventType;
use learncoin_testkit::Gate;

use crate::support::story::Fate;
use crate::support::table::Effect;

/// The number of batches that the first of several transactions announces.
const FIRST_PART: usize = 100;

/// Returns whether a transaction that wrote these events has the effect.
fn is_met(effect: Effect, events: &[EventType]) -> bool {
    match effect {
        Effect::Anchor => events.contains(&EventType::BatchSigned),
        Effect::Part => events.contains(&EventType::BatchAnchored) && events.len() < FIRST_PART,
        _ => events.contains(&EventType::BatchAnchored),
    }
}

/// Sets the fate of the COMMITs from now on that have the effect. Returns the gate at which they are held, if they are.
pub(crate) fn inject(store: &Store, effect: Effect, fate: Fate, met: Arc<AtomicUsize>) -> Option<Gate> {
    let gate = Gate::default();
    let held = gate.clone();
    store.commits().set(move |events| {
        if fate == Fate::Passes || !is_met(effect, events) {
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
