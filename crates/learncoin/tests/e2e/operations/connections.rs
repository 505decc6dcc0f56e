//! Clients that hold connections and send nothing, or little: others are served, and the deployment goes on with its own work.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::support::deployment::Deployment;
use crate::support::school::{School, one};

/// The descriptors that the server may have. More connections than that are held.
const DESCRIPTORS: u32 = 1_024;
const HELD: usize = 1_100;
/// The longest time until a connection is cut off, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The beginnings of requests that do not go on.
const BEGINNINGS: [&str; 4] = [
    "",
    "GET",
    "GET / HTTP/1.1\r\nHost: localhost\r\nX-Trickle: ",
    "POST /v1/batches HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n",
];

/// Lets this process have as many descriptors as the operating system allows.
fn raise_own_limit() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
}

#[test]
fn connections_that_send_nothing_lock_no_one_out_and_are_cut_off() {
    raise_own_limit();
    let server = Deployment::new().serve_by_shell(&format!("ulimit -n {DESCRIPTORS} && exec \"$0\" \"$@\""));
    let school = School::join(&server, "institution");
    let address = server.url("").trim_start_matches("http://").to_owned();
    let mut held = Vec::with_capacity(HELD);
    for number in 0..HELD {
        let mut stream = TcpStream::connect(&address).unwrap();
        // One that gave way meanwhile is closed.
        let _ = stream.write_all(BEGINNINGS[number % BEGINNINGS.len()].as_bytes());
        held.push(stream);
        if number % 100 == 0 {
            assert_eq!(server.get("/healthz").status, 200, "beside {number}");
        }
    }
    // Database, chain and documents are reached as before.
    school.issue(&one());
    assert_eq!(server.get("/readyz").status, 200);
    for stream in &mut held {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let cut = stream.read(&mut [0]);
        assert!(cut.as_ref().is_ok_and(|bytes| *bytes == 0) || is_reset(&cut), "{cut:?}");
    }
    school.issue(&one());
}

fn is_reset(outcome: &std::io::Result<usize>) -> bool {
    outcome.as_ref().is_err_and(|error| error.kind() == ErrorKind::ConnectionReset)
}
