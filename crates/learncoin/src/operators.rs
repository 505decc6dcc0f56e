//! The metrics of a node for its operators: `GET /metrics`, at an address of its own. Requests there are not
//! authenticated, so only operators may reach the address.

mod observe;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use learncoin_store::Store;
use learncoin_store::clock::Clock;
use learncoin_telemetry::metrics::Metrics;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::TelemetryConfig;
use crate::connections::{self, ConnectionLimits};
use crate::listener::stop_signal;

/// The text format of Prometheus.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// The interval at which histograms are folded between scrapes.
const FOLD_EVERY: Duration = Duration::from_secs(10);

/// The bound address for operators, and the metrics that it serves.
pub(crate) struct Operators {
    listener: TcpListener,
    metrics: Metrics,
}

#[derive(Clone)]
struct MetricsState {
    metrics: Metrics,
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Operators {
    /// Binds the address and installs the recorder of metrics. Returns `None` if the settings have no address; then
    /// nothing is recorded.
    ///
    /// # Errors
    /// If the address is in use or invalid.
    pub(crate) async fn open(settings: &TelemetryConfig, clock: &dyn Clock) -> Result<Option<Self>> {
        if settings.metrics_listen.is_empty() {
            return Ok(None);
        }
        let listener = TcpListener::bind(&settings.metrics_listen).await.with_context(|| {
            format!("telemetry.metrics_listen: can't listen on {}", settings.metrics_listen)
        })?;
        let metrics = Metrics::install(env!("CARGO_PKG_VERSION"), clock.now_ms())?;
        learncoin_store::metrics::describe();
        learncoin_issuance::metrics::describe();
        learncoin_delivery::metrics::describe();
        learncoin_server::metrics::describe();
        observe::describe();
        tracing::info!(address = %listener.local_addr()?, "serving metrics");
        Ok(Some(Self { listener, metrics }))
    }

    /// Serves metrics until the server stops.
    pub(crate) async fn serve(self, store: Store, clock: Arc<dyn Clock>, stopped: watch::Receiver<bool>) {
        let Self { listener, metrics } = self;
        let folding = metrics.clone();
        let router =
            Router::new().route("/metrics", get(page)).with_state(MetricsState { metrics, store, clock });
        let limits = ConnectionLimits::operators();
        let serving = connections::serve(listener, router, limits, stop_signal(stopped.clone()));
        let folding = async {
            loop {
                tokio::time::sleep(FOLD_EVERY).await;
                folding.fold();
            }
        };
        tokio::select! {
            () = serving => {}
            () = folding => {}
            // A scrape that stalls must not delay the shutdown.
            () = stop_signal(stopped) => {}
        }
    }
}

async fn page(State(state): State<MetricsState>) -> Response {
    observe::observe(&state.store, &*state.clock).await;
    ([(CONTENT_TYPE, TEXT_FORMAT), (CACHE_CONTROL, "no-store")], state.metrics.page()).into_response()
}
