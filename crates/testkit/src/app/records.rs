//! The records of a deployment under test: what its ledger, its events and its mails contain.

use std::collections::BTreeMap;
use std::sync::Arc;

use learncoin_store::events::Event;
use learncoin_store::mails::Mail;

use super::TestApp;
use crate::caller::Caller;
use crate::ledger::{self, Acceptance, Observation, SeenEvent};

impl TestApp {
    /// Collects the ledger's input, with the 202s that these callers received.
    pub async fn observe(&self, acceptances: Vec<Acceptance>, callers: &[&Caller]) -> Observation {
        let api_keys: Vec<&str> = callers.iter().map(|caller| caller.key.as_str()).collect();
        let chain = Arc::new(self.chain());
        let mut seen = ledger::gather(self, chain, acceptances, &api_keys, self.now_ms()).await;
        let mut events = BTreeMap::new();
        for batch in seen.accounts.iter().flat_map(|account| &account.batches) {
            let id = batch["id"].as_str().expect("a batch has an id");
            let of_batch = self.events(id).await.into_iter().map(|event| SeenEvent {
                id: event.id.to_string(),
                event_type: event.event_type,
                created_at: event.created_at,
            });
            events.insert(id.to_owned(), of_batch.collect());
        }
        seen.events = Some(events);
        seen
    }

    /// Returns the mail about a credential.
    pub async fn mail(&self, credential_id: &str) -> Option<Mail> {
        let id = credential_id.parse().expect("a credential's id");
        self.issuance().store.find_mail(&id).await.expect("the mail is read")
    }

    /// Returns the events of a batch or credential from the store, oldest first.
    pub async fn events(&self, subject_id: &str) -> Vec<Event> {
        self.issuance().store.list_events(subject_id).await.expect("the events are read")
    }
}
