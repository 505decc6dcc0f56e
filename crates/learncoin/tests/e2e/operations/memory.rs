//! The memory of a running server after an erasure: nothing in it names the person.
//!
//! It is read byte by byte, in every writable part of the process. The process forbids that to all users but root, so the tests need
//! root, or the capability `SYS_PTRACE`.

use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};

use learncoin_testkit::{Receiver, batch_of, credential};
use serde_json::json;

use crate::support::deployment::{Deployment, Server};
use crate::support::http::{self, poll, wait};
use crate::support::process::repository;
use crate::support::school::{School, credential_ids};

/// Words that nothing else holds.
const NAME: &str = "Zuzanna Qwyxkvbrzt";
const EMAIL: &str = "zq.pwvxkjhgrt@example.edu";
const EVIDENCE: &str = "Examined by Gvrtqxwzkk";
const REASON: &str = "Left with Mjxqvwkrtz";
/// The parts of them that are looked for.
const PERSON: [&str; 3] = ["Qwyxkvbrzt", "pwvxkjhgrt", "Gvrtqxwzkk"];
const WORDS: &str = "Mjxqvwkrtz";

/// Returns every place of the process's writable memory that holds one of the texts, in UTF-8 or UTF-16, with what is around
/// it. `None` if the process may not be read.
fn places(process: u32, texts: &[&str]) -> Option<Vec<String>> {
    let maps = std::fs::read_to_string(format!("/proc/{process}/maps"));
    let memory = std::fs::File::open(format!("/proc/{process}/mem"));
    let (maps, mut memory) = match (maps, memory) {
        (Ok(maps), Ok(memory)) => (maps, memory),
        (Err(error), _) | (_, Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
            return None;
        }
    };
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let needles: Vec<Vec<u8>> =
        texts.iter().flat_map(|text| [text.as_bytes().to_vec(), wide(text)]).collect();
    let mut found = Vec::new();
    for map in maps.lines() {
        let mut columns = map.split_whitespace();
        let (range, permissions) = (columns.next().unwrap(), columns.next().unwrap());
        if !permissions.starts_with("rw") {
            continue;
        }
        let (start, end) = range.split_once('-').unwrap();
        let [start, end] = [start, end].map(|address| u64::from_str_radix(address, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        // A part that was unmapped meanwhile, or that can't be read, such as a guard page.
        if memory.seek(SeekFrom::Start(start)).is_err() || memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        for needle in &needles {
            for at in memchr::memmem::find_iter(&bytes, needle) {
                let around = &bytes[at.saturating_sub(60)..bytes.len().min(at + 60)];
                found.push(format!("{map}: {}", around.escape_ascii()));
            }
        }
    }
    Some(found)
}

/// Issues a credential and has the person go everywhere: pages, documents, files, mail, webhooks, checks.
fn went_everywhere(server: &Server, school: &School, hook: &Receiver) -> String {
    school.create(
        "/webhooks",
        &json!({ "url": hook.url("/"), "events": ["credential.revoked", "batch.anchored"] }),
    );
    let mut one = credential(NAME);
    one["recipient"]["email"] = json!(EMAIL);
    one["evidence"] = json!([{ "id": "https://example.edu/evidence/1", "narrative": EVIDENCE }]);
    let id = credential_ids(&school.issue(&batch_of(vec![one]))).remove(0);
    poll("the mail", || {
        let mail = server.deployment.result(&["mail", "list", "--credential", &id]);
        if mail["state"] == "sent" { Ok(()) } else { Err(mail.to_string()) }
    });
    let document = server.get(&format!("/c/{id}/credential.json"));
    assert!(document.text().contains(NAME));
    for path in ["", "/certificate.pdf", "/badge.svg", "/badge.png", "/card.png", "/embed"] {
        for _ in 0..3 {
            assert_eq!(server.get(&format!("/c/{id}{path}")).status, 200, "{path}");
        }
    }
    assert!(server.visit(&format!("/c/{id}")).text().contains(NAME));
    assert!(school.credential(&id).text().contains(EVIDENCE));
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("credential", document.text())
        .finish();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    http::send(reqwest::Method::POST, &server.url("/verify"), &headers, form.into_bytes());
    school.change(&id, "revoke", &json!({ "reason": REASON, "reason_code": "other" }));
    poll("the revocation is delivered", || {
        match hook.seen().iter().any(|event| event.body.contains(REASON)) {
            true => Ok(()),
            false => Err(format!("{} requests", hook.count())),
        }
    });
    id
}

/// Checks that a server that is started with these variables has no place with one of the texts soon after an erasure.
fn assert_erased(variables: &[(&'static str, &str)], texts: &[&str]) {
    let hook = wait(Receiver::start());
    let mut deployment = Deployment::new().with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true");
    for (name, value) in variables {
        deployment = deployment.with(name, value);
    }
    let server = deployment.serve();
    let Some(seen) = places(server.process_id(), &[&server.origin()]) else {
        eprintln!("skipped: the memory of a process that protects itself is read by root alone");
        return;
    };
    assert!(!seen.is_empty(), "what is in memory is found");
    let school = School::join(&server, "starter");
    let id = went_everywhere(&server, &school, &hook);
    let body = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    school.change(&id, "erase", &body);
    // Buffers of connections last as long as those.
    poll("free of the person", || match places(server.process_id(), texts).unwrap() {
        places if places.is_empty() => Ok(()),
        places => Err(format!("{} places\n{}", places.len(), places.join("\n"))),
    });
}

#[test]
fn an_erased_person_is_in_no_memory_of_the_program() {
    assert_erased(&[], &PERSON);
}

#[test]
fn started_as_the_service_starts_it_the_words_of_a_revocation_are_in_none_either() {
    let service = std::fs::read_to_string(repository().join("deploy/learncoin.service")).unwrap();
    let image = std::fs::read_to_string(repository().join("deploy/Dockerfile")).unwrap();
    let tunables = service.lines().find_map(|line| line.strip_prefix("Environment=GLIBC_TUNABLES=")).unwrap();
    assert!(image.contains(&format!("ENV GLIBC_TUNABLES={tunables}\n")));
    assert_erased(&[("GLIBC_TUNABLES", tunables)], &[&PERSON[..], &[WORDS]].concat());
}
