//! Bodies that report when they wait for the client, and when a response is made to its end.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::time::Instant;

use crate::connections::activity::{Activity, Wait};

/// The body of a request.
pub(super) struct ReceivedBody<B> {
    pub(super) body: B,
    pub(super) activity: Arc<Activity>,
}

impl<B: HttpBody + Unpin> HttpBody for ReceivedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        self.activity.waits(Wait::Body, frame.is_pending(), Instant::now());
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> Drop for ReceivedBody<B> {
    fn drop(&mut self) {
        // Nothing reads it any more.
        self.activity.waits(Wait::Body, false, Instant::now());
    }
}

/// The body of a response. Dropped, the exchange is over: it was handed over to its end, or the client is gone.
pub(super) struct SentBody {
    pub(super) body: Body,
    pub(super) activity: Arc<Activity>,
}

impl HttpBody for SentBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for SentBody {
    fn drop(&mut self) {
        self.activity.exchange_ends(Instant::now());
    }
}
