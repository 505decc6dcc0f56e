//! Bodies that are not read to their end.
//!
//! A refusal may be ready before the caller has sent its body. If the connection were closed then, the caller's
//! system would meet a reset while it still sends, and throw the refusal away unread. So what is left is received
//! and dropped for a while, beside the answer.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::http::header::EXPECT;
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt as _;
use futures_util::stream::{Stream, poll_fn};

/// The longest part of an unwanted body that is received.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// For how long an unwanted body is received at most.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// Keeps hold of the request's body, and receives the rest of it if the request was refused.
pub(crate) async fn unread(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    // Such a caller waits for leave to send; there is nothing on the way.
    let waits = request.headers().contains_key(EXPECT);
    let (parts, body) = request.into_parts();
    let body = Arc::new(Mutex::new(body));
    let lent = Arc::clone(&body);
    let request = Request::from_parts(parts, Body::from_stream(poll_fn(move |context| poll(&lent, context))));
    let response = next.run(request).await;
    if !waits && (response.status().is_client_error() || response.status().is_server_error()) {
        tokio::spawn(tokio::time::timeout(
            MAX_WAIT,
            drain(poll_fn(move |context| poll(&body, context)), MAX_BYTES),
        ));
    }
    response
}

fn poll(body: &Mutex<Body>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, axum::Error>>> {
    let mut body = body.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        return match Pin::new(&mut *body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) => Poll::Ready(Some(Ok(data))),
                // Trailers mean nothing here.
                Err(_) => continue,
            },
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        };
    }
}

async fn drain(
    mut chunks: impl Stream<Item = Result<Bytes, axum::Error>> + Unpin,
    max_bytes: usize,
) -> usize {
    let mut dropped: usize = 0;
    while let Some(Ok(chunk)) = chunks.next().await {
        dropped = dropped.saturating_add(chunk.len());
        if dropped >= max_bytes {
            break;
        }
    }
    dropped
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn an_unwanted_body_is_received_to_its_end_or_to_the_limit() {
        let chunks = || stream::iter((0..10).map(|_| Ok(Bytes::from_static(b"12345678"))));
        assert_eq!(drain(chunks(), 1_000).await, 80);
        assert_eq!(drain(chunks(), 20).await, 24);
        let broken = stream::iter([Ok(Bytes::from_static(b"1234")), Err(axum::Error::new("reset"))]);
        assert_eq!(drain(broken, 1_000).await, 4);
    }
}
