//! The database stays, and the line to it fails: COMMITs of unknown outcome, and a database that is away.
//!
//! A client gets a failure of ours for neither, and never a 202 that does not hold. It repeats the request under
//! its key, and gets the outcome of the first one.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use learncoin_testkit::{Commit, Line, Receiver, seed};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::support::client::{Client, Posted};
use crate::support::deployment::{Deployment, PLAIN};
use crate::support::judge::judge;
use crate::support::webhook_log;

/// The number of COMMITs that are cut: half before the database has them, half after.
const COMMITS: usize = 200;
/// The number of times that the database goes away.
const ROUNDS: usize = 20;
const POSTING: usize = 4;
/// Requests that are made while the database is away.
const AWAY: usize = 6;
/// The time that something may take that ends by itself.
const PATIENCE: Duration = Duration::from_secs(120);
/// The time after which a request that waits for the database has begun to make a connection, and has not given up.
const CONNECTS_AFTER: Duration = Duration::from_millis(900);
/// The time for which a process is stopped.
const STOPPED: Duration = Duration::from_secs(3);
const ACCEPTED: u16 = 202;
const INTERNAL: u16 = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_commit_of_unknown_outcome_is_done_once_or_not_at_all() {
    let random = Mutex::new(StdRng::seed_from_u64(seed()));
    let (armed, cut) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let fate = {
        let (armed, cut) = (Arc::clone(&armed), Arc::clone(&cut));
        move || {
            let mut random = random.lock().unwrap_or_else(PoisonError::into_inner);
            if !armed.load(Ordering::SeqCst)
                || random.random_range(0..6) > 0
                || cut.load(Ordering::SeqCst) == COMMITS
            {
                return Commit::Passes;
            }
            let number = cut.fetch_add(1, Ordering::SeqCst);
            if number.is_multiple_of(2) { Commit::Lost } else { Commit::Unanswered }
        }
    };
    let Some((mut deployment, line)) = Deployment::behind(fate).await else { return };
    let tenants = [deployment.tenant("Example University").await, deployment.tenant("Example College").await];
    let backend = Receiver::start().await;
    deployment.start(PLAIN).await;
    for tenant in &tenants {
        tenant.register(&backend.url("/hook")).await;
    }
    let (stop, stopped) = watch::channel(false);
    let mut posting = start_posting(&tenants, &stopped);
    armed.store(true, Ordering::SeqCst);
    let all_are_cut = async {
        while cut.load(Ordering::SeqCst) < COMMITS {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, all_are_cut).await.expect("enough is committed to be cut");
    stop.send_replace(true);
    let posted = all_posted(&mut posting).await;
    webhook_log::until_all_are_delivered(&backend, &posted).await;
    let seen = judge(&mut deployment, &tenants, &posted).await;
    webhook_log::each_event_is_always_the_same(&backend.seen(), &seen);
    assert_eq!(seen.chain.len(), seen.roots().len());
    let losses = line.losses();
    assert_eq!((losses.commits, losses.answers), (COMMITS / 2, COMMITS / 2));
    let late = posted.iter().filter(|one| one.answered_late).count();
    eprintln!(
        "{COMMITS} COMMITs cut over {} batches: {} requests failed, {late} of them had been committed",
        posted.len(),
        tenants.iter().map(|tenant| tenant.door.failed()).sum::<u64>(),
    );
    assert!(late > 0, "some of them were requests");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_is_away_nothing_is_accepted_and_afterwards_everything_is() {
    let Some((mut deployment, line)) = Deployment::behind(|| Commit::Passes).await else { return };
    let tenants = [deployment.tenant("Example University").await, deployment.tenant("Example College").await];
    deployment.start(PLAIN).await;
    let process = deployment.process_id();
    let (stop, stopped) = watch::channel(false);
    let mut posting = start_posting(&tenants, &stopped);
    let mut posted = Vec::new();
    for round in 0..ROUNDS {
        line.set(Line::Cut);
        let requests: Vec<(String, String)> = (0..AWAY)
            .map(|number| (format!("round {round}, {number}"), learncoin_testkit::many(2).to_string()))
            .collect();
        let address = tenants[0].door.address().await;
        for (key, body) in &requests {
            let reply = tenants[0].door.attempt(&address, &tenants[0].post_call(key, body)).await;
            let reply = reply.expect("the server is there, and refuses");
            assert_eq!(reply.status, INTERNAL, "{}", reply.body);
            assert!(reply.body.contains("\"internal_error\""), "{}", reply.body);
        }
        line.set(Line::Open);
        for (key, request) in requests {
            let reply = tenants[0].send(&key, &request).await;
            assert_eq!((reply.status, reply.replayed), (ACCEPTED, false), "{}", reply.body);
            posted.push(Posted {
                api_key: tenants[0].api_key.clone(),
                idempotency_key: key,
                request,
                answer: reply.body,
                answered_late: false,
            });
        }
    }
    stop.send_replace(true);
    posted.extend(all_posted(&mut posting).await);
    assert_eq!(deployment.process_id(), process, "it recovered by itself");
    let failed: u64 = tenants.iter().map(|tenant| tenant.door.failed()).sum();
    eprintln!("the database went away {ROUNDS} times: {} batches, {failed} requests failed", posted.len());
    let seen = judge(&mut deployment, &tenants, &posted).await;
    assert_eq!(seen.chain.len(), seen.roots().len());
}

/// Checks that a request that waits for a stalled line is answered once when the line goes on.
#[tokio::test]
async fn a_line_that_stalls_delays_and_changes_nothing() {
    let Some((mut deployment, line)) = Deployment::behind(|| Commit::Passes).await else { return };
    let uni = deployment.tenant("Example University").await;
    deployment.start(PLAIN).await;
    let mut posted = vec![uni.post("before", 1).await];
    for round in 0..5 {
        line.set(Line::Stalled);
        let mut waiting = JoinSet::new();
        for number in 0..AWAY {
            let uni = uni.clone();
            waiting.spawn(async move { uni.post(&format!("round {round}, {number}"), 1).await });
        }
        let early = timeout(Duration::from_millis(200), waiting.join_next()).await;
        assert!(early.is_err(), "nothing was answered out of a stall");
        line.set(Line::Open);
        posted.extend(waiting.join_all().await);
    }
    let seen = judge(&mut deployment, &[uni], &posted).await;
    assert_eq!(seen.chain.len(), seen.roots().len());
}

/// Checks that a process which was stopped while it made a connection, and goes on, does not take that time for silence of the database.
#[tokio::test]
async fn a_process_that_stopped_while_it_connected_refuses_nothing_when_it_goes_on() {
    let Some((mut deployment, line)) = Deployment::behind(|| Commit::Passes).await else { return };
    let uni = deployment.tenant("Example University").await;
    deployment.start(PLAIN).await;
    let mut posted = vec![uni.post("before", 1).await];
    line.set(Line::Stalled);
    let waiting = tokio::spawn({
        let uni = uni.clone();
        async move { uni.post("meanwhile", 1).await }
    });
    // Soon the request makes a connection, to see whether the database answers at all.
    sleep(CONNECTS_AFTER).await;
    deployment.pause().await;
    // Longer than a connection may take.
    sleep(STOPPED).await;
    line.set(Line::Open);
    deployment.go_on().await;
    posted.push(waiting.await.expect("it is answered"));
    assert_eq!(uni.door.failed(), 0, "a request failed:\n{}", deployment.log());
    let seen = judge(&mut deployment, &[uni], &posted).await;
    assert_eq!(seen.chain.len(), seen.roots().len());
}

fn start_posting(tenants: &[Client], stopped: &watch::Receiver<bool>) -> JoinSet<Vec<Posted>> {
    let mut posting = JoinSet::new();
    for number in 0..POSTING {
        let (client, stopped) = (tenants[number % tenants.len()].clone(), stopped.clone());
        posting.spawn(async move {
            let mut posted = Vec::new();
            while !*stopped.borrow() {
                let batch = client.post(&format!("program {number}, {}", posted.len()), 1 + number % 2).await;
                client.repeat(&batch).await;
                posted.push(batch);
            }
            posted
        });
    }
    posting
}

async fn all_posted(posting: &mut JoinSet<Vec<Posted>>) -> Vec<Posted> {
    let mut posted = Vec::new();
    while let Some(done) = posting.join_next().await {
        posted.extend(done.expect("every request was answered as it must be"));
    }
    posted
}
