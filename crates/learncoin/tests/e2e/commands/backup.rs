//! A backup made beside a busy server, and a server that goes on from it, without the people who were erased since.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use learncoin_testkit::{batch_of, credential, traces};
use serde_json::{Value, json};

use crate::support::deployment::{Deployment, refusal};
use crate::support::http::poll;
use crate::support::process::run;
use crate::support::school::{School, credential_ids, one, text, varied};

const CANARY: &str = "Żółkiewska";
const PLACE: &str = "backup";

/// Makes a backup beside the running server of the deployment, and returns its directory.
fn back_up(deployment: &Deployment, name: &str) -> PathBuf {
    let to = deployment.data_dir().with_file_name(name);
    let ended = run(&mut deployment.command(&["backup", "--to", to.to_str().unwrap()]));
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("the master key") && ended.stderr.contains("is not in the backup"));
    assert_eq!(text(&ended.json(), "/backup"), to.to_str().unwrap());
    to
}

/// Creates a data directory that contains nothing but the master key of this deployment.
fn emptied(deployment: &Deployment) -> Deployment {
    let other = Deployment::new();
    std::fs::create_dir(other.data_dir()).unwrap();
    std::fs::copy(deployment.data_dir().join("master.key"), other.data_dir().join("master.key")).unwrap();
    other
}

fn restored(deployment: &Deployment, backup: &Path, arguments: &[&str]) -> (Deployment, Value) {
    let other = emptied(deployment);
    let result = other.result(&[&["restore", "--from", backup.to_str().unwrap()], arguments].concat());
    (other, result)
}

fn assert_sound(deployment: &Deployment) {
    assert_eq!(deployment.result(&["doctor"])["broken"], json!([]));
}

#[test]
fn a_backup_beside_clients_that_post_without_pause_is_consistent_and_goes_on() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "industry");
    let (accepted, enough) = (Mutex::new(Vec::new()), AtomicBool::new(false));
    let until = |count: usize| {
        poll("enough batches", || match accepted.lock().unwrap().len() {
            seen if seen >= count => Ok(()),
            seen => Err(seen.to_string()),
        });
    };
    let (before, backup) = std::thread::scope(|threads| {
        for size in 1..=3 {
            let (school, accepted, enough) = (&school, &accepted, &enough);
            threads.spawn(move || {
                while !enough.load(Ordering::SeqCst) {
                    let id = school.accepted(&varied(size));
                    accepted.lock().unwrap().push(id);
                }
            });
        }
        until(30);
        let first = accepted.lock().unwrap()[0].clone();
        school.anchored(&first);
        let before = accepted.lock().unwrap().clone();
        let backup = back_up(&server.deployment, PLACE);
        // It goes on while its backup lies there: what is anchored from now on the backup knows nothing of.
        until(before.len() + 20);
        enough.store(true, Ordering::SeqCst);
        (before, backup)
    });
    let accepted = accepted.into_inner().unwrap();
    let did = server.get("/.well-known/did.json").json();
    let deployment = server.deployment.clone();
    assert!(server.stop().success());

    let (other, result) = restored(&deployment, &backup, &[]);
    assert_eq!((&result["erased"], &result["not_in_this_database"]), (&json!(0), &json!(0)));
    assert_sound(&other);
    let server = other.serve();
    let school = school.at(&server);
    assert_eq!(server.get("/.well-known/did.json").json(), did);
    let mut roots: Vec<String> = before.iter().map(|id| text(&school.anchored(id), "/merkle_root")).collect();
    let known: Vec<Value> = accepted.iter().map(|id| school.get(&format!("/batches/{id}")).json()).collect();
    assert!(known.iter().any(|batch| batch["status"].is_null()), "the last ones came after the backup");
    for _ in 0..3 {
        roots.push(text(&school.issue(&one()), "/merkle_root"));
    }
    let chain = std::fs::read_to_string(other.data_dir().join("chain.jsonl")).unwrap();
    for root in &roots {
        assert_eq!(chain.matches(root.trim_start_matches("0x")).count(), 1, "{root} is anchored once");
    }
    assert!(server.stop().success());
    assert_sound(&other);
}

/// Issues to people whose names occur in every place that can hold a name, in a public reason among them.
fn issue_to_people(school: &School) -> Vec<String> {
    let person = |number: usize| {
        let mut person = credential(&format!("Zuzanna {CANARY} {number}"));
        person["recipient"]["email"] = json!(format!("{number}@{CANARY}.example"));
        person["evidence"] = json!([{ "narrative": format!("The thesis of Zuzanna {CANARY}.") }]);
        person
    };
    let ids = credential_ids(&school.issue(&batch_of((0..4).map(person).collect())));
    let reason =
        json!({ "reason": format!("Zuzanna {CANARY} withdrew"), "reason_code": "recipient_request" });
    for id in ids.iter().skip(2) {
        school.change(id, "revoke", &reason);
    }
    ids
}

fn erase(school: &School, id: &str) {
    school.change(id, "erase", &json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" }));
}

fn assert_erased_and_still_proven(deployment: &Deployment, school: School, ids: &[String]) {
    // At the address of its links, which a verification of a credential asks.
    let server = deployment.serve_plainly(&[]);
    assert_eq!(traces(&deployment.data_dir(), CANARY), [""; 0]);
    let school = school.at(&server);
    for (number, id) in ids.iter().enumerate() {
        let shown = school.credential(id).json();
        assert_eq!(
            (&shown["erased"], &shown["signed_credential"]["credentialSubject"]["name"]),
            (&json!(true), &Value::Null)
        );
        let page = server.get(&format!("/c/{id}"));
        assert!(page.text().contains("Redacted on recipient request"));
        let document = deployment.write("document.json", shown["signed_credential"].to_string());
        let ended =
            run(&mut deployment.command(&["verify", document.to_str().unwrap(), "--allow", "development"]));
        // A revoked credential is not valid, but its proof still verifies.
        assert_eq!(ended.status, Some(i32::from(number >= 2)), "{}{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.contains("anchor"), "{}", ended.stdout);
    }
    assert!(server.stop().success());
    assert_sound(deployment);
    assert_eq!(traces(&deployment.data_dir(), CANARY), [""; 0]);
}

#[test]
fn people_erased_after_a_backup_stay_erased_when_it_comes_back() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "starter");
    let ids = issue_to_people(&school);
    let backup = back_up(&server.deployment, PLACE);
    for id in &ids {
        erase(&school, id);
    }
    let deployment = server.deployment.clone();
    let list = run(&mut deployment.command(&["erasures", "export"])).stdout;
    assert_eq!(list.lines().count(), ids.len());
    assert!(!list.contains(CANARY) && ids.iter().all(|id| list.contains(id.as_str())));
    assert!(server.stop().success());
    let journal = deployment.data_dir().join("erasures.log");
    assert_eq!(std::fs::read_to_string(&journal).unwrap(), list);

    // With the lost deployment's journal.
    let (named, result) = restored(&deployment, &backup, &["--erasures", journal.to_str().unwrap()]);
    assert_eq!(result["erased"], json!(ids.len()));
    assert_eq!(traces(&named.data_dir(), CANARY), [""; 0]);
    assert_erased_and_still_proven(&named, school.clone(), &ids);

    // Without it they are back, until the journal is: beside a server, ...
    let (forgotten, result) = restored(&deployment, &backup, &[]);
    assert_eq!(result["erased"], json!(0));
    assert_ne!(traces(&forgotten.data_dir(), CANARY), [""; 0], "the scan finds what is there");
    let server = forgotten.serve();
    let apply = ["erasures", "apply", journal.to_str().unwrap()];
    assert_eq!(
        forgotten.result(&apply),
        json!({ "erased": 4, "erased_before": 0, "not_in_this_database": 0 })
    );
    assert_eq!(
        forgotten.result(&apply),
        json!({ "erased": 0, "erased_before": 4, "not_in_this_database": 0 })
    );
    assert!(server.stop().success());
    assert_erased_and_still_proven(&forgotten, school.clone(), &ids);

    // ... or in its place, before the server starts.
    let (laid, _) = restored(&deployment, &backup, &[]);
    std::fs::copy(&journal, laid.data_dir().join("erasures.log")).unwrap();
    assert_erased_and_still_proven(&laid, school.clone(), &ids);

    // Or outside the data directory, where it outlived the disk.
    let elsewhere = emptied(&deployment);
    let kept = elsewhere.write("kept.log", &list);
    let elsewhere = elsewhere.with("LEARNCOIN_ERASURES_FILE", kept.display());
    let result = elsewhere.result(&["restore", "--from", backup.to_str().unwrap()]);
    assert_eq!(result["erased"], json!(ids.len()));
    assert_erased_and_still_proven(&elsewhere, school.clone(), &ids);

    // A backup that was made after an erasure has nothing of the person, and has the erasure on its list.
    let server = named.serve();
    let later = back_up(&named, "later");
    assert_eq!(traces(&later, CANARY), [""; 0]);
    assert_eq!(std::fs::read_to_string(later.join("erasures.log")).unwrap(), list);
    assert!(server.stop().success());
}

#[test]
fn an_erasure_that_cannot_be_journaled_is_not_answered_and_is_journaled_later() {
    let deployment = Deployment::new();
    let journal = deployment.data_dir().with_file_name("journal");
    let deployment = deployment.with("LEARNCOIN_ERASURES_FILE", journal.display());
    let server = deployment.serve();
    let school = School::join(&server, "starter");
    let ids = credential_ids(&school.issue(&varied(2)));
    erase(&school, &ids[0]);
    // A directory in the file's place: nothing can be written there.
    let aside = journal.with_extension("aside");
    std::fs::rename(&journal, &aside).unwrap();
    std::fs::create_dir(&journal).unwrap();
    let url = format!("{}/credentials/{}/erase", school.base_url(), ids[1]);
    let bearer = format!("Bearer {}", school.key);
    let headers = [("authorization", bearer.as_str()), ("idempotency-key", "erase it")];
    let body = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    let answered = || crate::support::http::post(&url, &headers, &body).status;
    assert_eq!([answered(), answered()], [500, 500], "made, but not journaled");
    std::fs::remove_dir(&journal).unwrap();
    std::fs::rename(&aside, &journal).unwrap();
    assert_eq!(answered(), 200);
    let journaled = std::fs::read_to_string(&journal).unwrap();
    assert!(
        journaled.lines().count() == 2 && ids.iter().all(|id| journaled.contains(id.as_str())),
        "{journaled}"
    );
}

#[test]
fn what_is_there_is_not_written_over_and_what_is_damaged_is_not_restored() {
    let server = Deployment::new().serve();
    let school = School::join(&server, "developer");
    school.issue(&one());
    let deployment = server.deployment.clone();
    let backup = back_up(&deployment, PLACE);
    let from = backup.to_str().unwrap();
    let mode = |path: &Path| {
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions()) & 0o777
    };
    assert_eq!(mode(&backup), 0o700);
    let mut names: Vec<_> = std::fs::read_dir(&backup).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.iter().all(|file| mode(file) == 0o600), "{names:?}");
    assert_eq!(names, ["chain.jsonl", "erasures.log", "learncoin.db"].map(|name| backup.join(name)));
    assert!(deployment.refusal(&["backup", "--to", from]).contains("is there already"));
    let stranger = backup.with_file_name("other.partial");
    std::fs::create_dir(&stranger).unwrap();
    std::fs::write(stranger.join("thesis.txt"), "mine").unwrap();
    let other = backup.with_file_name("other");
    assert!(deployment.refusal(&["backup", "--to", other.to_str().unwrap()]).contains("thesis.txt"));

    let restore = ["restore", "--from", from];
    assert!(deployment.refusal(&restore).contains("is not empty"));
    assert!(Deployment::new().refusal(&restore).contains("there is no master key"));
    let other_key = Deployment::new().with("LEARNCOIN_MASTER_KEY", "ab".repeat(32));
    assert!(other_key.refusal(&restore).contains("the master key is not the one"));
    assert!(!other_key.data_dir().join("learncoin.db").exists());
    assert!(emptied(&deployment).refusal(&["restore", "--from", "nowhere"]).contains("nowhere"));
    let missing = emptied(&deployment).refusal(&[restore.as_slice(), &["--erasures", "nowhere"]].concat());
    assert!(missing.contains("nowhere"), "{missing}");

    std::fs::rename(backup.join("chain.jsonl"), backup.join("chain")).unwrap();
    assert!(emptied(&deployment).refusal(&restore).contains("chain.jsonl is missing"));
    let elsewhere = Deployment::new().serve();
    std::fs::copy(elsewhere.deployment.data_dir().join("chain.jsonl"), backup.join("chain.jsonl")).unwrap();
    assert!(emptied(&deployment).refusal(&restore).contains("another embedded chain"));
    std::fs::rename(backup.join("chain"), backup.join("chain.jsonl")).unwrap();

    // A page of an index in which nothing is found any more.
    let whole = std::fs::read(backup.join("learncoin.db")).unwrap();
    let page = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    let mut refused = 0;
    for start in (page..whole.len()).step_by(page) {
        let mut damaged = whole.clone();
        damaged[start..start + page].fill(0);
        std::fs::write(backup.join("learncoin.db"), &damaged).unwrap();
        let target = emptied(&deployment);
        refused += usize::from(run(&mut target.command(&restore)).status == Some(2));
        assert!(!target.data_dir().join("learncoin.db").exists(), "the page at {start}");
        if refused >= 12 {
            break;
        }
    }
    assert_eq!(refused, 12, "each zeroed page is noticed");
    std::fs::write(backup.join("learncoin.db"), &whole).unwrap();
    let (other, _) = restored(&deployment, &backup, &[]);
    assert_sound(&other);

    let on_postgres =
        deployment.with("LEARNCOIN_DATABASE_URL", "postgres://user:hunter2@db.example/learncoin");
    let message = on_postgres.refusal(&["backup", "--to", other.data_dir().to_str().unwrap()]);
    assert!(message.contains("pg_dump --format=custom") && !message.contains("hunter2"), "{message}");
    assert!(refusal(&mut on_postgres.command(&restore)).contains("pg_restore"));
}
