//! The turns of requests to the embedded chain's JSON-RPC.
//!
//! Every caller may read, and an answer may take some milliseconds of a processor and a mebibyte. So requests are worked on one after the
//! other, beside the threads that serve everything else. Few of an address wait for their turn, so that one address does not crowd out
//! the others. The large answers that callers have not read yet are limited as a whole.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body::{Frame, SizeHint};
use learncoin_dev_chain::{CallerOptions, DevChain, json_rpc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::ApiError;
use crate::middleware::address_shares::AddressShares;

/// The most requests of an address that are worked on or wait for their turn.
const WAITING_OF_ADDRESS: usize = 16;
/// The longest time that a request waits for its turn.
const MAX_WAIT: Duration = Duration::from_secs(10);
/// The largest answer that is not counted, in bytes.
const SMALL_ANSWER: usize = 32 * 1024;
/// The most bytes of larger answers that callers have not read yet.
const UNREAD_ANSWERS: usize = 16 * 1024 * 1024;
/// The bytes that are handed to the connection at a time, which forgets them when they are sent.
const CHUNK: usize = 16 * 1024;
/// The time after which a caller who was refused may try again, in seconds.
const TRY_AGAIN_AFTER: HeaderValue = HeaderValue::from_static("5");
/// The answer to a request that had no turn, in the words of EIP-1474.
const BUSY: &str = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"limit exceeded: the chain is busy, try again in a few seconds"}}"#;

/// The turns of requests to the embedded chain, and what callers may do.
#[derive(Debug)]
pub(crate) struct ChainRpc {
    options: CallerOptions,
    shares: Arc<AddressShares>,
    turns: Arc<Semaphore>,
    unread: Arc<Semaphore>,
}

impl Default for ChainRpc {
    fn default() -> Self {
        Self::new(CallerOptions::default())
    }
}

impl ChainRpc {
    /// Creates it for callers that may do this.
    pub(crate) fn new(options: CallerOptions) -> Self {
        Self {
            options,
            shares: AddressShares::new(WAITING_OF_ADDRESS),
            turns: Arc::new(Semaphore::new(1)),
            unread: Arc::new(Semaphore::new(UNREAD_ANSWERS)),
        }
    }

    /// Serves the body of a request of the client with this address.
    pub(crate) async fn answer(&self, chain: DevChain, client: Option<IpAddr>, body: Bytes) -> Response {
        let Some(place) = self.shares.take(client) else { return busy() };
        let turn = tokio::time::timeout(MAX_WAIT, Arc::clone(&self.turns).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return busy() };
        let options = self.options;
        let answer = tokio::task::spawn_blocking(move || {
            // Also held if the caller has hung up meanwhile.
            let _held = (turn, place);
            json_rpc(&chain, options, &body)
        });
        match answer.await {
            // Nothing but notifications, which JSON-RPC does not answer.
            Ok(None) => StatusCode::NO_CONTENT.into_response(),
            Ok(Some(answer)) => self.sent(answer),
            Err(_) => ApiError::internal("a request to the embedded chain was cut off").into_response(),
        }
    }

    fn sent(&self, answer: String) -> Response {
        let body = if answer.len() <= SMALL_ANSWER {
            Body::from(answer)
        } else {
            let bytes = u32::try_from(answer.len()).unwrap_or(u32::MAX);
            match Arc::clone(&self.unread).try_acquire_many_owned(bytes) {
                Ok(unread) => Body::new(UnreadAnswer { bytes: answer.into(), _unread: unread }),
                Err(_) => return busy(),
            }
        };
        ([(CONTENT_TYPE, "application/json")], body).into_response()
    }
}

fn busy() -> Response {
    let mut response =
        (StatusCode::TOO_MANY_REQUESTS, [(CONTENT_TYPE, "application/json")], BUSY).into_response();
    response.headers_mut().insert(RETRY_AFTER, TRY_AGAIN_AFTER);
    response
}

/// A large answer on its way. What of it is unread is counted until the connection has taken its last chunk.
struct UnreadAnswer {
    bytes: Bytes,
    _unread: OwnedSemaphorePermit,
}

impl HttpBody for UnreadAnswer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let length = self.bytes.len().min(CHUNK);
        // A copy: a slice that waits to be sent would hold all of the answer.
        let chunk = Bytes::copy_from_slice(&self.bytes.split_to(length));
        Poll::Ready((!chunk.is_empty()).then(|| Ok(Frame::data(chunk))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.bytes.len()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use http_body_util::BodyExt as _;
    use learncoin_dev_chain::DevChainOptions;

    use super::*;

    #[tokio::test]
    async fn large_answers_that_nobody_reads_are_limited_and_small_ones_are_not() {
        let rpc = ChainRpc::default();
        let large = || rpc.sent("x".repeat(1024 * 1024));
        let mut unread: Vec<Response> = (0..16).map(|_| large()).collect();
        assert!(unread.iter().all(|response| response.status() == StatusCode::OK));
        assert_eq!(large().status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(rpc.sent("x".repeat(SMALL_ANSWER)).status(), StatusCode::OK);

        let mut body = unread.pop().unwrap().into_body();
        assert_eq!(body.size_hint().exact(), Some(1024 * 1024));
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!(first.len(), CHUNK);
        assert_eq!(large().status(), StatusCode::TOO_MANY_REQUESTS, "it is being read");
        let rest = body.collect().await.unwrap().to_bytes();
        assert_eq!(first.len() + rest.len(), 1024 * 1024);
        assert_eq!(large().status(), StatusCode::OK, "it was read");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_has_no_turn_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let options = DevChainOptions { genesis_salt: [1; 32], genesis_time: 1 };
        let chain = DevChain::open(&folder.path().join("chain.jsonl"), options).unwrap();
        let rpc = ChainRpc::default();
        let call = || Bytes::from_static(br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#);
        let turn = Arc::clone(&rpc.turns).acquire_owned().await.unwrap();
        let busy = rpc.answer(chain.clone(), None, call()).await;
        assert_eq!(busy.status(), StatusCode::TOO_MANY_REQUESTS);
        assert!(busy.headers().contains_key(RETRY_AFTER));
        drop(turn);
        assert_eq!(rpc.answer(chain, None, call()).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn an_address_that_sends_many_requests_does_not_crowd_out_another() {
        let folder = tempfile::tempdir().unwrap();
        let options = DevChainOptions { genesis_salt: [1; 32], genesis_time: 1 };
        let chain = DevChain::open(&folder.path().join("chain.jsonl"), options).unwrap();
        let rpc = ChainRpc::default();
        let answer = |last: u8| {
            let call = Bytes::from_static(br#"{"jsonrpc":"2.0","id":1,"method":"eth_chainId"}"#);
            rpc.answer(chain.clone(), Some([192, 0, 2, last].into()), call)
        };
        let turn = Arc::clone(&rpc.turns).acquire_owned().await.unwrap();
        let mut waiting: Vec<_> = (0..WAITING_OF_ADDRESS).map(|_| Box::pin(answer(1))).collect();
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        assert_eq!(answer(1).await.status(), StatusCode::TOO_MANY_REQUESTS, "at once");
        let mut other = Box::pin(answer(2));
        assert!((&mut other).now_or_never().is_none(), "it waits for its turn");
        drop(turn);
        for one in waiting {
            assert_eq!(one.await.status(), StatusCode::OK);
        }
        assert_eq!(other.await.status(), StatusCode::OK);
        assert_eq!(answer(1).await.status(), StatusCode::OK);
    }
}
