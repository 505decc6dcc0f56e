//! PgBouncer between a node and its database: in session mode everything works, in transaction mode the program names the
//! setting and does not start.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use learncoin_testkit::{ReservedPort, give_to_server_programs, server_program};
use tempfile::TempDir;
use url::Url;

use crate::commands::{Deployment, Server, issue, new_key};

const PATIENCE: Duration = Duration::from_secs(30);

/// A pooler in front of the database of the run. It ends when it is dropped.
struct Pooler {
    child: Child,
    url: String,
    _port: ReservedPort,
    _directory: TempDir,
}

fn program() -> Option<PathBuf> {
    let places = std::env::var_os("PATH").unwrap_or_default();
    let places = std::env::split_paths(&places).chain([PathBuf::from("/usr/sbin")]);
    places.map(|place| place.join("pgbouncer")).find(|program| program.exists())
}

impl Pooler {
    /// Starts one. `settings` are lines of its section.
    fn start(program: &Path, database: &Url, settings: &str) -> Self {
        let directory = TempDir::new().unwrap();
        let reserved = ReservedPort::new();
        let port = reserved.number();
        let (file, users) = (directory.path().join("pgbouncer.ini"), directory.path().join("users.txt"));
        let (host, behind) = (database.host_str().unwrap(), database.port().unwrap());
        let text = format!(
            "[databases]\n* = host={host} port={behind}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = trust\nauth_file = {}\n{settings}\n",
            users.display()
        );
        std::fs::write(&file, text).unwrap();
        std::fs::write(&users, format!("\"{}\" \"\"\n", database.username())).unwrap();
        give_to_server_programs(directory.path());
        let mut command = server_program(program);
        let child = command.arg(&file).current_dir("/").stderr(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + PATIENCE;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "the pooler does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut url = database.clone();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(port)).unwrap();
        Self { child, url: url.into(), _port: reserved, _directory: directory }
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the program, and a database of the test's own: a pooler takes no search path from the URL.
fn pooled(deployment: &Deployment) -> Option<(PathBuf, Url)> {
    let Some(program) = program() else {
        eprintln!("left out: PgBouncer is not installed (Debian: apt-get install pgbouncer)");
        return None;
    };
    let mut url: Url = deployment.url.parse().unwrap();
    let schema = url.query().unwrap().rsplit('=').next().unwrap().to_owned();
    let name = format!("pooled_{schema}");
    url.set_query(None);
    let made = Command::new("psql")
        .args(["--quiet", url.as_str(), "-c"])
        .arg(format!("CREATE DATABASE {name}"))
        .status();
    assert!(made.unwrap().success());
    url.set_path(&name);
    Some((program, url))
}

fn refusal(deployment: &Deployment, pooler: &Pooler) -> String {
    let mut command = deployment.command(&["tenant", "list"]);
    let ended = command.env("LEARNCOIN_DATABASE_URL", &pooler.url).output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    let printed = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(printed.lines().count(), 1, "{printed}");
    printed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pooler_works_in_session_mode_and_is_refused_in_words_in_another() {
    let deployment = Deployment::new();
    let Some((program, database)) = pooled(&deployment) else { return };

    let transaction = Pooler::start(&program, &database, "pool_mode = transaction");
    let printed = refusal(&deployment, &transaction);
    assert!(printed.contains("pool_mode") && printed.contains("session"), "{printed}");

    let session = Pooler::start(&program, &database, "pool_mode = session");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--public-url", "http://localhost:8080"];
    let mut command = deployment.command(&serve);
    let server = Server::start(command.env("LEARNCOIN_DATABASE_URL", &session.url));
    let key = new_key(|arguments| {
        let mut command = deployment.command(arguments);
        command.env("LEARNCOIN_DATABASE_URL", &session.url);
        command
    });
    for _ in 0..3 {
        issue(&server, &key).await;
    }
}
