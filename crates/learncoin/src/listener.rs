//! The listener of a server that ends in order, and what every request passes first.

use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::Request;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::{IncomingStream, Listener};
use learncoin_telemetry::traces;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};

/// For how long connections that keep coming may hold up the end.
const LAST_CONNECTIONS_COME_AT_MOST: Duration = Duration::from_secs(1);

/// A listener that is closed only once nobody is in its queue: the system has let those in already, and would reset
/// them.
pub(crate) struct LastingListener {
    listener: TcpListener,
    stopped: watch::Receiver<bool>,
    emptied: Option<oneshot::Sender<()>>,
}

impl LastingListener {
    /// The listener, and what completes when it may be closed after `stopped`.
    pub(crate) fn new(
        listener: TcpListener,
        stopped: watch::Receiver<bool>,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (emptied, is_empty) = oneshot::channel();
        let may_close = {
            let stopped = stopped.clone();
            async move {
                stop_signal(stopped).await;
                let _ = tokio::time::timeout(LAST_CONNECTIONS_COME_AT_MOST, is_empty).await;
            }
        };
        (Self { listener, stopped, emptied: Some(emptied) }, may_close)
    }
}

impl Listener for LastingListener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        tokio::select! {
            biased;
            // Unconstrained, since a pause that the runtime asks for would look like an empty queue.
            accepted = tokio::task::unconstrained(Listener::accept(&mut self.listener)) => return accepted,
            () = stop_signal(self.stopped.clone()) => {}
        }
        if let Some(emptied) = self.emptied.take() {
            // Nobody waits where the time for it is over.
            let _ = emptied.send(());
        }
        pending().await
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// The other end of a connection.
#[derive(Clone)]
pub(crate) struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, LastingListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, LastingListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Tells the request where it comes from and, where it says so, which trace it is part of.
pub(crate) async fn enter(mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(Peer(address))) = request.extensions_mut().remove::<ConnectInfo<Peer>>() {
        request.extensions_mut().insert(ConnectInfo(address));
    }
    match traces::parent(request.headers()) {
        Some(parent) => traces::within(parent, next.run(request)).await,
        None => next.run(request).await,
    }
}

/// Completes when the server was asked to end.
pub(crate) async fn stop_signal(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop too.
    let _ = stopped.wait_for(|stop| *stop).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_is_in_the_queue_is_let_in_before_it_is_closed() {
        let bound = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = bound.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let (mut listener, may_close) = LastingListener::new(bound, stopped);
        let mut connections = Vec::new();
        for _ in 0..50 {
            connections.push(TcpStream::connect(address).await.unwrap());
        }
        stop.send(true).unwrap();
        let mut let_in = 0;
        tokio::pin!(may_close);
        loop {
            tokio::select! {
                _ = listener.accept() => let_in += 1,
                () = &mut may_close => break,
            }
        }
        assert_eq!(let_in, 50);
    }
}
