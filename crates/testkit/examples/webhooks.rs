//! Measures how fast events are delivered, and whether an endpoint that never responds delays the others. Prints a table;
//! exit status 1 when a promise is missed. Everything is in this process: server, worker, fifty receivers.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement that can't be made has failed"
)]

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use learncoin_delivery::worker::DeliveryWorker;
use learncoin_testkit::{Caller, Reaction, Receiver, TestApp, one};
use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const ENDPOINTS: usize = 50;
/// A tenant may have sixteen endpoints.
const TENANTS: usize = 5;
/// Times ten endpoints of each tenant, this makes 10,000 deliveries.
const BATCHES_TO_DRAIN: usize = 200;
const BATCHES_TO_DELAY: usize = 60;
const ROUNDS: usize = 3;
const PROMISED_PER_SECOND: f64 = 1_000.0;
const PROMISED_DELAY_RATIO: f64 = 2.0;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let per_second = drain().await;
    let (mut undisturbed, mut disturbed) = (Vec::new(), Vec::new());
    // In turns, so that other load on the machine affects both alike.
    for _ in 0..ROUNDS {
        undisturbed.extend(delays(false).await);
        disturbed.extend(delays(true).await);
    }
    let (undisturbed, disturbed) = (median(undisturbed), median(disturbed));
    let ratio = disturbed / undisturbed;
    let is_fast = per_second >= PROMISED_PER_SECOND;
    let is_fair = ratio < PROMISED_DELAY_RATIO;
    let word = |kept: bool| if kept { "kept" } else { "MISSED" };
    println!(
        "| drain 10,000 deliveries to 50 endpoints | {per_second:.0} /s | >= 1000 /s | {} |",
        word(is_fast)
    );
    println!(
        "| median delay with one of 50 that never answers | {disturbed:.1} ms against {undisturbed:.1} ms: {ratio:.2} | < 2 | {} |",
        word(is_fair)
    );
    ExitCode::from(u8::from(!(is_fast && is_fair)))
}

/// Returns the deliveries per second, from the worker's start to the last receipt.
async fn drain() -> f64 {
    let app = TestApp::builder().private_targets().start().await;
    let backend = Receiver::start().await;
    let tenants = tenants(&app, |number| backend.url(&format!("/{number}"))).await;
    for tenant in &tenants {
        for _ in 0..BATCHES_TO_DRAIN {
            tenant.post_batch(one("Ada Lovelace")).await;
        }
    }
    let expected = BATCHES_TO_DRAIN * ENDPOINTS;
    let began = Instant::now();
    let (stop, running) = start(app.delivery_worker().await);
    backend.until_seen(expected).await;
    let took = began.elapsed();
    drop(stop);
    running.await.expect("the worker ends");
    assert_eq!(backend.count(), expected, "each once");
    f64::from(u32::try_from(expected).unwrap()) / took.as_secs_f64()
}

/// Returns the delays from event to receipt, in milliseconds, at those of the fifty endpoints that respond.
async fn delays(with_a_dead_one: bool) -> Vec<f64> {
    let app = TestApp::builder().private_targets().start().await;
    let began = Instant::now();
    let start_ms = app.now_ms();
    let clock = app.clone();
    let ticking = tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(1));
        loop {
            tick.tick().await;
            clock.clock().advance_to(start_ms + i64::try_from(began.elapsed().as_millis()).unwrap());
        }
    });
    let dead = Receiver::reacting(|_| Reaction::Hang).await;
    let arrivals: Arc<Mutex<Vec<(String, Instant)>>> = Arc::default();
    let recorded = Arc::clone(&arrivals);
    let alive = Receiver::reacting(move |request| {
        let created_at = request.json()["created_at"].as_str().unwrap().to_owned();
        recorded.lock().unwrap().push((created_at, Instant::now()));
        Reaction::status(204)
    })
    .await;
    let is_dead = |number: usize| number == 0 && with_a_dead_one;
    let url = |number| if is_dead(number) { dead.url("/") } else { alive.url(&format!("/{number}")) };
    let tenants = tenants(&app, url).await;
    let (stop, running) = start(app.delivery_worker().await);
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    for number in 0..BATCHES_TO_DELAY {
        pace.tick().await;
        tenants[number % TENANTS].post_batch(one("Ada Lovelace")).await;
    }
    let per_batch = ENDPOINTS / TENANTS;
    let missing = if with_a_dead_one { BATCHES_TO_DELAY / TENANTS } else { 0 };
    alive.until_seen(BATCHES_TO_DELAY * per_batch - missing).await;
    drop(stop);
    running.abort();
    ticking.abort();
    let arrivals = arrivals.lock().unwrap();
    let delay = |(created_at, arrived): &(String, Instant)| {
        let created: jiff::Timestamp = created_at.parse().unwrap();
        let created = created.as_millisecond() - start_ms;
        arrived.duration_since(began).as_secs_f64() * 1_000.0 - f64::from(i32::try_from(created).unwrap())
    };
    arrivals.iter().map(delay).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

async fn tenants(app: &TestApp, url: impl Fn(usize) -> String) -> Vec<Caller> {
    let mut tenants = Vec::new();
    for number in 0..ENDPOINTS {
        if number % (ENDPOINTS / TENANTS) == 0 {
            tenants.push(app.tenant(&format!("University {number}")).await);
        }
        let body = json!({ "url": url(number), "events": ["batch.created"] }).to_string();
        tenants.last().unwrap().post("/v1/webhooks", body).await.expect(201);
    }
    tenants
}

fn start(worker: DeliveryWorker) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(worker.run(async {
        // The sender is dropped to stop it.
        let _ = stopped.await;
    }));
    (stop, running)
}
