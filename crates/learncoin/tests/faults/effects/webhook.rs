//! A backend that refuses, falls silent or is slow, and knows what it has done.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use learncoin_testkit::{Gate, Reaction, Received, Receiver};
use serde_json::Value;

use crate::support::story::Fate;

#[derive(Default)]
struct Shared {
    fate: Mutex<(Fate, Gate)>,
    /// The requests that were not only received, but acted on.
    done: Mutex<Vec<Received>>,
    met: AtomicUsize,
}

/// A backend.
pub(crate) struct Backend {
    shared: Arc<Shared>,
    receiver: Receiver,
}

impl Backend {
    pub(crate) async fn start() -> Self {
        let shared = Arc::<Shared>::default();
        let reacting = Arc::clone(&shared);
        let receiver = Receiver::reacting(move |request| reacting.react(request)).await;
        Self { shared, receiver }
    }

    pub(crate) fn url(&self) -> String {
        self.receiver.url("/hook")
    }

    /// Sets the fate of requests from now on. Returns the gate at which they are held, if they are.
    pub(crate) fn inject(&self, fate: Fate) -> Option<Gate> {
        let gate = Gate::default();
        *self.shared.fate.lock().unwrap() = (fate, gate.clone());
        (fate == Fate::Held).then_some(gate)
    }

    /// Returns the number of requests that met a fault.
    pub(crate) fn met(&self) -> usize {
        self.shared.met.load(Ordering::SeqCst)
    }

    /// Counts how often each type of event was acted on, and checks that every delivery of an event has one id and one body.
    pub(crate) fn counts(&self) -> BTreeMap<String, usize> {
        let (mut counts, mut forms) = (BTreeMap::new(), BTreeMap::new());
        for request in &*self.shared.done.lock().unwrap() {
            let form = (request.header("webhook-id").to_owned(), request.body.clone());
            let body: Value = serde_json::from_slice(request.body.as_ref()).unwrap();
            let event = (request.event_type(), body["data"]["batch_id"].to_string());
            let first = forms.entry(event).or_insert_with(|| form.clone());
            assert_eq!(*first, form, "an event came in two forms");
            *counts.entry(request.event_type()).or_insert(0) += 1;
        }
        counts
    }
}

impl Shared {
    fn react(&self, request: &Received) -> Reaction {
        let (fate, gate) = self.fate.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if fate != Fate::Passes {
            self.met.fetch_add(1, Ordering::SeqCst);
        }
        if matches!(fate, Fate::Passes | Fate::Done | Fate::Held) {
            self.done.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        }
        match fate {
            Fate::Passes => Reaction::status(204),
            Fate::Refused => Reaction::status(500),
            Fate::Undone | Fate::Done => Reaction::Hang,
            Fate::Held => Reaction::Held(gate),
        }
    }
}
