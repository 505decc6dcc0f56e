//! The newcomer's story: one command on an empty directory.

use std::io::Read as _;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::deployment::Deployment;
use crate::support::http;
use crate::support::process::{Running, run};
use crate::support::school::text;

/// Generous: what the first credential takes is printed, not judged.
const AT_MOST: Duration = Duration::from_secs(60);

#[test]
fn the_demo_ends_with_a_link_that_opens_and_a_curl_line_that_runs() {
    let deployment = Deployment::new();
    let started = Instant::now();
    let mut demo = Demo::start(&deployment, &["demo", "--listen", "127.0.0.1:0"]);
    demo.process
        .wait_for("message that the batch is anchored", |line| line.ends_with(" is anchored").then_some(()));
    println!(
        "from the start of the demo to its anchored credential: {:.1} s",
        started.elapsed().as_secs_f64()
    );
    assert!(started.elapsed() < AT_MOST);
    demo.wait_until_it_stays_up();

    let link = text(&demo.result, "/verify_url");
    assert!(demo.process.printed().contains(&link), "people read standard error: {}", demo.process.printed());
    assert_eq!(text(&demo.result, "/verdict"), "valid_development");
    assert!(text(&demo.result, "/api_key").starts_with("lrn_test_"));
    assert_opens(&link);
    let credential = curl(&demo.result);
    assert_eq!((text(&credential, "/verify_url"), text(&credential, "/status")), (link, "anchored".into()));

    let document = deployment.write("credential.json", credential.to_string());
    let verified =
        run(&mut deployment.command(&["verify", document.to_str().unwrap(), "--allow", "development"]));
    assert_eq!(verified.status, Some(0), "{verified:?}");
    assert_eq!(demo.process.terminate().code(), Some(0));
}

#[test]
fn the_demo_runs_again_on_what_it_left() {
    let deployment = Deployment::new();
    let once = run(&mut deployment.command(&["demo", "--once", "--listen", "127.0.0.1:0"]));
    assert_eq!(once.status, Some(0), "{once:?}");
    let first = once.json();

    // No address is named: the demo answers where the links of this directory point to.
    let mut demo = Demo::start(&deployment, &["demo"]);
    demo.wait_until_it_stays_up();
    assert_eq!(demo.result["tenant_id"], first["tenant_id"]);
    assert_ne!(demo.result["credential_id"], first["credential_id"]);
    assert_opens(&text(&demo.result, "/verify_url"));
    assert_opens(&text(&first, "/verify_url"));
    curl(&demo.result);
}

#[test]
fn the_demo_works_on_every_address_of_the_machine() {
    let deployment = Deployment::new();
    let once = run(&mut deployment.command(&["demo", "--once", "--listen", "0.0.0.0:0"]));
    assert_eq!(once.status, Some(0), "{once:?}");
    assert!(text(&once.json(), "/curl").contains("http://127.0.0.1:"));
}

/// A demo that stays up.
struct Demo {
    process: Running,
    stdout: Box<dyn std::io::Read>,
    result: Value,
}

impl Demo {
    fn start(deployment: &Deployment, arguments: &[&str]) -> Self {
        let (process, stdout) = Running::with_stdout(&mut deployment.command(arguments));
        Self { process, stdout: Box::new(stdout), result: Value::Null }
    }

    /// Waits until its result is on standard output, whole, and the server goes on.
    fn wait_until_it_stays_up(&mut self) {
        self.process.wait_for("message that it stays up", |line| line.contains("stays up").then_some(()));
        let mut printed = [0; 65_536];
        let length = self.stdout.read(&mut printed).unwrap();
        self.result = serde_json::from_slice(&printed[..length]).expect("one JSON object, and nothing else");
    }
}

fn assert_opens(link: &str) {
    let page = http::get(link, &[("accept", "text/html")]);
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.header("content-type").starts_with("text/html"), "{}", page.header("content-type"));
    assert!(page.text().contains("Introduction to Machine Learning"));
}

/// Runs the line as a reader pastes it.
fn curl(result: &Value) -> Value {
    let ended = run(Command::new("sh").args(["-c", &text(result, "/curl")]));
    assert_eq!(ended.status, Some(0), "{ended:?}");
    ended.json()
}
