//! A running server: listener, router, worker, embedded chain. Both `serve` and `demo` run this one.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use learncoin_chain::dev::RunOptions;
use learncoin_issuance::context::Issuance;
use learncoin_issuance::worker::Worker;
use learncoin_server::{AppState, router};
use learncoin_store::clock::Clock as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::data_dir::{DataDir, Running, ServeLock};
use crate::deployment::{self, Deployment};
use crate::system::SystemClock;

/// How often uses of keys are written down, and answers that are too old are deleted.
const HOUSEKEEPING_EVERY: Duration = Duration::from_secs(60);

/// A server that answers.
pub(crate) struct Server {
    /// Where it answers.
    pub(crate) address: SocketAddr,
    /// Its context.
    pub(crate) issuance: Arc<Issuance>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    _lock: ServeLock,
}

impl Server {
    /// Starts the server of this data directory.
    ///
    /// # Errors
    /// Where the data directory is in use, the address is taken, or something can't be opened.
    pub(crate) async fn start(
        config: &Config,
        data_dir: &DataDir,
        listener: TcpListener,
        force_public_url: bool,
    ) -> Result<Self> {
        let lock = data_dir.lock()?;
        let address = listener.local_addr()?;
        let Deployment { issuance, dev_chain } =
            deployment::open_for_server(config, data_dir, address.port(), force_public_url).await?;
        let (stop, stopped) = watch::channel(false);
        let mut tasks = Vec::new();

        if let Some(chain) = dev_chain.clone() {
            let options = RunOptions {
                block_time: Duration::from_millis(config.chain.block_time_ms.max(1)),
                trailing_blocks: 0,
            };
            let now = || u64::try_from(SystemClock.now_ms() / 1_000).unwrap_or(0);
            tasks.push(tokio::spawn(until(stopped.clone(), async move { chain.run(options, now).await })));
        }
        tasks.push(tokio::spawn(Worker::new(Arc::clone(&issuance)).run(stop_signal(stopped.clone()))));

        let state = AppState::new(Arc::clone(&issuance), dev_chain.clone());
        tasks.push(tokio::spawn(until(stopped.clone(), housekeeping(state.clone()))));
        let service = router(state).into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(stop_signal(stopped));
        tasks.push(tokio::spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the listener ended");
            }
        }));
        data_dir.publish(&Running { address: address.to_string(), embedded_chain: dev_chain.is_some() })?;
        Ok(Self { address, issuance, stop, tasks, _lock: lock })
    }

    /// Ends it: requests and steps under way are finished first.
    pub(crate) async fn stop(self) {
        // The receivers live in the tasks that are awaited below.
        let _ = self.stop.send(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task ended badly");
            }
        }
        self.issuance.store.close().await;
    }
}

/// Binds the address to answer on.
///
/// # Errors
/// Where it is taken or no address.
pub(crate) async fn bind(listen: &str) -> Result<TcpListener> {
    TcpListener::bind(listen).await.with_context(|| format!("can't listen on {listen}"))
}

/// Completes when the process is asked to end.
pub(crate) async fn asked_to_end() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}

async fn stop_signal(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop too.
    let _ = stopped.wait_for(|stop| *stop).await;
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
        if let Err(error) = purge(&state.issuance).await {
            tracing::warn!(%error, "old idempotency records could not be deleted");
        }
    }
}

async fn purge(issuance: &Issuance) -> learncoin_store::Result<()> {
    let mut tx = issuance.store.begin().await?;
    tx.purge_answers(issuance.clock.now_ms()).await?;
    tx.commit().await
}
