//! Two PostgreSQL servers of a test's own: a primary, and a standby that streams from it.

use std::ffi::OsStr;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;

use learncoin_testkit::{give_to_server_programs, server_program};
use tempfile::TempDir;

/// A server, and where its files are.
pub(crate) struct Server {
    data: PathBuf,
    pub(crate) address: SocketAddr,
}

/// The two servers. They end when it is dropped.
pub(crate) struct ServerPair {
    directory: TempDir,
    programs: PathBuf,
    /// The one that takes writes.
    pub(crate) primary: Server,
    /// The one that follows.
    pub(crate) standby: Server,
}

impl ServerPair {
    /// Makes both and starts them.
    pub(crate) fn start() -> Self {
        let directory = TempDir::new().expect("a temporary directory");
        give_to_server_programs(directory.path());
        let pair = Self {
            programs: programs(),
            primary: Server::at(directory.path().join("one")),
            standby: Server::at(directory.path().join("two")),
            directory,
        };
        let arguments = [
            "--username=learncoin",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        ];
        succeed(pair.program("initdb").args(arguments).arg("--pgdata").arg(&pair.primary.data));
        let settings = "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 100\n\
                        checkpoint_timeout = '1h'\nwal_keep_size = '256MB'\n";
        let file = pair.primary.data.join("postgresql.conf");
        let written = fs::read_to_string(&file).expect("the settings") + settings;
        fs::write(&file, written).expect("the settings are written");
        pair.run(&pair.primary);
        pair.follow();
        pair
    }

    /// Makes the standby anew from the primary, and starts it.
    pub(crate) fn follow(&self) {
        let (from, to) = (&self.primary, &self.standby);
        let _ = fs::remove_dir_all(&to.data);
        succeed(
            self.program("pg_basebackup")
                .args([
                    "--write-recovery-conf",
                    "--wal-method=stream",
                    "--checkpoint=fast",
                    "--username=learncoin",
                ])
                .args(["--host=127.0.0.1", &format!("--port={}", from.address.port())])
                .arg("--pgdata")
                .arg(&to.data),
        );
        self.run(to);
    }

    /// Ends the primary in order: what it committed is at the standby then.
    pub(crate) fn stop_primary(&self) {
        succeed(&mut self.control(&self.primary, &["--mode=fast", "--wait", "stop"]));
    }

    /// Makes the standby the primary. The one before it has ended.
    pub(crate) fn promote(&mut self) {
        succeed(&mut self.control(&self.standby, &["--wait", "promote"]));
        std::mem::swap(&mut self.primary, &mut self.standby);
    }

    /// Asks a server, and returns its answer.
    pub(crate) fn ask(&self, server: &Server, sql: &str) -> String {
        let url = format!("postgres://learncoin@{}/postgres", server.address);
        output(self.program("psql").args([
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            &url,
            "-c",
            sql,
        ]))
    }

    fn run(&self, server: &Server) {
        let log = server.data.with_extension("log");
        let port = format!("-p {}", server.address.port());
        succeed(
            self.control(server, &["--wait", "start", "--options", &port])
                .arg("--log")
                .arg(log)
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null()),
        );
    }

    fn control(&self, server: &Server, arguments: &[&str]) -> Command {
        let mut command = self.program("pg_ctl");
        command.arg("--pgdata").arg(&server.data).args(arguments);
        command
    }

    fn program(&self, name: &str) -> Command {
        let mut command = server_program(&self.programs.join(name));
        // The folders above may be closed to that user.
        command.current_dir("/").env("HOME", self.directory.path());
        command
    }
}

impl Drop for ServerPair {
    fn drop(&mut self) {
        for server in [&self.standby, &self.primary] {
            let _ = self.control(server, &["--mode=immediate", "stop"]).output();
        }
    }
}

impl Server {
    fn at(data: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        Self { data, address: listener.local_addr().expect("an address") }
    }
}

/// Returns the folder of the newest version's programs. Debian keeps them out of the path.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    let all = ["initdb", "pg_basebackup", "pg_ctl", "psql"];
    let whole = folders.into_iter().rev().find(|folder| all.iter().all(|name| folder.join(name).exists()));
    whole.expect("PostgreSQL is installed")
}

fn succeed(command: &mut Command) {
    let ended = command.output().expect("it runs");
    let printed = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{}: {printed}", Path::new(command.get_program()).display());
}

fn output(command: &mut Command) -> String {
    let ended = command.output().expect("it runs");
    let arguments: Vec<&OsStr> = command.get_args().collect();
    assert!(ended.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).expect("it prints UTF-8")
}
