//! The setup of a deployment under test.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use learncoin_badge::Brand;
use learncoin_delivery::mail::worker::MailOptions;
use learncoin_delivery::worker::DeliveryOptions;
use learncoin_http_client::{Egress, SystemResolver};
use learncoin_issuance::Chains;
use learncoin_issuance::options::PipelineOptions;
use learncoin_issuance::tenant::plans::Plans;
use learncoin_store::clock::random_bytes;
use learncoin_store::seal::MasterKey;
use tempfile::TempDir;

use super::{Shared, TestApp};
use crate::database;
use crate::interceptor;
use crate::kms::KmsServer;
use crate::seed::{SeededEntropy, seed};

/// The settings of a deployment under test.
#[derive(Clone)]
pub struct TestAppBuilder {
    pub(super) equal_nodes: usize,
    pub(super) seed: Option<u64>,
    pub(super) public_url: String,
    pub(super) confirmations: u64,
    pub(super) test_chain: bool,
    pub(super) live_chain: bool,
    pub(super) nodes: Option<Chains>,
    pub(super) plans: Plans,
    pub(super) pipeline: PipelineOptions,
    pub(super) egress: Egress,
    pub(super) delivery: DeliveryOptions,
    pub(super) mail: MailOptions,
    pub(super) mail_server: Option<(u16, Duration)>,
    pub(super) kms: Option<KmsServer>,
    pub(super) brand: Brand,
}

impl Default for TestAppBuilder {
    fn default() -> Self {
        Self {
            equal_nodes: database::nodes(),
            seed: None,
            public_url: "https://learncoin.example".to_owned(),
            confirmations: 1,
            test_chain: true,
            live_chain: true,
            nodes: None,
            plans: patient_plans(),
            egress: Egress::new(false, Arc::new(SystemResolver)),
            delivery: DeliveryOptions::default(),
            mail: MailOptions::default(),
            mail_server: None,
            kms: None,
            brand: Brand::default(),
            pipeline: PipelineOptions { live_keys_on_development_chain: true, ..PipelineOptions::default() },
        }
    }
}

/// Returns the default plans with a rate limit that no test reaches by accident: the clock does not move, so a whole
/// test is one minute.
pub fn patient_plans() -> Plans {
    let mut plans = Plans::default();
    for limits in [&mut plans.developer, &mut plans.starter, &mut plans.institution, &mut plans.industry] {
        limits.requests_per_minute = 1_000_000;
    }
    plans
}

impl TestAppBuilder {
    /// Sets the number of nodes, on PostgreSQL.
    pub fn equal_nodes(mut self, nodes: usize) -> Self {
        self.equal_nodes = nodes;
        self
    }

    /// Sets the seed of its random bytes, which is that of the run otherwise.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets the public origin.
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = url.into();
        self
    }

    /// Sets how deep a transaction must be, in blocks.
    pub fn confirmations(mut self, blocks: u64) -> Self {
        self.confirmations = blocks;
        self
    }

    /// Sets which environments have a chain.
    pub fn chains(mut self, test: bool, live: bool) -> Self {
        (self.test_chain, self.live_chain) = (test, live);
        self
    }

    /// Anchors on these nodes instead of the embedded chain, which then has no page either.
    pub fn nodes(mut self, chains: Chains) -> Self {
        self.nodes = Some(chains);
        self
    }

    /// Sets the limits of the plans.
    pub fn plans(mut self, plans: Plans) -> Self {
        self.plans = plans;
        self
    }

    /// Sets the options of the pipeline.
    pub fn pipeline(mut self, options: PipelineOptions) -> Self {
        self.pipeline = options;
        self
    }

    /// Sets the egress for targets that tenants name.
    pub fn egress(mut self, egress: Egress) -> Self {
        self.egress = egress;
        self
    }

    /// Allows targets on this machine.
    pub fn private_targets(self) -> Self {
        self.egress(Egress::new(true, Arc::new(SystemResolver)))
    }

    /// Sets the options of deliveries.
    pub fn delivery(mut self, options: DeliveryOptions) -> Self {
        self.delivery = options;
        self
    }

    /// Starts the deployment on a loopback port. Returns its public URL too, which has that port.
    pub async fn serve(self) -> (TestApp, String) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let port = listener.local_addr().expect("a bound address").port();
        let url = format!("http://localhost:{port}");
        let app = self.public_url(&url).start().await;
        // Its callers have addresses, as those of the program have.
        let service = app.running().router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        (app, url)
    }

    /// Sets the options of mails.
    pub fn mail(mut self, options: MailOptions) -> Self {
        self.mail = options;
        self
    }

    /// Sends mails to the mail server at this loopback port, with this timeout for a reply. Without it they are written
    /// to files.
    pub fn mail_server(mut self, port: u16, timeout: Duration) -> Self {
        self.mail_server = Some((port, timeout));
        self
    }

    /// Sets the deployment's name and mark.
    pub fn brand(mut self, brand: Brand) -> Self {
        self.brand = brand;
        self
    }

    /// Creates new signing keys in this Cloud KMS.
    pub fn kms(mut self, kms: &KmsServer) -> Self {
        self.kms = Some(kms.clone());
        self
    }

    /// Starts the deployment in an empty directory.
    pub async fn start(self) -> TestApp {
        let entropy = Arc::new(SeededEntropy::new(self.seed.unwrap_or_else(seed)));
        let directory = TempDir::new().expect("a temporary directory");
        let shared = Shared {
            clock: Arc::default(),
            master: MasterKey::from_bytes(random_bytes(&*entropy)),
            entropy,
            chain_down: Arc::default(),
            line: interceptor::Slot::default(),
            running: Mutex::default(),
            is_damaged: AtomicBool::new(false),
            sent: AtomicUsize::new(0),
            location: database::location(directory.path()),
            directory,
            options: self,
        };
        let app = TestApp { shared: Arc::new(shared) };
        app.open().await;
        app
    }
}
