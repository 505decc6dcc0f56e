//! The first start makes a master key, a database, a chain, and remembers what the data directory belongs to. A kill
//! in the middle leaves a directory that starts.

use std::path::Path;
use std::time::{Duration, Instant};

use learncoin_store::kill;
use learncoin_testkit::seed;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::support::deployment::{Deployment, PLAIN, Start};
use crate::support::judge::judge;

/// Into how many parts the time of a first start is cut; each is killed in once.
const PARTS: u32 = 24;

#[tokio::test]
async fn a_kill_during_the_first_start_does_no_harm() {
    let mut random = StdRng::seed_from_u64(seed());
    let first_start = time_of_a_first_start().await;
    for part in 0..PARTS {
        let mut deployment = Deployment::new();
        // The second process may find anything that the first one left behind, and is killed over it too.
        for _ in 0..2 {
            let moment = (f64::from(part) + random.random::<f64>()) / f64::from(PARTS);
            deployment.spawn(PLAIN);
            deployment.is_ready_within(first_start.mul_f64(moment)).await;
            deployment.kill().await;
        }
        deployment.start(PLAIN).await;
        let uni = deployment.tenant("Example University").await;
        let posted = [uni.post("first", 1).await, uni.post("second", 3).await];
        judge(&mut deployment, &[uni], &posted).await;
    }
}

/// Kills one process after the other; each finds one migration more than the one before it.
#[tokio::test]
async fn a_process_may_die_after_every_migration() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/migrations");
    let migrations = std::fs::read_dir(migrations).expect("the migrations").count();
    let mut deployment = Deployment::new();
    for number in 1..=migrations {
        for point in kill::MIGRATION {
            let armed = format!("{point}:{number}");
            deployment.spawn(Start { kill_point: Some(&armed), ..PLAIN });
            deployment.until_aborted(&armed).await;
        }
    }
    deployment.start(PLAIN).await;
    let uni = deployment.tenant("Example University").await;
    let posted = [uni.post("first", 2).await];
    judge(&mut deployment, &[uni], &posted).await;
}

async fn time_of_a_first_start() -> Duration {
    let mut deployment = Deployment::new();
    let began = Instant::now();
    deployment.start(PLAIN).await;
    let took = began.elapsed();
    deployment.kill().await;
    eprintln!("a first start takes {took:?}");
    took
}
