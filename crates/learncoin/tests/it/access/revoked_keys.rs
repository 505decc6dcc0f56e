//! A key is revoked while a request under it runs: once the revocation has committed, nothing of the request does.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::Arc;

use futures_util::future::join_all;
use learncoin_http_client::{Egress, SystemResolver};
use learncoin_issuance::time::month;
use learncoin_server::error::ErrorCode;
use learncoin_store::batches::{BatchFilter, Scoped};
use learncoin_store::id::CredentialId;
use learncoin_store::requests::{Claimed, IdempotencyClaim};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_testkit::{Body, Caller, Method, TestApp, many, one, seed};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::access::api_keys::body_after_revocation;

/// Every kind of request, with the status of its success and whether that changes anything.
const KINDS: [(&str, u16, bool); 13] = [
    ("list batches", 200, false),
    ("read a batch", 200, false),
    ("read a credential", 200, false),
    ("read the tenant", 200, false),
    ("read the tenant by id", 200, false),
    ("list endpoints", 200, false),
    ("test an endpoint", 200, false),
    ("post a batch", 202, true),
    ("revoke", 200, true),
    ("erase", 200, true),
    ("patch the tenant", 200, true),
    ("register an endpoint", 201, true),
    ("delete an endpoint", 200, true),
];
/// Tenants that do this side by side, each by itself.
const LANES: u64 = 8;
const ROUNDS: usize = 125;
const MOST_TURNS: u32 = 64;

/// A tenant with a key that stays, and a credential for each round.
struct Lane {
    uni: Caller,
    batch: String,
    credentials: Vec<String>,
}

/// A request that is about to be sent.
struct Draft {
    method: Method,
    path: String,
    body: String,
    /// Only what may be repeated has one.
    key: Option<String>,
}

impl Lane {
    async fn new(app: &TestApp) -> Lane {
        let uni = app.tenant("Example University").await;
        let posted = uni.post_batch(many(ROUNDS)).await;
        let batch = uni.batch(posted["id"].as_str().unwrap()).await;
        let credentials = batch["credentials"].as_array().unwrap().iter();
        Lane {
            batch: batch["id"].as_str().unwrap().to_owned(),
            credentials: credentials.map(|one| one["id"].as_str().unwrap().to_owned()).collect(),
            uni,
        }
    }

    /// Registers an endpoint with the key that stays valid.
    async fn endpoint(&self) -> String {
        let body = json!({ "url": "http://127.0.0.1:9/", "events": ["batch.created"] });
        let made = self.uni.post("/v1/webhooks", body.to_string()).await.expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    async fn delete_endpoints(&self) {
        let listed = self.uni.get("/v1/webhooks").await.expect(200);
        for endpoint in listed["data"].as_array().unwrap() {
            let path = format!("/v1/webhooks/{}", endpoint["id"].as_str().unwrap());
            self.uni.send(Method::DELETE, &path, &[], Body::empty()).await.expect(200);
        }
    }

    async fn draft(&self, kind: &str, round: usize) -> Draft {
        let credential = &self.credentials[round];
        let get = |path: String| (Method::GET, path, Value::Null);
        let post = |path: String, body: Value| (Method::POST, path, body);
        let (method, path, body) = match kind {
            "list batches" => get("/v1/batches".to_owned()),
            "read a batch" => get(format!("/v1/batches/{}", self.batch)),
            "read a credential" => get(format!("/v1/credentials/{credential}")),
            "read the tenant" => get("/v1/tenants/me".to_owned()),
            "read the tenant by id" => get(format!("/v1/tenants/{}", self.uni.tenant_id)),
            "list endpoints" => get("/v1/webhooks".to_owned()),
            "test an endpoint" => post(format!("/v1/webhooks/{}/test", self.endpoint().await), json!({})),
            "post a batch" => post("/v1/batches".to_owned(), one("Ada Lovelace")),
            "revoke" => {
                let body = json!({ "reason": "Superseded.", "reason_code": "reissued" });
                post(format!("/v1/credentials/{credential}/revoke"), body)
            }
            "erase" => {
                let body = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" });
                post(format!("/v1/credentials/{credential}/erase"), body)
            }
            "patch the tenant" => {
                let body = json!({ "awarding_body": { "name": format!("Academy {round}") } });
                (Method::PATCH, "/v1/tenants/me".to_owned(), body)
            }
            "register an endpoint" => {
                let body = json!({ "url": "http://127.0.0.1:9/new", "events": ["batch.created"] });
                post("/v1/webhooks".to_owned(), body)
            }
            "delete an endpoint" => {
                (Method::DELETE, format!("/v1/webhooks/{}", self.endpoint().await), Value::Null)
            }
            other => panic!("{other}"),
        };
        // The answer to a test is kept after it was sent, so that it has no transaction to be part of.
        let is_repeatable = method == Method::POST && kind != "test an endpoint";
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Draft { key: is_repeatable.then(|| format!("round {round}")), method, path, body }
    }

    /// Returns everything that a request of this round could change, as it is in the store.
    async fn state(&self, draft: &Draft, round: usize) -> String {
        let issuance = self.uni.app.issuance();
        let (store, now) = (&issuance.store, issuance.clock.now_ms());
        let scope = TenantScope { tenant_id: self.uni.tenant_id.clone(), environment: self.uni.environment };
        let newest = store.list_batches(&scope, None, BatchFilter::default(), 1).await.unwrap();
        let used = store.usage_in_month(&scope, &month(now)).await.unwrap();
        let id: CredentialId = self.credentials[round].parse().unwrap();
        let Scoped::Own(issued) = store.find_issued_credential(&scope, &id).await.unwrap() else {
            panic!("{id} is gone");
        };
        let credential = issued.credential;
        let events = store.list_events(id.as_str()).await.unwrap().len();
        let branding = store.get_branding(&scope.tenant_id).await.unwrap();
        let endpoints = store.list_webhooks(&scope, None, 100).await.unwrap();
        let mut is_answered = false;
        if let Some(key) = &draft.key {
            let body = draft.body.as_bytes();
            let claim =
                IdempotencyClaim::new(store.sealer(), &scope, key, draft.method.as_str(), &draft.path, body);
            is_answered = store.find_claim(&scope, &claim, now).await.unwrap() != Claimed::Free;
        }
        let changes = (credential.revocation, credential.erased_at, events);
        format!("{:?}", (newest, used, changes, branding, endpoints, is_answered))
    }

    /// Sends one request and one revocation, which begins after the store has answered this often, or while the body of the
    /// request is being read. Returns whether the request was answered with success.
    async fn race(&self, kind: usize, round: usize, turns: Option<u32>) -> bool {
        let (name, success, is_write) = KINDS[kind];
        let draft = self.draft(name, round).await;
        let late = self.uni.with_new_key(Environment::Test).await;
        let before = self.state(&draft, round).await;
        let send = {
            let (late, method, path, text) =
                (late.clone(), draft.method.clone(), draft.path.clone(), draft.body.clone());
            let key = draft.key.clone();
            let body = match turns {
                Some(_) => Body::from(text),
                None => body_after_revocation(&late, text),
            };
            async move {
                let headers: Vec<(&str, &str)> =
                    key.iter().map(|key| ("Idempotency-Key", key.as_str())).collect();
                late.send(method, &path, &headers, body).await
            }
        };
        let sent = tokio::spawn(send);
        if let Some(turns) = turns {
            for _ in 0..turns {
                self.uni.app.issuance().store.ping().await.unwrap();
            }
            late.revoke_key().await;
        }
        let revoked = self.state(&draft, round).await;
        let answer = sent.await.unwrap();
        let after = self.state(&draft, round).await;
        if turns.is_some() {
            assert_eq!(after, revoked, "{name}: something changed after the revocation");
        }
        if answer.status == success {
            assert_eq!(after != before, is_write, "{name}: {}", answer.text());
        } else {
            answer.expect_error(ErrorCode::ApiKeyRevoked);
            assert_eq!(after, before, "{name}: refused, and done");
        }
        if name.contains("endpoint") {
            self.delete_endpoints().await;
        }
        answer.status == success
    }
}

async fn start() -> TestApp {
    TestApp::builder().egress(Egress::new(true, Arc::new(SystemResolver))).start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn in_1_000_interleavings_nothing_happens_after_the_revocation() {
    let app = start().await;
    let lanes = (0..LANES).map(|number| {
        let app = app.clone();
        tokio::spawn(async move {
            let mut random = StdRng::seed_from_u64(seed().wrapping_add(number));
            let lane = Lane::new(&app).await;
            let mut outcomes = BTreeMap::<_, usize>::new();
            for round in 0..ROUNDS {
                let kind = random.random_range(0..KINDS.len());
                // A request asks the store about ten times.
                let succeeded = lane.race(kind, round, Some(random.random_range(0..MOST_TURNS))).await;
                *outcomes.entry((KINDS[kind].0, succeeded)).or_default() += 1;
            }
            outcomes
        })
    });
    let mut outcomes = BTreeMap::<_, usize>::new();
    for lane in join_all(lanes).await {
        for (outcome, count) in lane.unwrap() {
            *outcomes.entry(outcome).or_default() += count;
        }
    }
    for ((kind, succeeded), count) in &outcomes {
        println!("{kind}: {count} {}", if *succeeded { "before the revocation" } else { "refused" });
    }
    assert_eq!(outcomes.values().sum::<usize>(), 1_000);
}

#[tokio::test]
async fn a_key_revoked_while_its_body_is_read_sends_no_test() {
    let app = start().await;
    let uni = app.tenant("Example University").await;
    let backend = TcpListener::bind("127.0.0.1:0").unwrap();
    backend.set_nonblocking(true).unwrap();
    let url = format!("http://{}/", backend.local_addr().unwrap());
    let made = uni.post("/v1/webhooks", json!({ "url": url, "events": ["batch.failed"] }).to_string()).await;
    let path = format!("/v1/webhooks/{}/test", made.expect(201)["id"].as_str().unwrap());
    for key in [[].as_slice(), &[("Idempotency-Key", "key")]] {
        let late = uni.with_new_key(Environment::Test).await;
        let body = body_after_revocation(&late, "{}".to_owned());
        late.send(Method::POST, &path, key, body).await.expect_error(ErrorCode::ApiKeyRevoked);
    }
    assert_eq!(backend.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "a request was sent");
}

#[tokio::test]
async fn a_key_revoked_while_its_body_is_read_is_refused_on_every_route() {
    let app = start().await;
    let lane = Lane::new(&app).await;
    for (kind, (name, ..)) in KINDS.iter().enumerate() {
        assert!(!lane.race(kind, kind, None).await, "{name}");
    }
}
