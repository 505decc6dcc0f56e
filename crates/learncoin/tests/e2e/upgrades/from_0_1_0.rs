//! A deployment of release 0.1.0 is upgraded by its migrations: what it issued is served byte for byte, verifies as before, and
//! everything goes on.

use std::collections::BTreeMap;

use learncoin_credential::verify::Verdict;
use learncoin_testkit::Receiver;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::support::deployment::Server;
use crate::support::http::{self, poll, wait};
use crate::support::own_verifier::OwnVerifier;
use crate::support::process::run;
use crate::support::school::{School, credential_ids, one, text};
use crate::support::site::DID_PATH;
use crate::upgrades::fixture::Fixture;

const RELEASE: &str = "0.1.0";

#[test]
fn a_deployment_on_sqlite_is_upgraded_and_goes_on() {
    upgrade(Fixture::on_sqlite);
}

#[cfg(feature = "postgres-tests")]
#[test]
fn a_deployment_on_postgresql_is_upgraded_and_goes_on() {
    upgrade(Fixture::on_postgres);
}

fn upgrade(restore: impl Fn(&str, &str) -> Fixture) {
    let receiver = wait(Receiver::start());
    let fixture = restore(RELEASE, &receiver.url(""));
    let deployment = &fixture.deployment;
    assert!(deployment.result(&["migrate"])["schema"].as_u64() >= Some(15));
    assert_eq!(deployment.result(&["doctor"])["broken"], json!([]));
    assert_records_are_kept(&fixture);

    let server = deployment.serve();
    assert_documents_are_served_as_before(&fixture, &server);
    assert_document_keys_are_made(&fixture, &server);
    assert_documents_verify(&fixture, &server);
    let university = &fixture.facts.tenants["university"];
    let page = server.get(&format!("/c/{}", fixture.facts.states.keys().next().unwrap()));
    assert!(
        page.text().contains("Académie de l&#39;Exemple") || page.text().contains("Académie de l'Exemple")
    );
    assert!(page.text().contains("/assets/logo/"), "the logo is kept");
    assert_work_goes_on(&fixture, &server);
    assert_webhooks_are_delivered(&fixture, &server, &receiver);
    let keys = deployment.result(&["signing-key", "list", "--tenant", &university.id]);
    assert_eq!(keys.as_array().unwrap().len(), 2, "{keys}");
    assert!(server.stop().success());
    assert_eq!(deployment.result(&["doctor"])["broken"], json!([]));
}

/// Checks what only commands show, before a server runs that would purge and continue.
fn assert_records_are_kept(fixture: &Fixture) {
    let list = run(&mut fixture.deployment.command(&["mail", "list"]));
    let mails: BTreeMap<String, String> = list
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .map(|mail: Value| (text(&mail, "/credential_id"), text(&mail, "/state")))
        .collect();
    let renamed = |status: &String| match status.as_str() {
        "handed" => "transmitting".to_owned(),
        "dropped" => "cancelled".to_owned(),
        "unsure" => "unknown".to_owned(),
        _ => status.clone(),
    };
    let expected = fixture.facts.mails.iter().map(|(id, status)| (id.clone(), renamed(status))).collect();
    assert_eq!(mails, expected);
    for status in ["waiting", "transmitting", "sent", "failed", "bounced", "cancelled", "unknown"] {
        assert!(mails.values().any(|of| of == status), "the fixture has a mail that is {status}");
    }
    let tenants = fixture.deployment.result(&["tenant", "list"]);
    let as_before = |tenant: &Value| tenant["mail"]["on"] == tenant["mail"]["on_in_live"];
    assert!(
        tenants.as_array().unwrap().iter().all(as_before),
        "mails of live credentials stay on: {tenants}"
    );
    for tenant in fixture.facts.tenants.values() {
        let audit = run(&mut fixture.deployment.command(&["audit", "export", "--tenant", &tenant.id]));
        assert!(audit.stdout.contains("/v1/batches"), "{audit:?}");
    }
}

fn assert_documents_are_served_as_before(fixture: &Fixture, server: &Server) {
    for (path, served) in &fixture.served {
        if fixture.facts.to_reanchor.iter().any(|id| path.contains(id.as_str())) {
            continue;
        }
        let now = body(server, path, served.key.as_deref());
        match path.as_str() {
            DID_PATH => assert_did_document_has_grown(&now, &served.body),
            _ => assert_eq!(now, served.body, "{path}"),
        }
    }
}

/// Checks that the host's DID document is as before, but for its own terms and the tenants' other DIDs, which are new.
fn assert_did_document_has_grown(now: &str, before: &str) {
    let mut document: Value = serde_json::from_str(now).unwrap();
    let own_terms = document["@context"].as_array_mut().unwrap().pop().unwrap();
    assert!(own_terms["blockchainAccountId"].is_string(), "{now}");
    let names = document.as_object_mut().unwrap().shift_remove("alsoKnownAs").unwrap();
    assert!(!names.as_array().unwrap().is_empty(), "{now}");
    assert_eq!(document.to_string(), before);
}

/// Checks that each tenant of the earlier release gets a document key by itself, which its DID document lists.
fn assert_document_keys_are_made(fixture: &Fixture, server: &Server) {
    for tenant in fixture.facts.tenants.values() {
        let path = format!("/t/{}/did.json", tenant.id.trim_start_matches("tnt_"));
        let document = poll("a document key", || {
            let answer = server.get(&path);
            if answer.status == 200 { Ok(answer.json()) } else { Err(answer.text().to_owned()) }
        });
        assert_eq!(document["assertionMethod"].as_array().unwrap().len(), 2, "{document}");
    }
}

/// Checks that each document is judged as the state of its credential demands, those that are anchored anew included.
fn assert_documents_verify(fixture: &Fixture, server: &Server) {
    for (path, served) in &fixture.served {
        let Some((id, state)) = fixture.facts.states.iter().find(|(id, _)| path.contains(id.as_str())) else {
            continue;
        };
        if path.starts_with("/revocations") {
            continue;
        }
        let verdict = || verify(fixture, server, &body(server, path, served.key.as_deref()));
        let expected = match state.as_str() {
            "valid" | "erased" => Verdict::ValidDevelopment,
            _ => Verdict::NotValid,
        };
        if fixture.facts.to_reanchor.contains(id) {
            assert_eq!(verify(fixture, server, &served.body), Verdict::NotValid, "{path}");
            poll("anchored anew", || match verdict() {
                verdict if verdict == expected => Ok(()),
                verdict => Err(format!("{verdict:?}")),
            });
            let without_proof = |body: &str| {
                let mut document = document(body);
                document.as_object_mut().unwrap().remove("proof").unwrap();
                document
            };
            let now = body(server, path, served.key.as_deref());
            assert_eq!(without_proof(&now), without_proof(&served.body), "{path}");
        } else {
            assert_eq!(verdict(), expected, "{path}");
        }
    }
}

/// Checks that what was begun is finished, and that every tenant issues with the API key that it had.
fn assert_work_goes_on(fixture: &Fixture, server: &Server) {
    school(fixture, server, "school").anchored(&fixture.facts.open_batch);
    for name in fixture.facts.tenants.keys() {
        let school = school(fixture, server, name);
        for id in credential_ids(&school.issue(&one())) {
            assert_eq!(verify(fixture, server, school.credential(&id).text()), Verdict::ValidDevelopment);
        }
    }
    let interrupted = fixture.facts.mails.iter().find(|(_, status)| *status == "handed").unwrap().0;
    poll("of unknown outcome", || {
        let mail = fixture.deployment.result(&["mail", "list", "--credential", interrupted]);
        if mail["state"] == "unknown" { Ok(()) } else { Err(mail.to_string()) }
    });
}

/// Checks that the endpoint receives the events of new batches, signed under the secret that it had.
fn assert_webhooks_are_delivered(fixture: &Fixture, server: &Server, receiver: &Receiver) {
    let batch = school(fixture, server, "university").issue(&one());
    let webhook = Webhook::new(&fixture.facts.webhook_secret).unwrap();
    for event in ["batch.created", "batch.signed", "batch.anchored"] {
        let received = poll(event, || {
            let seen = receiver.seen().into_iter().find(|request| {
                request.path == "/taken"
                    && request.event_type() == event
                    && request.body.contains(&text(&batch, "/id"))
            });
            seen.ok_or_else(|| format!("{} requests", receiver.count()))
        });
        let headers: HeaderMap = received.headers.clone();
        webhook.verify(received.body.as_bytes(), &headers).unwrap();
    }
}

/// Returns a tenant as its integrator has it: with the API key of the earlier release.
fn school(fixture: &Fixture, server: &Server, name: &str) -> School {
    let tenant = &fixture.facts.tenants[name];
    School::with_key(server, &tenant.id, &tenant.key)
}

fn body(server: &Server, path: &str, key: Option<&str>) -> String {
    let bearer = key.map(|key| format!("Bearer {key}"));
    let headers: Vec<(&str, &str)> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
    let answer = http::get(&server.url(path), &headers);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.text().to_owned()
}

/// Returns the signed credential in a response of the API, or the response itself if it is one.
fn document(body: &str) -> Value {
    let value: Value = serde_json::from_str(body).unwrap();
    value.get("signed_credential").cloned().unwrap_or(value)
}

fn verify(fixture: &Fixture, server: &Server, body: &str) -> Verdict {
    let verifier = OwnVerifier::new(&server.chain_url()).with_address(&fixture.facts.origin, &server.url(""));
    verifier.judge(document(body).to_string().as_bytes()).verdict
}
