//! Measures how many batches two nodes on one PostgreSQL accept, against one. Prints a table; exit status 1 if two accept less
//! than 1.6 times the throughput of one, and the database is not the limit.
//!
//! ```text
//! cargo build --profile dist --bin learncoin --example bench_nodes
//! tests/postgres/cluster DIRECTORY target/dist/examples/bench_nodes [--seconds N] [--rounds N] [--share PERCENT]
//! ```
//!
//! Each node is pinned to a core of its own by `taskset`. The database, the chain and the callers need processors too, and on a
//! machine of two cores they can't have others: there both nodes share theirs with them, which the first half of the table
//! shows, with who used how much. In the second half each node may use a share of its core only (a control group's quota), so
//! that a node is the limit and there is room beside it: this is what the promise is about.
//!
//! Every measurement is a deployment of its own, on a schema and a chain of its own; one node and two take turns.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement that can't be made has failed, and printing is what this program is for"
)]

#[expect(dead_code, reason = "each benchmark uses a part of it")]
mod support;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use learncoin_testkit::many;

use crate::support::{Deployment, Server, processor_seconds};

/// As many writers can be at work at a time: those of one tenant take turns.
const TENANTS: usize = 16;
const CALLERS: usize = 32;
const PER_BATCH: usize = 10;
const PROMISED: f64 = 1.6;
/// The time for which the load runs before the measurement begins.
const WARM_UP: Duration = Duration::from_secs(2);
const BLOCK_SECONDS: u64 = 2;

struct Arguments {
    seconds: u64,
    rounds: usize,
    /// Of a core, in percent.
    share: u32,
}

/// The result of one measurement.
#[derive(Clone, Copy)]
struct Measured {
    batches_per_second: f64,
    /// The processors that each used: all nodes, the database, the chain, the callers.
    nodes: f64,
    database: f64,
    chain: f64,
    callers: f64,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let arguments = arguments();
    assert!(std::env::var("LEARNCOIN_TEST_POSTGRES").is_ok(), "it runs beside tests/postgres/cluster");
    println!(
        "| share of a core for each node | nodes | batches of {PER_BATCH} a second | processors: nodes | database | chain | callers |"
    );
    println!("|---|---|---|---|---|---|---|");
    let whole = compare(&arguments, None).await;
    println!(
        "\ntwo nodes accept {whole:.2} times what one does, where they share their cores with all the rest"
    );
    if let Err(error) = Share::new("learncoin-bench-probe", arguments.share) {
        eprintln!("left out: control groups can't be made here ({error})");
        return ExitCode::FAILURE;
    }
    let ratio = compare(&arguments, Some(arguments.share)).await;
    println!(
        "\ntwo nodes accept {ratio:.2} times what one does, where a node is the limit (promised: {PROMISED})"
    );
    ExitCode::from(u8::from(ratio < PROMISED))
}

fn arguments() -> Arguments {
    let mut read = Arguments { seconds: 10, rounds: 3, share: 20 };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().unwrap_or_else(|| panic!("{name} needs a value"));
        match name.as_str() {
            "--seconds" => read.seconds = value.parse().expect("seconds"),
            "--rounds" => read.rounds = value.parse().expect("a number"),
            "--share" => read.share = value.parse().expect("percent"),
            _ => panic!("unknown argument {name}"),
        }
    }
    read
}

/// Measures one node and two in turns, prints the medians, and returns their ratio.
async fn compare(arguments: &Arguments, share: Option<u32>) -> f64 {
    let (mut one, mut two) = (Vec::new(), Vec::new());
    for _ in 0..arguments.rounds {
        one.push(measure(arguments, 1, share).await);
        two.push(measure(arguments, 2, share).await);
    }
    let medians = [(1, median(one)), (2, median(two))];
    for (nodes, found) in &medians {
        let share = share.map_or("all of it".to_owned(), |percent| format!("{percent} %"));
        let Measured { batches_per_second, nodes: used, database, chain, callers } = found;
        println!(
            "| {share} | {nodes} | {batches_per_second:.1} | {used:.2} | {database:.2} | {chain:.2} | {callers:.2} |"
        );
    }
    let [(_, one), (_, two)] = medians;
    two.batches_per_second / one.batches_per_second
}

/// Returns the measurement with the median rate.
fn median(mut found: Vec<Measured>) -> Measured {
    found.sort_by(|a, b| a.batches_per_second.total_cmp(&b.batches_per_second));
    *found.get(found.len() / 2).expect("there is a round")
}

async fn measure(arguments: &Arguments, nodes: usize, share: Option<u32>) -> Measured {
    let deployment = Deployment::new(BLOCK_SECONDS);
    let mut keys = Vec::new();
    for number in 0..TENANTS {
        keys.push(deployment.tenant(&format!("University {number}")).await.api_key);
    }
    let servers: Vec<Server> =
        (0..nodes).map(|core| deployment.serve(&["taskset", "-c", &core.to_string()])).collect();
    let shares: Vec<Share> = servers
        .iter()
        .filter_map(|server| share.map(|percent| (server, percent)))
        .map(|(server, percent)| {
            let share = Share::new(&format!("learncoin-bench-{}", server.id()), percent).expect("a group");
            share.holds(server.id());
            share
        })
        .collect();

    let accepted = Arc::new(AtomicU64::new(0));
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let body = Arc::new(many(PER_BATCH).to_string());
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let url = format!("{}/v1/batches", servers.get(caller % nodes).expect("a server").url);
            let key = keys.get(caller % TENANTS).expect("a tenant").clone();
            let (http, body, accepted) = (http.clone(), Arc::clone(&body), Arc::clone(&accepted));
            tokio::spawn(async move {
                loop {
                    let request =
                        http.post(&url).bearer_auth(&key).header("Content-Type", "application/json");
                    let answer = request.body(body.to_string()).send().await.expect("an answer");
                    let status = answer.status();
                    let text = answer.text().await.expect("a body");
                    assert_eq!(status.as_u16(), 202, "{text}");
                    accepted.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    tokio::time::sleep(WARM_UP).await;
    let before = (accepted.load(Ordering::Relaxed), used(&deployment, &servers));
    let began = Instant::now();
    tokio::time::sleep(Duration::from_secs(arguments.seconds)).await;
    let seconds = began.elapsed().as_secs_f64();
    let after = (accepted.load(Ordering::Relaxed), used(&deployment, &servers));
    for caller in callers {
        assert!(!caller.is_finished(), "a caller was refused");
        caller.abort();
    }
    let count = u32::try_from(after.0 - before.0).expect("a measurement is short");
    // A group can only go once its process has.
    drop(servers);
    drop(shares);
    let processors = |of: fn(&Measured) -> f64| (of(&after.1) - of(&before.1)) / seconds;
    Measured {
        batches_per_second: f64::from(count) / seconds,
        nodes: processors(|used| used.nodes),
        database: processors(|used| used.database),
        chain: processors(|used| used.chain),
        callers: processors(|used| used.callers),
    }
}

/// Returns the processor seconds that each has used since it began.
fn used(deployment: &Deployment, servers: &[Server]) -> Measured {
    Measured {
        batches_per_second: 0.0,
        nodes: servers.iter().map(Server::processor_seconds).sum(),
        database: named("postgres"),
        chain: processor_seconds(deployment.anvil().id()),
        callers: processor_seconds(std::process::id()),
    }
}

/// Returns the processor time of all processes of this name together. Those of the database come and go, but not while callers keep theirs.
fn named(name: &str) -> f64 {
    let processes = std::fs::read_dir("/proc").expect("Linux");
    let ids =
        processes.filter_map(Result::ok).filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| {
        std::fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|found| found.trim_end() == name)
    })
    .map(processor_seconds)
    .sum()
}

/// A control group whose processes may together use a share of one core; gone when dropped.
struct Share(std::path::PathBuf);

impl Share {
    fn new(name: &str, percent: u32) -> std::io::Result<Self> {
        const PERIOD_US: u32 = 10_000;
        let quota = PERIOD_US * percent / 100;
        let (first, second) = ("/sys/fs/cgroup/cpu", "/sys/fs/cgroup");
        let is_first = std::path::Path::new(first).is_dir();
        let group = Self(std::path::Path::new(if is_first { first } else { second }).join(name));
        std::fs::create_dir(&group.0)?;
        if is_first {
            std::fs::write(group.0.join("cpu.cfs_period_us"), PERIOD_US.to_string())?;
            std::fs::write(group.0.join("cpu.cfs_quota_us"), quota.to_string())?;
        } else {
            std::fs::write(group.0.join("cpu.max"), format!("{quota} {PERIOD_US}"))?;
        }
        Ok(group)
    }

    fn holds(&self, process: u32) {
        std::fs::write(self.0.join("cgroup.procs"), process.to_string()).expect("a process can be moved");
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        // If a process is left in it, it stays.
        let _ = std::fs::remove_dir(&self.0);
    }
}
