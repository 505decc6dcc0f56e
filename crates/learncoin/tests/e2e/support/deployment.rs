//! A deployment as its operator has it: a data directory, commands, and a server beside them.

use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::sync::Arc;

use learncoin_testkit::Exposition;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::http::{self, Answer};
use crate::support::process::{Ended, Running, learncoin, run};

/// The settings of the plans that tests use.
const RATE_LIMITS: [&str; 3] = [
    "LEARNCOIN_PLANS_DEVELOPER_REQUESTS_PER_MINUTE",
    "LEARNCOIN_PLANS_STARTER_REQUESTS_PER_MINUTE",
    "LEARNCOIN_PLANS_INSTITUTION_REQUESTS_PER_MINUTE",
];

/// A data directory in a place of its own, with the settings that its commands are given.
#[derive(Clone)]
pub(crate) struct Deployment {
    /// The working directory of every command, so that no stray `learncoin.toml` is read.
    place: Arc<TempDir>,
    variables: Vec<(&'static str, String)>,
}

impl Deployment {
    /// Creates an empty one, without a data directory. The rate limits are too high for any test to reach.
    pub(crate) fn new() -> Self {
        let variables = RATE_LIMITS.map(|name| (name, "1000000".to_owned())).to_vec();
        Self { place: Arc::new(TempDir::new().unwrap()), variables }
    }

    /// Returns the same one, whose commands get one more variable.
    pub(crate) fn with(&self, name: &'static str, value: impl ToString) -> Self {
        let mut variables = self.variables.clone();
        variables.push((name, value.to_string()));
        Self { place: Arc::clone(&self.place), variables }
    }

    /// Returns the same one, with a public URL that is not on this machine, on the embedded chain all the same.
    pub(crate) fn at_public_url(&self, url: &str) -> Self {
        self.with("LEARNCOIN_PUBLIC_URL", url).with("LEARNCOIN_CHAIN_ALLOW_PUBLIC_DEVELOPMENT_CHAIN", "true")
    }

    /// Returns the same one, whose servers serve their metrics at a port of their own.
    pub(crate) fn with_metrics(&self) -> Self {
        self.with("LEARNCOIN_TELEMETRY_METRICS_LISTEN", "127.0.0.1:0")
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.place.path().join("data")
    }

    /// Writes a file with this content into the working directory of its commands.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let file = self.place.path().join(name);
        std::fs::write(&file, content).unwrap();
        file
    }

    /// Returns a command without a data directory among its arguments.
    pub(crate) fn bare_command(&self, arguments: &[&str]) -> Command {
        let mut command = learncoin();
        command.args(arguments).current_dir(self.place.path());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Returns a command on its data directory.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare_command(arguments);
        command.arg("--data-dir").arg(self.data_dir());
        command
    }

    /// Runs a command that is expected to succeed without a word, and reads its result.
    pub(crate) fn result(&self, arguments: &[&str]) -> Value {
        let ended = run(&mut self.command(arguments));
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        ended.json()
    }

    /// Runs a command that is expected to fail, and returns its message.
    pub(crate) fn refusal(&self, arguments: &[&str]) -> String {
        refusal(&mut self.command(arguments))
    }

    /// Starts its server on a free port.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// Starts its server on a free port, with more arguments.
    pub(crate) fn serve_with(&self, arguments: &[&str]) -> Server {
        self.serve_plainly(&[&["--listen", "127.0.0.1:0"], arguments].concat())
    }

    /// Starts its server where it listens by itself.
    pub(crate) fn serve_plainly(&self, arguments: &[&str]) -> Server {
        let arguments = [&["serve"], arguments].concat();
        Server::from(self.clone(), Running::reading_stderr(&mut self.command(&arguments)))
    }

    #[cfg(feature = "kill-points")]
    /// Starts its server on a free port, and reads what it writes to standard output beside what it writes to standard error.
    pub(crate) fn serve_with_all_output(&self) -> Server {
        Server::from(self.clone(), Running::reading_stdout(&mut self.serve_by("exec \"$0\" \"$@\" 2>&1")))
    }

    /// Starts its server on a free port by a script of a shell, whose arguments are the command.
    pub(crate) fn serve_by_shell(&self, script: &str) -> Server {
        Server::from(self.clone(), Running::reading_stderr(&mut self.serve_by(script)))
    }

    /// Returns a command by which a shell starts the server.
    fn serve_by(&self, script: &str) -> Command {
        let serve = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(serve.get_program()).args(serve.get_args());
        command.current_dir(self.place.path());
        for (name, value) in serve.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// Starts its server, which is expected to refuse to start, and returns the message.
    pub(crate) fn serve_refused(&self, arguments: &[&str]) -> String {
        self.refusal(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat())
    }
}

/// Runs a command that is expected to fail, and returns its message.
pub(crate) fn refusal(command: &mut Command) -> String {
    let Ended { status, stdout, stderr } = run(command);
    assert_eq!((status, stdout.as_str()), (Some(2), ""), "{command:?}: {stderr}");
    assert!(!stderr.is_empty(), "{command:?} fails without a word");
    stderr
}

/// A running server. It is killed when it is dropped.
pub(crate) struct Server {
    pub(crate) deployment: Deployment,
    process: Running,
    address: String,
}

impl Server {
    fn from(deployment: Deployment, mut process: Running) -> Self {
        let address = process.wait_for("line `ready on http://ADDR`", |line| {
            line.strip_prefix("ready on http://").map(str::to_owned)
        });
        Self { deployment, process, address }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// Returns a URL at the address where the server listens, whatever its public URL is.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns the public URL of a deployment that was given none, on its first port.
    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port())
    }

    /// Returns the URL of the embedded chain's node.
    pub(crate) fn chain_url(&self) -> String {
        self.url("/dev/chain/rpc")
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        http::get(&self.url(path), &[])
    }

    /// Asks for a page as the visitor on this machine does, under the public URL of a deployment that was given none.
    pub(crate) fn visit(&self, path: &str) -> Answer {
        let host = format!("localhost:{}", self.port());
        http::get(&self.url(path), &[("host", &host)])
    }

    /// Returns the URL of its metrics, in a deployment of [`Deployment::with_metrics`].
    pub(crate) fn metrics_url(&self) -> String {
        let line = self.process.printed().lines().find(|line| line.contains("serving metrics"));
        let line = line.expect("the line with the address");
        let (_, address) = line.split_once("127.0.0.1:").expect("an address");
        let port: String = address.chars().take_while(char::is_ascii_digit).collect();
        format!("http://127.0.0.1:{port}/metrics")
    }

    /// Returns its metrics.
    pub(crate) fn metrics(&self) -> Exposition {
        let answer = http::get(&self.metrics_url(), &[]);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        Exposition::read(answer.text()).unwrap_or_else(|wrong| panic!("{wrong}\n{}", answer.text()))
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Returns the most memory that it has had, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Asks it to end, and does not wait for it.
    pub(crate) fn ask_to_end(&self) {
        self.process.ask_to_end();
    }

    /// Waits until it ends by itself, and gives what it printed since it started.
    pub(crate) fn until_ended(mut self) -> (ExitStatus, String) {
        let status = self.process.wait();
        (status, self.process.printed().to_owned())
    }

    /// Asks it to end, as an operator does.
    pub(crate) fn stop(self) -> ExitStatus {
        self.process.terminate()
    }
}
