//! Backups and restores are killed at each of their points and run again: what is in its place is whole.

use std::process::{Command, Stdio};

use learncoin_store::kill;
use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::keys::Operator;
use crate::support::deployment::{Deployment, PLAIN, is_paused, send_signal};
use crate::support::judge::until_anchored;

#[test]
fn a_backup_that_is_killed_anywhere_is_whole_or_not_there_and_can_be_made_again() {
    let operator = Operator::with(Vec::new());
    operator.tenant();
    for point in kill::BACKUP {
        let (to, restored) = (format!("to-{point}"), format!("restored-{point}"));
        operator.killed(&["backup", "--to", &to], point);
        let place = operator.path(&to);
        assert_eq!(place.exists(), *point == "backup.renamed", "{point}");
        assert_eq!(operator.path(&format!("{to}.partial")).exists(), *point != "backup.renamed", "{point}");
        if !place.exists() {
            operator.result(&["backup", "--to", &to]);
        }
        std::fs::create_dir(operator.path(&restored)).expect("a directory");
        std::fs::copy(operator.path("data/master.key"), operator.path(&restored).join("master.key"))
            .expect("the key is copied");
        let there = operator.in_directory(&restored);
        there.result(&["restore", "--from", &to]);
        assert_eq!(there.result(&["doctor"])["broken"], json!([]), "{point}");
        assert_eq!(there.result(&["tenant", "list"]), operator.result(&["tenant", "list"]), "{point}");
    }
}

#[test]
fn a_restore_that_is_killed_anywhere_leaves_no_database_or_all_of_it_and_can_be_run_again() {
    let operator = Operator::with(Vec::new());
    operator.tenant();
    operator.result(&["backup", "--to", "backup"]);
    for point in kill::RESTORE {
        let name = format!("restored-{point}");
        std::fs::create_dir(operator.path(&name)).expect("a directory");
        std::fs::copy(operator.path("data/master.key"), operator.path(&name).join("master.key"))
            .expect("the key is copied");
        let there = operator.in_directory(&name);
        let restore = ["restore", "--from", "backup"];
        there.killed(&restore, point);
        let is_there = operator.path(&name).join("learncoin.db").exists();
        assert_eq!(is_there, *point == "restore.database", "{point}");
        if !is_there {
            there.result(&restore);
            assert!(!operator.path(&name).join("restoring").exists(), "{point}");
        }
        assert_eq!(there.result(&["doctor"])["broken"], json!([]), "{point}");
        assert_eq!(there.result(&["tenant", "list"]), operator.result(&["tenant", "list"]), "{point}");
    }
}

/// Checks the order in which a backup copies, which decides what comes back: a database without its blocks, or with people who
/// were erased, would be no backup.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_while_the_database_is_copied_is_in_what_is_copied_after_it() {
    let mut deployment = Deployment::new();
    if !deployment.is_in_a_file() {
        return eprintln!("left out: PostgreSQL has its own backups");
    }
    deployment.start(PLAIN).await;
    let client = deployment.tenant("Example University").await;
    let before = client.post("before", 1).await;
    let before = until_anchored(&client, &before.batch_id()).await;
    let id = before["credentials"][0]["id"].as_str().expect("an id").to_owned();

    let place = tempfile::tempdir().expect("a temporary directory");
    let backup = place.path().join("backup");
    let command = |arguments: &[&str], data_dir: &std::path::Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_learncoin"));
        command.args(arguments).arg("--data-dir").arg(data_dir).current_dir(place.path());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEARNCOIN_")) {
            command.env_remove(name);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let mut making = command(&["backup", "--to", "backup"], &deployment.data_dir());
    let making = making.env("LEARNCOIN_STOP_POINT", "backup.database").spawn().expect("it starts");
    assert!(is_paused(making.id()).await, "the database was never copied");
    let body = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" }).to_string();
    let path = format!("/v1/credentials/{id}/erase");
    let reply = client.door.call(&client.change_call(Method::POST, &path, "erase", &body)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let meanwhile = client.post("meanwhile", 1).await;
    let meanwhile = until_anchored(&client, &meanwhile.batch_id()).await;
    send_signal(making.id(), "-CONT").await;
    assert!(making.wait_with_output().expect("it ends").status.success());

    let copied = |name: &str| std::fs::read_to_string(backup.join(name)).expect("it was copied");
    assert!(copied("erasures.log").contains(&id));
    let root = meanwhile["merkle_root"].as_str().expect("a root").trim_start_matches("0x");
    assert!(copied("chain.jsonl").contains(root), "the chain is not behind the database");
    let restored = place.path().join("restored");
    std::fs::create_dir(&restored).expect("a directory");
    std::fs::copy(deployment.data_dir().join("master.key"), restored.join("master.key")).expect("the key");
    let ended = command(&["restore", "--from", "backup"], &restored).output().expect("it runs");
    let result: Value = serde_json::from_slice(&ended.stdout).expect("it prints JSON");
    assert_eq!(result["erased"], 1, "the copy of the database is from before the erasure");
}
