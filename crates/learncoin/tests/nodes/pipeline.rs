//! Four nodes that all sign, send, confirm and deliver: nothing is lost, and nothing is done twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use learncoin_delivery::worker::{DeliveryContext, DeliveryOptions, DeliveryWorker};
use learncoin_http_client::{Egress, SystemResolver};
use learncoin_issuance::worker::run::Worker;
use learncoin_testkit::ledger::{Acceptance, assert_clean};
use learncoin_testkit::{Receiver, TestApp, batch_of, credential};
use serde_json::json;
use tokio::task::JoinSet;

const NODES: usize = 4;
const BATCHES: usize = 200;
const TENANTS: usize = 5;
/// In real time: a machine that is busy with other things needs some of it.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(240);

/// Lets every node's pipeline step over and over until none finds an open batch.
fn start_pipelines(app: &TestApp, done: &Arc<AtomicBool>) -> JoinSet<()> {
    let mut pipelines = JoinSet::new();
    for node in app.nodes() {
        let done = Arc::clone(done);
        pipelines.spawn(async move {
            let worker = Worker::new(Arc::clone(&node.issuance.pipeline));
            while !done.load(Ordering::SeqCst) {
                worker.step().await.expect("the pipeline reads its work");
                tokio::task::yield_now().await;
            }
        });
    }
    pipelines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_200_batches_on_four_nodes_each_is_anchored_once() {
    let app = TestApp::builder().equal_nodes(NODES).start().await;
    let mut callers = Vec::new();
    for number in 0..TENANTS {
        callers.push(app.tenant(&format!("University {number}")).await);
    }
    let done = Arc::new(AtomicBool::new(false));
    let pipelines = start_pipelines(&app, &done);
    let mut posts = JoinSet::new();
    for number in 0..BATCHES {
        let uni = callers[number % TENANTS].clone();
        posts.spawn(async move {
            let body = batch_of(vec![credential(&format!("Person {number}"))]);
            let answer = uni.post_batch(body.clone()).await;
            Acceptance::new(&uni.key, None, &body, &answer)
        });
    }
    let acceptances = posts.join_all().await;
    let settled = async {
        loop {
            app.mine();
            app.clock().advance_ms(1_000);
            let mut open = 0;
            for uni in &callers {
                let batches = uni.all_batches().await;
                open += batches.iter().filter(|batch| batch["status"] != "anchored").count();
            }
            if open == 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, settled).await.expect("every batch is anchored in time");
    done.store(true, Ordering::SeqCst);
    pipelines.join_all().await;
    assert_eq!(acceptances.len(), BATCHES);
    assert_clean(&app.observe(acceptances, &callers.iter().collect::<Vec<_>>()).await);
    for finding in app.issuance().store.examine().await.unwrap() {
        assert!(finding.broken_by.is_empty(), "{finding:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_four_nodes_deliver_arrives_once_from_one_of_them() {
    let egress = Egress::new(true, Arc::new(SystemResolver));
    let app = TestApp::builder().equal_nodes(NODES).egress(egress.clone()).start().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::start().await;
    let endpoint = json!({ "url": backend.url("/hook"), "events": ["batch.created"] });
    uni.post("/v1/webhooks", endpoint.to_string()).await.expect(201);
    for number in 0..BATCHES {
        uni.post_batch(batch_of(vec![credential(&format!("Person {number}"))])).await;
    }
    let mut workers = JoinSet::new();
    for node in app.nodes() {
        let context = DeliveryContext {
            store: node.issuance.store.clone(),
            clock: Arc::clone(&node.issuance.clock),
            entropy: Arc::clone(&node.issuance.entropy),
        };
        let mut worker = DeliveryWorker::start(context, &egress, DeliveryOptions::default()).await.unwrap();
        workers.spawn(async move {
            // A look may pass over what another node is just about to take, and so may the next one.
            for _ in 0..50 {
                worker.step().await.expect("deliveries are read and written");
                tokio::task::yield_now().await;
            }
        });
    }
    workers.join_all().await;
    let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
    for request in backend.seen() {
        *arrived.entry(request.json()["id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!((arrived.len(), arrived.values().sum::<usize>()), (BATCHES, BATCHES));
}

#[tokio::test]
async fn what_a_node_that_died_had_begun_is_taken_up_when_its_lease_ends() {
    let app = TestApp::builder().equal_nodes(2).start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(batch_of(vec![credential("Ada Lovelace")])).await;
    let id = batch["id"].as_str().unwrap();
    let dead = app.nodes()[1].issuance.clone();
    let (tenant_id, number) = (uni.tenant_id.clone(), 1);
    let mut tx = dead.store.begin().await.unwrap();
    tx.lease_key(&tenant_id, number, app.now_ms(), app.now_ms() + 30_000).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    app.run_steps(3).await;
    assert_eq!(uni.batch(id).await["status"], "pending");
    app.clock().advance_ms(30_000);
    app.run_until_idle().await;
    assert_eq!(uni.batch(id).await["status"], "anchored");
}
