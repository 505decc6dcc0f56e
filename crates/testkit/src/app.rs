//! A whole deployment in the test's own process: a database of its own (`database.rs`), the embedded chain, the router.
//! On PostgreSQL it has several nodes, and each request goes to the next one.

mod builder;
mod records;
mod workers;

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use learncoin_chain::network;
use learncoin_chain::rpc::Client;
use learncoin_console::ConsoleState;
use learncoin_credential::Host;
use learncoin_dev_chain::{DevChain, DevChainOptions};
use learncoin_issuance::credential::journal::Journal;
use learncoin_issuance::keyed_write::Actor;
use learncoin_issuance::{Chain, Chains, Issuance, Parts};
use learncoin_server::{AppState, Mailbox, router_with};
use learncoin_store::clock::{Clock as _, random_bytes};
use learncoin_store::id::TenantId;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::seal::MasterKey;
use learncoin_store::tenants::Plan;
use learncoin_store::{Location, Store};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::answer::Answer;
use crate::caller::Caller;
use crate::clock::ManualClock;
use crate::database;
use crate::description;
use crate::doctor;
use crate::interceptor::{self, Interceptor};
use crate::ledger::Outside;
use crate::link::Link;
use crate::seed::SeededEntropy;

pub use self::builder::{TestAppBuilder, patient_plans};

/// A deployment under test. Cheap to clone; all clones are the same deployment.
#[derive(Clone)]
pub struct TestApp {
    shared: Arc<Shared>,
}

struct Shared {
    options: TestAppBuilder,
    clock: Arc<ManualClock>,
    entropy: Arc<SeededEntropy>,
    master: MasterKey,
    chain_down: Arc<AtomicBool>,
    /// The rule of the interceptor of calls to the chain.
    line: interceptor::Slot,
    running: Mutex<Vec<Running>>,
    /// The number of requests so far, which selects the next node.
    sent: AtomicUsize,
    location: Location,
    directory: TempDir,
    /// Whether the test damages the database.
    is_damaged: AtomicBool,
}

impl Drop for Shared {
    /// Checks that the database which a story leaves breaks none of the rules of `learncoin doctor`.
    fn drop(&mut self) {
        if !thread::panicking() && !self.is_damaged.load(Ordering::SeqCst) {
            let running = self.running.get_mut().unwrap_or_else(PoisonError::into_inner);
            let open = running.first().map(|node| node.state.issuance.store.clone());
            doctor::assert_content_at(&self.location, &self.master, open);
        }
    }
}

#[derive(Clone)]
struct Running {
    state: AppState,
    chain: DevChain,
    router: Router,
}

impl TestApp {
    /// Starts a deployment with the settings that most tests use.
    pub async fn start() -> TestApp {
        Self::builder().start().await
    }

    /// Creates a builder for a deployment with other settings.
    pub fn builder() -> TestAppBuilder {
        TestAppBuilder::default()
    }

    /// Starts a deployment that listens on a loopback port. Returns its public URL too, which has that port.
    pub async fn serve() -> (TestApp, String) {
        Self::builder().serve().await
    }

    async fn open(&self) {
        let shared = &*self.shared;
        let (options, directory) = (&shared.options, shared.directory.path());
        let genesis = DevChainOptions {
            genesis_salt: random_bytes(&*shared.entropy),
            genesis_time: shared.clock.now_seconds(),
        };
        let chain = DevChain::open(&directory.join("chain.jsonl"), genesis).expect("the chain opens");
        let client = Client::new(Arc::new(self.line_to(&chain)));
        let explorer = format!("{}/dev/chain/tx/", options.public_url);
        let link = Chain {
            confirmations: options.confirmations,
            poll_ms: 1_000,
            ..Chain::new(network::DEVELOPMENT, client, explorer)
        };
        let embedded = Chains {
            test: options.test_chain.then(|| link.clone()),
            live: options.live_chain.then(|| link.clone()),
        };
        let mut nodes = Vec::with_capacity(options.equal_nodes);
        for _ in 0..options.equal_nodes {
            let store = Store::open(&shared.location, &shared.master).await.expect("the store opens");
            store.begin_audit_chains().await.expect("the audit log has its chains");
            let issuance = Arc::new(Issuance::new(Parts {
                store,
                clock: shared.clock.clone(),
                entropy: shared.entropy.clone(),
                host: Host::parse(&options.public_url).expect("a public origin"),
                chains: options.nodes.clone().unwrap_or_else(|| embedded.clone()),
                plans: options.plans.clone(),
                options: options.pipeline.clone(),
                kms: options.kms.as_ref().map(|kms| kms.service(shared.clock.clone())),
                journal: Some(Journal::at(directory.join("erasures.log"))),
            }));
            issuance.erasures.reconcile_erasures().await.expect("what was erased is erased");
            issuance.host_keys.prepare_keys().await.expect("the host has its keys");
            let shown = options.nodes.is_none().then(|| chain.clone());
            let mailbox = Mailbox::shown(self.mail_folder());
            mailbox.sweep(&issuance.store).await.expect("the folder of mails is swept");
            let state = AppState::new(issuance, shown).with_egress(options.egress.clone());
            let state = state.with_mailbox(mailbox).with_brand(options.brand.clone());
            let router = router_with(state.clone(), learncoin_console::router(&ConsoleState::new(&state)));
            nodes.push(Running { state, chain: chain.clone(), router });
        }
        *self.slot() = nodes;
    }

    fn slot(&self) -> MutexGuard<'_, Vec<Running>> {
        self.shared.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the first node.
    fn running(&self) -> Running {
        self.slot().first().cloned().expect("the deployment runs")
    }

    /// Returns the node for the next request.
    fn next(&self) -> Running {
        let nodes = self.slot();
        let turn = self.shared.sent.fetch_add(1, Ordering::Relaxed);
        nodes[turn % nodes.len()].clone()
    }

    /// Closes the database of every node.
    pub async fn lose_database(&self) {
        for node in self.nodes() {
            node.issuance.store.close().await;
        }
    }

    /// Returns the state of every node's handlers.
    pub fn nodes(&self) -> Vec<AppState> {
        self.slot().iter().map(|node| node.state.clone()).collect()
    }

    /// Restarts the deployment over the same files, as after a deploy. No request may be in flight.
    pub async fn restart(&self) {
        self.lose_database().await;
        self.slot().clear();
        self.open().await;
    }

    /// Exempts the deployment from the examination that follows each story: the test damages the database.
    pub fn allow_damage(&self) {
        self.shared.is_damaged.store(true, Ordering::SeqCst);
    }

    /// Returns the clock.
    pub fn clock(&self) -> &ManualClock {
        &self.shared.clock
    }

    /// Returns the first node's issuance.
    pub fn issuance(&self) -> Arc<Issuance> {
        Arc::clone(&self.running().state.issuance)
    }

    /// Returns the state of the first node's handlers.
    pub fn state(&self) -> AppState {
        self.running().state
    }

    /// Returns the embedded chain.
    pub fn chain(&self) -> DevChain {
        self.running().chain
    }

    /// Cuts or restores the connection to the chain.
    pub fn set_chain_down(&self, down: bool) {
        self.shared.chain_down.store(down, Ordering::SeqCst);
    }

    fn line_to(&self, chain: &DevChain) -> Interceptor {
        let link = Link { chain: chain.clone(), down: Arc::clone(&self.shared.chain_down) };
        Interceptor::under(Arc::new(link), Arc::clone(&self.shared.line))
    }

    /// Returns the interceptor of calls to the embedded chain. Its rule survives restarts.
    pub fn line(&self) -> Interceptor {
        self.line_to(&self.chain())
    }

    /// Returns the directory of the deployment's files.
    pub fn directory(&self) -> &Path {
        self.shared.directory.path()
    }

    /// Returns the directory of the deployment's files, with the content of its database: that of PostgreSQL is
    /// written there now.
    pub async fn files(&self) -> &Path {
        if let Location::Postgres(_) = self.shared.location {
            database::write_down(&self.issuance().store, self.directory()).await;
        }
        self.directory()
    }

    /// Returns the public origin.
    pub fn public_url(&self) -> &str {
        &self.shared.options.public_url
    }

    /// Sends a request through the router. Checks the response against the API's description.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = answer_of(self.next().router, request).await;
        description::check(&method, &path, &answer);
        answer
    }

    /// Sends a `GET` without a key.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("the request is well-formed")).await
    }

    /// Creates a tenant on the starter plan, with a test key.
    pub async fn tenant(&self, name: &str) -> Caller {
        self.tenant_on(Plan::Starter, name).await
    }

    /// Creates a tenant, with a test key.
    pub async fn tenant_on(&self, plan: Plan, name: &str) -> Caller {
        let tenant = self.issuance().tenants.create_tenant(name, plan).await.expect("the tenant is made");
        self.new_key(&tenant.id, Environment::Test).await
    }

    pub(crate) async fn new_key(&self, tenant_id: &TenantId, environment: Environment) -> Caller {
        let scope = TenantScope { tenant_id: tenant_id.clone(), environment };
        let made = self.issuance().api_keys.create_api_key(Actor::Operator, &scope, None, &[]).await;
        let (key, secret) = made.expect("the key is made");
        Caller {
            app: self.clone(),
            tenant_id: tenant_id.clone(),
            environment,
            key_id: key.id,
            key: secret.expose().to_owned(),
        }
    }

    /// Returns the time, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.shared.clock.now_ms()
    }
}

/// Sends a request through any router.
pub async fn answer_of(router: Router, request: Request<Body>) -> Answer {
    let response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let (parts, body) = response.into_parts();
    let body = body.collect().await.expect("the body is complete").to_bytes();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

impl Outside for TestApp {
    async fn get(&self, path: &str, api_key: Option<&str>) -> (u16, String) {
        let mut request = Request::get(path);
        if let Some(api_key) = api_key {
            request = request.header("Authorization", format!("Bearer {api_key}"));
        }
        let answer = self.send(request.body(Body::empty()).expect("the request is well-formed")).await;
        (answer.status, answer.text().to_owned())
    }

    fn public_url(&self) -> &str {
        &self.shared.options.public_url
    }
}
