//! SIGKILL at random moments while clients post, repeat, list and read.
//!
//! `LEARNCOIN_KILLS=500 LEARNCOIN_PROGRAMS=24` is the long form.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use learncoin_testkit::seed;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::support::client::{Client, Posted};
use crate::support::deployment::{Deployment, PLAIN, Start};
use crate::support::judge::judge;

const DEFAULT_KILLS: usize = 60;
/// Programs that post. Some share a tenant, and with it a chain account.
const DEFAULT_PROGRAMS: usize = 4;
const TENANTS: usize = 3;
const READING: usize = 2;

/// Each batch that was accepted, with the furthest status that anybody has seen.
type Known = Arc<Mutex<BTreeMap<String, (Client, usize)>>>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_issued_twice_however_often_the_process_dies() {
    let (kills, programs) =
        (number("LEARNCOIN_KILLS", DEFAULT_KILLS), number("LEARNCOIN_PROGRAMS", DEFAULT_PROGRAMS));
    let began = Instant::now();
    let mut random = StdRng::seed_from_u64(seed());
    let mut deployment = Deployment::new();
    let mut tenants = Vec::new();
    for number in 0..TENANTS {
        tenants.push(deployment.tenant(&format!("University {number}")).await);
    }

    let (stop, stopped) = watch::channel(false);
    let known = Known::default();
    let (mut posting, mut reading) = (JoinSet::new(), JoinSet::new());
    for number in 0..programs {
        let poster = Poster {
            client: tenants[number % TENANTS].clone(),
            name: format!("program {number}"),
            random: StdRng::seed_from_u64(random.random()),
            known: Arc::clone(&known),
        };
        posting.spawn(poster.run(stopped.clone()));
    }
    for _ in 0..READING {
        reading.spawn(read(Arc::clone(&known), StdRng::seed_from_u64(random.random()), stopped.clone()));
    }

    for _ in 0..kills {
        kill_once(&mut deployment, &mut random).await;
    }
    let killing = began.elapsed();
    deployment.start(PLAIN).await;
    stop.send_replace(true);
    let mut posted = Vec::new();
    while let Some(done) = posting.join_next().await {
        posted.extend(done.expect("every request was answered as it must be"));
    }
    while let Some(done) = reading.join_next().await {
        done.expect("every reading was as it must be");
    }
    let seen = judge(&mut deployment, &tenants, &posted).await;

    let credentials: usize = seen.accounts.iter().map(|account| account.credentials.len()).sum();
    let unanswered: u64 = tenants.iter().map(|tenant| tenant.door.unanswered()).sum();
    let late = posted.iter().filter(|one| one.answered_late).count();
    eprintln!(
        "{kills} kills in {killing:?}, {} batches with {credentials} credentials judged {:?} later: {unanswered} \
         requests went unanswered, {late} of them had been committed",
        posted.len(),
        began.elapsed() - killing
    );
    assert_eq!(seen.chain.len(), seen.roots().len());
    assert!(posted.len() > kills && unanswered > 0, "the kills must fall into work");
}

/// Returns the number in the variable, or the default.
fn number(variable: &str, usual: usize) -> usize {
    let value = std::env::var(variable);
    value.map_or(usual, |text| text.trim().parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Starts the process and kills it: one in four while it starts, one in eight while it ends in order, the others some time
/// in between.
async fn kill_once(deployment: &mut Deployment, random: &mut StdRng) {
    let block_time_ms = [20, 50, 200][random.random_range(0..3)];
    let start = Start { block_time_ms, ..PLAIN };
    let mut some_ms = |limit| Duration::from_millis(random.random_range(0..limit));
    let (starting, running, ending) = (some_ms(120), some_ms(900), some_ms(20));
    match random.random_range(0..8) {
        0 | 1 => {
            deployment.spawn(start);
            sleep(starting).await;
            deployment.kill().await;
        }
        2 => {
            deployment.start(start).await;
            sleep(running).await;
            deployment.stop_within(ending).await;
        }
        _ => {
            deployment.start(start).await;
            sleep(running).await;
            deployment.kill().await;
        }
    }
}

/// Posts batches, one after the other.
struct Poster {
    client: Client,
    name: String,
    random: StdRng,
    known: Known,
}

impl Poster {
    async fn run(mut self, stopped: watch::Receiver<bool>) -> Vec<Posted> {
        let mut all: Vec<Posted> = Vec::new();
        while !*stopped.borrow() {
            let count = match self.random.random_range(0..100) {
                0 => 40,
                1..15 => self.random.random_range(3..8),
                _ => self.random.random_range(1..3),
            };
            let key = format!("{}, request {}", self.name, all.len());
            let posted = self.client.post(&key, count).await;
            remember(&self.known, &self.client, &posted);
            match self.random.random_range(0..10) {
                0 | 1 => self.client.repeat(&posted).await,
                2 => {
                    let earlier = all.get(self.random.random_range(0..=all.len())).unwrap_or(&posted);
                    tokio::join!(self.client.repeat(earlier), self.client.repeat(&posted));
                }
                3 => {
                    let batch = self.client.batch(&posted.batch_id()).await;
                    assert_eq!(batch["credentials_count"].as_u64(), u64::try_from(count).ok());
                }
                _ => {}
            }
            all.push(posted);
            sleep(Duration::from_millis(self.random.random_range(0..80))).await;
        }
        all
    }
}

fn remember(known: &Known, client: &Client, posted: &Posted) {
    lock(known).entry(posted.batch_id()).or_insert((client.clone(), 0));
}

fn lock(known: &Known) -> std::sync::MutexGuard<'_, BTreeMap<String, (Client, usize)>> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads what was accepted: it is always there, and its status never goes back.
async fn read(known: Known, mut random: StdRng, stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        sleep(Duration::from_millis(random.random_range(0..30))).await;
        let picked = {
            let known = lock(&known);
            let place = random.random_range(0..=known.len());
            known.iter().nth(place).map(|(id, (client, furthest))| (id.clone(), client.clone(), *furthest))
        };
        let Some((id, client, furthest)) = picked else { continue };
        let batch = client.batch(&id).await;
        let found = rank(&batch);
        assert!(found >= furthest, "{id} went back to {}", batch["status"]);
        if let Some((_, furthest)) = lock(&known).get_mut(&id) {
            *furthest = found.max(*furthest);
        }
        let credential = batch["credentials"][0]["id"].as_str().expect("a batch has a credential");
        let credential = client.get(&format!("/v1/credentials/{credential}")).await;
        assert!(rank(&credential) >= found, "{id} is {}, its credential {credential}", batch["status"]);
        assert_eq!(credential["signed_credential"].is_null(), credential["status"] != "anchored");

        let page = client.get("/v1/batches?limit=20").await;
        let page = page["data"].as_array().expect("data is an array");
        let ids: Vec<&str> = page.iter().filter_map(|batch| batch["id"].as_str()).collect();
        assert!(ids.is_sorted_by(|newer, older| newer > older), "newest first, each once: {ids:?}");
    }
}

/// Returns a status's place in a batch's life. None of these batches may fail.
fn rank(shown: &Value) -> usize {
    let status = shown["status"].as_str();
    let rank = ["pending", "signed", "anchored"].iter().position(|known| Some(*known) == status);
    rank.unwrap_or_else(|| panic!("{shown}"))
}
