//! Cloud KMS on this machine: the wire format of its REST form, with keys that are in this process.
//!
//! Its responses are those that Google's own client for Python accepts (`tests/python/kms.py` holds it to that). A test
//! chooses what goes wrong.

mod accounts;
mod keys;
mod wire;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use learncoin_issuance::key::service::KeyService;
use learncoin_kms::{Credentials, Kms, KmsOptions, ServiceAccount};
use learncoin_store::clock::Clock;
use tokio::net::TcpListener;
use url::form_urlencoded;

use crate::gate::Gate;
use accounts::Accounts;
use keys::Keys;
use wire::{Failure, answer, failure};

/// The fault in every call that is about keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KmsFault {
    /// Nothing.
    None,
    /// It never responds.
    Hang,
    /// It responds with only this status.
    Status(u16),
    /// The caller lacks the permission.
    Denied,
    /// It responds with a page of another server.
    Page,
    /// The checksums of its responses are wrong.
    WrongChecksum,
    /// It reports that what was to be signed does not match its checksum.
    ChangedDigest,
    /// Another key signs.
    OtherKey,
    /// Its responses are about another key version.
    OtherName,
    /// It signs, and the response is lost.
    LostAnswer,
    /// It signs, and the response waits at the gate.
    Held,
}

struct Shared {
    origin: String,
    keys: Mutex<Keys>,
    accounts: Mutex<Accounts>,
    fault: Mutex<KmsFault>,
    signatures: AtomicUsize,
    patience: Mutex<Duration>,
    gate: Mutex<Gate>,
    faulted: AtomicUsize,
}

/// A server that speaks Cloud KMS, on a loopback port. Cheap to clone.
#[derive(Clone)]
pub struct KmsServer {
    shared: Arc<Shared>,
}

impl KmsServer {
    /// Starts one, with no keys.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let origin = format!("http://{}", listener.local_addr().expect("a bound address"));
        let shared = Arc::new(Shared {
            accounts: Mutex::new(Accounts::new(&origin)),
            origin,
            keys: Mutex::default(),
            fault: Mutex::new(KmsFault::None),
            signatures: AtomicUsize::new(0),
            patience: Mutex::new(Duration::from_millis(500)),
            gate: Mutex::default(),
            faulted: AtomicUsize::new(0),
        });
        let router = axum::Router::new().fallback(receive).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared }
    }

    /// Returns its address: `http://127.0.0.1:PORT`.
    pub fn origin(&self) -> &str {
        &self.shared.origin
    }

    /// Returns the name of its key ring.
    pub fn key_ring(&self) -> &'static str {
        "projects/example/locations/europe-west1/keyRings/learncoin"
    }

    /// Creates the client of a deployment.
    pub fn service(&self, clock: Arc<dyn Clock>) -> KeyService {
        let account = ServiceAccount::read(&self.service_account()).expect("its own key file");
        let options = KmsOptions {
            endpoint: Some(self.origin().parse().expect("its own address")),
            credentials: Credentials::ServiceAccount(account),
            timeout: *lock(&self.shared.patience),
            pause: Duration::from_millis(1),
            proxy: None,
        };
        let kms = Kms::new(options, Arc::new(move || clock.now_ms())).expect("a client");
        KeyService::new(kms, Some(self.key_ring().parse().expect("its own key ring")))
    }

    /// Returns the key file of a service account that may use its keys.
    pub fn service_account(&self) -> String {
        lock(&self.shared.accounts).key_file()
    }

    /// Sets how long deployments that are opened from now on wait for a response.
    pub fn set_patience(&self, patience: Duration) {
        *lock(&self.shared.patience) = patience;
    }

    /// Returns the number of calls with a fault.
    pub fn faulted(&self) -> usize {
        self.shared.faulted.load(Ordering::SeqCst)
    }

    /// Returns the gate at which responses wait since that fault was set.
    pub fn gate(&self) -> Gate {
        lock(&self.shared.gate).clone()
    }

    /// Sets the fault of the calls from now on.
    pub fn set_fault(&self, fault: KmsFault) {
        if fault == KmsFault::Held {
            *lock(&self.shared.gate) = Gate::default();
        }
        *lock(&self.shared.fault) = fault;
    }

    /// Sets how many times a new key must be polled before it can sign.
    pub fn generate_slowly(&self, looks: u32) {
        lock(&self.shared.keys).looks_until_made = looks;
    }

    /// Sets the state of a key version, as an administrator does at Google: `ENABLED`, `DISABLED`, `DESTROYED`.
    pub fn set_state(&self, version: &str, state: &'static str) {
        lock(&self.shared.keys).set_state(version, state);
    }

    /// Returns the state of a key version; `None` if there is none.
    pub fn state(&self, version: &str) -> Option<&'static str> {
        lock(&self.shared.keys).state(version)
    }

    /// Sets whether its location has no Ed25519 keys in hardware.
    pub fn without_hardware_ed25519(&self, without: bool) {
        lock(&self.shared.keys).without_hardware_ed25519 = without;
    }

    /// Returns the names of the versions of keys that sign transactions, in the order of their creation.
    pub fn versions_of_chain_keys(&self) -> Vec<String> {
        lock(&self.shared.keys).versions_of_chain_keys()
    }

    /// Returns the names of all key versions, in the order of their creation.
    pub fn versions(&self) -> Vec<String> {
        lock(&self.shared.keys).versions()
    }

    /// Returns the secret of a key version, which Google never discloses: for tests of a stolen key.
    pub fn secret(&self, version: &str) -> [u8; 32] {
        lock(&self.shared.keys).secret(version).expect("the version is there")
    }

    /// Returns the number of signatures made.
    pub fn signatures(&self) -> usize {
        self.shared.signatures.load(Ordering::SeqCst)
    }

    /// Returns the number of tokens issued by the metadata server and for assertions.
    pub fn tokens(&self) -> usize {
        lock(&self.shared.accounts).given()
    }

    /// Withdraws every token that was issued.
    pub fn withdraw_tokens(&self) {
        lock(&self.shared.accounts).withdraw();
    }

    /// Sets the lifetime of tokens, in seconds.
    pub fn set_token_life(&self, seconds: i64) {
        lock(&self.shared.accounts).life_s = seconds;
    }

    /// Sets whether requests for tokens are refused.
    pub fn refuse_tokens(&self, refused: bool) {
        lock(&self.shared.accounts).refuses = refused;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(given) = lock(&shared.accounts).answer(&method, uri.path(), &headers, &body) {
        return given;
    }
    let fault = *lock(&shared.fault);
    if fault != KmsFault::None {
        shared.faulted.fetch_add(1, Ordering::SeqCst);
    }
    match fault {
        KmsFault::Hang => std::future::pending().await,
        KmsFault::Status(status) => return answer(status, &serde_json::Value::Null, false),
        KmsFault::Page => return wire::page(),
        _ => {}
    }
    let query: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let numbers = query.iter().any(|(name, value)| name == "$alt" && value == "json;enum-encoding=int");
    if !lock(&shared.accounts).knows(&headers) {
        return failure(&Failure::unauthenticated(), numbers);
    }
    if fault == KmsFault::Denied {
        return failure(&Failure::denied(), numbers);
    }
    let Some(path) = uri.path().strip_prefix("/v1/") else {
        return failure(&Failure::not_found("the method"), numbers);
    };
    let outcome = lock(&shared.keys).call(&method, path, &query, &body, fault);
    if outcome.is_ok() && path.ends_with(":asymmetricSign") {
        shared.signatures.fetch_add(1, Ordering::SeqCst);
        if fault == KmsFault::LostAnswer {
            return std::future::pending().await;
        }
        if fault == KmsFault::Held {
            let gate = lock(&shared.gate).clone();
            gate.pass().await;
        }
    }
    match outcome {
        Ok(value) => answer(200, &value, numbers),
        Err(error) => failure(&error, numbers),
    }
}
