//! The operator's commands, alone and beside a running server.

use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::deployment::{Deployment, refusal};
use crate::support::process::{learncoin, run};
use crate::support::school::{School, one, text};

#[test]
fn every_command_explains_itself() {
    let commands: [&[&str]; 26] = [
        &[],
        &["demo"],
        &["serve"],
        &["tenant"],
        &["tenant", "create"],
        &["tenant", "list"],
        &["tenant", "update"],
        &["audit"],
        &["audit", "address"],
        &["audit", "export"],
        &["audit", "show"],
        &["key"],
        &["key", "allow"],
        &["key", "create"],
        &["key", "list"],
        &["key", "revoke"],
        &["mail"],
        &["mail", "list"],
        &["mail", "resend"],
        &["mail", "bounce"],
        &["verify"],
        &["webhook"],
        &["webhook", "deliveries"],
        &["webhook", "replay"],
        &["webhook", "rotate-secret"],
        &["webhook", "activate"],
    ];
    for command in commands {
        let help = run(learncoin().args(command).arg("--help"));
        assert_eq!((help.status, help.stderr.as_str()), (Some(0), ""), "{command:?}");
        let named = [&["learncoin"], command].concat().join(" ");
        assert!(help.stdout.contains(&format!("Usage: {named}")), "{}", help.stdout);
        assert!(help.stdout.contains("--data-dir"), "{}", help.stdout);
    }
}

#[test]
fn what_is_no_command_exits_with_2_and_an_empty_standard_output() {
    for arguments in [
        &["issue"][..],
        &["tenant"],
        &["tenant", "create", "--name", "Example University"],
        &["tenant", "create", "--name", "Example University", "--plan", "free"],
        &["key", "create", "--tenant", "tnt_1", "--environment", "test"],
        &["key", "revoke", "crd_01KPX4MQ00REJFE5FBD8QX9Y5A"],
        &["key", "allow", "key_01KPX4MQ00REJFE5FBD8QX9Y5A"],
        &["key", "allow", "key_01KPX4MQ00REJFE5FBD8QX9Y5A", "--add", "the office"],
        &["tenant", "update", "tnt_01KPX4MQ00REJFE5FBD8QX9Y5A", "--quota", "many"],
        &["audit", "show", "req_01KPX4MQ00REJFE5FBD8QX9Y5A"],
        &["audit", "export", "--tenant", "tnt_01KPX4MQ00REJFE5FBD8QX9Y5A"],
        &["serve", "--listen", "here"],
        &["serve", "--lisen", "127.0.0.1:0"],
        &["verify"],
    ] {
        Deployment::new().refusal(arguments);
    }
}

#[test]
fn the_data_directory_is_named_before_or_after_the_commands_own_arguments() {
    let deployment = Deployment::new();
    let tenant =
        deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "starter"]);
    let data_dir = deployment.data_dir();
    let data_dir = data_dir.to_str().unwrap();
    for arguments in [
        ["--data-dir", data_dir, "tenant", "list"],
        ["tenant", "--data-dir", data_dir, "list"],
        ["tenant", "list", "--data-dir", data_dir],
    ] {
        let listed = run(&mut deployment.bare_command(&arguments));
        assert_eq!(listed.json(), Value::from(vec![tenant.clone()]), "{arguments:?}");
    }
    // A mistyped name is reported, and creates no deployment.
    let mistyped = ["tenant", "list", "--data-dir", "elsewhere"];
    for _ in 0..2 {
        assert!(refusal(&mut deployment.bare_command(&mistyped)).contains("elsewhere"));
    }
}

#[test]
fn tenants_and_keys_are_made_beside_a_running_server() {
    let server = Deployment::new().serve();
    let deployment = &server.deployment;

    let tenant =
        deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "developer"]);
    let id = text(&tenant, "/id");
    let ulid = id.strip_prefix("tnt_").unwrap();
    assert_eq!(text(&tenant, "/did"), format!("did:web:localhost%3A{}#tenant-{ulid}", server.port()));
    assert_eq!(
        (text(&tenant, "/name"), text(&tenant, "/plan")),
        ("Example University".into(), "developer".into())
    );
    assert_eq!(deployment.result(&["tenant", "list"]), Value::from(vec![tenant]));

    let created = deployment.result(&[
        "key",
        "create",
        "--tenant",
        &id,
        "--environment",
        "test",
        "--label",
        "CI server",
    ]);
    let (key_id, key) = (text(&created, "/id"), text(&created, "/key"));
    assert!(key_id.starts_with("key_") && key.starts_with("lrn_test_"), "{created}");
    let mut listed = created;
    listed.as_object_mut().unwrap().shift_remove("key");
    assert_eq!(text(&listed, "/label"), "CI server");
    assert_eq!(deployment.result(&["key", "list", "--tenant", &id]), Value::from(vec![listed]));

    let me = crate::support::http::get(
        &server.url("/v1/tenants/me"),
        &[("authorization", &format!("Bearer {key}"))],
    );
    assert_eq!((me.status, text(&me.json(), "/id")), (200, id));
}

#[test]
fn a_revoked_key_is_refused_at_once_and_for_good() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "developer");
    assert_eq!(school.get("/tenants/me").status, 200);
    school.accepted(&one());

    let revoked = server.deployment.result(&["key", "revoke", &school.key_id]);
    assert_eq!(text(&revoked, "/id"), school.key_id);
    let revoked_at = text(&revoked, "/revoked_at");
    for answer in [school.get("/tenants/me"), school.post(&one())] {
        assert_eq!((answer.status, answer.error_code().as_str()), (401, "api_key_revoked"));
    }

    let again = server.deployment.result(&["key", "revoke", &school.key_id]);
    assert_eq!(text(&again, "/revoked_at"), revoked_at, "a key is revoked once");
    let listed = server.deployment.result(&["key", "list", "--tenant", &school.tenant_id]);
    assert_eq!(text(&listed, "/0/revoked_at"), revoked_at);
}

#[test]
fn an_allowlist_holds_at_once() {
    let server = Deployment::new().serve();
    let deployment = &server.deployment;
    let tenant =
        deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "starter"]);
    let id = text(&tenant, "/id");
    let create = ["key", "create", "--tenant", &id, "--environment", "test", "--allow", "203.0.113.7/24"];
    assert!(deployment.refusal(&create).contains("institution"));
    let updated = deployment.result(&["tenant", "update", &id, "--plan", "institution"]);
    assert_eq!(text(&updated, "/plan"), "institution");
    let key = deployment.result(&create);
    assert_eq!(key["allowed_networks"], serde_json::json!(["203.0.113.0/24"]));
    let bearer = format!("Bearer {}", text(&key, "/key"));
    let me = || crate::support::http::get(&server.url("/v1/tenants/me"), &[("authorization", &bearer)]);
    assert_eq!((me().status, me().error_code().as_str()), (401, "ip_not_allowed"));
    let key_id = text(&key, "/id");
    let changed =
        ["key", "allow", &key_id, "--add", "127.0.0.1", "--add", "::1", "--remove", "203.0.113.0/24"];
    let networks = deployment.result(&changed)["allowed_networks"].clone();
    assert_eq!(networks, serde_json::json!(["127.0.0.1/32", "::1/128"]));
    assert_eq!(me().status, 200);
    assert!(
        deployment
            .refusal(&["key", "allow", &key_id, "--remove", "203.0.113.0/24"])
            .contains("203.0.113.0/24")
    );
    // A trusted proxy names the address that it forwards.
    let forwarded = [("authorization", bearer.as_str()), ("x-forwarded-for", "198.51.100.1")];
    assert_eq!(crate::support::http::get(&server.url("/v1/tenants/me"), &forwarded).status, 200);
    let behind = deployment.with("LEARNCOIN_TRUSTED_PROXIES", "127.0.0.0/8");
    assert!(server.stop().success());
    let server = behind.serve();
    assert_eq!(
        crate::support::http::get(&server.url("/v1/tenants/me"), &forwarded).error_code(),
        "ip_not_allowed"
    );
    let message = Deployment::new().with("LEARNCOIN_TRUSTED_PROXIES", "everybody").serve_refused(&[]);
    assert!(message.contains("trusted_proxies"), "{message}");
}

#[test]
fn a_tenant_is_changed_beside_a_running_server() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "developer");
    let update = |arguments: &[&str]| {
        server.deployment.result(&[&["tenant", "update", school.tenant_id.as_str()], arguments].concat())
    };
    let changed = update(&["--name", "Other University", "--quota", "7", "--rate", "3"]);
    let limits =
        |tenant: &Value| (tenant["credentials_per_month"].clone(), tenant["requests_per_minute"].clone());
    assert_eq!(
        (text(&changed, "/name"), limits(&changed)),
        ("Other University".into(), (7.into(), 3.into()))
    );
    let me = school.get("/tenants/me");
    assert_eq!(
        (text(&me.json(), "/name"), me.json()["credentials_limit_this_month"].clone()),
        ("Other University".into(), 7.into())
    );
    for status in [200, 200, 429] {
        assert_eq!(school.get("/tenants/me").status, status);
    }
    let back = update(&["--quota", "plan", "--rate", "plan"]);
    assert_eq!(limits(&back), (250.into(), 1_000_000.into()));
    assert_eq!(school.get("/tenants/me").status, 200);
}

#[test]
fn what_does_not_exist_is_named() {
    let deployment = Deployment::new();
    deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "starter"]);
    let (tenant, key) = ("tnt_01KPX4MQ00REJFE5FBD8QX9Y5A", "key_01KPX4MQ00REJFE5FBD8QX9Y5A");
    assert!(deployment.refusal(&["key", "list", "--tenant", tenant]).contains(tenant));
    deployment.refusal(&["key", "create", "--tenant", tenant, "--environment", "test"]);
    assert!(deployment.refusal(&["key", "revoke", key]).contains(key));
}

#[test]
fn a_live_key_needs_a_plan_that_has_them_and_a_chain_that_counts() {
    let deployment = Deployment::new();
    let tenant = |plan| {
        let tenant = deployment.result(&["tenant", "create", "--name", "Example University", "--plan", plan]);
        text(&tenant, "/id")
    };
    let (developer, starter) = (tenant("developer"), tenant("starter"));
    let on_developer = ["key", "create", "--tenant", &developer, "--environment", "live"];
    let on_starter = ["key", "create", "--tenant", &starter, "--environment", "live"];
    deployment.refusal(&on_developer);
    deployment.refusal(&on_starter);

    let allowed = deployment.with("LEARNCOIN_CHAIN_ALLOW_LIVE_KEYS_ON_DEVELOPMENT_CHAIN", true);
    allowed.refusal(&on_developer);
    let key = allowed.result(&on_starter);
    assert!(text(&key, "/key").starts_with("lrn_live_"), "{key}");
}

#[test]
fn what_can_not_be_undone_is_told_first_and_done_when_it_is_confirmed() {
    let deployment = Deployment::new();
    let tenant =
        deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "starter"]);
    let tenant = text(&tenant, "/id");
    deployment.result(&["key", "create", "--tenant", &tenant, "--environment", "test"]);
    let number = ["--tenant", tenant.as_str(), "--number", "1"];
    let disable = [&["signing-key", "disable"], number.as_slice()].concat();
    let revoke =
        [&["signing-key", "revoke"], number.as_slice(), &["--since", "2026-01-01T00:00:00Z"]].concat();
    let status = || {
        let keys = deployment.result(&["signing-key", "list", "--tenant", &tenant]);
        text(&keys, "/0/status")
    };
    let message = deployment.refusal(&disable);
    for part in
        ["the signing key 1 of \"Example University\" (test)", "for good", "its batches are refused", "--yes"]
    {
        assert!(message.contains(part), "{part}: {message}");
    }
    let message = deployment.refusal(&revoke);
    for part in ["since 2026-01-01T00:00:00Z is not valid any more", "signing-key reanchor", "--yes"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(status(), "active", "nothing was done");
    let missing = deployment.refusal(&["signing-key", "disable", "--tenant", &tenant, "--number", "7"]);
    assert!(missing.contains("has no signing key 7"), "{missing}");
    assert_eq!(text(&deployment.result(&[disable.as_slice(), &["--yes"]].concat()), "/status"), "disabled");
    assert_eq!(text(&deployment.result(&[revoke.as_slice(), &["--yes"]].concat()), "/status"), "revoked");
    assert_eq!(status(), "revoked");
}

#[test]
fn a_tenant_made_before_the_first_start_can_issue() {
    let deployment = Deployment::new();
    let tenant =
        deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "developer"]);
    let key =
        deployment.result(&["key", "create", "--tenant", &text(&tenant, "/id"), "--environment", "test"]);
    let server = deployment.serve();
    let headers = [("authorization", format!("Bearer {}", text(&key, "/key")))];
    let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(crate::support::http::post(&server.url("/v1/batches"), &headers, &one()).status, 202);
}

#[test]
fn a_data_directory_has_one_server_at_a_time() {
    let server = Deployment::new().serve();
    let message = server.deployment.serve_refused(&[]);
    assert!(message.contains("another"), "{message}");
    assert_eq!(server.get("/healthz").status, 200, "the first one goes on");
    let deployment = server.deployment.clone();
    assert!(server.stop().success());
    assert_eq!(deployment.serve().get("/readyz").status, 200, "the directory is free again");
}

#[test]
fn a_server_that_is_asked_to_end_loses_nothing() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "developer");
    let batch_id = school.accepted(&one());
    let deployment = server.deployment.clone();
    assert_eq!(server.stop().code(), Some(0));

    let server = deployment.serve();
    let school = school.at(&server);
    assert_eq!(text(&school.anchored(&batch_id), "/id"), batch_id);
}

#[test]
fn a_client_that_stalls_does_not_keep_the_server_from_ending() {
    let server = Deployment::new().serve();
    let stalled = [
        "POST /v1/batches HTTP/1.1\r\n",
        "POST /v1/batches HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n{",
    ]
    .map(|begun| {
        let mut connection = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
        connection.write_all(begun.as_bytes()).unwrap();
        connection
    });
    assert_eq!(server.get("/healthz").status, 200);
    let asked = Instant::now();
    assert_eq!(server.stop().code(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    drop(stalled);
}

#[test]
fn a_key_remembers_its_last_use_across_a_restart() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "developer");
    assert_eq!(school.get("/tenants/me").status, 200);
    let deployment = server.deployment.clone();
    assert!(server.stop().success());
    let listed = deployment.result(&["key", "list", "--tenant", &school.tenant_id]);
    assert!(listed[0]["last_used_at"].is_string(), "{listed}");
}

#[test]
fn the_master_key_is_the_owners_alone() {
    let deployment = Deployment::new();
    deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "developer"]);
    let file = deployment.data_dir().join("master.key");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&deployment.data_dir())), (0o600, 0o700));

    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    for message in [deployment.refusal(&["tenant", "list"]), deployment.serve_refused(&[])] {
        assert!(message.contains("master.key") && message.contains("0600"), "{message}");
    }
}

#[test]
fn a_data_directory_opens_under_its_own_master_key_alone() {
    let deployment = Deployment::new();
    deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "developer"]);
    let key = std::fs::read_to_string(deployment.data_dir().join("master.key")).unwrap();
    std::fs::remove_file(deployment.data_dir().join("master.key")).unwrap();

    assert!(deployment.refusal(&["tenant", "list"]).contains("master.key is missing"));
    deployment.with("LEARNCOIN_MASTER_KEY", key.trim()).result(&["tenant", "list"]);
    deployment.with("LEARNCOIN_MASTER_KEY", "ab".repeat(32)).refusal(&["tenant", "list"]);
    let message = deployment.with("LEARNCOIN_MASTER_KEY", "too short").refusal(&["tenant", "list"]);
    assert!(message.contains("LEARNCOIN_MASTER_KEY") && !message.contains("too short"), "{message}");
}

#[test]
fn a_reader_that_went_away_is_no_crash() {
    let deployment = Deployment::new();
    let mut pipeline = Command::new("sh");
    let binary = env!("CARGO_BIN_EXE_learncoin");
    let script = format!("'{binary}' tenant list --data-dir '{}' | true", deployment.data_dir().display());
    let ended = run(pipeline.args(["-c", &script]));
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    let closed = format!("'{binary}' tenant list --data-dir '{}' >&-", deployment.data_dir().display());
    let ended = run(Command::new("sh").args(["-c", &closed]));
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    refusal(deployment.bare_command(&["tenant", "list"]).arg("--data-dir").arg("/dev/null"));
}

#[test]
fn what_a_server_writes_is_its_owners_alone_whatever_the_shell_allows() {
    let deployment = Deployment::new().with("LEARNCOIN_MAIL_TRANSPORT", "files");
    let server = deployment.serve_by_shell("umask 000 && exec \"$0\" \"$@\"");
    School::join(&server, "starter").issue(&one());
    let mut folders = vec![deployment.data_dir()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{}", entry.path().display());
            files += 1;
            if entry.path().is_dir() {
                folders.push(entry.path());
            }
        }
    }
    assert!(files > 5, "{files}");
}

#[test]
fn a_member_is_invited_by_mail_if_the_command_asks_for_it() {
    let deployment = Deployment::new();
    deployment.result(&["tenant", "create", "--name", "Example University", "--plan", "developer"]);
    let add = ["member", "add", "ada@example.edu", "--operator"];
    assert!(deployment.result(&add).get("invitation").is_none());
    let mails = deployment.data_dir().join("mail");
    assert!(!mails.exists(), "nothing is mailed unasked");
    let invited = deployment.result(&[&add[..], &["--invite"]].concat());
    assert_eq!(invited["invitation"], "mailed");
    let files: Vec<_> = std::fs::read_dir(&mails).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let mail = std::fs::read_to_string(&files[0]).unwrap();
    assert!(mail.contains("To: ada@example.edu") && mail.contains("/console/sign-in"), "{mail}");
    assert!(!mail.contains("/console/link/"), "it holds no secret: {mail}");
    let off = deployment.with("LEARNCOIN_MAIL_TRANSPORT", "off");
    assert_eq!(off.result(&[&add[..], &["--invite"]].concat())["invitation"], "off");
}
