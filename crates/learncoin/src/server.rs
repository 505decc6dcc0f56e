//! A running server: listener, router, workers, embedded chain. Both `serve` and `demo` run this one.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::middleware::from_fn;
use ipnet::IpNet;
use learncoin_badge::Brand;
use learncoin_console::{ConsoleState, LinkMailer, UploadWorker};
use learncoin_delivery::mail::MailFolder;
use learncoin_delivery::mail::member_mail::MemberMailer;
use learncoin_delivery::worker::{DeliveryContext, DeliveryWorker};
use learncoin_http_client::{Egress, SystemResolver};
use learncoin_issuance::Issuance;
use learncoin_issuance::host::HostWorker;
use learncoin_issuance::key::document_key_worker::DocumentKeyWorker;
use learncoin_issuance::metrics::Alarm;
use learncoin_issuance::tenant::allowlist::parse_network;
use learncoin_issuance::worker::run::Worker;
use learncoin_server::{AppState, Mailbox, router_with};
use learncoin_store::Store;
use learncoin_store::clock::Clock as _;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};

use crate::background::Background;
use crate::browser_nodes::browser_nodes;
use crate::config::{Config, MailTransportKind};
use crate::connections::{self, ConnectionLimits, raise_descriptor_limit};
use crate::data_dir::{DataDir, Running, ServeLock};
use crate::deployment::{self, Deployment};
use crate::identity_provider;
use crate::listener::{self, DrainingListener, stop_signal};
use crate::mail;
use crate::operators::Operators;
use crate::outage;
use crate::system::SystemClock;

/// The interval at which uses of keys are stored and old records are deleted.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(60);
/// The time between two looks for deadlines that a wrong clock wrote.
const MEND_EVERY: Duration = Duration::from_secs(10);
/// The interval at which the numbers of refused requests of a minute that has ended are written.
const REFUSALS_EVERY: Duration = Duration::from_secs(10);
/// The interval at which pictures of achievements are looked for that are to be fetched.
const PICTURES_EVERY: Duration = Duration::from_secs(5);
/// The interval at which an erasure that a long read of the database had delayed is retried.
const SCRUB_EVERY: Duration = Duration::from_secs(1);
/// The number of earlier batches whose achievements are recorded at a time.
const ACHIEVEMENTS_AT_ONCE: u32 = 20;

/// A running server.
pub(crate) struct Server {
    /// The address that it listens on.
    pub(crate) address: SocketAddr,
    /// The issuance behind its API.
    pub(crate) issuance: Arc<Issuance>,
    state: AppState,
    stop: watch::Sender<bool>,
    /// The time for which it goes on serving after it was asked to stop, and the time for which it then waits for open requests.
    waits: (Duration, Duration),
    listening: JoinHandle<()>,
    background: Background,
    _lock: Option<ServeLock>,
}

impl Server {
    /// Starts the server of this data directory.
    ///
    /// # Errors
    /// If the data directory is in use, a setting is invalid, or something can't be opened.
    pub(crate) async fn start(
        config: &Config,
        brand: Brand,
        data_dir: &DataDir,
        listener: TcpListener,
        force_public_url: bool,
    ) -> Result<Self> {
        let waits = config.shutdown.waits()?;
        let trusted_proxies = networks(&config.trusted_proxies)?;
        let proxies = trusted_proxies.clone();
        let browser_nodes = browser_nodes(config)?;
        let egress = Egress::new(config.webhooks.allow_private_targets, Arc::new(SystemResolver));
        // Nodes on a shared database are equal, and any number of them may serve.
        let lock = if deployment::has_one_server(config)? { Some(data_dir.lock()?) } else { None };
        let address = listener.local_addr()?;
        // Before the first metric is recorded.
        let operators = Operators::open(&config.telemetry, &SystemClock).await?;
        let Deployment { issuance, dev_chain } =
            deployment::open_for_server(config, data_dir, address.port(), force_public_url).await?;
        let (stop, stopped) = watch::channel(false);
        let mut background = Background::new(stopped.clone());

        if let Some(chain) = dev_chain.clone() {
            let options = config.chain.mining_options();
            let now = || u64::try_from(SystemClock.now_ms() / 1_000).unwrap_or(0);
            background.run("chain", until(stopped.clone(), async move { chain.run(options, now).await }));
        }
        background
            .run("pipeline", Worker::new(Arc::clone(&issuance.pipeline)).run(stop_signal(stopped.clone())));
        background
            .run("host", HostWorker::new(Arc::clone(&issuance.pipeline)).run(stop_signal(stopped.clone())));

        let document_keys = DocumentKeyWorker::new(issuance.document_keys.clone());
        background.run("document keys", document_keys.run(stop_signal(stopped.clone())));

        let context = DeliveryContext {
            store: issuance.store.clone(),
            clock: Arc::clone(&issuance.clock),
            entropy: Arc::clone(&issuance.entropy),
        };
        let delivery = DeliveryWorker::start(context, &egress, (&config.webhooks).into()).await?;
        background.run("deliveries", delivery.run(stop_signal(stopped.clone())));

        let folder = MailFolder::new(data_dir.mails());
        folder.sweep(&issuance.store).await.context("mails of erased credentials can't be removed")?;
        let proxy = config.proxy_url.proxy()?;
        let identity_provider =
            identity_provider::open(&config.oidc, issuance.host.origin(), proxy.as_ref())?;
        let way_out = mail::way_out(&config.mail, &issuance, &folder, &brand)?;
        if let Some(way_out) = way_out.clone() {
            let worker = mail::worker(&config.mail, &issuance, way_out).await?;
            background.run("mails", worker.run(stop_signal(stopped.clone())));
        }
        let mailbox = match config.mail.transport {
            MailTransportKind::Files => Mailbox::shown(folder.clone()),
            MailTransportKind::Smtp | MailTransportKind::Off => Mailbox::hidden(folder.clone()),
        };

        let state = AppState::new(Arc::clone(&issuance), dev_chain.clone())
            .with_chain_callers(config.chain.caller_options())
            .with_trusted_proxies(trusted_proxies)
            .with_egress(egress)
            .with_browser_nodes(browser_nodes)
            .with_mailbox(mailbox)
            .with_brand(brand);
        background.run("housekeeping", until(stopped.clone(), housekeeping(state.clone())));
        background.run("deadlines", until(stopped.clone(), mending(Arc::clone(&issuance))));
        background.run("refusals", until(stopped.clone(), counting_refusals(state.clone())));
        background.run("outages", until(stopped.clone(), outage::report_ends(issuance.store.clone())));
        background.run("pictures", until(stopped.clone(), fetching_pictures(state.clone())));
        background
            .run("achievements", until(stopped.clone(), recording_achievements(issuance.store.clone())));
        background.run("scrubbing", until(stopped.clone(), scrubbing(issuance.store.clone())));
        if let Some(operators) = operators {
            let clock = Arc::clone(&issuance.clock);
            background.run("metrics", operators.serve(issuance.store.clone(), clock, stopped.clone()));
        }
        let console = match config.console.enabled {
            true => {
                let mut console = ConsoleState::new(&state);
                let mailer = way_out.map(|(sender, transport)| MemberMailer { sender, transport });
                if let Some(mailer) = mailer.clone() {
                    let (with_mail, requests) = console.with_mailer(mailer.clone()).with_link_requests();
                    let links = LinkMailer::new(&with_mail, mailer, requests);
                    background.run("links", until(stopped.clone(), links.run()));
                    console = with_mail;
                }
                let uploads = UploadWorker::new(&console, mailer);
                background.run("uploads", uploads.run(stop_signal(stopped.clone())));
                if let Some(provider) = identity_provider {
                    console = console.with_identity_provider(provider);
                }
                learncoin_console::router(&console)
            }
            false => Router::new(),
        };
        let router = router_with(state.clone(), console).layer(from_fn(listener::enter));
        let (listener, may_end) = DrainingListener::new(listener, stopped)?;
        let limits = ConnectionLimits::public(raise_descriptor_limit(), proxies);
        let listening = tokio::spawn(connections::serve(listener, router, limits, may_end));
        let running = Running {
            address: from_here(address).to_string(),
            embedded_genesis: dev_chain.as_ref().map(|chain| hex::encode(chain.genesis_hash())),
        };
        data_dir.publish(&running)?;
        Ok(Self { address, issuance, state, stop, waits, listening, background, _lock: lock })
    }

    /// Returns the address at which a program on this machine reaches it.
    pub(crate) fn local_address(&self) -> SocketAddr {
        from_here(self.address)
    }

    /// Completes when one of its tasks has ended that was not asked to stop; then the caller stops the server.
    pub(crate) fn broken(&self) -> impl Future<Output = ()> + use<> {
        self.background.broken()
    }

    /// Stops it. First it reports that it is not ready and goes on serving; then it finishes the requests and steps in
    /// flight, but does not wait for a client that stalls.
    pub(crate) async fn stop(self) {
        let (drain, last_requests) = self.waits;
        self.state.begin_stopping();
        if !drain.is_zero() {
            tracing::info!(seconds = drain.as_secs(), "asked to end: no longer ready, serving on");
            tokio::time::sleep(drain).await;
        }
        // The receivers live in the tasks that are awaited below.
        let _ = self.stop.send(true);
        let listening = self.listening.abort_handle();
        match tokio::time::timeout(last_requests, self.listening).await {
            Ok(ended) => log_end(ended),
            Err(_) => {
                tracing::warn!("some clients had not finished their requests");
                listening.abort();
            }
        }
        self.background.end().await;
        self.state.write_last_refusal_counts().await;
        if let Err(error) = self.state.flush_key_uses().await {
            tracing::warn!(%error, "uses of API keys could not be written");
        }
        self.issuance.store.close().await;
    }
}

/// Parses the setting `trusted_proxies`.
fn networks(texts: &[String]) -> Result<Vec<IpNet>> {
    texts
        .iter()
        .map(|text| parse_network(text).with_context(|| format!("trusted_proxies: {text:?}")))
        .collect()
}

/// Returns the address to listen on, if the settings have one or the public URL is on this machine.
///
/// # Errors
/// If the database can't be opened.
pub(crate) async fn named_address(config: &Config, data_dir: &DataDir) -> Result<Option<String>> {
    if !config.listen.is_empty() {
        return Ok(Some(config.listen.clone()));
    }
    let port = deployment::local_port(config, data_dir).await?;
    Ok(port.map(|port| format!("127.0.0.1:{port}")))
}

/// Binds the address to listen on.
///
/// # Errors
/// If it is in use or not an address.
pub(crate) async fn bind(listen: &str) -> Result<TcpListener> {
    TcpListener::bind(listen).await.with_context(|| format!("can't listen on {listen}"))
}

/// The signals that ask the process to stop.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Starts to listen for them.
    ///
    /// # Errors
    /// If the operating system refuses.
    pub(crate) fn listen() -> Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Completes with the next of them.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Returns the address at which this machine reaches a server: loopback if it listens on every address.
fn from_here(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

/// Logs a task that panicked or was cancelled. The panic's message may contain personal data, so it is left out.
fn log_end(ended: std::result::Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(panicked = error.is_panic(), "a task ended badly");
    }
}

async fn until(stopped: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    tokio::select! {
        () = stop_signal(stopped) => {}
        () = work => {}
    }
}

async fn housekeeping(state: AppState) {
    loop {
        tokio::time::sleep(HOUSEKEEPING_EVERY).await;
        if let Err(error) = state.flush_key_uses().await {
            tracing::warn!(%error, "uses of API keys could not be written");
        }
        if let Err(error) = state.mailbox.sweep(&state.issuance.store).await {
            tracing::warn!(%error, "mails of erased credentials could not be removed");
        }
        if let Err(error) = state.issuance.erasure_log.journal_missing_erasures().await {
            let alarm = Alarm::ErasuresNotJournaled.raise();
            tracing::error!(alarm, %error, "erasures could not be written to the journal");
        }
        if let Err(error) = state.issuance.host_keys.ensure_host_keys().await {
            tracing::warn!(%error, "the host has no key yet");
        }
        if let Err(error) = state.issuance.keys.end_retired_keys().await {
            tracing::warn!(%error, "the ends of retired signing keys could not be written");
        }
        if let Err(error) =
            learncoin_console::sign_in::purge(&state.issuance.store, state.issuance.clock.now_ms()).await
        {
            tracing::warn!(%error, "ended sessions and links could not be deleted");
        }
        if let Err(error) = learncoin_console::uploads::purge(&state.issuance).await {
            tracing::warn!(%error, "drafts and old files of uploads could not be deleted");
        }
        if let Err(error) = state.issuance.retention.purge().await {
            tracing::warn!(%error, "what is too old to be kept could not be deleted");
        }
    }
}

async fn mending(issuance: Arc<Issuance>) {
    loop {
        if let Err(error) = issuance.retention.mend_deadlines().await {
            tracing::warn!(%error, "deadlines could not be looked at");
        }
        tokio::time::sleep(MEND_EVERY).await;
    }
}

async fn counting_refusals(state: AppState) {
    loop {
        tokio::time::sleep(REFUSALS_EVERY).await;
        state.write_refusal_counts().await;
    }
}

async fn fetching_pictures(state: AppState) {
    loop {
        match state.fetch_achievement_images().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "pictures of achievements could not be fetched"),
        }
        tokio::time::sleep(PICTURES_EVERY).await;
    }
}

/// Makes what earlier releases accepted be found by its achievement, and then waits for the end.
async fn recording_achievements(store: Store) {
    loop {
        match store.record_earlier_achievements(ACHIEVEMENTS_AT_ONCE).await {
            Ok(true) => tokio::task::yield_now().await,
            Ok(false) => return std::future::pending().await,
            Err(error) => {
                tracing::warn!(%error, "the achievements of earlier credentials could not be recorded yet");
                tokio::time::sleep(SCRUB_EVERY).await;
            }
        }
    }
}

async fn scrubbing(store: Store) {
    loop {
        if let Err(error) = store.scrub_if_due().await {
            tracing::warn!(%error, "what was deleted could not be taken off the disk yet");
        }
        tokio::time::sleep(SCRUB_EVERY).await;
    }
}
