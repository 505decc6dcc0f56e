//! The receivers of the guide to webhooks, called by strangers: whatever they send, the receiver refuses it and goes on.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use learncoin_delivery::signature::sign;
use learncoin_testkit::ReservedPort;
use tempfile::TempDir;

use crate::support::process::repository;
use crate::support::programs::{interpreter, node, succeeds};

const SECRET: &str = "whsec_BwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMk";
const BODY: &str = r#"{"id":"evt_1","type":"webhook.test"}"#;

/// A receiver of the guide, on a port of its own.
struct Receiver {
    process: Child,
    port: ReservedPort,
    _folder: TempDir,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Receiver {
    fn start(file: &str, mut command: Command) -> Self {
        let guide = std::fs::read_to_string(repository().join("docs/guides/webhooks.md")).unwrap();
        let start = guide.find(&format!(" file={file}\n")).unwrap();
        let code = guide[start..].split_once('\n').unwrap().1.split("\n```").next().unwrap();
        let port = ReservedPort::new();
        assert!(code.contains("3000"));
        let folder = TempDir::new().unwrap();
        let source = folder.path().join(file);
        std::fs::write(&source, code.replace("3000", &port.number().to_string())).unwrap();
        let program = match file.strip_suffix(".mts") {
            Some(name) => {
                let out = folder.path().to_str().unwrap();
                succeeds(&mut node("compile-typescript.mjs", &["--out", out, source.to_str().unwrap()]));
                format!("{name}.mjs")
            }
            None => file.to_owned(),
        };
        let process = command
            .arg(program)
            .current_dir(folder.path())
            .env("LEARNCOIN_WEBHOOK_SECRET", SECRET)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut receiver = Self { process, port, _folder: folder };
        receiver.until_it_listens();
        receiver
    }

    fn until_it_listens(&mut self) {
        for _ in 0..600 {
            assert!(self.process.try_wait().unwrap().is_none(), "it ended at its start");
            if self.connect().is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("it does not listen");
    }

    fn connect(&self) -> std::io::Result<TcpStream> {
        // Programs bind `localhost` to one of its addresses or to both.
        let stream = TcpStream::connect(("localhost", self.port.number()))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(stream)
    }

    /// Sends these bytes, and returns the status of the response; `None` if there is none.
    fn send(&self, bytes: &[u8]) -> Option<u16> {
        let mut stream = self.connect().unwrap();
        // A receiver may refuse before all has arrived.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response);
        let head = String::from_utf8_lossy(&response).into_owned();
        head.split(' ').nth(1)?.parse().ok()
    }

    fn post(&self, headers: &[&[u8]], body: &[u8]) -> Option<u16> {
        let mut request = b"POST /learncoin HTTP/1.1\r\nHost: localhost\r\n".to_vec();
        for header in headers {
            request.extend_from_slice(header);
            request.extend_from_slice(b"\r\n");
        }
        request.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        request.extend_from_slice(body);
        self.send(&request)
    }
}

#[expect(clippy::disallowed_methods, reason = "the receivers compare with the time of the machine")]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Returns the headers of a request that LearnCoin signed.
fn genuine() -> Vec<Vec<u8>> {
    let time = now();
    let signed = sign(SECRET, "evt_1", time, BODY);
    [
        format!("X-LearnCoin-Signature: {}", signed.learncoin),
        "webhook-id: evt_1".to_owned(),
        format!("webhook-timestamp: {time}"),
        format!("webhook-signature: {}", signed.standard),
    ]
    .map(String::into_bytes)
    .to_vec()
}

fn judge(receiver: &Receiver) {
    let post = |headers: &[Vec<u8>]| {
        let headers: Vec<&[u8]> = headers.iter().map(Vec::as_slice).collect();
        receiver.post(&headers, BODY.as_bytes())
    };
    assert_eq!(post(&genuine()), Some(204));
    let time = now();
    // As long as a signature in characters, and longer in bytes; digits that are none; texts without an end.
    let accent = [format!("t={time},v1={}", "a".repeat(63)).into_bytes(), vec![0xe9]].concat();
    let own: Vec<Vec<u8>> = vec![
        accent.clone(),
        [b"t=".to_vec(), vec![0xb2], format!(",v1={}", "a".repeat(64)).into_bytes()].concat(),
        format!("t={time},v1=").into_bytes(),
        b"t=,v1=".to_vec(),
        format!("t={},v1={}", "9".repeat(5_000), "a".repeat(64)).into_bytes(),
        b"t=1e9999,v1=a".to_vec(),
        b"t=-1,v1=a".to_vec(),
        b"t=NaN,v1=a".to_vec(),
        vec![0xff; 200],
        b",".repeat(2_000),
        Vec::new(),
    ];
    for value in own {
        let mut headers = genuine();
        headers[0] = [b"X-LearnCoin-Signature: ".to_vec(), value].concat();
        assert_eq!(post(&headers), Some(400), "{:?}", String::from_utf8_lossy(&headers[0]));
    }
    let standard = [b"v1,".to_vec(), b"a".repeat(43), vec![0xe9]].concat();
    for (index, value) in [
        (2, vec![0xb2]),
        (2, b"9".repeat(5_000)),
        (2, vec![0xff, 0xfe]),
        (3, standard),
        (3, vec![0xe9; 44]),
        (3, b"v1,".to_vec()),
        (1, vec![0xe9; 10]),
    ] {
        let name = ["X-LearnCoin-Signature", "webhook-id", "webhook-timestamp", "webhook-signature"][index];
        let mut headers = genuine();
        headers[index] = [name.as_bytes().to_vec(), b": ".to_vec(), value].concat();
        assert_eq!(post(&headers), Some(400), "{:?}", String::from_utf8_lossy(&headers[index]));
    }
    // Lengths that are none or a lie, a body that never comes, one that is too long. Not all get a response.
    for head in [
        "Content-Length: abc",
        "Content-Length: -1",
        "Content-Length: \u{b2}",
        "Content-Length: 99",
        "Transfer-Encoding: chunked",
    ] {
        let request = format!("POST /learncoin HTTP/1.1\r\nHost: localhost\r\n{head}\r\n\r\n{{}}");
        assert_ne!(receiver.send(request.as_bytes()), Some(204), "{head}");
    }
    assert_ne!(receiver.post(&[], &vec![b' '; 2 * 1024 * 1024]), Some(204));
    // Connections that say nothing keep no other request waiting.
    let _silent: Vec<TcpStream> = (0..8).map(|_| receiver.connect().unwrap()).collect();
    assert_eq!(post(&genuine()), Some(204), "it goes on");
}

#[test]
fn the_typescript_receiver_refuses_whatever_a_stranger_sends() {
    judge(&Receiver::start("receiver.mts", Command::new("node")));
}

#[test]
fn the_python_receiver_refuses_whatever_a_stranger_sends() {
    judge(&Receiver::start("receiver.py", Command::new(interpreter())));
}
