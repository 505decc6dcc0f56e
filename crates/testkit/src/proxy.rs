//! A proxy between a node and a server, which a test can cut or stall. In front of a PostgreSQL server it can also lose a
//! COMMIT or the response to it, so that the outcome is unknown.

mod postgres;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use postgres::Messages;

/// The state of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Everything passes.
    Open,
    /// Connections are reset, those that are and those that come.
    Cut,
    /// Nothing passes, and neither end notices.
    Stalled,
}

/// The fate of a COMMIT, or of another statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// It passes, and so does its response.
    Passes,
    /// The connection breaks before the server has it: it is not done.
    Lost,
    /// The connection breaks when the server has responded: it is committed.
    Unanswered,
}

type Fate = dyn Fn() -> Commit + Send + Sync;

/// The numbers of lost COMMITs and of lost responses to them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Losses {
    /// COMMITs that the server never had.
    pub commits: usize,
    /// Responses that the node never received.
    pub answers: usize,
}

struct Shared {
    target: watch::Sender<SocketAddr>,
    line: watch::Sender<Line>,
    fate: Option<Box<Fate>>,
    /// The messages whose fate is asked for.
    is_chosen: fn(&[u8]) -> bool,
    lost: AtomicUsize,
    unanswered: AtomicUsize,
}

/// A line from a loopback port. Cheap to clone.
#[derive(Clone)]
pub struct Proxy {
    shared: Arc<Shared>,
    port: u16,
}

impl Proxy {
    /// Starts a proxy for the server at this address.
    pub async fn to(target: SocketAddr) -> Self {
        Self::start(target, None, postgres::is_commit).await
    }

    /// Starts a proxy for a PostgreSQL server. `fate` decides about each COMMIT.
    pub async fn to_postgres(target: SocketAddr, fate: impl Fn() -> Commit + Send + Sync + 'static) -> Self {
        Self::start(target, Some(Box::new(fate)), postgres::is_commit).await
    }

    /// Starts a proxy for a PostgreSQL server. `fate` decides about each statement, BEGIN, COMMIT and ROLLBACK among them.
    pub async fn to_postgres_statements(
        target: SocketAddr,
        fate: impl Fn() -> Commit + Send + Sync + 'static,
    ) -> Self {
        Self::start(target, Some(Box::new(fate)), postgres::is_statement).await
    }

    async fn start(target: SocketAddr, fate: Option<Box<Fate>>, is_chosen: fn(&[u8]) -> bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let port = listener.local_addr().expect("a bound address").port();
        let (lost, unanswered) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let shared = Arc::new(Shared {
            target: watch::Sender::new(target),
            line: watch::Sender::new(Line::Open),
            fate,
            is_chosen,
            lost,
            unanswered,
        });
        let proxy = Self { shared: Arc::clone(&shared), port };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(Arc::clone(&shared), client));
            }
        });
        proxy
    }

    /// Returns the port that leads to the server.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Sets the state of the line: cut, stalled or open.
    pub fn set(&self, line: Line) {
        self.shared.line.send_replace(line);
    }

    /// Leads new connections to another server.
    pub fn lead_to(&self, target: SocketAddr) {
        self.shared.target.send_replace(target);
    }

    /// Returns the losses so far.
    pub fn losses(&self) -> Losses {
        Losses {
            commits: self.shared.lost.load(Ordering::SeqCst),
            answers: self.shared.unanswered.load(Ordering::SeqCst),
        }
    }
}

/// Carries one connection until an end closes it or the line is cut.
async fn carry(shared: Arc<Shared>, mut client: TcpStream) {
    let mut line = shared.line.subscribe();
    let cut = async {
        // The proxy lives as long as it is held. A dropped one cuts nothing more.
        if line.wait_for(|now| *now == Line::Cut).await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let end = tokio::select! {
        () = cut => End::Broken,
        end = pass(&shared, &mut client) => end,
    };
    if end == End::Broken {
        // The connection is reset when it is dropped: the other side sees at once that this was no orderly end.
        let _ = client.set_zero_linger();
    }
}

#[derive(PartialEq, Eq)]
enum End {
    Closed,
    Broken,
}

async fn pass(shared: &Shared, client: &mut TcpStream) -> End {
    let target = *shared.target.borrow();
    let Ok(mut server) = TcpStream::connect(target).await else { return End::Broken };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let mut messages = shared.fate.as_ref().map(|_| Messages::default());
    let (mut from_client, mut from_server) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    let mut line = shared.line.subscribe();
    loop {
        if line.wait_for(|now| *now != Line::Stalled).await.is_err() {
            return End::Closed;
        }
        tokio::select! {
            // A stall that begins while both ends are silent holds up what comes next.
            _ = line.changed() => {}
            read = client.read(&mut from_client) => {
                let Ok(count @ 1..) = read else { return End::Closed };
                let sent = match &mut messages {
                    None => server.write_all(&from_client[..count]).await.is_ok(),
                    Some(messages) => {
                        messages.add(&from_client[..count]);
                        match transfer(shared, messages, &mut server).await {
                            Transfer::Done => true,
                            Transfer::Broken => return End::Broken,
                            Transfer::Gone => false,
                        }
                    }
                };
                if !sent {
                    return End::Closed;
                }
            }
            read = server.read(&mut from_server) => {
                let Ok(count @ 1..) = read else { return End::Closed };
                if client.write_all(&from_server[..count]).await.is_err() {
                    return End::Closed;
                }
            }
        }
    }
}

enum Transfer {
    Done,
    /// The line broke over a COMMIT.
    Broken,
    /// The server is gone.
    Gone,
}

/// Transfers whole messages to the server.
async fn transfer(shared: &Shared, messages: &mut Messages, server: &mut TcpStream) -> Transfer {
    while let Some(message) = messages.next() {
        let fate = match (&shared.fate, (shared.is_chosen)(&message)) {
            (Some(fate), true) => fate(),
            _ => Commit::Passes,
        };
        if fate == Commit::Lost {
            shared.lost.fetch_add(1, Ordering::SeqCst);
            return Transfer::Broken;
        }
        if server.write_all(&message).await.is_err() {
            return Transfer::Gone;
        }
        if fate == Commit::Unanswered {
            // The first byte of its response comes when it is committed.
            let Ok(1) = server.read(&mut [0]).await else { return Transfer::Gone };
            shared.unanswered.fetch_add(1, Ordering::SeqCst);
            return Transfer::Broken;
        }
    }
    Transfer::Done
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Starts a server that sends back what it receives.
    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut reader, mut writer) = stream.split();
                    let _ = tokio::io::copy(&mut reader, &mut writer).await;
                });
            }
        });
        address
    }

    async fn call(stream: &mut TcpStream, text: &[u8]) -> std::io::Result<Vec<u8>> {
        stream.write_all(text).await?;
        let mut answer = vec![0; text.len()];
        stream.read_exact(&mut answer).await?;
        Ok(answer)
    }

    #[tokio::test]
    async fn what_passes_comes_back_until_the_line_is_cut_and_again_when_it_is_mended() {
        let proxy = Proxy::to(echo().await).await;
        let connect = || TcpStream::connect(("127.0.0.1", proxy.port()));
        let mut stream = connect().await.expect("it listens");
        assert_eq!(call(&mut stream, b"one").await.expect("it comes back"), b"one");
        proxy.set(Line::Cut);
        assert!(call(&mut stream, b"two").await.is_err());
        let mut late = connect().await.expect("it listens still");
        assert!(call(&mut late, b"three").await.is_err());
        proxy.set(Line::Open);
        let mut stream = connect().await.expect("it listens");
        assert_eq!(call(&mut stream, b"four").await.expect("it comes back"), b"four");
    }

    #[tokio::test]
    async fn what_is_sent_into_a_stall_comes_back_after_it() {
        let proxy = Proxy::to(echo().await).await;
        let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).await.expect("it listens");
        assert_eq!(call(&mut stream, b"one").await.expect("it comes back"), b"one");
        proxy.set(Line::Stalled);
        let answer = tokio::spawn(async move { call(&mut stream, b"two").await });
        // It goes on meanwhile, and may not have an answer.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(!answer.is_finished());
        proxy.set(Line::Open);
        assert_eq!(answer.await.expect("it ends").expect("it comes back"), b"two");
    }

    #[tokio::test]
    async fn a_commit_is_lost_before_or_after_the_server_has_it() {
        let commit = postgres::tests::query("COMMIT");
        for (fate, expected) in [
            (Commit::Lost, Losses { commits: 1, answers: 0 }),
            (Commit::Unanswered, Losses { commits: 0, answers: 1 }),
        ] {
            let proxy = Proxy::to_postgres(echo().await, move || fate).await;
            let mut stream = TcpStream::connect(("127.0.0.1", proxy.port())).await.expect("it listens");
            let startup = postgres::tests::startup();
            assert_eq!(call(&mut stream, &startup).await.expect("it comes back"), startup);
            let other = postgres::tests::query("SELECT 1");
            assert_eq!(call(&mut stream, &other).await.expect("it comes back"), other);
            assert!(call(&mut stream, &commit).await.is_err());
            assert_eq!(proxy.losses(), expected);
        }
    }
}
