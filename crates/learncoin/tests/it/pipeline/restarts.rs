//! From 202 to anchored, with restarts and outages between any two steps.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use learncoin_testkit::ledger::{Acceptance, assert_clean};
use learncoin_testkit::{Caller, TestApp, many, seed};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;

async fn post(uni: &Caller, seen: &mut Vec<Acceptance>, key: &str, count: usize) {
    let request = many(count);
    let answer = uni.post_batch_under(key, &request).await.expect(202);
    seen.push(Acceptance::new(&uni.key, Some(key), &request, &answer));
    // The caller did not see the answer, and asks again.
    let again = uni.post_batch_under(key, &request).await.expect(202);
    seen.push(Acceptance::new(&uni.key, Some(key), &request, &again));
}

#[tokio::test]
async fn batches_of_1_2_3_and_500_are_anchored_and_each_proof_verifies() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut accepted = Vec::new();
    for count in [1, 2, 3, 500] {
        post(&uni, &mut accepted, &format!("batch of {count}"), count).await;
    }
    app.run_until_idle().await;
    let seen = app.observe(accepted, &[&uni]).await;
    assert!(seen.accounts[0].batches.iter().all(|batch| batch["status"] == "anchored"));
    assert_eq!(seen.accounts[0].credentials.len(), 506);
    assert_clean(&seen);
}

/// The number of seeds that the model runs with, about a second of a core each; `LEARNCOIN_MODEL_SEEDS=500` is the long form.
const DEFAULT_SEEDS: u64 = 60;
const STEPS: usize = 200;

/// Prints the seed that failed: given as `LEARNCOIN_SEED`, it is the first one.
struct Shown(u64);

#[expect(clippy::print_stderr, reason = "a test that fails prints the reason")]
impl Drop for Shown {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("LEARNCOIN_SEED={}", self.0);
        }
    }
}

#[test]
fn restarts_and_outages_between_any_two_steps_lose_and_repeat_nothing() {
    let seeds = std::env::var("LEARNCOIN_MODEL_SEEDS");
    let seeds = seeds.map_or(DEFAULT_SEEDS, |text| text.trim().parse().unwrap());
    let next = AtomicU64::new(0);
    let run = || {
        // A run has one thread: its own steps wait for nothing but its database.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        loop {
            let number = next.fetch_add(1, Ordering::SeqCst);
            if number >= seeds {
                return;
            }
            let shown = Shown(seed().wrapping_add(number));
            runtime.block_on(run_the_model(shown.0));
        }
    };
    let cores = std::thread::available_parallelism().unwrap().get();
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(run);
        }
    });
}

/// Each batch's place in its life, by its id, as far as anybody has seen.
type Furthest = BTreeMap<String, usize>;

async fn run_the_model(seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let app = TestApp::builder().confirmations(2).start().await;
    let uni = app.tenant("Example University").await;
    let other = app.tenant("Other").await;
    let live = uni.live().await;
    let (mut accepted, mut furthest) = (Vec::new(), Furthest::new());
    for step in 0..STEPS {
        match random.random_range(0..10) {
            0..2 => {
                let caller = [&uni, &other, &live][random.random_range(0..3)];
                post(caller, &mut accepted, &format!("step {step}"), random.random_range(1..4)).await;
            }
            2..6 => app.run_steps(1).await,
            6 => app.mine(),
            7 => app.restart().await,
            8 => app.set_chain_down(random.random_bool(0.5)),
            _ => app.clock().advance_ms(random.random_range(0..90_000)),
        }
        if step % 10 == 0 {
            let caller = [&uni, &other, &live][random.random_range(0..3)];
            nothing_goes_back(&mut furthest, &caller.all_batches().await);
        }
    }
    app.set_chain_down(false);
    app.run_until_idle().await;
    let seen = app.observe(accepted, &[&uni, &other, &live]).await;
    assert!(
        seen.accounts.iter().flat_map(|account| &account.batches).all(|batch| batch["status"] == "anchored")
    );
    assert_clean(&seen);
}

/// Checks the order of states: pending, signed, anchored. None of these batches may fail, and none is ever missing again.
fn nothing_goes_back(furthest: &mut Furthest, shown: &[Value]) {
    for batch in shown {
        let rank = ["pending", "signed", "anchored"].iter().position(|known| batch["status"] == *known);
        let rank = rank.unwrap_or_else(|| panic!("{batch}"));
        let before = furthest.insert(batch["id"].to_string(), rank).unwrap_or(0);
        assert!(before <= rank, "it went back: {batch}");
    }
}

#[tokio::test]
async fn an_outage_fails_nothing_that_the_window_covers() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    app.set_chain_down(true);
    let mut accepted = Vec::new();
    for number in 0..20 {
        post(&uni, &mut accepted, &format!("batch {number}"), 1).await;
        app.run_steps(1).await;
        app.clock().advance_ms(6 * 60 * 1000);
    }
    assert!(uni.all_batches().await.iter().all(|batch| batch["status"] == "pending"));
    app.set_chain_down(false);
    let back = app.now_ms();
    app.run_until_idle().await;
    assert!(app.now_ms() - back <= 10 * 60 * 1000, "all anchored within ten minutes of the chain's return");
    assert_clean(&app.observe(accepted, &[&uni]).await);
}

#[tokio::test]
async fn a_batch_that_is_given_up_leaves_no_trace_on_the_chain() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    app.set_chain_down(true);
    let mut accepted = Vec::new();
    post(&uni, &mut accepted, "given up", 3).await;
    app.run_until_idle().await;
    app.set_chain_down(false);
    post(&uni, &mut accepted, "anchored", 3).await;
    app.run_until_idle().await;
    let seen = app.observe(accepted, &[&uni]).await;
    let statuses: Vec<_> = seen.accounts[0].batches.iter().map(|batch| batch["status"].clone()).collect();
    assert_eq!(statuses, ["anchored", "failed"]);
    assert_clean(&seen);
}

/// Checks an outage of two hours, such as Base has had. What was accepted meanwhile waits.
#[tokio::test]
async fn two_hours_without_a_chain_fail_nothing_and_all_is_anchored_within_ten_minutes_of_its_return() {
    const BATCHES: i64 = 500;
    const OUTAGE_MS: i64 = 2 * 60 * 60 * 1000;
    let app = TestApp::start().await;
    let tenants = [app.tenant("Example University").await, app.tenant("Example College").await];
    let mut accepted = Vec::new();
    post(&tenants[0], &mut accepted, "before", 1).await;
    app.run_until_idle().await;
    app.set_chain_down(true);
    for number in 0..BATCHES {
        let uni = &tenants[usize::from(number % 2 == 1)];
        post(uni, &mut accepted, &format!("batch {number}"), 1).await;
        if number % 10 == 0 {
            app.run_steps(1).await;
        }
        app.clock().advance_ms(OUTAGE_MS / BATCHES);
    }
    for uni in &tenants {
        let open = uni.all_batches().await;
        assert_eq!(open.iter().filter(|batch| batch["status"] == "pending").count(), 250);
    }
    app.set_chain_down(false);
    let back = app.now_ms();
    app.run_until_idle().await;
    assert!(app.now_ms() - back <= 10 * 60 * 1000, "it took {} s", (app.now_ms() - back) / 1000);

    let seen = app.observe(accepted, &tenants.each_ref()).await;
    assert_clean(&seen);
    for account in &seen.accounts {
        let mut batches: Vec<_> = account.batches.iter().collect();
        batches.sort_by_key(|batch| batch["id"].to_string());
        assert!(batches.iter().all(|batch| batch["status"] == "anchored"));
        let nonces = batches.iter().map(|batch| {
            let carrier = seen.chain.iter().find(|transaction| transaction.data == batch["merkle_root"]);
            carrier.unwrap().nonce
        });
        let nonces: Vec<u64> = nonces.collect();
        let late = nonces.windows(2).filter(|pair| pair[0] > pair[1]).count();
        assert_eq!(late, 0, "anchored in the order in which they were accepted: {nonces:?}");
    }
}
