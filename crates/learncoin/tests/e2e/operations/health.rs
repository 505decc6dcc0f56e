//! The health of a server as it reports it: alive, ready, about to end; and the command that asks.

use serde_json::json;

use crate::support::deployment::{Deployment, Server};
use crate::support::http::poll;
use crate::support::process::run;
use crate::support::school::School;

/// Runs the command, and returns its exit status and the HTTP status that it got.
fn asked(deployment: &Deployment, arguments: &[&str]) -> (Option<i32>, Option<u64>) {
    let ended = run(&mut deployment.command(&[&["health"], arguments].concat()));
    let printed = serde_json::from_str::<serde_json::Value>(&ended.stdout).ok();
    (ended.status, printed.and_then(|printed| printed["status"].as_u64()))
}

fn statuses(server: &Server) -> (u16, u16) {
    (server.get("/healthz").status, server.get("/readyz").status)
}

#[test]
fn a_server_that_drains_is_alive_and_serves_but_is_not_ready() {
    let deployment = Deployment::new().with("LEARNCOIN_SHUTDOWN_DRAIN_S", "30");
    assert_eq!(asked(&deployment, &[]).0, Some(2), "no server listens yet");
    let server = deployment.serve();
    let school = School::join(&server, "developer");
    assert_eq!(statuses(&server), (200, 200));
    assert_eq!(server.get("/readyz").json(), json!({ "status": "ready" }));
    assert_eq!(
        (asked(&deployment, &[]), asked(&deployment, &["--ready"])),
        ((Some(0), Some(200)), (Some(0), Some(200)))
    );
    let before = school.get("/tenants/me");
    assert_eq!((before.status, before.header("connection")), (200, ""));

    server.ask_to_end();
    let answer = poll("not ready", || match server.get("/readyz") {
        answer if answer.status == 503 => Ok(answer.json()),
        answer => Err(answer.status.to_string()),
    });
    assert_eq!(answer, json!({ "status": "stopping" }));
    assert_eq!(statuses(&server), (200, 503));
    assert_eq!(
        (asked(&deployment, &[]), asked(&deployment, &["--ready"])),
        ((Some(0), Some(200)), (Some(1), Some(503)))
    );
    let meanwhile = school.get("/tenants/me");
    assert_eq!((meanwhile.status, meanwhile.header("connection")), (200, "close"));

    server.ask_to_end();
    let (status, printed) = server.until_ended();
    assert_eq!(status.code(), Some(3), "asked twice, it does not wait any longer\n{printed}");
    assert!(printed.contains("asked twice"), "{printed}");
    assert_eq!(asked(&deployment, &[]).0, Some(2));

    let again = deployment.with("LEARNCOIN_SHUTDOWN_DRAIN_S", "1").serve();
    assert_eq!(school.at(&again).get("/tenants/me").status, 200);
    assert!(again.stop().success());
}

#[test]
fn a_wait_that_is_too_long_is_named() {
    for (variable, setting) in [
        ("LEARNCOIN_SHUTDOWN_DRAIN_S", "shutdown.drain_s"),
        ("LEARNCOIN_SHUTDOWN_LAST_REQUESTS_S", "shutdown.last_requests_s"),
    ] {
        let refused = Deployment::new().with(variable, "31").serve_refused(&[]);
        assert!(refused.contains(setting), "{refused}");
    }
}
