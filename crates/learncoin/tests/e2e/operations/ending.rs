//! A server that is asked to end while clients call it without a pause: each request that it took is answered, and what it
//! answered is there when it starts again.

use std::io::ErrorKind;
use std::sync::Arc;

use learncoin_testkit::one;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::support::deployment::Deployment;
use crate::support::http::{poll, spawn, wait};
use crate::support::school::{School, text};

/// The number of times that a server ends under load; `LEARNCOIN_DRAIN_ROUNDS=100` is the long form.
const DEFAULT_ROUNDS: usize = 3;
const CLIENTS: usize = 6;
/// The number of answers that the clients have when the server is asked to end.
const ANSWERS_BEFORE: usize = 120;

/// The answers that a client got until connections were refused.
#[derive(Default)]
struct Seen {
    answers: usize,
    batch_ids: Vec<String>,
    /// Requests that were written on an open connection, and not answered.
    cut: Vec<String>,
}

/// A client that keeps its connection until an answer closes it.
struct Client {
    address: String,
    key: String,
    number: usize,
}

/// A whole answer.
struct Answer {
    status: u16,
    closes: bool,
    body: Vec<u8>,
}

impl Client {
    async fn call_until_refused(self, answered: Arc<watch::Sender<usize>>) -> Seen {
        let mut seen = Seen::default();
        loop {
            let mut stream = match TcpStream::connect(&self.address).await {
                Ok(stream) => stream,
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => return seen,
                Err(error) => panic!("{error}"),
            };
            stream.set_nodelay(true).unwrap();
            loop {
                let request = self.request(seen.answers);
                let answer = match exchange(&mut stream, request.as_bytes()).await {
                    Ok(answer) => answer,
                    Err(why) => {
                        seen.cut.push(format!("client {}, request {}: {why}", self.number, seen.answers));
                        break;
                    }
                };
                match answer.status {
                    200 => {}
                    202 => {
                        let body: Value = serde_json::from_slice(&answer.body).unwrap();
                        seen.batch_ids.push(text(&body, "/id"));
                    }
                    other => panic!("{other}: {}", String::from_utf8_lossy(&answer.body)),
                }
                seen.answers += 1;
                answered.send_modify(|count| *count += 1);
                if answer.closes {
                    break;
                }
            }
        }
    }

    /// Returns the text of a request. One in eight posts a batch.
    fn request(&self, number: usize) -> String {
        let head = format!("Host: localhost\r\nAuthorization: Bearer {}\r\n", self.key);
        if !number.is_multiple_of(8) {
            return format!("GET /v1/tenants/me HTTP/1.1\r\n{head}\r\n");
        }
        let body = one("Ada Lovelace").to_string();
        let length = body.len();
        format!(
            "POST /v1/batches HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    }
}

async fn exchange(stream: &mut TcpStream, request: &[u8]) -> Result<Answer, String> {
    stream.write_all(request).await.map_err(|error| format!("writing: {error}"))?;
    let mut bytes = Vec::new();
    loop {
        if let Some(answer) = whole(&bytes) {
            return Ok(answer);
        }
        match stream.read_buf(&mut bytes).await {
            Ok(0) => return Err(format!("closed after {} bytes", bytes.len())),
            Ok(_) => {}
            Err(error) => return Err(format!("reading after {} bytes: {error}", bytes.len())),
        }
    }
}

fn whole(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).unwrap().to_lowercase();
    let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let length: usize = header("content-length:").unwrap().parse().unwrap();
    let body = bytes.get(end + 4..end + 4 + length)?.to_vec();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Some(Answer { status, closes: header("connection:") == Some("close"), body })
}

fn rounds() -> usize {
    std::env::var("LEARNCOIN_DRAIN_ROUNDS").map_or(DEFAULT_ROUNDS, |rounds| rounds.trim().parse().unwrap())
}

#[test]
fn whatever_was_taken_is_answered_and_is_there_after_a_restart() {
    let deployment = Deployment::new()
        .with("LEARNCOIN_SHUTDOWN_DRAIN_S", "1")
        .with("LEARNCOIN_SHUTDOWN_LAST_REQUESTS_S", "30")
        .with("LEARNCOIN_PLANS_STARTER_CREDENTIALS_PER_MONTH", "1000000");
    let mut server = deployment.serve();
    let mut school = School::join(&server, "starter");
    let (mut answers, mut batch_ids) = (0, Vec::new());
    for round in 0..rounds() {
        let answered = Arc::new(watch::Sender::new(0));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let client = Client {
                    address: format!("127.0.0.1:{}", server.port()),
                    key: school.key.clone(),
                    number,
                };
                spawn(client.call_until_refused(Arc::clone(&answered)))
            })
            .collect();
        wait(async { answered.subscribe().wait_for(|count| *count >= ANSWERS_BEFORE).await.map(drop) })
            .unwrap();
        server.ask_to_end();
        let (status, printed) = server.until_ended();
        assert!(status.success(), "round {round}: {status}\n{printed}");
        for client in clients {
            let seen = wait(client).unwrap();
            assert_eq!(seen.cut, [""; 0], "round {round}");
            answers += seen.answers;
            batch_ids.extend(seen.batch_ids);
        }
        server = deployment.serve();
        school = school.at(&server);
    }
    println!("{answers} answers, {} batches", batch_ids.len());
    assert!(answers >= rounds() * ANSWERS_BEFORE && !batch_ids.is_empty());
    for id in &batch_ids {
        poll("anchored", || match school.get(&format!("/batches/{id}")).json() {
            batch if batch["status"] == "anchored" => Ok(()),
            batch => Err(batch.to_string()),
        });
    }
    assert!(server.stop().success());
}
