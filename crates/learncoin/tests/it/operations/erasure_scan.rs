//! Two hundred people go through every feature and are erased: then no file of the deployment names them, nor when a backup from
//! before comes back.
//!
//! A new feature that holds a name is added to `Journey`: its files lie in the same directory.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex};

use futures_util::{StreamExt as _, stream};
use learncoin_http_client::{Egress, SystemResolver};
use learncoin_issuance::options::PipelineOptions;
use learncoin_server::error::ErrorCode;
use learncoin_testkit::{
    Body, Caller, Method, Reaction, Receiver, Request, TestApp, assert_doctor_is_content, batch_of,
    credential, forms, traces,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tracing::Dispatch;
use tracing::subscriber::{DefaultGuard, NoSubscriber};

/// The family name of every person, which every address and piece of evidence contains too.
const FAMILY: &str = "Żółkiewska";
const ADDRESS: &str = "zolkiewska";
/// The people of each batch; four batches, one for each status, in each environment.
const PEOPLE: usize = 25;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

#[tokio::test]
async fn no_file_names_any_of_200_people_after_their_erasure() {
    // Three blocks, so that a batch can be seen between signed and anchored.
    let egress = Egress::new(true, Arc::new(SystemResolver));
    // What can't be signed is given up while its idempotency key is still kept.
    let options = PipelineOptions {
        give_up_after_ms: 0,
        live_keys_on_development_chain: true,
        ..PipelineOptions::default()
    };
    let app = TestApp::builder().confirmations(3).egress(egress).pipeline(options).start().await;
    let _log = log_into(&app);
    let uni = app.tenant("Example University").await;
    let mut journeys = [Journey::new(uni.clone()), Journey::new(uni.live().await)];
    // It fails every request, so that everything is sent again and again, and repeats in its answers the body that it receives,
    // beside a name that it knows from elsewhere.
    let answer = |body: &str| format!("{FAMILY} {ADDRESS} {body}");
    let backend = Receiver::reacting(move |request| Reaction::Answer(500, answer(&request.body))).await;
    for journey in &journeys {
        let events = ["batch.anchored", "credential.revoked", "credential.erased"];
        let endpoint = json!({ "url": backend.url("/hook"), "events": events }).to_string();
        journey.caller.post("/v1/webhooks", endpoint).await.expect(201);
    }
    for status in ["failed", "anchored", "signed", "pending"] {
        for journey in &mut journeys {
            app.set_chain_down(status == "failed");
            journey.post_batch(status).await;
        }
        match status {
            "failed" | "anchored" => app.run_until_idle().await,
            "signed" => app.run_steps(2).await,
            _ => {}
        }
    }
    app.set_chain_down(false);
    app.send_mails().await;
    assert_eq!(journeys.iter().map(|journey| journey.people.len()).sum::<usize>(), 200);
    for journey in &journeys {
        journey.assert_statuses().await;
        journey.read_everything().await;
        journey.revoke_every_other().await;
        journey.be_refused().await;
    }
    app.deliver().await;
    assert!(backend.seen().iter().any(|request| request.body.contains(FAMILY)), "reasons are sent");
    the_scan_finds_what_is_there(&app).await;
    let backup = Backup::of(&app).await;

    for journey in &journeys {
        journey.erase(0).await;
    }
    app.restart().await;
    app.run_until_idle().await;
    app.send_mails().await;
    for journey in &journeys {
        journey.read_everything().await;
        journey.erase(1).await;
    }
    assert_no_person_is_named(&app).await;
    let sent_before = backend.count();
    app.clock().advance_ms(60_000);
    app.deliver().await;
    assert!(
        backend.seen()[sent_before..].iter().all(|request| !request.body.contains(FAMILY)),
        "no webhook names an erased person"
    );
    assert!(backend.count() > sent_before, "but everything is sent again");
    assert_no_person_is_named(&app).await;

    // The answers kept for repetition, and the newly made files, contain no more.
    for journey in &journeys {
        journey.read_everything().await;
        journey.repeat_everything().await;
    }
    app.clock().advance_ms(2 * DAY_MS);
    app.issuance().retention.purge().await.unwrap();
    app.run_until_idle().await;
    app.send_mails().await;
    assert_no_person_is_named(&app).await;
    app.restart().await;
    assert_no_person_is_named(&app).await;

    // A database from before all that, which comes back, holds none of these people by the time that it serves.
    let Some(backup) = backup else { return };
    backup.restore(&app).await;
    assert_no_person_is_named(&app).await;
    for journey in &journeys {
        journey.read_everything().await;
        for id in &journey.people {
            assert_eq!(journey.caller.credential(id).await["erased"], true);
        }
    }
    let sent_before = backend.count();
    app.deliver().await;
    app.run_until_idle().await;
    app.send_mails().await;
    assert!(
        backend.seen()[sent_before..].iter().all(|request| !request.body.contains(FAMILY)),
        "no webhook names an erased person"
    );
    assert_no_person_is_named(&app).await;
    // People whom the backup has as not revoked can be revoked now, in words that name them.
    for journey in &journeys {
        journey.revoke_the_others().await;
        journey.read_everything().await;
    }
    assert_no_person_is_named(&app).await;
    assert_doctor_is_content(&app.issuance().store).await;
}

/// The database's file and the folder of mails as they were: SQLite's, since PostgreSQL has no file to put back (`nodes` does it there).
struct Backup(TempDir);

impl Backup {
    async fn of(app: &TestApp) -> Option<Self> {
        if app.issuance().store.is_shared() {
            return None;
        }
        // Not under the deployment's directory, which is scanned.
        let place = TempDir::new().unwrap();
        app.lose_database().await;
        std::fs::copy(app.directory().join("learncoin.db"), place.path().join("learncoin.db")).unwrap();
        copy_files(&app.directory().join("mail"), &place.path().join("mail"));
        app.restart().await;
        Some(Self(place))
    }

    async fn restore(&self, app: &TestApp) {
        app.lose_database().await;
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(app.directory().join(format!("learncoin.db{suffix}")));
        }
        std::fs::copy(self.0.path().join("learncoin.db"), app.directory().join("learncoin.db")).unwrap();
        copy_files(&self.0.path().join("mail"), &app.directory().join("mail"));
        for text in [FAMILY, ADDRESS] {
            assert_ne!(traces(app.directory(), text), [""; 0], "they are back");
        }
        app.restart().await;
    }
}

fn copy_files(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Writes the log of everything, at its most detailed level, into a file beside the database.
fn log_into(app: &TestApp) -> (DefaultGuard, Dispatch) {
    // While there is a single subscriber, a line that another test's thread reaches first is never logged again.
    let second = Dispatch::new(NoSubscriber::default());
    let file = File::create(app.directory().join("log.txt")).unwrap();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(Mutex::new(file));
    (tracing::subscriber::set_default(subscriber.finish()), second)
}

async fn assert_no_person_is_named(app: &TestApp) {
    let files = app.files().await;
    for text in [FAMILY, ADDRESS] {
        assert_eq!(traces(files, text), [""; 0]);
    }
    let logged = std::fs::read_to_string(app.directory().join("log.txt")).unwrap();
    assert!(logged.contains("credential erased"), "something was logged at all");
}

/// Checks that the scan would find each form; a reason is public, so it is written in clear.
async fn the_scan_finds_what_is_there(app: &TestApp) {
    let files = app.files().await;
    assert!(traces(files, FAMILY).iter().any(|trace| trace.starts_with("learncoin.db")));
    for text in [FAMILY, ADDRESS] {
        assert!(traces(files, text).iter().any(|trace| trace.contains(".eml: ")), "mails are written");
    }
    let planted = files.join("planted");
    std::fs::create_dir(&planted).unwrap();
    for (number, (_, bytes)) in forms(FAMILY).iter().enumerate() {
        std::fs::write(planted.join(number.to_string()), bytes).unwrap();
    }
    let found = traces(files, FAMILY);
    for (number, (form, _)) in forms(FAMILY).iter().enumerate() {
        assert!(found.contains(&format!("{number}: {form}")), "{form}");
    }
    std::fs::remove_dir_all(planted).unwrap();
}

/// A key's people, and the requests in which they were named.
struct Journey {
    caller: Caller,
    requests: Vec<(String, Value)>,
    statuses: Vec<(String, &'static str)>,
    people: Vec<String>,
}

impl Journey {
    fn new(caller: Caller) -> Self {
        Self { caller, requests: Vec::new(), statuses: Vec::new(), people: Vec::new() }
    }

    async fn post_batch(&mut self, status: &'static str) {
        let body = batch_of((0..PEOPLE).map(person).collect());
        let key = format!("the {status} batch of {FAMILY}");
        let answer = self.caller.post_batch_under(&key, &body).await.expect(202);
        let id = answer["id"].as_str().unwrap().to_owned();
        let batch = self.caller.batch(&id).await;
        let ids = batch["credentials"].as_array().unwrap().iter();
        self.people.extend(ids.map(|one| one["id"].as_str().unwrap().to_owned()));
        self.requests.push((key, body));
        self.statuses.push((id, status));
    }

    async fn assert_statuses(&self) {
        for (id, status) in &self.statuses {
            assert_eq!(self.caller.batch(id).await["status"], *status);
        }
    }

    /// Requests each form in which a credential is shown, as every kind of reader.
    async fn read_everything(&self) {
        let app = &self.caller.app;
        let read = async |id: &String| {
            self.caller.credential(id).await;
            for path in [
                format!("/c/{id}"),
                format!("/c/{id}/embed"),
                format!("/oembed?url=https://learncoin.example/c/{id}"),
                format!("/c/{id}/credential.json"),
                format!("/c/{id}/credential.json?redacted=true"),
                format!("/revocations?assertionId=https://learncoin.example/c/{id}"),
            ] {
                app.get(&path).await;
                let json = Request::get(&path).header("Accept", "application/vc");
                app.send(json.body(Body::empty()).unwrap()).await;
            }
        };
        stream::iter(&self.people).for_each_concurrent(16, read).await;
        assert_eq!(self.caller.all_batches().await.len(), self.statuses.len());
        for path in ["/v1/tenants/me", "/v1/webhooks", "/.well-known/did.json", "/issuer.json"] {
            self.caller.get(path).await.expect(200);
        }
        let (store, tenant_id) = (app.issuance().store.clone(), &self.caller.tenant_id);
        assert!(!store.list_audit_rows(Some(tenant_id), 0, i64::MAX, None, 1_000).await.unwrap().is_empty());
    }

    /// Revokes every other credential, with a reason that names the person, and an answer that is kept.
    async fn revoke_every_other(&self) {
        for id in self.people.iter().step_by(2) {
            self.change(id, "revoke").await.expect(200);
            self.change(id, "revoke").await.expect(200);
        }
    }

    async fn change(&self, id: &str, change: &str) -> learncoin_testkit::Answer {
        let body = match change {
            "revoke" => json!({ "reason": format!("Zuzanna {FAMILY} withdrew"), "reason_code": "other" }),
            _ => json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" }),
        };
        let key = format!("{change} {id} {FAMILY}");
        let path = format!("/v1/credentials/{id}/{change}");
        self.caller.send(Method::POST, &path, &[("Idempotency-Key", &key)], body.to_string()).await
    }

    /// Revokes those whom [`Journey::revoke_every_other`] left out, once they are erased.
    async fn revoke_the_others(&self) {
        for id in self.people.iter().skip(1).step_by(2) {
            assert_eq!(self.change(id, "revoke").await.expect(200)["reason"], "");
        }
    }

    /// Sends requests that name a person and are refused, and a test to an endpoint that does not answer.
    async fn be_refused(&self) {
        let caller = &self.caller;
        let mut wrong = batch_of(vec![person(0)]);
        wrong["credentials"][0]["recipient"]["id"] = json!(format!("urn:uuid:{FAMILY}"));
        let unknown = json!({ "credentials": [{ FAMILY: ADDRESS }] });
        for (path, body) in [
            ("/v1/batches", wrong.to_string()),
            ("/v1/batches", unknown.to_string()),
            ("/v1/batches", format!("{{\"{FAMILY}\":")),
            ("/v1/webhooks", json!({ "url": FAMILY, "events": [ADDRESS] }).to_string()),
            ("/v1/webhooks", json!({ FAMILY: 1 }).to_string()),
        ] {
            let key = format!("refused {FAMILY}");
            let answer = caller.send(Method::POST, path, &[("Idempotency-Key", &key)], body).await;
            assert_eq!(answer.status, 400, "{}", answer.text());
        }
        let answer = caller.post_batch_under(&self.requests[0].0, &batch_of(vec![person(1)])).await;
        answer.expect_error(ErrorCode::IdempotencyKeyReused);
        for path in [
            format!("/v1/batches?cursor={ADDRESS}"),
            format!("/v1/batches/{ADDRESS}"),
            format!("/v1/credentials/{ADDRESS}"),
            format!("/v1/tenants/{ADDRESS}"),
            format!("/v1/{ADDRESS}"),
            format!("/c/{ADDRESS}"),
            format!("/revocations?assertionId={ADDRESS}"),
            format!("/dev/chain/tx/{ADDRESS}"),
        ] {
            let answer = caller.send(Method::GET, &path, &[("User-Agent", ADDRESS)], Body::empty()).await;
            assert!(answer.status < 500, "{path}: {}", answer.status);
        }
        let endpoint = json!({ "url": "http://127.0.0.1:9/", "events": ["credential.revoked"] });
        let made = caller.post("/v1/webhooks", endpoint.to_string()).await.expect(201);
        let test = format!("/v1/webhooks/{}/test", made["id"].as_str().unwrap());
        caller.post(&test, "").await.expect(200);
    }

    /// Erases every other person, from this one on.
    async fn erase(&self, from: usize) {
        for pair in self.people.chunks(2) {
            if let Some(id) = pair.get(from) {
                self.change(id, "erase").await.expect(200);
            }
        }
    }

    /// Repeats each request, and revokes those who were erased without that, in words that name them.
    async fn repeat_everything(&self) {
        for (key, body) in &self.requests {
            let again = self.caller.post_batch_under(key, body).await;
            again.expect(202);
            assert_eq!(again.header("idempotent-replayed"), "true");
        }
        for id in &self.people {
            self.change(id, "erase").await.expect(200);
            let revoked = self.change(id, "revoke").await.expect(200);
            assert_eq!((&revoked["reason"], &revoked["reason_code"]), (&json!(""), &json!("other")));
        }
    }
}

fn person(number: usize) -> Value {
    let mut person = credential(&format!("Zuzanna {FAMILY} {number}"));
    let evidence = |kind: &str| {
        json!([{
            "id": format!("https://example.edu/{ADDRESS}/{number}/{kind}"),
            "narrative": format!("The {kind} of Zuzanna {FAMILY}, number {number}."),
        }])
    };
    person["recipient"]["email"] = json!(format!("zuzanna.{ADDRESS}.{number}@example.edu"));
    person["evidence"] = evidence("thesis");
    person["achievement"]["evidence"] = evidence("interview");
    person
}
