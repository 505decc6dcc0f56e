//! Support for the benchmarks of whole deployments: the program as it is built, as its operators start it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use jiff::Timestamp;
use learncoin_chain::network::BASE_SEPOLIA;
use learncoin_chain::rpc::{HttpTransport, Timeouts, Transport as _};
use learncoin_testkit::{Anvil, postgres_url};
use serde_json::{Value, json};
use tempfile::TempDir;

const PUBLIC_URL: &str = "https://learncoin.example";
/// On PostgreSQL no process makes a master key.
const MASTER_KEY: &str = "abababababababababababababababababababababababababababababababab";
/// In what /proc counts a process's time: USER_HZ, which is 100 on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// A deployment in a directory of its own; on a schema of its own where `LEARNCOIN_TEST_DATABASE` is `postgres`.
pub(crate) struct Deployment {
    directory: TempDir,
    database: Option<String>,
    chain: BenchChain,
}

/// The chain that the deployment anchors on.
enum BenchChain {
    /// A node of its own.
    Node { anvil: Anvil, transport: HttpTransport },
    /// The chain in the program itself.
    Embedded,
}

/// A tenant with a test key.
pub(crate) struct Tenant {
    pub(crate) api_key: String,
    /// The address that its anchors are sent from.
    pub(crate) address: String,
}

impl Deployment {
    /// Starts only the node, which makes a block every `block_seconds`.
    pub(crate) fn new(block_seconds: u64) -> Self {
        let anvil = Anvil::start(BASE_SEPOLIA, &["--block-time", &block_seconds.to_string()]);
        let url = anvil.url().parse().expect("a URL");
        let transport = HttpTransport::new(url, Timeouts::default()).expect("a transport");
        Self::on(BenchChain::Node { anvil, transport })
    }

    /// Creates one that anchors on the embedded chain.
    pub(crate) fn embedded() -> Self {
        Self::on(BenchChain::Embedded)
    }

    fn on(chain: BenchChain) -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        Self { database: postgres_url(directory.path()), directory, chain }
    }

    /// Returns the node that it anchors on.
    pub(crate) fn anvil(&self) -> &Anvil {
        match &self.chain {
            BenchChain::Node { anvil, .. } => anvil,
            BenchChain::Embedded => panic!("it anchors on the embedded chain"),
        }
    }

    /// Makes a tenant by commands, on the largest plan and without a limit that could be in the way, whose address has ether.
    pub(crate) async fn tenant(&self, name: &str) -> Tenant {
        let tenant = self.tenant_without_ether(name, &[]);
        self.give(&tenant, "0xde0b6b3a7640000").await;
        tenant
    }

    /// Makes a tenant as [`Deployment::tenant`] does, with further settings, whose address has nothing.
    pub(crate) fn tenant_without_ether(&self, name: &str, settings: &[(&str, &str)]) -> Tenant {
        let run = |arguments: &[&str]| self.run(arguments, settings);
        let tenant = run(&["tenant", "create", "--name", name, "--plan", "industry"]);
        let id = text(&tenant, "id");
        run(&["tenant", "update", &id, "--quota", "100000000", "--rate", "10000000"]);
        let key = run(&["key", "create", "--tenant", &id, "--environment", "test"]);
        let keys = run(&["signing-key", "list", "--tenant", &id]);
        let address = keys
            .pointer("/0/address")
            .and_then(Value::as_str)
            .expect("a signing key has an address")
            .to_owned();
        Tenant { api_key: text(&key, "key"), address }
    }

    /// Sets what a tenant's address owns on the node.
    pub(crate) async fn give(&self, tenant: &Tenant, wei: &str) {
        if let BenchChain::Node { transport, .. } = &self.chain {
            let funded = transport.call("anvil_setBalance", json!([tenant.address, wei]));
            funded.await.expect("Anvil sets a balance");
        }
    }

    /// Starts a server of the deployment, by another program if `by` names one, and waits until it is ready.
    pub(crate) fn serve(&self, by: &[&str]) -> Server {
        let mut command = match by {
            [] => Command::new(binary()),
            [program, arguments @ ..] => {
                let mut command = Command::new(program);
                command.args(arguments).arg(binary());
                command
            }
        };
        let mut child = self
            .set(&mut command)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("ready on ").map(str::to_owned))
            .expect("the server prints its address");
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, url }
    }

    /// Starts a server as [`Deployment::serve`] does, with further settings.
    pub(crate) fn serve_with(&self, settings: &[(&str, &str)]) -> Server {
        let settings: Vec<String> = settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let by: Vec<&str> = ["env"].into_iter().chain(settings.iter().map(String::as_str)).collect();
        self.serve(&by)
    }

    /// Runs a command that prints JSON.
    pub(crate) fn run(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Value {
        serde_json::from_slice(&self.output(arguments, settings)).expect("a command prints JSON")
    }

    /// Runs a command, and returns what it prints.
    pub(crate) fn output(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Vec<u8> {
        let mut command = Command::new(binary());
        let command = self.set(&mut command).envs(settings.iter().copied()).args(arguments);
        let output = command.output().expect("the program runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "learncoin {}: {errors}", arguments.join(" "));
        output.stdout
    }

    /// Returns the bytes of the database's files.
    pub(crate) fn database_bytes(&self) -> u64 {
        let files =
            ["learncoin.db", "learncoin.db-wal"].map(|name| self.directory.path().join("data").join(name));
        files.iter().filter_map(|file| file.metadata().ok()).map(|metadata| metadata.len()).sum()
    }

    /// Returns the path of the database on SQLite.
    pub(crate) fn database_file(&self) -> PathBuf {
        self.directory.path().join("data").join("learncoin.db")
    }

    fn set<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEARNCOIN_")) {
            command.env_remove(name);
        }
        command
            .current_dir(self.directory.path())
            .env("LEARNCOIN_DATA_DIR", self.directory.path().join("data"))
            .env("LEARNCOIN_PUBLIC_URL", PUBLIC_URL)
            .env("LEARNCOIN_CHAIN_ALLOW_PUBLIC_DEVELOPMENT_CHAIN", "true");
        if let BenchChain::Node { anvil, .. } = &self.chain {
            command
                .env("LEARNCOIN_CHAIN_TEST_RPC_URL", anvil.url())
                .env("LEARNCOIN_CHAIN_ALLOW_OTHER_GENESIS", "true");
        }
        if let Some(url) = &self.database {
            command.env("LEARNCOIN_DATABASE_URL", url).env("LEARNCOIN_MASTER_KEY", MASTER_KEY);
        }
        command
    }
}

/// A running server, killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Returns the processor time that it has used since it began, in seconds.
    pub(crate) fn processor_seconds(&self) -> f64 {
        processor_seconds(self.child.id())
    }

    /// Ends it in order, and waits for that.
    pub(crate) fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.expect("kill runs").success(), "the server is asked to end");
        self.child.wait().expect("the server ends");
    }

    /// Returns the id of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns its memory as the kernel reports it under this name, such as `VmRSS` or `VmHWM`, in megabytes.
    pub(crate) fn memory_mb(&self, name: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find(|line| line.starts_with(name)).expect("such a line");
        let kilobytes: f64 = line.split_whitespace().nth(1).expect("a number").parse().expect("a number");
        kilobytes * 1024.0 / 1e6
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the processor time that a process has used since it began, in seconds; nothing if it has ended.
pub(crate) fn processor_seconds(process: u32) -> f64 {
    let Ok(line) = std::fs::read_to_string(format!("/proc/{process}/stat")) else { return 0.0 };
    // The program's name is in brackets; the eleventh and twelfth word after its state are its times.
    let behind = line.rsplit(')').next().unwrap_or_default();
    let ticks: f64 =
        behind.split_whitespace().skip(11).take(2).filter_map(|word| word.parse::<f64>().ok()).sum();
    ticks / TICKS_PER_SECOND
}

/// Returns the path of the program, which was built beside this one.
fn binary() -> PathBuf {
    let here = std::env::current_exe().expect("a program knows where it is");
    let binary = here.parent().and_then(Path::parent).expect("target/PROFILE/examples").join("learncoin");
    assert!(binary.exists(), "build it first: cargo build --profile dist --bin learncoin");
    binary
}

/// Returns a time of a batch, in seconds since 1970.
pub(crate) fn time(batch: &Value, member: &str) -> f64 {
    let time: Timestamp = text(batch, member).parse().expect("a time");
    time.as_duration().as_secs_f64()
}

fn text(answer: &Value, member: &str) -> String {
    answer[member].as_str().unwrap_or_else(|| panic!("no {member} in {answer}")).to_owned()
}
