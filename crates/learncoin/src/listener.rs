//! The listener of a server that ends in order, and what every request passes first.

use std::collections::VecDeque;
use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::Listener;
use learncoin_telemetry::traces;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};

use crate::connections::{ObservedStream, StreamObserver};

/// The time for which accepted connections that send nothing may delay the shutdown.
const FIRST_BYTES_COME_WITHIN: Duration = Duration::from_secs(1);

/// A listener that loses no connection at shutdown: it accepts the connections in its queue, which the operating system
/// would reset otherwise, and is done once each of them has sent its first byte. The HTTP server closes a connection
/// that is shut down before its first byte was read, even if its client has sent a request by then.
pub(crate) struct DrainingListener {
    /// `None` once it is closed.
    listener: Option<TcpListener>,
    address: SocketAddr,
    stopped: watch::Receiver<bool>,
    /// The connections that were in the queue when it was closed and are not served yet.
    last: VecDeque<(TcpStream, SocketAddr)>,
    awaiting_first_byte: AwaitingFirstByte,
    done: Option<oneshot::Sender<()>>,
}

impl DrainingListener {
    /// Creates the listener, and a future that completes when its connections may be shut down after `stopped`.
    ///
    /// # Errors
    /// If the operating system does not report the address.
    pub(crate) fn new(
        listener: TcpListener,
        stopped: watch::Receiver<bool>,
    ) -> io::Result<(Self, impl Future<Output = ()> + Send + 'static)> {
        let (done, is_done) = oneshot::channel();
        let may_end = {
            let stopped = stopped.clone();
            async move {
                stop_signal(stopped).await;
                let _ = tokio::time::timeout(FIRST_BYTES_COME_WITHIN, is_done).await;
            }
        };
        let this = Self {
            address: listener.local_addr()?,
            listener: Some(listener),
            stopped,
            last: VecDeque::new(),
            awaiting_first_byte: AwaitingFirstByte::default(),
            done: Some(done),
        };
        Ok((this, may_end))
    }

    /// Accepts all connections in the queue and closes it. It bypasses the runtime, which may not have been notified of the
    /// newest connections yet.
    fn close(&mut self) {
        let Some(listener) = self.listener.take() else { return };
        let listener = match listener.into_std() {
            Ok(listener) => listener,
            Err(error) => {
                tracing::warn!(%error, "the listener could not be emptied");
                return;
            }
        };
        while let Ok((stream, address)) = listener.accept() {
            let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
            // A connection that fails here was closed by its client.
            self.last.extend(stream.ok().map(|stream| (stream, address)));
        }
    }

    fn track(&self, (stream, address): (TcpStream, SocketAddr)) -> (Connection, SocketAddr) {
        (ObservedStream { stream, observer: Some(self.awaiting_first_byte.begin()) }, address)
    }
}

impl Listener for DrainingListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        if let Some(listener) = &mut self.listener {
            tokio::select! {
                biased;
                () = stop_signal(self.stopped.clone()) => {}
                accepted = Listener::accept(listener) => return self.track(accepted),
            }
            self.close();
        }
        if let Some(one) = self.last.pop_front() {
            return self.track(one);
        }
        self.awaiting_first_byte.until_none().await;
        if let Some(done) = self.done.take() {
            // The receiver is gone if the time limit has passed.
            let _ = done.send(());
        }
        pending().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// The count of connections that have not sent their first byte yet.
#[derive(Clone, Default)]
struct AwaitingFirstByte(Arc<watch::Sender<usize>>);

impl AwaitingFirstByte {
    fn begin(&self) -> FirstByteGuard {
        self.0.send_modify(|count| *count = count.saturating_add(1));
        FirstByteGuard(self.clone())
    }

    async fn until_none(&self) {
        // It fails only if the sender is gone, and `self` holds it.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

/// A connection's share in that count. Dropping it takes the share back.
pub(crate) struct FirstByteGuard(AwaitingFirstByte);

impl Drop for FirstByteGuard {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// A connection that has its share in the count until it has received its first byte.
pub(crate) type Connection = ObservedStream<TcpStream, Option<FirstByteGuard>>;

impl StreamObserver for Option<FirstByteGuard> {
    fn read(&mut self, _bytes: usize) {
        *self = None;
    }
}

/// Runs a request within the trace that its headers name, if any.
pub(crate) async fn enter(request: Request, next: Next) -> Response {
    match traces::parent(request.headers()) {
        Some(parent) => traces::within(parent, next.run(request)).await,
        None => next.run(request).await,
    }
}

/// Completes when the server was asked to stop.
pub(crate) async fn stop_signal(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop too.
    let _ = stopped.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    async fn listener(
        stopped: watch::Receiver<bool>,
    ) -> (DrainingListener, SocketAddr, impl Future<Output = ()>) {
        let bound = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = bound.local_addr().unwrap();
        let (listener, may_end) = DrainingListener::new(bound, stopped).unwrap();
        (listener, address, may_end)
    }

    #[tokio::test]
    async fn connections_in_the_queue_are_accepted_when_it_is_closed() {
        let (stop, stopped) = watch::channel(false);
        let (mut listener, address, _may_end) = listener(stopped).await;
        let mut clients = Vec::new();
        for _ in 0..50 {
            clients.push(TcpStream::connect(address).await.unwrap());
        }
        stop.send(true).unwrap();
        for client in &clients {
            let (_connection, peer) = listener.accept().await;
            assert_eq!(peer, client.local_addr().unwrap());
        }
        assert_eq!(TcpStream::connect(address).await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    }

    #[tokio::test]
    async fn it_is_done_once_each_connection_has_sent_a_byte_or_is_gone() {
        let (stop, stopped) = watch::channel(false);
        let (mut listener, address, may_end) = listener(stopped).await;
        tokio::pin!(may_end);
        let mut speaks = TcpStream::connect(address).await.unwrap();
        let _hangs_up = TcpStream::connect(address).await.unwrap();
        stop.send(true).unwrap();
        let (mut first, _) = listener.accept().await;
        let (second, _) = listener.accept().await;
        assert!(listener.accept().now_or_never().is_none());
        assert!((&mut may_end).now_or_never().is_none(), "both are silent");
        drop(second);
        assert!(listener.accept().now_or_never().is_none());
        assert!((&mut may_end).now_or_never().is_none(), "one is silent");
        speaks.write_all(b"G").await.unwrap();
        first.read_u8().await.unwrap();
        assert!(listener.accept().now_or_never().is_none());
        assert!((&mut may_end).now_or_never().is_some());
    }
}
