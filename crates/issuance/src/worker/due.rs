//! The work that is due, by signing key: that of one key is done in order, that of several at the same time.

use std::collections::{BTreeMap, BTreeSet};

use learncoin_store::Result;
use learncoin_store::anchors::{Anchor, AnchorStatus};
use learncoin_store::batches::WaitingKey;
use learncoin_store::id::TenantId;

use crate::pipeline::Pipeline;

/// The most anchors of a status that are read at once.
const ANCHORS_AT_ONCE: u32 = 256;

/// A signing key: its tenant and its number.
pub(super) type Key = (TenantId, u64);

/// The work of one key that is due.
#[derive(Debug)]
pub(super) struct KeyWork {
    /// The key.
    pub(super) key: Key,
    /// The signed anchors.
    pub(super) signed: Vec<Anchor>,
    /// Whether batches wait to be signed.
    pub(super) has_pending: bool,
    /// The anchored anchors.
    pub(super) anchored: Vec<Anchor>,
}

/// The keys with work, each with the number of keys that were found before it.
#[derive(Default)]
struct Keys(BTreeMap<Key, (usize, KeyWork)>);

impl Keys {
    /// Returns the work of a key, which may have none yet.
    fn of(&mut self, key: Key) -> &mut KeyWork {
        let found_before = self.0.len();
        let none = KeyWork { key: key.clone(), signed: Vec::new(), has_pending: false, anchored: Vec::new() };
        &mut self.0.entry(key).or_insert((found_before, none)).1
    }

    /// Returns the work in the order in which the keys were found, without those in `busy`.
    fn in_order(self, busy: &BTreeSet<Key>) -> Vec<KeyWork> {
        let mut keys: Vec<(usize, KeyWork)> = self.0.into_values().collect();
        keys.sort_by_key(|(found_before, _)| *found_before);
        keys.into_iter().map(|(_, work)| work).filter(|work| !busy.contains(&work.key)).collect()
    }
}

/// The work that is due now.
#[derive(Debug)]
pub(super) struct Due {
    /// The keys with work, those with open anchors first: open work is finished before new work begins.
    pub(super) keys: Vec<KeyWork>,
    /// When more is due, in milliseconds since 1970, if that is known.
    pub(super) next_due_ms: Option<i64>,
}

/// Finds what is due, without the keys in `busy`, which are worked on.
///
/// # Errors
/// If the store fails.
pub(super) async fn find(pipeline: &Pipeline, busy: &BTreeSet<Key>) -> Result<Due> {
    let store = &pipeline.store;
    let now = pipeline.clock.now_ms();
    let mut keys = Keys::default();
    for anchor in store.due_anchors(AnchorStatus::Signed, now, ANCHORS_AT_ONCE).await? {
        keys.of((anchor.scope.tenant_id.clone(), anchor.signing_key_number)).signed.push(anchor);
    }
    let mut next_due_ms = store.next_due_anchor(AnchorStatus::Signed, now).await?;
    for waiting in store.list_waiting_keys(now).await? {
        let due_at = due_at(pipeline, &waiting);
        if due_at <= now {
            keys.of((waiting.tenant_id, waiting.key_number)).has_pending = true;
        }
        next_due_ms = Some(next_due_ms.map_or(due_at, |next| next.min(due_at)));
    }
    for anchor in store.due_anchors(AnchorStatus::Anchored, now, ANCHORS_AT_ONCE).await? {
        keys.of((anchor.scope.tenant_id.clone(), anchor.signing_key_number)).anchored.push(anchor);
    }
    // An anchor that is only watched is no open work: the loop's longest pause is short enough for it.
    next_due_ms = [next_due_ms, store.next_due_reanchor().await?].into_iter().flatten().min();
    Ok(Due { keys: keys.in_order(busy), next_due_ms })
}

/// Returns when the pending batches of a key are looked at. While the key has no room for a further transaction, they wait for one to be
/// mined, and are looked at before that only once the give-up window of the oldest is over.
fn due_at(pipeline: &Pipeline, waiting: &WaitingKey) -> i64 {
    if pipeline.options.has_room(waiting.in_flight, waiting.pending) {
        return waiting.due_at;
    }
    waiting.due_at.max(waiting.oldest_at.saturating_add(pipeline.options.give_up_after_ms))
}
