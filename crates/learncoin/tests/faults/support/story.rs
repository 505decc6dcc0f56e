//! The deployment that a row walks: a tenant with a backend for events, a batch of two, one of whom has an address.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use learncoin_delivery::worker::DeliveryOptions;
use learncoin_issuance::Issuance;
use learncoin_issuance::worker::run::{Progress, Worker};
use learncoin_testkit::ledger::{Acceptance, assert_clean};
use learncoin_testkit::{
    Body, Caller, Gate, KmsServer, Method, TestApp, batch_of, credential, transactions_of_batch,
};
use serde_json::{Value, json};

use crate::effects::mail::Post;
use crate::effects::webhook::Backend;
use crate::effects::{commit, node, signer};
use crate::support::table::{Effect, Moved, Outcome, Row};

/// The time for which an answer is waited for if none comes. Long enough for one that does on a busy machine.
const IMPATIENT: Duration = Duration::from_millis(1_500);
const PATIENT: Duration = Duration::from_secs(30);
/// Longer than a lease of the pipeline, and shorter than a transaction waits until another one offers more.
const ROUND_MS: i64 = 31_000;
/// The number of rounds that it may take until nothing waits any more.
const ROUNDS: usize = 40;

/// The fate of the effect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is done, and answered.
    #[default]
    Passes,
    /// It is not done, and the answer is a refusal.
    Refused,
    /// It is not done, and there is no answer.
    Undone,
    /// It is done, and there is no answer.
    Done,
    /// It is done, and the answer is held.
    Held,
}

/// A deployment, just before the effect.
pub(crate) struct Story {
    row: Row,
    pub(crate) app: TestApp,
    uni: Caller,
    kms: Option<KmsServer>,
    backend: Backend,
    endpoint_id: String,
    post: Post,
    /// The accepted batches, the batch of two first.
    accepted: Vec<Acceptance>,
    met: Arc<AtomicUsize>,
}

/// Returns how many batches of one credential are anchored with the batch of two.
fn others(effect: Effect) -> usize {
    match effect {
        // One more than a transaction announces.
        Effect::Part => 100,
        _ => 0,
    }
}

impl Story {
    pub(crate) async fn begin(row: Row) -> Self {
        let patience = match row.outcome {
            Outcome::Undone | Outcome::Done | Outcome::DoneTwice => IMPATIENT,
            Outcome::Refused | Outcome::Dies | Outcome::Slow => PATIENT,
        };
        let (backend, post) = (Backend::start().await, Post::start().await);
        let delivery = DeliveryOptions { timeout: patience, ..DeliveryOptions::default() };
        let mut builder = TestApp::builder()
            .private_targets()
            .delivery(delivery)
            .mail_server(post.server().port(), patience);
        let kms = match row.effect {
            Effect::Signature => Some(KmsServer::start().await),
            _ => None,
        };
        if let Some(kms) = &kms {
            kms.set_patience(patience);
            builder = builder.kms(kms);
        }
        let app = builder.start().await;
        let uni = app.tenant("Example University").await;
        let mut accepted = Vec::new();
        // Before there is an endpoint: what counts of them is that they are anchored.
        for number in 0..others(row.effect) {
            let request = batch_of(vec![credential(&format!("Charles Babbage {number}"))]);
            let key = format!("other-{number}");
            let answer = uni.post_batch_under(&key, &request).await.expect(202);
            accepted.push(Acceptance::new(&uni.key, Some(&key), &request, &answer));
        }
        let subscribed = ["batch.created", "batch.signed", "batch.anchored"];
        let body = json!({ "url": backend.url(), "events": subscribed }).to_string();
        let endpoint = uni.post("/v1/webhooks", body).await.expect(201);
        let mut ada = credential("Ada Lovelace");
        ada["recipient"]["email"] = json!("ada@example.edu");
        let request = batch_of(vec![ada, credential("Alan Turing")]);
        let answer = uni.post_batch_under("once", &request).await.expect(202);
        accepted.insert(0, Acceptance::new(&uni.key, Some("once"), &request, &answer));
        let story = Self {
            accepted,
            endpoint_id: endpoint["id"].as_str().unwrap().to_owned(),
            row,
            app,
            uni,
            kms,
            backend,
            post,
            met: Arc::default(),
        };
        story.lead_up().await;
        story
    }

    /// Drives the deployment up to the effect.
    async fn lead_up(&self) {
        let steps = match self.row.effect {
            Effect::Signature | Effect::Webhook | Effect::Anchor => return,
            Effect::Send => 1,
            Effect::Receipt | Effect::Head | Effect::Commit | Effect::Part => 2,
            Effect::Mail => return self.app.run_until_idle().await,
        };
        self.app.run_steps(steps).await;
        if self.row.effect != Effect::Send {
            self.app.mine();
            self.app.clock().advance_ms(1_000);
        }
    }

    /// Returns a node; there are several if the database is not a file.
    pub(crate) fn node(&self, number: usize) -> Option<Arc<Issuance>> {
        self.app.nodes().get(number).map(|state| Arc::clone(&state.issuance))
    }

    /// Lets a node do what has the effect, as far as it is due.
    pub(crate) async fn drive(&self, node: &Arc<Issuance>) {
        match self.row.effect {
            Effect::Webhook => drop(self.app.delivery_worker_of(node).await.step().await.unwrap()),
            Effect::Mail => drop(self.app.mail_worker_of(node).await.step().await.unwrap()),
            _ => {
                // Where the outcome of a COMMIT is unknown, the step can't even say that it failed.
                let _ = Worker::new(Arc::clone(&node.pipeline)).step().await;
            }
        }
    }

    /// Sets the fate of the effect on the first node from now on. Returns the gate at which it is held, if it is.
    pub(crate) fn inject(&self, fate: Fate) -> Option<Gate> {
        let met = Arc::clone(&self.met);
        match self.row.effect {
            Effect::Signature => signer::inject(self.kms.as_ref().unwrap(), fate),
            Effect::Send => node::inject(&self.app.line(), "eth_sendRawTransaction", fate, met),
            Effect::Receipt => node::inject(&self.app.line(), "eth_getTransactionReceipt", fate, met),
            Effect::Head => node::inject(&self.app.line(), "eth_blockNumber", fate, met),
            Effect::Webhook => self.backend.inject(fate),
            Effect::Mail => self.post.inject(fate),
            effect @ (Effect::Anchor | Effect::Commit | Effect::Part) => {
                commit::inject(&self.node(0).unwrap().store, effect, fate, met)
            }
        }
    }

    /// Counts how often the effect met a fault.
    pub(crate) fn met(&self) -> usize {
        let of_kms = self.kms.as_ref().map_or(0, KmsServer::faulted);
        of_kms + self.backend.met() + self.post.met() + self.met.load(Ordering::SeqCst)
    }

    /// Moves the state on between the fault and the recovery.
    pub(crate) async fn move_on(&self, moved: Moved) {
        match moved {
            Moved::Erased => {
                let body = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" });
                self.change("erase", &body).await;
            }
            Moved::Revoked => {
                self.change("revoke", &json!({ "reason": "Superseded", "reason_code": "reissued" })).await;
            }
            Moved::EndpointDeleted => {
                let path = format!("/v1/webhooks/{}", self.endpoint_id);
                self.uni.send(Method::DELETE, &path, &[], Body::empty()).await.expect(200);
            }
            Moved::Bumped => {
                // Sent, waited for, and replaced.
                for _ in 0..3 {
                    self.app.clock().advance_ms(70_000);
                    self.app.run_steps(1).await;
                }
                assert!(self.transactions().await >= 2, "another transaction offers more");
            }
        }
    }

    async fn change(&self, what: &str, body: &Value) {
        let batch = self.uni.batch(&self.accepted[0].batch_id).await;
        let id = batch["credentials"][0]["id"].as_str().unwrap();
        self.uni.post(&format!("/v1/credentials/{id}/{what}"), body.to_string()).await.expect(200);
    }

    /// Counts the transactions that were signed and kept for the batch.
    pub(crate) async fn transactions(&self) -> usize {
        let id = self.accepted[0].batch_id.parse().unwrap();
        transactions_of_batch(&self.app.issuance().store, &id).await.len()
    }
}

impl Story {
    /// Lets every node work, blocks be made and time pass until nothing waits any more.
    pub(crate) async fn come_to_rest(&self) {
        for _ in 0..ROUNDS {
            let mut waits = false;
            for state in self.app.nodes() {
                let worker = Worker::new(Arc::clone(&state.issuance.pipeline));
                while worker.step().await.unwrap() == Progress::Worked {}
                self.app.mine();
                waits |= self.app.delivery_worker_of(&state.issuance).await.step().await.unwrap().is_some();
                waits |= self.app.mail_worker_of(&state.issuance).await.step().await.unwrap().is_some();
            }
            let status = self.uni.batch(&self.accepted[0].batch_id).await["status"].clone();
            if !waits && status != "pending" && status != "signed" {
                return;
            }
            self.app.clock().advance_ms(ROUND_MS);
        }
        panic!("{:?} does not come to rest", self.row);
    }

    /// Judges by the ledger, and by the effects' own counts.
    pub(crate) async fn judge(&self) {
        self.judge_after(self.repeated()).await;
    }

    /// Judges as [`Story::judge`], if effects that can only be repeated were done this often besides the once that is due.
    pub(crate) async fn judge_after(&self, repeated: usize) {
        let batch = self.uni.batch(&self.accepted[0].batch_id).await;
        assert_eq!(batch["status"], "anchored", "{:?}", self.row);
        assert_clean(&self.app.observe(self.accepted.clone(), &[&self.uni]).await);
        assert_eq!(self.backend.counts(), self.due_deliveries(repeated), "deliveries, {:?}", self.row);
        assert_eq!(self.post.server().seen().len(), self.due_mails(), "mails, {:?}", self.row);
        if let Some(kms) = &self.kms {
            assert_eq!(kms.signatures(), 1 + repeated, "signatures, {:?}", self.row);
        }
        let is_bumped = self.row.moved() == Some(Moved::Bumped);
        if !is_bumped && self.row.outcome != Outcome::Slow {
            assert_eq!(self.transactions().await, 1, "signed transactions, {:?}", self.row);
        }
    }

    /// Returns how often effects that can only be repeated are done besides the once that is due.
    fn repeated(&self) -> usize {
        match self.row.outcome {
            Outcome::Refused | Outcome::Undone => 0,
            Outcome::Done | Outcome::Dies => 1,
            Outcome::DoneTwice => 2,
            // A single node waits for the answer; another node does not.
            Outcome::Slow => self.app.nodes().len() - 1,
        }
    }

    fn due_deliveries(&self, repeated: usize) -> BTreeMap<String, usize> {
        let is_deleted = self.row.moved() == Some(Moved::EndpointDeleted);
        let first = match (self.row.effect, is_deleted, self.row.outcome) {
            (Effect::Webhook, false, _) => 1 + repeated,
            // What was done before it was deleted, and nothing after that.
            (Effect::Webhook, true, Outcome::Slow) => 1,
            (Effect::Webhook, true, _) => repeated,
            _ => 1,
        };
        let later = if is_deleted { 0 } else { self.accepted.len() };
        [("batch.created", first), ("batch.signed", later), ("batch.anchored", later)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(event_type, count)| (event_type.to_owned(), count))
            .collect()
    }

    fn due_mails(&self) -> usize {
        match (self.row.effect, self.row.moved(), self.row.outcome) {
            // What was not sent before the revocation is not sent after it; what was can't be called back.
            (Effect::Mail, Some(Moved::Revoked), Outcome::Refused | Outcome::Undone) => 0,
            (_, Some(Moved::Erased), _) => 0,
            _ => 1,
        }
    }
}
