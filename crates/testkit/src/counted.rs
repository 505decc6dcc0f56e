//! What is counted on the test's own thread, apart from what other tests count beside it.

use metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::exposition::Exposition;

/// Keeps what this thread counts until it is dropped. A test whose runtime has several threads counts elsewhere.
pub struct Counted {
    handle: PrometheusHandle,
    _guard: LocalRecorderGuard<'static>,
}

impl Counted {
    /// Begins with every count at zero.
    pub fn begin() -> Self {
        let recorder = PrometheusBuilder::new().set_buckets(&[1.0]).expect("a bucket").build_recorder();
        let handle = recorder.handle();
        // A test's few bytes, so that the guard may live as long as the test wants.
        let guard = metrics::set_default_local_recorder(Box::leak(Box::new(recorder)));
        learncoin_store::metrics::describe();
        learncoin_issuance::metrics::describe();
        learncoin_delivery::metrics::describe();
        learncoin_server::metrics::describe();
        Self { handle, _guard: guard }
    }

    /// What was counted so far.
    ///
    /// # Panics
    /// If the page is none.
    pub fn page(&self) -> Exposition {
        let page = self.handle.render();
        Exposition::read(&page).unwrap_or_else(|wrong| panic!("{wrong}\n{page}"))
    }
}
