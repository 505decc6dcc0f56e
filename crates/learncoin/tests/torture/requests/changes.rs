//! The process ends itself in the middle of what changes credentials, branding and endpoints.

use learncoin_store::kill;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_testkit::traces;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::client::{Client, Posted, Reply};
use crate::support::deployment::{Deployment, PLAIN, Start};
use crate::support::judge::{judge, until_anchored};

/// The number of times that each request is made, of another object each time: enough to reach a point again after a kill.
const TIMES: usize = 3;
/// A reason that names a person. It is public, so it is written in clear until the credential is erased.
const REASON: &str = "Zuzanna Kowalska withdrew";

#[tokio::test]
async fn every_point_of_a_change_can_be_the_last_thing_a_process_does() {
    die_at_every_point(|point| vec![point.to_owned()]).await;
}

#[tokio::test]
async fn a_process_started_after_a_kill_may_die_at_the_same_point_of_a_change() {
    die_at_every_point(|point| vec![point.to_owned(), point.to_owned()]).await;
}

#[tokio::test]
async fn a_point_of_a_change_that_was_passed_once_can_be_the_last_at_the_second_time() {
    die_at_every_point(|point| vec![format!("{point}:2")]).await;
}

/// Kills one process after the other at each point, while a tenant for each point makes every change, and repeats each request
/// until it is answered.
async fn die_at_every_point(arming: impl Fn(&str) -> Vec<String>) {
    let mut deployment = Deployment::new();
    let (mut stories, mut posted) = (Vec::new(), Vec::new());
    for point in kill::CHANGES {
        eprintln!("{point}");
        deployment.start(PLAIN).await;
        let (story, batch) = Story::begin(&deployment).await;
        deployment.kill().await;
        let changing = tokio::spawn(story.make_every_change());
        for armed in arming(point) {
            deployment.spawn(Start { kill_point: Some(&armed), ..PLAIN });
            deployment.until_aborted(&armed).await;
        }
        deployment.start(PLAIN).await;
        let story = changing.await.expect("every request is answered");
        story.assert_each_change_was_made_once().await;
        stories.push(story);
        posted.push(batch);
        deployment.kill().await;
    }
    deployment.start(PLAIN).await;
    let clients: Vec<Client> = stories.iter().map(|story| story.client.clone()).collect();
    judge(&mut deployment, &clients, &posted).await;
    let store = deployment.open_store().await;
    for story in &stories {
        story.assert_the_store_agrees(&store).await;
    }
    store.close().await;
    assert_eq!(traces(&deployment.data_dir(), REASON), [""; 0]);
}

/// A tenant with a batch, and all that it has changed.
pub(crate) struct Story {
    pub(crate) client: Client,
    tenant_id: String,
    credentials: Vec<String>,
    made: Vec<Made>,
}

/// A change that was answered.
struct Made {
    method: Method,
    path: String,
    key: String,
    body: String,
    reply: Reply,
}

impl Story {
    pub(crate) async fn begin(deployment: &Deployment) -> (Self, Posted) {
        let client = deployment.tenant("Example University").await;
        let posted = client.post("the batch", TIMES).await;
        let batch = until_anchored(&client, &posted.batch_id()).await;
        let ids = batch["credentials"].as_array().expect("credentials").iter();
        let credentials = ids.map(|one| text(one, "id")).collect();
        let tenant_id = text(&client.get("/v1/tenants/me").await, "id");
        (Self { client, tenant_id, credentials, made: Vec::new() }, posted)
    }

    pub(crate) async fn make_every_change(mut self) -> Self {
        let revocation = json!({ "reason": REASON, "reason_code": "recipient_request" });
        let erasure = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" });
        for (number, id) in self.credentials.clone().into_iter().enumerate() {
            let branding = json!({ "display_name": format!("Academy {number}") });
            let endpoint =
                json!({ "url": format!("http://127.0.0.1:9/{number}"), "events": ["batch.failed"] });
            self.make(Method::POST, format!("/v1/credentials/{id}/revoke"), &revocation, 200).await;
            self.make(Method::POST, format!("/v1/credentials/{id}/erase"), &erasure, 200).await;
            self.make(Method::PATCH, "/v1/tenants/me".to_owned(), &branding, 200).await;
            self.make(Method::POST, "/v1/webhooks".to_owned(), &endpoint, 201).await;
        }
        self
    }

    async fn make(&mut self, method: Method, path: String, body: &Value, status: u16) {
        let (key, body) = (format!("change {}", self.made.len()), body.to_string());
        let reply = self.client.door.call(&self.client.change_call(method.clone(), &path, &key, &body)).await;
        assert_eq!(reply.status, status, "{path}: {}", reply.body);
        self.made.push(Made { method, path, key, body, reply });
    }

    /// Repeats each request, which gets its first answer, and checks that the visible state agrees with the answers.
    pub(crate) async fn assert_each_change_was_made_once(&self) {
        for made in &self.made {
            let call = self.client.change_call(made.method.clone(), &made.path, &made.key, &made.body);
            let again = self.client.door.call(&call).await;
            // The words of the reason went with the erasure, from the kept answer too.
            let first = if made.path.ends_with("/revoke") {
                made.reply.body.replace(REASON, "")
            } else {
                made.reply.body.clone()
            };
            assert_eq!((again.status, &again.body), (made.reply.status, &first), "{}", made.path);
            assert_eq!(again.replayed, made.method == Method::POST, "{}", made.path);
        }
        for id in &self.credentials {
            let credential = self.client.get(&format!("/v1/credentials/{id}")).await;
            assert_eq!((&credential["revoked"], &credential["erased"]), (&json!(true), &json!(true)));
        }
        let tenant = self.client.get("/v1/tenants/me").await;
        assert_eq!(tenant["name"], format!("Academy {}", TIMES - 1));
        let endpoints = self.client.get("/v1/webhooks").await;
        let urls: Vec<&Value> =
            endpoints["data"].as_array().expect("endpoints").iter().map(|one| &one["url"]).collect();
        assert_eq!(urls, ["http://127.0.0.1:9/0", "http://127.0.0.1:9/1", "http://127.0.0.1:9/2"]);
    }

    /// Checks that the store has one event for each change, and the secrets that were answered.
    async fn assert_the_store_agrees(&self, store: &learncoin_store::Store) {
        for id in &self.credentials {
            let events = store.list_events(id).await.expect("its events").into_iter();
            let types: Vec<String> = events.map(|event| event.event_type).collect();
            assert_eq!(types, ["credential.revoked", "credential.erased"], "{id}");
        }
        let scope =
            TenantScope { tenant_id: self.tenant_id.parse().expect("an id"), environment: Environment::Test };
        let endpoints = store.list_webhooks(&scope, None, 100).await.expect("its endpoints");
        let answers = self.made.iter().filter(|made| made.path == "/v1/webhooks");
        for (endpoint, made) in endpoints.iter().zip(answers) {
            let answer: Value = serde_json::from_str(&made.reply.body).expect("the answer is JSON");
            let secrets = store.webhook_secrets(&endpoint.id, 0).await.expect("its secret");
            assert_eq!(
                (text(&answer, "id"), text(&answer, "signing_secret")),
                (endpoint.id.to_string(), secrets[0].to_string())
            );
        }
    }
}

/// Kills between the commit of an erasure and its scrub, when the old pages still lie in the log of changes.
#[tokio::test]
async fn an_erasure_that_was_not_scrubbed_is_scrubbed_when_the_next_process_starts() {
    let mut deployment = Deployment::new();
    if !deployment.is_in_a_file() {
        eprintln!("left out: PostgreSQL takes what was deleted off the disk by itself");
        return;
    }
    deployment.start(PLAIN).await;
    let (mut story, posted) = Story::begin(&deployment).await;
    let path = |change: &str| format!("/v1/credentials/{}/{change}", story.credentials[0]);
    let (revoke, erase) = (path("revoke"), path("erase"));
    let revocation = json!({ "reason": REASON, "reason_code": "recipient_request" });
    story.make(Method::POST, revoke, &revocation, 200).await;
    deployment.kill().await;

    deployment.start(Start { kill_point: Some("change.committed"), ..PLAIN }).await;
    let erasure = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" }).to_string();
    let call = story.client.change_call(Method::POST, &erase, "the erasure", &erasure);
    let address = story.client.door.address().await;
    story.client.door.attempt(&address, &call).await.expect_err("it dies before it answers");
    deployment.until_aborted("change.committed").await;
    assert_ne!(traces(&deployment.data_dir(), REASON), [""; 0], "what was committed is not scrubbed yet");

    deployment.start(PLAIN).await;
    assert_eq!(traces(&deployment.data_dir(), REASON), [""; 0]);
    let late = story.client.door.call(&call).await;
    assert_eq!((late.status, late.replayed), (200, true), "{}", late.body);
    judge(&mut deployment, &[story.client], &[posted]).await;
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("no {member} in {value}")).to_owned()
}
