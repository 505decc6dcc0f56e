//! The line to PostgreSQL breaks at each statement of a request in turn, before the server has it or after: the request is
//! answered, nothing is lost or done twice, and the next one is served.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use learncoin_testkit::Commit;

use crate::support::deployment::{Deployment, PLAIN};
use crate::support::judge::judge;

/// The numbers of the statements, counted from the moment of the request: more than a request has, and than the work beside
/// it runs meanwhile.
const STATEMENTS: usize = 40;
/// The longest time until everything works again.
const RECOVERY: Duration = Duration::from_secs(60);
const DISARMED: usize = usize::MAX;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_breaks_at_any_statement_ends_no_more_than_that() {
    // The number of statements until the next one is cut, and whether the server gets it.
    let (left, cut) = (Arc::new(AtomicUsize::new(DISARMED)), Arc::new(AtomicUsize::new(0)));
    let fate = {
        let (left, cut) = (Arc::clone(&left), Arc::clone(&cut));
        move || {
            let counted = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                (left != DISARMED).then(|| left.checked_sub(1).unwrap_or(DISARMED))
            });
            if counted != Ok(0) {
                return Commit::Passes;
            }
            let number = cut.fetch_add(1, Ordering::SeqCst);
            if number.is_multiple_of(2) { Commit::Lost } else { Commit::Unanswered }
        }
    };
    let Some((mut deployment, _line)) = Deployment::behind_statements(fate).await else { return };
    let uni = deployment.tenant("Example University").await;
    deployment.start(PLAIN).await;
    let process = deployment.process_id();
    let mut posted = vec![uni.post("before", 1).await];
    let mut slowest = Duration::ZERO;
    for number in 0..STATEMENTS {
        for side in ["first", "second"] {
            let begun = Instant::now();
            left.store(number, Ordering::SeqCst);
            let batch = uni.post(&format!("statement {number}, {side}"), 1).await;
            left.store(DISARMED, Ordering::SeqCst);
            uni.repeat(&batch).await;
            posted.push(batch);
            slowest = slowest.max(begun.elapsed());
        }
    }
    eprintln!(
        "{} statements cut, {} requests failed; each ends after {:.1} s at most",
        cut.load(Ordering::SeqCst),
        uni.door.failed(),
        slowest.as_secs_f64()
    );
    assert!(cut.load(Ordering::SeqCst) > STATEMENTS / 2, "lines broke");
    assert!(uni.door.failed() > 0, "and requests met that");
    assert!(slowest < RECOVERY);
    assert_eq!(deployment.process_id(), process, "it recovered by itself");
    let seen = judge(&mut deployment, &[uni], &posted).await;
    assert_eq!(seen.chain.len(), seen.roots().len());
}
