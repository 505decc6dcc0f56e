//! Large bodies, many at once: memory has a limit, and others are served meanwhile.

use std::thread;

use learncoin_testkit::costly_bodies;
use reqwest::Method;

use crate::support::deployment::Deployment;
use crate::support::http;
use crate::support::school::{School, one};

/// The size at which a body cost 637 MB before there was a limit.
const BODY_BYTES: usize = 14_600_000;
/// The most memory that the process may have had, in bytes.
const MOST_MEMORY: u64 = 500_000_000;

#[test]
fn a_dozen_hostile_bodies_at_once_take_bounded_memory() {
    let server = Deployment::new().serve();
    let schools: Vec<School> = (0..5).map(|_| School::join(&server, "developer")).collect();
    let bodies = costly_bodies(BODY_BYTES);
    assert!(bodies.len() >= 12);
    thread::scope(|scope| {
        for ((name, body), school) in bodies.into_iter().zip(schools.iter().cycle()) {
            scope.spawn(move || {
                let url = format!("{}/batches", school.base_url());
                let key = format!("Bearer {}", school.key);
                let answer = http::send(Method::POST, &url, &[("authorization", &key)], body);
                let expected = if name.starts_with("a valid") { 202 } else { 400 };
                // Those that wait too long are refused for a while.
                let waited = answer.status == 429 && answer.error_code() == "rate_limited";
                assert!(answer.status == expected || waited, "{name}: {} {}", answer.status, answer.text());
                assert!(!waited || answer.header("retry-after") == "10", "{name}");
            });
        }
        // Small batches of the same callers do not wait for the large ones.
        for school in &schools {
            school.accepted(&one());
        }
    });
    let peak = server.peak_memory();
    println!("the process had {} MB at most", peak / 1_000_000);
    assert!(peak < MOST_MEMORY, "{peak} bytes");
    schools.first().unwrap().issue(&one());
}
