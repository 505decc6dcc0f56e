//! The disk of the data directory is full for a while: nothing is accepted, readiness has the reason, and all goes on once there
//! is room.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::support::client::READY;
use crate::support::deployment::{Deployment, PLAIN};
use crate::support::judge::judge;
use crate::support::small_disk::SmallDisk;

const MEGABYTES: u32 = 24;
/// The number of times that the disk is full.
const ROUNDS: usize = 3;
/// Requests that are refused meanwhile.
const REFUSED: usize = 6;
/// The most requests that there may be room for in what SQLite had taken before.
const MOST: usize = 100;
/// The longest time that an answer takes.
const AT_ONCE: Duration = Duration::from_secs(1);
/// The longest time until everything works again.
const RECOVERY: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_ends_and_everything_goes_on_untouched() {
    let Some(disk) = SmallDisk::mount(MEGABYTES) else { return };
    let Some(mut deployment) = Deployment::on_disk(disk.path()) else { return };
    let uni = deployment.tenant("Example University").await;
    deployment.start(PLAIN).await;
    let process = deployment.process_id();
    let address = uni.door.address().await;
    let mut posted = vec![uni.post("before", 2).await];
    let mut slowest = Duration::ZERO;
    for round in 0..ROUNDS {
        disk.fill();
        let mut refused = Vec::new();
        for number in 0..MOST {
            if refused.len() == REFUSED {
                break;
            }
            let (key, body) = (format!("round {round}, {number}"), learncoin_testkit::many(40).to_string());
            let begun = Instant::now();
            let reply = uni.door.attempt(&address, &uni.post_call(&key, &body)).await.expect("it answers");
            slowest = slowest.max(begun.elapsed());
            if reply.status == 202 {
                posted.push(uni.post_body(&key, &body).await);
            } else {
                assert_eq!(reply.status, 500, "{}", reply.body);
                assert!(reply.body.contains("\"internal_error\""), "{}", reply.body);
                refused.push((key, body));
            }
        }
        assert_eq!(refused.len(), REFUSED, "the disk was full");
        let begun = Instant::now();
        let reply = uni.door.readiness().await;
        slowest = slowest.max(begun.elapsed());
        if reply.body != READY {
            assert_eq!(reply.status, 503);
            assert_eq!(reply.body, r#"{"status":"unavailable","reason":"disk_full"}"#);
        }
        disk.free();
        let freed = Instant::now();
        while uni.door.readiness().await.body != READY {
            assert!(freed.elapsed() < RECOVERY, "not ready:\n{}", deployment.log());
            sleep(Duration::from_millis(20)).await;
        }
        for (key, body) in refused {
            posted.push(uni.post_body(&key, &body).await);
        }
        eprintln!("round {round} ends after {:.1} s", freed.elapsed().as_secs_f64());
        assert!(freed.elapsed() < RECOVERY);
    }
    assert!(slowest < AT_ONCE, "{slowest:?}");
    assert_eq!(deployment.process_id(), process, "it recovered by itself");
    let seen = judge(&mut deployment, &[uni], &posted).await;
    assert_eq!(seen.chain.len(), seen.roots().len());
}
