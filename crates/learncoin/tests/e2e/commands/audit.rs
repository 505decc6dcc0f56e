//! `learncoin audit`: what happened, as the operator reads it.

use serde_json::Value;

use crate::support::deployment::{Deployment, Server};
use crate::support::process::run;
use crate::support::school::{School, one, text};

/// Returns what an export prints.
fn export(deployment: &Deployment, school: &School, arguments: &[&str]) -> String {
    let arguments = [&["audit", "export", "--tenant", school.tenant_id.as_str()], arguments].concat();
    let ended = run(&mut deployment.command(&arguments));
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{arguments:?}");
    ended.stdout
}

fn rows(deployment: &Deployment, school: &School) -> Vec<Value> {
    export(deployment, school, &[]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_audit_log_is_exported_and_searched() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "developer");
    school.accepted(&one());
    let refused = school.get("/batches/x");
    let request_id = text(&refused.json(), "/error/request_id");
    let row = server.deployment.result(&["audit", "show", &request_id]);
    assert_eq!((text(&row, "/endpoint"), row["status"].clone()), ("/v1/batches/{id}".into(), 404.into()));
    assert_eq!(
        (text(&row, "/tenant_id"), text(&row, "/key_id")),
        (school.tenant_id.clone(), school.key_id.clone())
    );

    let export = |arguments: &[&str]| export(&server.deployment, &school, arguments);
    let lines = rows(&server.deployment, &school);
    assert_eq!(lines.last(), Some(&row));
    assert_eq!((text(&lines[0], "/method"), lines[0]["status"].clone()), ("POST".into(), 202.into()));
    let csv = export(&["--format", "csv"]);
    assert_eq!(csv.lines().next(), Some("request_id,tenant_id,key_id,method,endpoint,status,at,calls"));
    assert_eq!(csv.lines().count(), lines.len() + 1);
    assert!(csv.lines().last().unwrap().starts_with(&format!("{request_id},")), "{csv}");
    let at = text(&row, "/at");
    assert!(!export(&["--to", &at]).contains(&request_id));
    assert!(export(&["--from", &at]).contains(&request_id));
}

#[test]
fn a_process_that_ends_in_order_tells_how_many_requests_it_refused() {
    let deployment = Deployment::new();
    let server = deployment.serve();
    let school = School::join(&server, "developer");
    server.deployment.result(&["key", "revoke", &school.key_id]);
    let refused = |server: &Server| {
        let school = school.clone().at(server);
        (0..50).for_each(|_| assert_eq!(school.get("/tenants/me").status, 401));
    };
    refused(&server);
    assert!(server.stop().success());
    let server = deployment.serve();
    refused(&server);
    server.ask_to_end();
    let (status, printed) = server.until_ended();
    assert!(status.success());
    assert!(printed.lines().count() < 20, "a line for each request: {printed}");
    let rows = rows(&deployment, &school);
    let calls: u64 = rows.iter().filter_map(|row| row["calls"].as_u64()).sum();
    assert_eq!(calls, 100);
    assert!(rows.len() <= 44, "{} rows, of two processes and two minutes each at most", rows.len());
}
