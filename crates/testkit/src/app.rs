//! A whole deployment in the test's own process: a database of its own (`database.rs`), the embedded chain, the router.
//! On PostgreSQL it has several nodes, and each request goes to the next one.

mod builder;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt as _;
use learncoin_chain::network;
use learncoin_chain::rpc::Client;
use learncoin_credential::Host;
use learncoin_delivery::mail::worker::{MailSignal, Transport, Worker as MailWorker};
use learncoin_delivery::mail::{Encryption, MailFolder, Sender, Smtp, SmtpOptions};
use learncoin_delivery::worker::{DeliverySignal, Worker as DeliveryWorker};
use learncoin_dev_chain::{DevChain, DevChainOptions};
use learncoin_issuance::credential::journal::Journal;
use learncoin_issuance::worker::run::{Progress, Worker};
use learncoin_issuance::{Chain, Chains, Issuance, Parts};
use learncoin_server::{AppState, Mailbox};
use learncoin_store::clock::{Clock as _, random_bytes};
use learncoin_store::id::TenantId;
use learncoin_store::mails::Mail;
use learncoin_store::scope::Environment;
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
use crate::interceptor::{self, Interceptor};
use crate::ledger::{self, Acceptance, Observation, Outside, SeenEvent};
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
    /// How many requests were sent; this selects the next node.
    sent: AtomicUsize,
    location: Location,
    directory: TempDir,
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
            let state =
                AppState::new(issuance, shown).with_egress(options.egress.clone()).with_mailbox(mailbox);
            let router = learncoin_server::router(state.clone());
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

    /// Returns the clock.
    pub fn clock(&self) -> &ManualClock {
        &self.shared.clock
    }

    /// Returns the first node's issuance.
    pub fn issuance(&self) -> Arc<Issuance> {
        self.running().state.issuance
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
        let made = self.issuance().api_keys.create_api_key(tenant_id, environment, None, &[]).await;
        let (key, secret) = made.expect("the key is made");
        Caller {
            app: self.clone(),
            tenant_id: tenant_id.clone(),
            environment,
            key_id: key.id,
            key: secret.expose().to_owned(),
        }
    }

    /// Runs so many steps of the pipeline; no block is mined and no time passes.
    pub async fn run_steps(&self, steps: usize) {
        let worker = Worker::new(self.issuance().pipeline.clone());
        for _ in 0..steps {
            worker.step().await.expect("the pipeline reads its work");
        }
    }

    /// Mines a block of the transactions that wait, or an empty one.
    pub fn mine(&self) {
        self.chain().mine_empty(self.clock().now_seconds()).expect("a block is made");
    }

    /// Runs the pipeline, mines blocks and advances the clock until no batch is pending or signed. While the chain is
    /// down an hour passes at a time; otherwise a batch would be tried about 1,400 times before it fails.
    pub async fn run_until_idle(&self) {
        const MAX_ROUNDS: usize = 100_000;
        const HOUR_MS: i64 = 60 * 60 * 1000;
        let Running { state, chain, .. } = self.running();
        let worker = Worker::new(Arc::clone(&state.issuance.pipeline));
        for _ in 0..MAX_ROUNDS {
            let progress = worker.step().await.expect("the pipeline reads its work");
            let mined = chain.mine(self.clock().now_seconds()).expect("a block is made");
            match progress {
                Progress::Worked => {}
                Progress::Idle { next_due_ms: None } => return,
                Progress::Idle { next_due_ms: Some(due) } => {
                    if mined.is_none() && self.shared.options.confirmations > 1 {
                        chain.mine_empty(self.clock().now_seconds()).expect("a block is made");
                    }
                    let is_down = self.shared.chain_down.load(Ordering::SeqCst);
                    self.clock().advance_to(if is_down { self.now_ms() + HOUR_MS } else { due });
                }
            }
        }
        panic!("the pipeline still has work after {MAX_ROUNDS} rounds");
    }

    /// Creates the worker that delivers events, as a server that starts now does.
    pub async fn delivery_worker(&self) -> DeliveryWorker {
        self.delivery_worker_of(&self.issuance()).await
    }

    /// Creates the worker of [`TestApp::delivery_worker`] for one node.
    pub async fn delivery_worker_of(&self, issuance: &Issuance) -> DeliveryWorker {
        let options = &self.shared.options;
        let outbox = DeliverySignal {
            store: issuance.store.clone(),
            clock: Arc::clone(&issuance.clock),
            entropy: Arc::clone(&issuance.entropy),
        };
        let worker = DeliveryWorker::start(outbox, &options.egress, options.delivery.clone()).await;
        worker.expect("the worker starts")
    }

    /// Delivers what is due at the current time. Returns when more is due.
    pub async fn deliver(&self) -> Option<i64> {
        self.delivery_worker().await.step().await.expect("deliveries are read and written")
    }

    /// Delivers and advances the clock until no delivery waits.
    pub async fn deliver_until_idle(&self) {
        let mut worker = self.delivery_worker().await;
        while let Some(due) = worker.step().await.expect("deliveries are read and written") {
            self.clock().advance_to(due);
        }
    }

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

    /// Returns the folder of the mails that are written to files.
    pub fn mail_folder(&self) -> MailFolder {
        MailFolder::new(self.shared.directory.path().join("mail"))
    }

    /// Creates the worker that sends mails, as a server that starts now does.
    pub async fn mail_worker(&self) -> MailWorker {
        self.mail_worker_of(&self.issuance()).await
    }

    /// Creates the worker of [`TestApp::mail_worker`] for one node.
    pub async fn mail_worker_of(&self, issuance: &Issuance) -> MailWorker {
        let options = &self.shared.options;
        let transport = match options.mail_server {
            None => Transport::Files(self.mail_folder()),
            Some((port, timeout)) => {
                let smtp = SmtpOptions {
                    host: "127.0.0.1".to_owned(),
                    port,
                    encryption: Encryption::None,
                    credentials: None,
                    authority: None,
                    hello: "learncoin.example".to_owned(),
                    timeout,
                };
                Transport::Smtp(Arc::new(Smtp::new(smtp).expect("the way to the mail server")))
            }
        };
        let mailbag = MailSignal {
            store: issuance.store.clone(),
            clock: Arc::clone(&issuance.clock),
            entropy: Arc::clone(&issuance.entropy),
            sender: Sender::new("", "bounces@learncoin.example", &options.public_url).expect("a sender"),
            transport,
        };
        MailWorker::start(mailbag, options.mail.clone()).await.expect("the worker starts")
    }

    /// Sends the mails that are due at the current time. Returns when more are due.
    pub async fn send_mails(&self) -> Option<i64> {
        self.mail_worker().await.step().await.expect("mails are read and written")
    }

    /// Sends mails and advances the clock until none waits.
    pub async fn send_mails_until_idle(&self) {
        let mut worker = self.mail_worker().await;
        while let Some(due) = worker.step().await.expect("mails are read and written") {
            self.clock().advance_to(due);
        }
    }

    /// Returns the mail about a credential.
    pub async fn mail(&self, credential_id: &str) -> Option<Mail> {
        let id = credential_id.parse().expect("a credential's id");
        self.issuance().store.find_mail(&id).await.expect("the mail is read")
    }

    /// Returns the events of a batch or credential from the store, oldest first.
    pub async fn events(&self, subject_id: &str) -> Vec<learncoin_store::events::Event> {
        self.issuance().store.list_events(subject_id).await.expect("the events are read")
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
