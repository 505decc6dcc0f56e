//! Traces: the spans of requests, steps and attempts, sent to an OpenTelemetry collector.

use std::time::Duration;

use learncoin_http_client::Proxy;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceState, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

use crate::collector::{Collector, TIMEOUT};
use crate::sampler::OwnSampler;

/// The prefix of the targets whose spans are exported: those of our crates.
const TARGET: &str = "learncoin";
/// The number of spans that may wait for the collector. A span that ends while the queue is full is dropped.
const MAX_WAITING: usize = 2_048;
const MAX_PER_EXPORT: usize = 512;
/// The time for which a span waits for others to share an export with.
const GATHER: Duration = Duration::from_secs(1);
/// The time for which the last export may delay a process that was asked to end.
const LAST_EXPORT_TAKES_AT_MOST: Duration = Duration::from_secs(2);

/// The settings of the export of traces.
#[derive(Clone, PartialEq, Eq)]
pub struct TraceSettings {
    /// The collector: `http://HOST:4318`, to which `/v1/traces` is added. It may contain a secret.
    pub endpoint: String,
    /// The share of traces that is exported, in percent.
    pub percent: u8,
    /// The proxy on the way to the collector, if there is one.
    pub proxy: Option<Proxy>,
}

/// Why traces can't be exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceError {
    /// The endpoint is not an HTTP URL.
    #[error("the collector's address must be a URL of http or https")]
    Endpoint,
    /// TLS could not be set up, or the exporter refuses its environment variables.
    #[error("the exporter of traces could not be set up")]
    Setup,
}

/// Exports traces until it is ended.
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Starts the export of traces. Nothing is sent before the first span has ended. `version` is this program's, `node`
    /// distinguishes this process from others of the deployment.
    ///
    /// # Errors
    /// See [`TraceError`].
    pub fn start(
        settings: &TraceSettings,
        version: &'static str,
        node: String,
        runtime: Handle,
    ) -> Result<Self, TraceError> {
        let endpoint = settings.endpoint.trim_end_matches('/');
        if !["http://", "https://"].iter().any(|scheme| endpoint.starts_with(scheme)) {
            return Err(TraceError::Endpoint);
        }
        let collector = Collector::new(runtime, settings.proxy.as_ref()).map_err(|_| TraceError::Setup)?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(collector)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{endpoint}/v1/traces"))
            .with_timeout(TIMEOUT)
            .build()
            .map_err(|_| TraceError::Setup)?;
        let config = BatchConfigBuilder::default()
            .with_max_queue_size(MAX_WAITING)
            .with_max_export_batch_size(MAX_PER_EXPORT)
            .with_scheduled_delay(GATHER)
            .build();
        let resource = Resource::builder_empty()
            .with_service_name("learncoin")
            .with_attribute(KeyValue::new("service.version", version))
            .with_attribute(KeyValue::new("service.instance.id", node))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(OwnSampler::new(settings.percent))
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(config).build())
            .build();
        Ok(Self { provider })
    }

    /// Returns the layer that turns the spans of our crates into those of a trace, with the log lines written in them.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer(TARGET))
            // Paths of source files and numbers of threads do not help operators.
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_filter(Targets::new().with_target(TARGET, LevelFilter::INFO))
    }

    /// Exports the remaining spans, within a time limit, and ends the export. It blocks, so it must not run on a thread of
    /// the runtime.
    pub fn end(self) {
        // An unreachable collector was logged when it became unreachable.
        let _ = self.provider.shutdown_with_timeout(LAST_EXPORT_TAKES_AT_MOST);
    }
}

/// Returns the trace that a request names as its own in `traceparent` (W3C Trace Context); `None` if it names none that
/// can be parsed. `tracestate` may contain anything, even a person's name, so it is left out.
pub fn parent(headers: &learncoin_http_client::header::HeaderMap) -> Option<Context> {
    let context =
        TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers));
    let span = context.span();
    let remote = span.span_context();
    remote.is_valid().then(|| {
        Context::new().with_remote_span_context(SpanContext::new(
            remote.trace_id(),
            remote.span_id(),
            remote.trace_flags(),
            true,
            TraceState::NONE,
        ))
    })
}

/// Runs the work as part of that trace.
pub async fn within<T>(parent: Context, work: impl Future<Output = T>) -> T {
    use opentelemetry::trace::FutureExt as _;
    work.with_context(parent).await
}

#[cfg(test)]
mod tests {
    use learncoin_http_client::header::{HeaderMap, HeaderValue};

    use super::*;

    fn read(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", HeaderValue::from_str(value).unwrap());
        parent(&headers).map(|context| context.span().span_context().trace_id().to_string())
    }

    #[test]
    fn only_a_valid_parent_is_read() {
        let trace = "0af7651916cd43dd8448eb211c80319c";
        assert_eq!(read(&format!("00-{trace}-b7ad6b7169203331-01")).as_deref(), Some(trace));
        for wrong in ["", "00", "00-0-0-01", &format!("00-{}-b7ad6b7169203331-01", "0".repeat(32))] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
        assert!(parent(&HeaderMap::new()).is_none());
    }

    #[test]
    fn the_trace_state_of_a_caller_is_left_out() {
        let mut headers = HeaderMap::new();
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        headers.insert("traceparent", HeaderValue::from_static(trace));
        headers.insert("tracestate", HeaderValue::from_static("school=ada-lovelace"));
        let context = parent(&headers).unwrap();
        assert_eq!(context.span().span_context().trace_state().header(), "");
    }

    #[tokio::test]
    async fn an_address_without_http_is_refused() {
        for endpoint in ["", "collector:4318", "grpc://collector:4317"] {
            let settings = TraceSettings { endpoint: endpoint.to_owned(), percent: 100, proxy: None };
            let refused = Traces::start(&settings, "0", "n".to_owned(), Handle::current());
            assert_eq!(refused.err(), Some(TraceError::Endpoint), "{endpoint:?}");
        }
    }
}
