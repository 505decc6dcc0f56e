//! A PostgreSQL server of a test's own, which the test stops, fills and starts again.

use std::ffi::OsStr;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use learncoin_testkit::{ReservedPort, give_to_server_programs, server_program};
use tempfile::TempDir;

/// A server, and where its files are. It ends when it is dropped.
pub(crate) struct OwnServer {
    directory: TempDir,
    programs: PathBuf,
    pub(crate) address: SocketAddr,
    _port: ReservedPort,
}

impl OwnServer {
    /// Makes a new server whose files lie below this folder, and starts it. `settings` are lines of its configuration.
    pub(crate) fn start(folder: &Path, settings: &str) -> Self {
        let server = Self::unmade(folder);
        let arguments = [
            "--username=learncoin",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-instructions",
        ];
        succeed(server.program("initdb").args(arguments).arg("--pgdata").arg(server.data()));
        let basic =
            "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\ncheckpoint_timeout = '1h'\n";
        let file = server.data().join("postgresql.conf");
        let written = fs::read_to_string(&file).expect("the settings") + basic + settings;
        fs::write(&file, written).expect("the settings are written");
        server.run();
        server
    }

    /// Returns a server without files.
    pub(crate) fn unmade(folder: &Path) -> Self {
        let directory = TempDir::new_in(folder).expect("a temporary directory");
        give_to_server_programs(directory.path());
        let port = ReservedPort::new();
        let address = (Ipv4Addr::LOCALHOST, port.number()).into();
        Self { directory, programs: programs(), address, _port: port }
    }

    /// Makes it the standby of a primary, from a copy, and starts it.
    pub(crate) fn follow(&self, primary: &Self) {
        let _ = fs::remove_dir_all(self.data());
        succeed(
            self.program("pg_basebackup")
                .args([
                    "--write-recovery-conf",
                    "--wal-method=stream",
                    "--checkpoint=fast",
                    "--username=learncoin",
                ])
                .args(["--host=127.0.0.1", &format!("--port={}", primary.address.port())])
                .arg("--pgdata")
                .arg(self.data()),
        );
        self.run();
    }

    /// Starts it, and waits until it takes connections.
    pub(crate) fn run(&self) {
        assert!(self.try_run(), "it starts:\n{}", fs::read_to_string(self.log()).unwrap_or_default());
    }

    /// Starts it. Returns whether it takes connections.
    pub(crate) fn try_run(&self) -> bool {
        let port = format!("-p {}", self.address.port());
        let mut start = self.control(&["--wait", "start", "--options", &port]);
        start.arg("--log").arg(self.log());
        start.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        start.status().expect("it runs").success()
    }

    /// Ends it in order: what it committed is at its standby then.
    pub(crate) fn stop(&self) {
        succeed(&mut self.control(&["--mode=fast", "--wait", "stop"]));
    }

    /// Ends it as a crash does.
    pub(crate) fn crash(&self) {
        let _ = self.control(&["--mode=immediate", "--wait", "stop"]).output();
    }

    /// Makes a standby a primary.
    pub(crate) fn promote(&self) {
        succeed(&mut self.control(&["--wait", "promote"]));
    }

    /// Asks it, and returns its answer.
    pub(crate) fn ask(&self, sql: &str) -> String {
        let url = self.url();
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

    /// Returns the URL of its database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://learncoin@{}/postgres", self.address)
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    fn control(&self, arguments: &[&str]) -> Command {
        let mut command = self.program("pg_ctl");
        command.arg("--pgdata").arg(self.data()).args(arguments);
        command
    }

    fn program(&self, name: &str) -> Command {
        let mut command = server_program(&self.programs.join(name));
        // The folders above may be closed to that user.
        command.current_dir("/").env("HOME", self.directory.path());
        command
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.crash();
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
