//! Clients of the deployment: programs that repeat a request until it is answered, however often the server dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use learncoin_testkit::ledger::{Acceptance, Outside};
use reqwest::Method;
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::support::deployment::{Deployment, PUBLIC_URL};

/// The time for which a request is repeated before the test has failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause before a request is repeated at the same address.
const PAUSE: Duration = Duration::from_millis(10);
const UNAUTHORIZED: u16 = 401;
/// This and above.
const FAILED: u16 = 500;

/// The way to whichever process serves. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Door {
    address: watch::Receiver<Option<String>>,
    http: reqwest::Client,
    /// Whether a failure of the server is no answer, and the request is repeated.
    repeats_after_failure: bool,
    unanswered: Arc<AtomicU64>,
    failed: Arc<AtomicU64>,
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) path: &'a str,
    pub(crate) api_key: Option<&'a str>,
    pub(crate) idempotency_key: Option<&'a str>,
    pub(crate) body: Option<&'a str>,
}

/// The body of a server that is ready.
pub(crate) const READY: &str = r#"{"status":"ready"}"#;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Whether it is the answer of an earlier request.
    pub(crate) replayed: bool,
    pub(crate) body: String,
}

impl Door {
    pub(crate) fn new(address: watch::Receiver<Option<String>>, repeats_after_failure: bool) -> Self {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build()
            .expect("a client without TLS settings");
        Self { address, http, repeats_after_failure, unanswered: Arc::default(), failed: Arc::default() }
    }

    /// Sends the request until it is answered.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Reply {
        let mut last = "no server".to_owned();
        let answered = async {
            let mut address = self.address.clone();
            loop {
                let here = address.wait_for(Option::is_some).await.expect("the deployment lives").clone();
                let here = here.expect("an address");
                match self.attempt(&here, call).await {
                    // The port of a server that died may already be that of another deployment, which does not know
                    // the key. An answer from our own does not change.
                    Ok(reply) if reply.status == UNAUTHORIZED => last = reply.body,
                    Ok(reply) if reply.status >= FAILED && self.repeats_after_failure => {
                        self.failed.fetch_add(1, Ordering::Relaxed);
                        last = reply.body;
                    }
                    Ok(reply) => return reply,
                    Err(error) => {
                        // A request that found no listener was never on its way.
                        self.unanswered.fetch_add(u64::from(!error.is_connect()), Ordering::Relaxed);
                        last = format!("{error:?}");
                    }
                }
                let moved = address.wait_for(|now| now.as_ref() != Some(&here));
                // Whether it moved or not, the next attempt finds out.
                let _ = timeout(PAUSE, moved).await;
            }
        };
        match timeout(PATIENCE, answered).await {
            Ok(reply) => reply,
            Err(_) => panic!("{call:?} was not answered within {PATIENCE:?}; at last: {last}"),
        }
    }

    /// Sends the request once.
    pub(crate) async fn attempt(&self, address: &str, call: &Call<'_>) -> reqwest::Result<Reply> {
        let mut request = self.http.request(call.method.clone(), format!("{address}{}", call.path));
        if let Some(key) = call.api_key {
            request = request.bearer_auth(key);
        }
        if let Some(key) = call.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = call.body {
            request = request.header("Content-Type", "application/json").body(body.to_owned());
        }
        let response = request.send().await?;
        Ok(Reply {
            status: response.status().as_u16(),
            replayed: response.headers().get("Idempotent-Replayed").is_some_and(|value| value == "true"),
            body: response.text().await?,
        })
    }

    /// Asks once whether the server is ready.
    pub(crate) async fn readiness(&self) -> Reply {
        let call =
            Call { method: Method::GET, path: "/readyz", api_key: None, idempotency_key: None, body: None };
        self.attempt(&self.address().await, &call).await.expect("it answers")
    }

    /// Returns the number of requests that were on their way when the server died.
    pub(crate) fn unanswered(&self) -> u64 {
        self.unanswered.load(Ordering::Relaxed)
    }

    /// Returns the number of requests that the server answered with a failure.
    pub(crate) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Returns the address of the server that answers now.
    pub(crate) async fn address(&self) -> String {
        let mut address = self.address.clone();
        let here = address.wait_for(Option::is_some).await.expect("the deployment lives").clone();
        here.expect("an address")
    }
}

impl Outside for Door {
    async fn get(&self, path: &str, api_key: Option<&str>) -> (u16, String) {
        let call = Call { method: Method::GET, path, api_key, idempotency_key: None, body: None };
        let reply = self.call(&call).await;
        (reply.status, reply.body)
    }

    fn public_url(&self) -> &str {
        PUBLIC_URL
    }
}

/// A tenant's program. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) door: Door,
    pub(crate) api_key: String,
}

/// A request that was answered with 202.
#[derive(Debug, Clone)]
pub(crate) struct Posted {
    pub(crate) api_key: String,
    pub(crate) idempotency_key: String,
    /// The request's body.
    pub(crate) request: String,
    /// The 202's body.
    pub(crate) answer: String,
    /// Whether an earlier attempt had been committed and not answered.
    pub(crate) answered_late: bool,
}

impl Posted {
    pub(crate) fn acceptance(&self) -> Acceptance {
        let parse = |text: &str| -> Value { serde_json::from_str(text).expect("it is JSON") };
        let (request, answer) = (parse(&self.request), parse(&self.answer));
        Acceptance::new(&self.api_key, Some(&self.idempotency_key), &request, &answer)
    }

    pub(crate) fn batch_id(&self) -> String {
        self.acceptance().batch_id
    }
}

impl Client {
    pub(crate) fn new(door: Door, api_key: &str) -> Self {
        Self { door, api_key: api_key.to_owned() }
    }

    /// Returns the same program, which goes to another node.
    pub(crate) fn at(&self, node: &Deployment) -> Self {
        Self::new(node.door(), &self.api_key)
    }

    /// Posts `count` credentials of recipients of their own, until they are accepted.
    pub(crate) async fn post(&self, idempotency_key: &str, count: usize) -> Posted {
        self.post_body(idempotency_key, &learncoin_testkit::many(count).to_string()).await
    }

    /// Posts the body until it is accepted.
    pub(crate) async fn post_body(&self, idempotency_key: &str, body: &str) -> Posted {
        let reply = self.send(idempotency_key, body).await;
        assert_eq!(reply.status, 202, "{}", reply.body);
        Posted {
            api_key: self.api_key.clone(),
            idempotency_key: idempotency_key.to_owned(),
            request: body.to_owned(),
            answer: reply.body,
            answered_late: reply.replayed,
        }
    }

    /// Registers a webhook endpoint for every event of a batch, until that is answered.
    pub(crate) async fn register(&self, url: &str) {
        let body =
            serde_json::json!({ "url": url, "events": ["batch.created", "batch.signed", "batch.anchored"] })
                .to_string();
        let call = Call { path: "/v1/webhooks", ..self.post_call(url, &body) };
        let reply = self.door.call(&call).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
    }

    /// Posts the body until there is an answer.
    pub(crate) async fn send(&self, idempotency_key: &str, body: &str) -> Reply {
        self.door.call(&self.post_call(idempotency_key, body)).await
    }

    pub(crate) fn post_call<'a>(&'a self, idempotency_key: &'a str, body: &'a str) -> Call<'a> {
        self.change_call(Method::POST, "/v1/batches", idempotency_key, body)
    }

    pub(crate) fn change_call<'a>(
        &'a self,
        method: Method,
        path: &'a str,
        idempotency_key: &'a str,
        body: &'a str,
    ) -> Call<'a> {
        let (api_key, idempotency_key, body) = (Some(&*self.api_key), Some(idempotency_key), Some(body));
        Call { method, path, api_key, idempotency_key, body }
    }

    /// Sends once more what was accepted: the answer must be the first one, byte for byte.
    pub(crate) async fn repeat(&self, posted: &Posted) {
        let reply = self.send(&posted.idempotency_key, &posted.request).await;
        let first = Reply { status: 202, replayed: true, body: posted.answer.clone() };
        assert_eq!(reply, first);
    }

    /// Gets the JSON at the path, which must be there.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.door.get(path, Some(&self.api_key)).await;
        assert_eq!(status, 200, "GET {path}: {body}");
        serde_json::from_str(&body).expect("the answer is JSON")
    }

    /// Returns the address of the tenant's first key, as its profile lists it.
    pub(crate) async fn signing_address(&self) -> String {
        self.signing_address_of(1).await
    }

    /// Returns the address of the tenant's key with this number.
    pub(crate) async fn signing_address_of(&self, number: usize) -> String {
        let tenant = self.get("/v1/tenants/me").await;
        let ulid = tenant["id"].as_str().expect("an id").trim_start_matches("tnt_");
        let profile: Value = self.get(&format!("/tenants/{ulid}/issuer.json")).await;
        let key = profile["publicKey"][number - 1]["id"].as_str().expect("a key");
        key.rsplit(':').next().expect("an address").to_owned()
    }

    /// Returns a batch as the API shows it.
    pub(crate) async fn batch(&self, id: &str) -> Value {
        self.get(&format!("/v1/batches/{id}")).await
    }
}
