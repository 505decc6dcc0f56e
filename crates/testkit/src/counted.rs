//! The metrics of the test's own thread, apart from those of tests that run beside it.

use metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::exposition::Exposition;

/// Records the metrics of this thread until it is dropped. It does not see the other threads of a runtime.
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

    /// Returns the metrics recorded so far.
    ///
    /// # Panics
    /// If the page is not in the exposition format.
    pub fn page(&self) -> Exposition {
        let page = self.handle.render();
        Exposition::read(&page).unwrap_or_else(|wrong| panic!("{wrong}\n{page}"))
    }
}
