//! Several nodes on one PostgreSQL database, some of which stop for a while with a lease in their hands and then go on
//! as if nothing had happened: whatever the others did meanwhile, nothing is done twice.
//!
//! `LEARNCOIN_NODES_BATCHES=2000` is the long form.

use std::time::Duration;

use learncoin_store::kill;
use learncoin_testkit::{Receiver, seed};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::support::client::{Client, Posted};
use crate::support::deployment::{Deployment, PLAIN, Start};
use crate::support::judge::{judge, nothing_was_an_error, until_anchored};
use crate::support::node::Node;
use crate::support::webhook_log;

const NODES: usize = 4;
const TENANTS: usize = 5;
/// Programs that post, each to a node of its own choice.
const POSTING: usize = 8;
const DEFAULT_BATCHES: usize = 200;
/// The time for which a test watches whether a request really waits.
const WAITING: Duration = Duration::from_millis(300);
/// The time that a lease may take to end, and the work under it to be done. Shorter than a writer waits for a row.
const PATIENCE: Duration = Duration::from_secs(7);
/// The number of times that a point is met until nothing else holds up the other node.
const ATTEMPTS: usize = 6;

/// Creates a deployment of several nodes on a chain; `None` if the database is a file, which has one.
async fn first_node(chain: &Node) -> Option<Deployment> {
    let first = Deployment::on(chain.url());
    if first.is_in_a_file() {
        eprintln!("left out: a file has one node");
        return None;
    }
    Some(first)
}

async fn funded_tenant(chain: &Node, first: &Deployment, name: &str) -> Client {
    let client = first.tenant(name).await;
    chain.fund(&client.signing_address().await).await;
    client
}

#[tokio::test]
async fn a_node_that_stopped_anywhere_and_goes_on_does_nothing_twice() {
    let chain = Node::start(&[]);
    let Some(mut first) = first_node(&chain).await else { return };
    let mut second = first.beside();
    first.start(PLAIN).await;
    let uni = funded_tenant(&chain, &first, "Example University").await;
    let backend = Receiver::start().await;
    uni.register(&backend.url("/hook")).await;
    first.stop().await;

    let mut posted = Vec::new();
    for point in kill::ALL {
        let mut attempts = 0;
        loop {
            attempts += 1;
            assert!(attempts <= ATTEMPTS, "{point}: the other node never got through");
            let key = format!("{point}, {attempts}");
            eprintln!("{key}");
            // It may stop before it is ready: over a delivery that was left when it ended the last time.
            first.spawn(Start { stop_point: Some(point), ..PLAIN });
            let posting = tokio::spawn({
                let (uni, key) = (uni.clone(), key.clone());
                async move { uni.post(&key, 2).await }
            });
            first.until_paused(point).await;
            second.start(PLAIN).await;
            let there = uni.at(&second);
            let mut elsewhere = tokio::spawn({
                let (there, key) = (there.clone(), format!("{key}, elsewhere"));
                async move { there.post(&key, 1).await }
            });
            let is_as_due = if matches!(*point, "accept.key_claimed" | "accept.inserted") {
                let early = timeout(WAITING, &mut elsewhere).await;
                assert!(early.is_err(), "{point}: what waits for the tenant's row was answered");
                true
            } else {
                the_other_does_all(&there, &elsewhere).await
            };
            first.go_on().await;
            let batch = posting.await.expect("it is answered");
            until_anchored(&uni, &batch.batch_id()).await;
            there.repeat(&batch).await;
            posted.extend([batch, elsewhere.await.expect("it is answered")]);
            first.stop().await;
            second.stop().await;
            // Whatever else the first node was doing stopped with it. A row that it held by chance holds up the other, and
            // then the point is met once more.
            if is_as_due {
                break;
            }
        }
    }
    first.start(PLAIN).await;
    webhook_log::until_all_are_delivered(&backend, &posted).await;
    let seen = judge(&mut first, &[uni], &posted).await;
    nothing_was_an_error(&second);
    webhook_log::each_event_is_always_the_same(&backend.seen(), &seen);
    assert_eq!(seen.chain.len(), seen.roots().len());
}

/// Returns whether the request is answered and all batches are anchored before long, those among them that the stopped node
/// had begun.
async fn the_other_does_all(there: &Client, request: &JoinHandle<Posted>) -> bool {
    let all_are_anchored = async {
        loop {
            let page = there.get("/v1/batches").await;
            let batches = page["data"].as_array().expect("data is an array");
            if request.is_finished() && batches.iter().all(|batch| batch["status"] == "anchored") {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, all_are_anchored).await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_batches_on_four_nodes_that_stop_and_go_on_each_is_anchored_once() {
    let batches = std::env::var("LEARNCOIN_NODES_BATCHES")
        .map_or(DEFAULT_BATCHES, |text| text.trim().parse().expect("LEARNCOIN_NODES_BATCHES is a number"));
    let mut random = StdRng::seed_from_u64(seed());
    let chain = Node::start(&[]);
    let Some(first) = first_node(&chain).await else { return };
    let mut nodes: Vec<Deployment> = (1..NODES).map(|_| first.beside()).collect();
    nodes.insert(0, first);
    for node in &mut nodes {
        node.start(PLAIN).await;
    }
    let backend = Receiver::start().await;
    let mut tenants = Vec::new();
    for number in 0..TENANTS {
        let tenant = funded_tenant(&chain, &nodes[0], &format!("University {number}")).await;
        tenant.register(&backend.url("/hook")).await;
        tenants.push(tenant);
    }
    let (stop, stopped) = watch::channel(false);
    let mut posting = JoinSet::new();
    for number in 0..POSTING {
        let doors: Vec<Client> = nodes.iter().map(|node| tenants[number % TENANTS].at(node)).collect();
        let mut random = StdRng::seed_from_u64(random.random());
        posting.spawn(async move {
            let mut posted = Vec::new();
            for request in 0..batches / POSTING {
                let client = doors.choose(&mut random).expect("a node");
                let batch =
                    client.post(&format!("program {number}, {request}"), random.random_range(1..4)).await;
                let elsewhere = doors.choose(&mut random).expect("a node");
                elsewhere.repeat(&batch).await;
                posted.push(batch);
            }
            posted
        });
    }
    let pausing = tokio::spawn(pause_at_random(nodes, random, stopped));
    let mut posted = posting.join_all().await.concat();
    for tenant in &tenants {
        for one in posted.iter().filter(|one| one.api_key == tenant.api_key) {
            until_anchored(tenant, &one.batch_id()).await;
        }
    }
    stop.send_replace(true);
    let (mut nodes, pauses) = pausing.await.expect("they were stopped and let go on");
    posted.sort_by_key(Posted::batch_id);
    webhook_log::until_all_are_delivered(&backend, &posted).await;
    let mut first = nodes.remove(0);
    for node in &mut nodes {
        node.stop().await;
        nothing_was_an_error(node);
    }
    let seen = judge(&mut first, &tenants, &posted).await;
    webhook_log::each_event_is_always_the_same(&backend.seen(), &seen);
    assert_eq!(seen.chain.len(), seen.roots().len());
    let late = |node: &Deployment| node.log().matches("was changed by ").count();
    eprintln!(
        "{NODES} nodes stopped {pauses} times over {} batches; {} steps came too late and did nothing; {} deliveries of {} events",
        posted.len(),
        nodes.iter().chain([&first]).map(late).sum::<usize>(),
        backend.count(),
        posted.len() * webhook_log::LIFE.len(),
    );
    assert!(pauses > NODES);
}

/// Stops one node or two, for less or more than a lease lasts, over and over.
async fn pause_at_random(
    nodes: Vec<Deployment>,
    mut random: StdRng,
    stopped: watch::Receiver<bool>,
) -> (Vec<Deployment>, usize) {
    let mut pauses = 0;
    while !*stopped.borrow() {
        let count = random.random_range(1..=2);
        let chosen: Vec<&Deployment> = nodes.choose_multiple(&mut random, count).collect();
        for node in &chosen {
            node.pause().await;
            pauses += 1;
        }
        sleep(Duration::from_millis(random.random_range(50..1_200))).await;
        for node in &chosen {
            node.go_on().await;
        }
        sleep(Duration::from_millis(random.random_range(0..150))).await;
    }
    (nodes, pauses)
}
