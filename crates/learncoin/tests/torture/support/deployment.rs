//! A deployment: a data directory, a database, and the process that serves it for the time being. The database is a
//! SQLite file in the directory, or, where `LEARNCOIN_TEST_DATABASE` is `postgres`, a schema of its own.

use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use learncoin_chain::network::{BASE_SEPOLIA, DEVELOPMENT};
use learncoin_store::seal::MasterKey;
use learncoin_store::{Location, Store};
use learncoin_testkit::{Commit, Proxy, postgres_url};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::client::{Client, Door};

const BINARY: &str = env!("CARGO_BIN_EXE_learncoin");
/// The deployment's public URL. It outlives the ports, of which each start has another.
pub(crate) const PUBLIC_URL: &str = "https://learncoin.example";
/// The time that a process may take to start, to reach a kill point, or to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// On PostgreSQL no process makes a master key.
const MASTER_KEY: &str = "abababababababababababababababababababababababababababababababab";
/// The duration of a lease on PostgreSQL, whose end is the only sign that its holder is dead. Longer than any step.
const LEASE_MS: u64 = 500;
const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;

/// The settings with which a process is started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start<'a> {
    /// The point at which it is to abort: a kill point's name, or `name:n`.
    pub(crate) kill_point: Option<&'a str>,
    /// The point at which it is to stop until it is let go on, likewise.
    pub(crate) stop_point: Option<&'a str>,
    /// The interval at which the embedded chain mines, in milliseconds.
    pub(crate) block_time_ms: u64,
    /// The most anchors of a key that wait at the same time.
    pub(crate) anchors_in_flight: u64,
}

/// As fast as tests want it, and unarmed.
pub(crate) const PLAIN: Start<'_> =
    Start { kill_point: None, stop_point: None, block_time_ms: 50, anchors_in_flight: 4 };

/// A time between two blocks that is so long that a process mines its first block, at once, and no other.
pub(crate) const NO_SECOND_BLOCK: u64 = 3_600_000;

/// A deployment of the real binary.
pub(crate) struct Deployment {
    directory: TempDir,
    /// The database, where it is not a file of the data directory.
    postgres: Option<String>,
    lease_ms: u64,
    /// Whether an anchor that waits a second is outbid, and one that is announced is looked at every second.
    is_hurried: bool,
    /// The port by which a server reaches the database, where that is another one. Commands go straight there.
    line: Option<u16>,
    /// Whether what it rests on fails it now and then: it may answer with a failure, and log one.
    is_failed_by_others: bool,
    /// The node that it anchors on; none for the embedded chain.
    node: Option<String>,
    /// The port of the mail server that its mails go to; none for files.
    mail_server: Option<u16>,
    address: watch::Sender<Option<String>>,
    log: Arc<Mutex<String>>,
    process: Option<Process>,
}

struct Process {
    child: Child,
    reader: JoinHandle<()>,
}

impl Deployment {
    /// Creates a deployment with an embedded chain, not started yet.
    pub(crate) fn new() -> Self {
        Self::at(TempDir::new().expect("a temporary directory"))
    }

    fn at(directory: TempDir) -> Self {
        Self {
            postgres: postgres_url(directory.path()),
            directory,
            lease_ms: LEASE_MS,
            is_hurried: false,
            line: None,
            is_failed_by_others: false,
            node: None,
            mail_server: None,
            address: watch::Sender::new(None),
            log: Arc::default(),
            process: None,
        }
    }

    /// Creates a deployment that anchors on the node at this URL, not started yet.
    pub(crate) fn on(node: &str) -> Self {
        Self { node: Some(node.to_owned()), ..Self::new() }
    }

    /// Creates a deployment whose mails go to the mail server at this port, not started yet.
    pub(crate) fn mailing(port: u16) -> Self {
        Self::new().mailed_by(port)
    }

    /// Returns the same deployment, whose mails go to the mail server at this port.
    pub(crate) fn mailed_by(self, port: u16) -> Self {
        Self { mail_server: Some(port), ..self }
    }

    /// Creates a deployment whose servers reach their PostgreSQL database by a line that a test cuts, not started yet. `None`
    /// if the database is a file, to which no line leads.
    pub(crate) async fn behind(fate: impl Fn() -> Commit + Send + Sync + 'static) -> Option<(Self, Proxy)> {
        let deployment = Self::new();
        let proxy = Proxy::to_postgres(deployment.server().await?, fate).await;
        Some((Self { line: Some(proxy.port()), is_failed_by_others: true, ..deployment }, proxy))
    }

    /// Creates another node of a deployment on PostgreSQL, not started yet.
    pub(crate) fn beside(&self) -> Self {
        assert!(!self.is_in_a_file() && self.node.is_some(), "it can have several nodes");
        Self { postgres: self.postgres.clone(), node: self.node.clone(), ..Self::new() }
    }

    /// Returns whether it may answer with a failure, and log one.
    pub(crate) fn may_fail(&self) -> bool {
        self.is_failed_by_others
    }

    /// Returns the same deployment, with leases of this duration if there are any.
    pub(crate) fn leasing_for_ms(self, lease_ms: u64) -> Self {
        Self { lease_ms, ..self }
    }

    /// Returns the same deployment, which outbids and watches its anchors every second.
    pub(crate) fn hurried(self) -> Self {
        Self { is_hurried: true, ..self }
    }

    /// Returns whether the database is a file in the data directory.
    pub(crate) fn is_in_a_file(&self) -> bool {
        self.postgres.is_none()
    }

    /// Opens the database, while no process serves it.
    pub(crate) async fn open_store(&self) -> Store {
        let (location, master) = match &self.postgres {
            Some(url) => (url.parse().expect("a database's URL"), MASTER_KEY.to_owned()),
            None => {
                let master = std::fs::read_to_string(self.data_dir().join("master.key"));
                (Location::Sqlite(self.data_dir().join("learncoin.db")), master.expect("the master key"))
            }
        };
        let master = MasterKey::from_hex(&master).expect("the master key");
        Store::open(&location, &master).await.expect("the store opens")
    }

    /// Returns the data directory, which the first start makes.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// Returns the id of the chain that it anchors on.
    pub(crate) fn chain_id(&self) -> u64 {
        if self.node.is_some() { BASE_SEPOLIA } else { DEVELOPMENT }
    }

    /// Returns the URL of that chain's node.
    pub(crate) async fn rpc(&self) -> String {
        match &self.node {
            Some(url) => url.clone(),
            None => format!("{}/dev/chain/rpc", self.door().address().await),
        }
    }

    /// Returns the embedded chain's file.
    pub(crate) fn chain_file(&self) -> PathBuf {
        self.data_dir().join("chain.jsonl")
    }

    /// Returns the way by which callers find the serving process.
    pub(crate) fn door(&self) -> Door {
        Door::new(self.address.subscribe(), self.is_failed_by_others)
    }

    /// Returns the log of all processes so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Creates a tenant with a test key, by commands. Their plan is the largest, so that no quota is in the way.
    pub(crate) async fn tenant(&self, name: &str) -> Client {
        let tenant = self.run(&["tenant", "create", "--name", name, "--plan", "industry"]).await;
        let id = tenant["id"].as_str().expect("a tenant has an id");
        let key = self.run(&["key", "create", "--tenant", id, "--environment", "test"]).await;
        Client::new(self.door(), key["key"].as_str().expect("a key is shown once"))
    }

    async fn run(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.output(arguments).await).expect("a command prints JSON")
    }

    /// Runs a command, and returns what it prints on standard output.
    pub(crate) async fn output(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().await.expect("the binary runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "learncoin {}: {errors}", arguments.join(" "));
        String::from_utf8(output.stdout).expect("a command prints UTF-8")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(BINARY);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEARNCOIN_")) {
            command.env_remove(name);
        }
        command
            .current_dir(self.directory.path())
            .env("LEARNCOIN_DATA_DIR", self.data_dir())
            .env("LEARNCOIN_PUBLIC_URL", PUBLIC_URL)
            .env("LEARNCOIN_CHAIN_ALLOW_PUBLIC_DEVELOPMENT_CHAIN", "true")
            // Webhooks are received on this machine.
            .env("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true")
            // The judge looks often, and what it looks for is not the rate limit.
            .env("LEARNCOIN_PLANS_INDUSTRY_REQUESTS_PER_MINUTE", "1000000")
            // A step that failed is tried again at once, or a test would wait for it; likewise a delivery.
            .env("LEARNCOIN_PIPELINE_MAX_BACKOFF_S", "0")
            .env("LEARNCOIN_WEBHOOKS_MAX_BACKOFF_S", "0");
        if let Some(url) = &self.postgres {
            command
                .env("LEARNCOIN_DATABASE_URL", url)
                .env("LEARNCOIN_MASTER_KEY", MASTER_KEY)
                .env("LEARNCOIN_LEASE_MS", self.lease_ms.to_string());
        }
        if let Some(port) = self.mail_server {
            command
                .env("LEARNCOIN_MAIL_TRANSPORT", "smtp")
                .env("LEARNCOIN_MAIL_SMTP_HOST", "127.0.0.1")
                .env("LEARNCOIN_MAIL_SMTP_PORT", port.to_string())
                .env("LEARNCOIN_MAIL_SMTP_TLS", "none")
                // One at a time, so that a kill leaves at most one in the balance.
                .env("LEARNCOIN_MAIL_MAX_IN_FLIGHT", "1")
                .env("LEARNCOIN_MAIL_MAX_BACKOFF_S", "0");
        }
        if let Some(url) = &self.node {
            command
                .env("LEARNCOIN_CHAIN_TEST_RPC_URL", url)
                .env("LEARNCOIN_CHAIN_ALLOW_OTHER_GENESIS", "true")
                .env("LEARNCOIN_CHAIN_CONFIRMATIONS", "1")
                .env("LEARNCOIN_CHAIN_POLL_MS", "50");
        }
        if self.is_hurried {
            command.env("LEARNCOIN_CHAIN_REPLACE_AFTER_S", "1").env("LEARNCOIN_CHAIN_WATCH_S", "1");
        }
        command
    }
}

impl Deployment {
    /// Creates a deployment on this disk, which fails it now and then, not started yet. `None` if its database is a server,
    /// which keeps its files elsewhere.
    pub(crate) fn on_disk(disk: &Path) -> Option<Self> {
        let deployment = Self::at(TempDir::new_in(disk).expect("a temporary directory"));
        if !deployment.is_in_a_file() {
            eprintln!("left out: the server has a disk of its own");
            return None;
        }
        Some(Self { is_failed_by_others: true, ..deployment })
    }

    /// Creates a deployment whose servers and commands reach their PostgreSQL database at this URL, not started yet.
    pub(crate) fn with_database(url: String) -> Self {
        Self { postgres: Some(url), is_failed_by_others: true, ..Self::new() }
    }

    /// Creates a deployment as [`Deployment::behind`] does. `fate` decides about each statement.
    pub(crate) async fn behind_statements(
        fate: impl Fn() -> Commit + Send + Sync + 'static,
    ) -> Option<(Self, Proxy)> {
        let deployment = Self::new();
        let proxy = Proxy::to_postgres_statements(deployment.server().await?, fate).await;
        Some((Self { line: Some(proxy.port()), is_failed_by_others: true, ..deployment }, proxy))
    }

    /// Returns the address of the PostgreSQL server.
    async fn server(&self) -> Option<SocketAddr> {
        let Some(url) = &self.postgres else {
            eprintln!("left out: no line leads to a file");
            return None;
        };
        let url: url::Url = url.parse().expect("a URL");
        let server = (url.host_str().expect("a host"), url.port().expect("a port"));
        tokio::net::lookup_host(server).await.expect("an address").next()
    }
}

impl Deployment {
    /// Starts a process, and does not wait for it.
    pub(crate) fn spawn(&mut self, start: Start<'_>) {
        assert!(self.process.is_none(), "one server at a time");
        let mut command = self.command();
        command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("LEARNCOIN_CHAIN_BLOCK_TIME_MS", start.block_time_ms.to_string())
            .env("LEARNCOIN_CHAIN_ANCHORS_IN_FLIGHT", start.anchors_in_flight.to_string())
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let (Some(url), Some(port)) = (&self.postgres, self.line) {
            let mut url: url::Url = url.parse().expect("a URL");
            url.set_port(Some(port)).expect("it has a host");
            command.env("LEARNCOIN_DATABASE_URL", url.as_str());
        }
        for (variable, point) in
            [("LEARNCOIN_KILL_POINT", start.kill_point), ("LEARNCOIN_STOP_POINT", start.stop_point)]
        {
            if let Some(name) = point {
                command.env(variable, name);
            }
        }
        let mut child = command.spawn().expect("the binary starts");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let (address, log) = (self.address.clone(), Arc::clone(&self.log));
        let reader = tokio::spawn(async move {
            let mut lines = stderr.lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(url) = line.strip_prefix("ready on ") {
                    address.send_replace(Some(url.to_owned()));
                }
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                log.push_str(&line);
                log.push('\n');
            }
            address.send_replace(None);
        });
        self.process = Some(Process { child, reader });
    }

    /// Starts a process and waits until it answers.
    pub(crate) async fn start(&mut self, start: Start<'_>) {
        self.spawn(start);
        assert!(self.is_ready_within(PATIENCE).await, "it did not start:\n{}", self.log());
    }

    /// Returns whether the process answers within this time. It may also have ended.
    pub(crate) async fn is_ready_within(&self, time: Duration) -> bool {
        let mut address = self.address.subscribe();
        let process = self.process.as_ref().expect("a process");
        let ready = async {
            let mut look = tokio::time::interval(Duration::from_millis(20));
            loop {
                tokio::select! {
                    found = address.wait_for(Option::is_some) => return found.is_ok(),
                    _ = look.tick() => if process.reader.is_finished() { return false },
                }
            }
        };
        timeout(time, ready).await.unwrap_or(false)
    }

    /// Ends the process this instant, whatever it is doing.
    pub(crate) async fn kill(&mut self) {
        let process = self.process.as_mut().expect("a process");
        process.child.start_kill().expect("it can be killed");
        let status = self.reap().await;
        assert_eq!(status.signal(), Some(SIGKILL), "it ended by itself:\n{}", self.log());
    }

    /// Asks the process to end, and ends it where it has not done so by then.
    pub(crate) async fn stop_within(&mut self, time: Duration) {
        self.ask_to_end().await;
        let process = self.process.as_mut().expect("a process");
        if timeout(time, process.child.wait()).await.is_err() {
            process.child.start_kill().expect("it can be killed");
        }
        let status = self.reap().await;
        let ended = status.signal() == Some(SIGKILL) || status.code() == Some(0);
        assert!(ended, "it ended otherwise, {status}:\n{}", self.log());
    }

    /// Waits until the process ends itself at the kill point that it was armed with.
    pub(crate) async fn until_aborted(&mut self, point: &str) {
        let process = self.process.as_mut().expect("a process");
        let ended = timeout(PATIENCE, process.child.wait()).await.is_ok();
        assert!(ended, "{point} was never reached:\n{}", self.log());
        let status = self.reap().await;
        assert_eq!(status.signal(), Some(SIGABRT), "{point}: it ended otherwise:\n{}", self.log());
    }

    /// Asks the process to end, which it must do in order.
    pub(crate) async fn stop(&mut self) {
        self.ask_to_end().await;
        let status = self.reap().await;
        assert_eq!(status.code(), Some(0), "it did not end in order:\n{}", self.log());
    }

    /// Returns the process's number.
    pub(crate) fn process_id(&self) -> u32 {
        self.process.as_ref().expect("a process").child.id().expect("it runs")
    }

    async fn ask_to_end(&self) {
        self.signal("-TERM").await;
    }

    /// Stops the process where it is. It stays there, with all that it holds, until it is let go on.
    pub(crate) async fn pause(&self) {
        self.signal("-STOP").await;
        self.until_paused("SIGSTOP").await;
    }

    /// Lets a process that was stopped go on.
    pub(crate) async fn go_on(&self) {
        self.signal("-CONT").await;
    }

    /// Waits until the process has stopped itself at the point that it was armed with.
    pub(crate) async fn until_paused(&self, point: &str) {
        assert!(is_paused(self.process_id()).await, "{point} was never reached:\n{}", self.log());
    }

    async fn signal(&self, signal: &str) {
        send_signal(self.process_id(), signal).await;
    }

    async fn reap(&mut self) -> ExitStatus {
        let mut process = self.process.take().expect("a process");
        let status = timeout(PATIENCE, process.child.wait()).await.expect("it ends").expect("its status");
        // Only now is the address withdrawn, so that the next process's is not.
        process.reader.await.expect("its log is read");
        status
    }
}

/// Waits until the process has stopped, as one that meets its stop point does; whether it has before long.
pub(crate) async fn is_paused(process_id: u32) -> bool {
    let stat = format!("/proc/{process_id}/stat");
    let paused = async {
        loop {
            let line = tokio::fs::read_to_string(&stat).await.expect("it runs, on Linux");
            // The program's name is in brackets, and its state behind them.
            if line.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T')) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, paused).await.is_ok()
}

/// Sends a signal, `-CONT` or another, to a process.
pub(crate) async fn send_signal(process_id: u32, signal: &str) {
    let sent =
        Command::new("kill").args([signal, &process_id.to_string()]).status().await.expect("kill runs");
    assert!(sent.success());
}
