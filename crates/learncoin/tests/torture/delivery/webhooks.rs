//! SIGKILL every few moments while receivers fail, hang, trickle, flood and redirect.
//!
//! `LEARNCOIN_WEBHOOK_KILLS=20` is the long form: about a minute.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use learncoin_testkit::{Reaction, Received, Receiver, seed};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::client::{Client, Posted};
use crate::support::deployment::{Deployment, PLAIN};
use crate::support::judge::judge;
use crate::support::webhook_log;

const DEFAULT_KILLS: usize = 4;
/// Longer than an attempt at an endpoint that hangs.
const LEASE_MS: u64 = 12_000;
const TENANTS: usize = 2;
/// The growth that the process is allowed while it is sent tens of gigabytes, in kilobytes.
const GROWTH_KB: u64 = 64 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_transition_is_delivered_whatever_the_receivers_do_and_however_often_the_process_dies() {
    let kills = std::env::var("LEARNCOIN_WEBHOOK_KILLS")
        .map_or(DEFAULT_KILLS, |text| text.trim().parse().expect("LEARNCOIN_WEBHOOK_KILLS is a number"));
    let mut random = StdRng::seed_from_u64(seed());
    let mut deployment = Deployment::new().leasing_for_ms(LEASE_MS);
    let mut tenants = Vec::new();
    for number in 0..TENANTS {
        tenants.push(deployment.tenant(&format!("University {number}")).await);
    }
    // Those that answer with success in the end, however they do it; and those that never do.
    let (sometimes, forbidden) =
        (Receiver::reacting(failing_three_times_in_ten()).await, Receiver::start().await);
    let trickling = Receiver::reacting(|_| Reaction::Trickle).await;
    let flooding = Receiver::reacting(|_| Reaction::Flood).await;
    let reliable = [&sometimes, &trickling, &flooding];
    let elsewhere = forbidden.url("/");
    let redirecting = Receiver::reacting(move |_| Reaction::Redirect(elsewhere.clone())).await;
    let broken = Receiver::reacting(|_| Reaction::Answer(500, "out of order".repeat(1_000))).await;
    let hanging = Receiver::reacting(|_| Reaction::Hang).await;

    deployment.start(PLAIN).await;
    for tenant in &tenants {
        for backend in reliable.into_iter().chain([&redirecting, &broken, &hanging]) {
            tenant.register(&backend.url("/hook")).await;
        }
    }
    let (stop, stopped) = watch::channel(false);
    let mut posting = JoinSet::new();
    for tenant in &tenants {
        posting.spawn(post(tenant.clone(), stopped.clone()));
    }
    for _ in 0..kills {
        sleep(Duration::from_millis(random.random_range(500..4_000))).await;
        deployment.kill().await;
        deployment.start(PLAIN).await;
    }
    let before = resident_kb(deployment.process_id());
    stop.send_replace(true);
    let mut posted = Vec::new();
    while let Some(done) = posting.join_next().await {
        posted.extend(done.expect("every request was answered as it must be"));
    }
    for backend in reliable {
        webhook_log::until_all_are_delivered(backend, &posted).await;
    }
    let grown = resident_kb(deployment.process_id()).saturating_sub(before);
    let seen = judge(&mut deployment, &tenants, &posted).await;
    for backend in reliable.into_iter().chain([&redirecting, &broken, &hanging]) {
        webhook_log::each_event_is_always_the_same(&backend.seen(), &seen);
        assert!(backend.count() > 0, "no backend was left out");
    }
    assert_eq!(forbidden.count(), 0, "no redirect was followed");
    assert!(grown < GROWTH_KB, "the process grew by {grown} KB");
    eprintln!(
        "{kills} kills, {} batches; {} deliveries to the one that fails, {} floods; grown by {grown} KB",
        posted.len(),
        sometimes.count(),
        flooding.count()
    );
}

/// Fails three requests in ten, but no event more than four times: it is to receive all of them in the end.
fn failing_three_times_in_ten() -> impl Fn(&Received) -> Reaction {
    let (count, failures) = (AtomicUsize::new(0), Mutex::new(HashMap::<String, usize>::new()));
    move |request| {
        let mut failures = failures.lock().expect("not poisoned");
        let of_event = failures.entry(request.header("webhook-id").to_owned()).or_default();
        if count.fetch_add(1, Ordering::SeqCst) % 10 < 3 && *of_event < 4 {
            *of_event += 1;
            return Reaction::status(503);
        }
        Reaction::status(204)
    }
}

async fn post(client: Client, stopped: watch::Receiver<bool>) -> Vec<Posted> {
    let mut posted = Vec::new();
    while !*stopped.borrow() {
        posted.push(client.post(&format!("request {}", posted.len()), 2).await);
        sleep(Duration::from_millis(50)).await;
    }
    posted
}

/// Returns the memory that a process holds, in kilobytes.
fn resident_kb(process_id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).expect("it runs, on Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}
