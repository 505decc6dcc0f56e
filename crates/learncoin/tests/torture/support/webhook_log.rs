//! The events that backends received: every transition until they took it, and each time the same.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use learncoin_testkit::ledger::Observation;
use learncoin_testkit::{Received, Receiver};
use tokio::time::timeout;

use crate::support::client::Posted;

/// The life of a batch that does not fail.
pub(crate) const LIFE: [&str; 3] = ["batch.created", "batch.signed", "batch.anchored"];
/// The time that it may take until all events are delivered once the kills and the posts have ended.
const PATIENCE: Duration = Duration::from_secs(120);

/// Each event that came, by batch and type, with the ids and bodies that it came with.
type Deliveries = BTreeMap<(String, String), BTreeSet<(String, String)>>;

/// Waits until the backend received an event of each transition of these batches, and took it.
pub(crate) async fn until_all_are_delivered(backend: &Receiver, posted: &[Posted]) {
    let expected: BTreeSet<(String, String)> = posted
        .iter()
        .flat_map(|one| LIFE.map(|event_type| (one.batch_id(), event_type.to_owned())))
        .collect();
    let all = async {
        let mut count = 0;
        loop {
            backend.until_seen(count).await;
            let seen = backend.seen();
            count = seen.len() + 1;
            let delivered: BTreeSet<_> = by_transition(taken(&seen)).into_keys().collect();
            if expected.is_subset(&delivered) {
                return;
            }
        }
    };
    if timeout(PATIENCE, all).await.is_err() {
        let delivered: BTreeSet<_> = by_transition(taken(&backend.seen())).into_keys().collect();
        let missing: Vec<_> = expected.difference(&delivered).take(10).collect();
        panic!("not delivered within {PATIENCE:?}: {missing:?}");
    }
}

/// Asserts that the received events are those of the transitions in the store, each under its one id and in one body.
pub(crate) fn each_event_is_always_the_same(received: &[Received], seen: &Observation) {
    let events = seen.events.as_ref().expect("the events were read");
    for ((batch_id, event_type), delivered) in by_transition(received) {
        assert_eq!(delivered.len(), 1, "{event_type} of {batch_id} came in several forms: {delivered:?}");
        let stored = events.get(&batch_id).expect("a batch that is there");
        let stored: Vec<&str> = stored
            .iter()
            .filter(|event| event.event_type == event_type)
            .map(|event| event.id.as_str())
            .collect();
        let delivered: Vec<&str> = delivered.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(delivered, stored, "{event_type} of {batch_id}");
    }
}

fn taken(received: &[Received]) -> impl Iterator<Item = &Received> {
    received.iter().filter(|one| one.answered.is_some_and(|status| (200..300).contains(&status)))
}

fn by_transition<'a>(received: impl IntoIterator<Item = &'a Received>) -> Deliveries {
    let mut delivered = Deliveries::new();
    for one in received {
        let event = one.json();
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        assert_eq!(text(&event["id"]), one.header("webhook-id"));
        let transition = (text(&event["data"]["batch_id"]), text(&event["type"]));
        delivered.entry(transition).or_default().insert((text(&event["id"]), one.body.clone()));
    }
    delivered
}
