//! The accept loop, and how one connection is served.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::{CONNECTION, CONTENT_TYPE, HOST};
use axum::http::{HeaderValue, Request, Response, StatusCode, Version};
use axum::response::IntoResponse;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tower::ServiceExt as _;

use crate::connections::activity::{Activity, Fate};
use crate::connections::body::{ReceivedBody, SentBody};
use crate::connections::limits::ConnectionLimits;
use crate::connections::registry::{Place, Registry};
use crate::connections::stream::ObservedStream;

/// The interval at which a connection is looked at while a request is worked on.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The response to a request of HTTP/1.1 that does not name one host (RFC 9112, section 3.2).
const ONE_HOST: &str = "A request of HTTP/1.1 has one Host header.\n";

/// Serves the listener's connections until `may_end` completes, and then until each has had the response to its last request.
pub(crate) async fn serve<L>(
    mut listener: L,
    router: Router,
    limits: ConnectionLimits,
    may_end: impl Future<Output = ()>,
) where
    L: Listener<Addr = SocketAddr>,
{
    let registry = Registry::new(limits);
    let (end, ending) = watch::channel(false);
    let mut serving = JoinSet::new();
    let mut may_end = pin!(may_end);
    loop {
        tokio::select! {
            biased;
            () = &mut may_end => break,
            (stream, peer) = listener.accept() => {
                match registry.admit(peer.ip(), Instant::now()) {
                    Some(place) => {
                        serving.spawn(connection(stream, peer, place, router.clone(), ending.clone()));
                    }
                    // Each connection works on a request.
                    None => drop(stream),
                }
            }
            Some(_) = serving.join_next(), if !serving.is_empty() => {}
        }
    }
    drop(listener);
    // The receivers live in the connections.
    let _ = end.send(true);
    while serving.join_next().await.is_some() {}
}

/// Serves one connection until it ends, its time is over, or it has to make room.
async fn connection<S>(
    stream: S,
    peer: SocketAddr,
    place: Place,
    router: Router,
    mut ending: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let activity = Arc::clone(&place.activity);
    let stream = ObservedStream { stream, observer: Arc::clone(&activity) };
    let service = service_fn(|request: Request<Incoming>| {
        activity.exchange_begins(Instant::now());
        respond(request, peer, Arc::clone(&activity), router.clone())
    });
    let serving = http1::Builder::new()
        .max_buf_size(place.limits().head_bytes)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = pin!(serving);
    let mut over = pin!(time_is_over(&place.activity, place.limits()));
    let mut is_ending = false;
    loop {
        tokio::select! {
            // What a client did wrong is its own affair.
            _ended = serving.as_mut() => return,
            reason = &mut over => {
                tracing::debug!(reason, "a connection was cut off");
                return;
            }
            () = place.gives_way.notified() => {
                tracing::debug!("a connection was cut off to make room");
                return;
            }
            _ = ending.wait_for(|ending| *ending), if !is_ending => {
                is_ending = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Completes when the connection's time is over. Returns the reason.
async fn time_is_over(activity: &Activity, limits: &ConnectionLimits) -> &'static str {
    loop {
        let now = Instant::now();
        match activity.fate(limits, now) {
            Fate::Cut(reason) => return reason,
            // A wait that begins meanwhile may have less time.
            Fate::LookAgainAt(at) => sleep_until(at.min(now + LOOK_EVERY)).await,
        }
    }
}

async fn respond(
    request: Request<Incoming>,
    peer: SocketAddr,
    activity: Arc<Activity>,
    router: Router,
) -> Result<Response<Body>, std::convert::Infallible> {
    let mut request = request.map(|body| Body::new(ReceivedBody { body, activity: Arc::clone(&activity) }));
    let response = if names_one_host(&request) {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.oneshot(request).await?
    } else {
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
            (CONNECTION, HeaderValue::from_static("close")),
        ];
        (StatusCode::BAD_REQUEST, headers, ONE_HOST).into_response()
    };
    Ok(response.map(|body| Body::new(SentBody { body, activity })))
}

/// Returns whether the request has the Host header that its version demands.
fn names_one_host<B>(request: &Request<B>) -> bool {
    request.version() != Version::HTTP_11 || request.headers().get_all(HOST).iter().count() == 1
}

#[cfg(test)]
mod tests;
