//! Measures what a deployment takes: memory, bytes on the disk for each credential and each request, accepted credentials per second, and
//! a backup's time and size. It starts the program that it is given on an empty data directory, calls it over HTTP, and prints JSON.
//! It promises nothing; docs/operations.md, "Sizes to expect", holds its figures.
//!
//! ```text
//! cargo build --profile dist
//! cargo run -p learncoin --example bench_sizes -- --binary target/dist/learncoin [--credentials N] [--batch N] [--core N]
//! ```
//!
//! `--core` pins the server to one core (with `taskset`), so that the callers take the others. `LEARNCOIN_DATABASE_URL` chooses PostgreSQL,
//! whose size is asked of it and which `pg_dump` backs up.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "printing is what this program is for")]

use std::error::Error;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use learncoin_testkit::many;
use serde_json::{Value, json};
use tempfile::TempDir;

type Failure = Box<dyn Error + Send + Sync>;

/// The number of callers that post concurrently.
const CALLERS: usize = 4;
/// The number of requests from which the size of a row of the audit log is computed.
const READINGS: usize = 2_000;

/// The arguments.
struct BenchOptions {
    binary: PathBuf,
    credentials: usize,
    batch: usize,
    core: Option<String>,
}

/// A deployment in a directory of its own.
struct Deployment {
    place: TempDir,
    options: BenchOptions,
    database_url: Option<String>,
}

/// A server, killed when it is dropped.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let deployment = Deployment {
        place: TempDir::new()?,
        options: options()?,
        database_url: std::env::var("LEARNCOIN_DATABASE_URL").ok(),
    };
    let BenchOptions { credentials, batch, .. } = deployment.options;
    let tenant = deployment.result(&["tenant", "create", "--name", "Uni", "--plan", "industry"])?;
    let tenant = text(&tenant, "id")?;
    let key = deployment.result(&["key", "create", "--tenant", &tenant, "--environment", "test"])?;
    let key = text(&key, "key")?;
    let server = deployment.serve()?;
    let api = Api {
        client: reqwest::Client::builder().no_proxy().build()?,
        key,
        base: format!("http://{}/v1", server.address),
    };
    api.get("/tenants/me").await?;
    let idle = memory(&server, "VmRSS")?;
    let empty = deployment.bytes("empty")?;

    let began = Instant::now();
    let newest = Arc::new(api.clone()).post(credentials, batch).await?;
    let accepting = began.elapsed();
    for id in &newest {
        api.until_anchored(id).await?;
    }
    let anchoring = began.elapsed();
    let issued = deployment.bytes("issued")?;
    for _ in 0..READINGS {
        api.get("/tenants/me").await?;
    }
    let read = deployment.bytes("read")?;
    let (peak, busy) = (memory(&server, "VmHWM")?, memory(&server, "VmRSS")?);
    let began = Instant::now();
    let backup = deployment.back_up("backup")?;
    let backing_up = began.elapsed();
    println!(
        "{:#}",
        json!({
            "database": if deployment.database_url.is_some() { "postgresql" } else { "sqlite" },
            "credentials": credentials,
            "credentials_in_a_batch": batch,
            "callers": CALLERS,
            "accepted_per_second": rate(credentials, accepting),
            "anchored_per_second": rate(credentials, anchoring),
            "bytes_for_each_credential": (issued - empty) / u64::try_from(credentials)?,
            "bytes_for_each_request_in_the_audit_log": read.saturating_sub(issued) / u64::try_from(READINGS)?,
            "database_bytes": read,
            "memory_idle_kib": idle,
            "memory_after_kib": busy,
            "memory_peak_kib": peak,
            "backup_ms": u64::try_from(backing_up.as_millis())?,
            "backup_bytes": backup,
        })
    );
    Ok(())
}

fn options() -> Result<BenchOptions, Failure> {
    let mut options = BenchOptions {
        binary: PathBuf::from("target/dist/learncoin"),
        credentials: 20_000,
        batch: 100,
        core: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--binary" => options.binary = value.into(),
            "--credentials" => options.credentials = value.parse()?,
            "--batch" => options.batch = value.parse()?,
            "--core" => options.core = Some(value),
            _ => return Err(format!("unknown argument {argument}").into()),
        }
    }
    Ok(options)
}

impl Deployment {
    fn data_dir(&self) -> PathBuf {
        self.place.path().join("data")
    }

    fn command(&self, arguments: &[&str], core: Option<&str>) -> Result<Command, Failure> {
        let binary = self.options.binary.canonicalize()?;
        let mut command = match core {
            None => Command::new(binary),
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", core]).arg(binary);
                command
            }
        };
        command.args(arguments).arg("--data-dir").arg(self.data_dir()).current_dir(self.place.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEARNCOIN_")) {
            command.env_remove(name);
        }
        command.env("LEARNCOIN_MASTER_KEY", "ab".repeat(32));
        command.env("LEARNCOIN_PLANS_INDUSTRY_REQUESTS_PER_MINUTE", "100000000");
        command.env("LEARNCOIN_PLANS_INDUSTRY_CREDENTIALS_PER_MONTH", "100000000");
        command.envs(self.database_url.iter().map(|url| ("LEARNCOIN_DATABASE_URL", url)));
        Ok(command)
    }

    fn result(&self, arguments: &[&str]) -> Result<Value, Failure> {
        Ok(serde_json::from_slice(&succeeds(&mut self.command(arguments, None)?)?)?)
    }

    fn serve(&self) -> Result<Server, Failure> {
        let serve = ["serve", "--listen", "127.0.0.1:0"];
        let mut command = self.command(&serve, self.options.core.as_deref())?;
        // What it logs is not what is measured.
        let mut child = command.env("LEARNCOIN_LOG", "warn").stderr(Stdio::piped()).spawn()?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("no standard error")?).lines();
        while let Some(line) = lines.next() {
            let line = line?;
            if let Some(address) = line.strip_prefix("ready on http://") {
                let address = address.to_owned();
                std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| eprintln!("{line}")));
                return Ok(Server { child, address });
            }
            eprintln!("{line}");
        }
        Err("the server did not start".into())
    }

    /// Returns the size of the database and the embedded chain on disk. Of SQLite a copy is measured, since its log of changes is folded into
    /// the file when it likes.
    fn bytes(&self, name: &str) -> Result<u64, Failure> {
        match &self.database_url {
            Some(url) => Ok(postgres_bytes(url)? + size(&self.data_dir().join("chain.jsonl"))?),
            None => self.back_up(name),
        }
    }

    fn back_up(&self, name: &str) -> Result<u64, Failure> {
        let to = self.place.path().join(name);
        let text = to.to_str().ok_or("the directory's name is not in UTF-8")?;
        let Some(url) = &self.database_url else {
            self.result(&["backup", "--to", text])?;
            let entries: Result<Vec<_>, _> = std::fs::read_dir(&to)?.collect();
            return entries?.iter().map(|entry| size(&entry.path())).sum();
        };
        let mut dump = Command::new("pg_dump");
        succeeds(dump.args(["--format=custom", "--file", text, "--dbname"]).arg(without_parameters(url)))?;
        size(&to)
    }
}

/// A caller of the API.
#[derive(Clone)]
struct Api {
    client: reqwest::Client,
    key: String,
    base: String,
}

impl Api {
    async fn get(&self, path: &str) -> Result<Value, Failure> {
        let answer = self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.key).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }

    /// Posts so many credentials. Returns the ids of the callers' last batches.
    async fn post(self: Arc<Self>, credentials: usize, batch: usize) -> Result<Vec<String>, Failure> {
        let (body, left) = (many(batch).to_string(), Arc::new(AtomicUsize::new(credentials.div_ceil(batch))));
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let (api, body, left) = (Arc::clone(&self), body.clone(), Arc::clone(&left));
                tokio::spawn(async move {
                    let mut last = None;
                    while left
                        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                        .is_ok()
                    {
                        let request = api.client.post(format!("{}/batches", api.base)).bearer_auth(&api.key);
                        let request = request.header("Content-Type", "application/json").body(body.clone());
                        let answer: Value = request.send().await?.error_for_status()?.json().await?;
                        last = Some(text(&answer, "id")?);
                    }
                    Ok::<_, Failure>(last)
                })
            })
            .collect();
        let mut newest = Vec::new();
        for caller in callers {
            newest.extend(caller.await??);
        }
        Ok(newest)
    }

    async fn until_anchored(&self, id: &str) -> Result<(), Failure> {
        while text(&self.get(&format!("/batches/{id}")).await?, "status")? != "anchored" {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }
}

fn text(value: &Value, name: &str) -> Result<String, Failure> {
    let text = value.get(name).and_then(Value::as_str);
    Ok(text.ok_or_else(|| format!("no {name} in {value}"))?.to_owned())
}

fn succeeds(command: &mut Command) -> Result<Vec<u8>, Failure> {
    let output = command.output()?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(output.stdout)
}

/// Returns the bytes of a file; none if it does not exist.
fn size(path: &Path) -> Result<u64, Failure> {
    match std::fs::metadata(path) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error.into()),
    }
}

fn without_parameters(url: &str) -> &str {
    url.split_once('?').map_or(url, |(database, _)| database)
}

fn postgres_bytes(url: &str) -> Result<u64, Failure> {
    let mut psql = Command::new("psql");
    psql.args(["--tuples-only", "--no-align", "--command", "SELECT pg_database_size(current_database())"]);
    let bytes = succeeds(psql.arg("--dbname").arg(without_parameters(url)))?;
    Ok(String::from_utf8(bytes)?.trim().parse()?)
}

/// Returns the server's memory as the kernel reports it, in KiB.
fn memory(server: &Server, name: &str) -> Result<u64, Failure> {
    // `taskset` becomes the program that it starts.
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id()))?;
    let line = status.lines().find(|line| line.starts_with(name)).ok_or("no such line")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse()?)
}

fn rate(count: usize, time: Duration) -> u64 {
    u64::try_from(u128::try_from(count).unwrap_or(0) * 1_000 / time.as_millis().max(1)).unwrap_or(u64::MAX)
}
