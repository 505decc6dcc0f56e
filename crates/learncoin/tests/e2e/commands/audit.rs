//! `learncoin audit`: what happened, as the operator reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use learncoin_testkit::{batch_of, credential};
use serde_json::{Value, json};

use crate::support::deployment::{Deployment, Server};
use crate::support::http::poll;
use crate::support::process::{learncoin, run, run_with_input};
use crate::support::school::{School, credential_ids, one, text};

const HEAD: &str = "request_id,tenant_id,key_id,operator,address,method,endpoint,status,subjects,at,calls,sequence,hash,member_id";

/// The commands that change nothing in a deployment. `serve` changes the public URL if it is forced to, which has a row.
const READING: [&str; 19] = [
    "audit address",
    "audit export",
    "audit show",
    "doctor",
    "document-key list",
    "erasures export",
    "health",
    "host-key list",
    "key list",
    "mail list",
    "master-key status",
    "member list",
    "serve",
    "signing-key list",
    "tenant list",
    "unbake",
    "verify",
    "webhook deliveries",
    "help",
];

/// Returns the commands among rows, with the ids of what each has changed.
fn commands_in(rows: &[Value]) -> Vec<(String, Vec<String>)> {
    let commands = rows.iter().filter(|row| row["method"] == "COMMAND");
    commands
        .map(|row| {
            let subjects = row["subjects"].as_array().unwrap().iter().map(|id| text(id, "")).collect();
            (text(row, "/endpoint"), subjects)
        })
        .collect()
}

/// Returns the rows about no tenant.
fn rows_without_tenant(deployment: &Deployment) -> Vec<Value> {
    let ended = run(&mut deployment.command(&["audit", "export"]));
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns every command of the program that has no commands below it, as its help lists them. Checks that each help begins with a
/// word, as `Change a tenant` does, and not with a name of the code.
fn all_commands(above: &[String]) -> Vec<String> {
    let help = run(learncoin().args(above).arg("--help")).stdout;
    let first = help.split_whitespace().next().unwrap_or_default().trim_end_matches(',');
    let is_word = first.chars().skip(1).all(|letter| letter.is_ascii_lowercase());
    assert!(is_word && first.starts_with(|letter: char| letter.is_ascii_uppercase()), "{above:?}: {first}");
    let Some((_, list)) = help.split_once("\nCommands:\n") else { return vec![above.join(" ")] };
    let (list, _) = list.split_once("\n\n").unwrap();
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let below = names.filter(|name| !name.is_empty() && *name != "help");
    below.flat_map(|name| all_commands(&[above, &[name.to_owned()]].concat())).collect()
}

/// Returns what an export prints.
fn export(deployment: &Deployment, tenant: &str, arguments: &[&str]) -> String {
    let arguments = [&["audit", "export", "--tenant", tenant], arguments].concat();
    let ended = run(&mut deployment.command(&arguments));
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{arguments:?}");
    ended.stdout
}

fn rows(deployment: &Deployment, tenant: &str) -> Vec<Value> {
    export(deployment, tenant, &[]).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
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

    let export = |arguments: &[&str]| export(&server.deployment, &school.tenant_id, arguments);
    let lines = rows(&server.deployment, &school.tenant_id);
    // What the operator did beside the server is in it too: the tenant and its key were made by commands.
    let commands: Vec<String> = commands_in(&lines).into_iter().map(|(command, _)| command).collect();
    assert_eq!(commands, ["tenant create", "key create"]);
    let lines: Vec<Value> = lines.into_iter().filter(|row| row["operator"].is_null()).collect();
    assert_eq!(lines.last(), Some(&row));
    assert_eq!((text(&lines[0], "/method"), lines[0]["status"].clone()), ("POST".into(), 202.into()));
    assert_eq!((lines[0]["subjects"].as_array().unwrap().len(), &row["subjects"]), (1, &json!([])));
    let address = server.deployment.result(&["audit", "address", "127.0.0.1"]);
    assert_eq!((&row["address"], &address["client"]), (&address["address"], &json!("127.0.0.1")));
    let csv = export(&["--format", "csv"]);
    assert_eq!(csv.lines().next(), Some(HEAD));
    assert_eq!(csv.lines().count(), lines.len() + 3);
    let widths = csv.lines().map(|line| line.split(',').count());
    assert!(widths.clone().all(|width| width == 14), "{csv}");
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
    let rows = rows(&deployment, &school.tenant_id);
    let rows: Vec<Value> = rows.into_iter().filter(|row| row["operator"].is_null()).collect();
    let calls: u64 = rows.iter().filter_map(|row| row["calls"].as_u64()).sum();
    assert_eq!(calls, 100);
    assert!(rows.len() <= 44, "{} rows, of two processes and two minutes each at most", rows.len());
}

#[test]
fn every_command_that_changes_something_has_a_row_with_the_operator_and_what_it_changed() {
    let deployment = Deployment::new().with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", true);
    deployment.result(&["migrate"]);
    let server = deployment.serve();
    let school = School::join(&server, "institution");
    let tenant = school.tenant_id.as_str();
    let mut person = credential("Ada Lovelace");
    person["recipient"]["email"] = json!("ada@example.edu");
    let ids = credential_ids(&school.issue(&batch_of(vec![person, credential("Grace Hopper")])));
    let hook = json!({ "url": "http://127.0.0.1:9/", "events": ["batch.anchored"] });
    let hook = text(&school.create("/webhooks", &hook), "/id");
    poll("a mail that is sent", || {
        let listed = run(&mut deployment.command(&["mail", "list", "--credential", &ids[0]])).stdout;
        if listed.contains("\"sent\"") { Ok(()) } else { Err(listed) }
    });
    let erasure = json!({ "requester": "recipient", "verified_at": "2026-04-23T12:00:00Z" });
    school.change(&ids[1], "erase", &erasure);

    let second = deployment.result(&["key", "create", "--tenant", tenant, "--environment", "test"]);
    let second = text(&second, "/id");
    let journal = deployment.write("journal", run(&mut deployment.command(&["erasures", "export"])).stdout);
    let backup = deployment.data_dir().with_file_name("backup");
    let passphrase = deployment.write("passphrase", "a passphrase that is hard to guess\n");
    std::fs::set_permissions(&passphrase, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mail = std::fs::read_dir(deployment.data_dir().join("mail")).unwrap().next().unwrap().unwrap().path();
    let token = std::fs::read_to_string(mail).unwrap();
    let token = token
        .lines()
        .find_map(|line| line.strip_prefix("Message-ID: <")?.split('@').next())
        .unwrap()
        .to_owned();
    for arguments in [
        &["tenant", "update", tenant, "--name", "Other University"][..],
        &["key", "allow", &second, "--add", "192.0.2.0/24"],
        &["key", "revoke", &second],
        &["signing-key", "rotate", "--tenant", tenant, "--environment", "test"],
        &["signing-key", "disable", "--tenant", tenant, "--number", "1", "--yes"],
        &[
            "signing-key",
            "revoke",
            "--tenant",
            tenant,
            "--number",
            "1",
            "--since",
            "2020-01-01T00:00:00Z",
            "--yes",
        ],
        &["signing-key", "reanchor", "--tenant", tenant, "--number", "1"],
        &["document-key", "ensure", "--tenant", tenant],
        &["document-key", "rotate", "--tenant", tenant],
        &["document-key", "revoke", "--tenant", tenant, "--number", "1", "--yes"],
        &["webhook", "rotate-secret", "--endpoint", &hook],
        &["webhook", "activate", "--endpoint", &hook],
        &[
            "webhook",
            "replay",
            "--endpoint",
            &hook,
            "--from",
            "2020-01-01T00:00:00Z",
            "--to",
            "2100-01-01T00:00:00Z",
        ],
        &["member", "add", "ada@example.edu", "--tenant", tenant, "--role", "owner"],
        &["member", "role", "ada@example.edu", "--tenant", tenant, "--role", "auditor"],
        &["member", "link", "ada@example.edu"],
        &["member", "remove", "ada@example.edu", "--yes"],
        &["mail", "resend", &ids[0]],
        &["erasures", "apply", journal.to_str().unwrap()],
        &["backup", "--to", backup.to_str().unwrap()],
    ] {
        let ended = run(&mut deployment.command(arguments));
        assert_eq!(ended.status, Some(0), "{arguments:?}: {}", ended.stderr);
    }
    let bounce = format!("To: bounces+{token}@learncoin.example\n\nI gave up.\n");
    let bounced = run_with_input(&mut deployment.command(&["mail", "bounce"]), bounce.as_bytes());
    assert_eq!(bounced.status, Some(0), "{}", bounced.stderr);
    assert!(server.stop().success());
    deployment.result(&["master-key", "protect", "--passphrase-file", passphrase.to_str().unwrap()]);
    let protected = deployment.with("LEARNCOIN_PASSPHRASE_FILE", passphrase.display());
    protected.result(&["master-key", "unprotect"]);

    let beside = |name: &str| {
        let other = Deployment::new();
        std::fs::create_dir(other.data_dir()).unwrap();
        std::fs::copy(deployment.data_dir().join("master.key"), other.data_dir().join("master.key")).unwrap();
        (other, name.to_owned())
    };
    let (restored, _) = beside("restored");
    restored.result(&["restore", "--from", backup.to_str().unwrap()]);
    let (copied, _) = beside("copied");
    let [from, to] =
        [&deployment, &copied].map(|one| format!("sqlite:{}/learncoin.db", one.data_dir().display()));
    copied.result(&["copy", "--from", &from, "--to", &to]);
    let demo = Deployment::new();
    let made = run(&mut demo.command(&["demo", "--once", "--listen", "127.0.0.1:0"]));
    assert_eq!(made.status, Some(0), "{}", made.stderr);

    let all = [
        rows(&deployment, &school.tenant_id),
        rows_without_tenant(&deployment),
        rows_without_tenant(&restored),
        rows_without_tenant(&copied),
        rows(&demo, &text(&made.json(), "/tenant_id")),
    ]
    .concat();
    let told: BTreeMap<String, Vec<String>> = commands_in(&all).into_iter().collect();
    let known: BTreeSet<String> = all_commands(&[]).into_iter().collect();
    let reading: BTreeSet<String> = READING.map(str::to_owned).into();
    let changing: BTreeSet<String> = known.difference(&reading).cloned().collect();
    assert_eq!(BTreeSet::from_iter(told.keys().cloned()), changing);
    let user = run(Command::new("id").arg("-un")).stdout.trim().to_owned();
    for row in all.iter().filter(|row| row["method"] == "COMMAND") {
        let operator = text(row, "/operator");
        assert!(operator == user || operator.starts_with(&format!("{user} for ")), "{operator}");
    }
    let key = |number: u64| format!("#tenant-{}-key-{number}", tenant.trim_start_matches("tnt_"));
    for (command, subject) in [
        ("tenant create", tenant),
        ("tenant update", tenant),
        ("key allow", &second),
        ("key revoke", &second),
        ("signing-key rotate", &key(2)),
        ("signing-key disable", &key(1)),
        ("signing-key revoke", &key(1)),
        ("webhook rotate-secret", &hook),
        ("webhook activate", &hook),
        ("webhook replay", &hook),
        ("mail resend", &ids[0]),
        ("mail bounce", &ids[0]),
    ] {
        let subjects = &told[command];
        assert!(subjects.len() == 1 && subjects[0].ends_with(subject), "{command}: {subjects:?}");
    }
    for one in [&deployment, &restored, &copied, &demo] {
        assert_eq!(one.result(&["doctor"])["broken"], json!([]));
    }
}

#[test]
fn a_public_url_that_is_forced_has_a_row() {
    let deployment = Deployment::new();
    assert!(deployment.serve().stop().success());
    let server = deployment.serve_with(&["--public-url", "http://localhost:1", "--force-public-url"]);
    let told = commands_in(&rows_without_tenant(&deployment));
    assert_eq!(told, [("serve --force-public-url".to_owned(), Vec::new())]);
    assert!(server.stop().success());
}
