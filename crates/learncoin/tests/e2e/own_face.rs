//! A school that shows itself: a DID and a logo on a site of its own, and the operator's word for its name.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::deployment::{Deployment, Server};
use crate::process::run;
use crate::programs::stock_verdicts;
use crate::school::{School, credential_ids, one, text};

const DEVELOPMENT: u64 = 31337;
pub(crate) const DID_PATH: &str = "/.well-known/did.json";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

/// The school's own site: pages by their paths, which every origin may read.
pub(crate) struct Site {
    port: u16,
    pages: Arc<Mutex<HashMap<String, Vec<u8>>>>,
}

impl Site {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let pages = Arc::<Mutex<HashMap<String, Vec<u8>>>>::default();
        let shown = Arc::clone(&pages);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
                let page = shown.lock().unwrap().get(path).cloned();
                let status = if page.is_some() { "200 OK" } else { "404 Not Found" };
                let page = page.unwrap_or_default();
                // Whoever asked may have gone.
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status}\r\naccess-control-allow-origin: *\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    page.len()
                );
                let _ = stream.write_all(&page);
            }
        });
        Self { port, pages }
    }

    pub(crate) fn put(&self, path: &str, page: impl Into<Vec<u8>>) {
        self.pages.lock().unwrap().insert(path.to_owned(), page.into());
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    pub(crate) fn did(&self) -> String {
        format!("did:web:localhost%3A{}", self.port)
    }
}

/// The DID document that a school writes: its keys as the deployment's DID document has them, under its own names.
pub(crate) fn did_document(server: &Server, school: &School, did: &str) -> Value {
    let hosted = server.get(DID_PATH).json();
    let ulid = school.tenant_id.trim_start_matches("tnt_");
    let mut keys = hosted["verificationMethod"].as_array().unwrap().clone();
    keys.retain(|key| text(key, "/id").contains(ulid));
    for (number, key) in keys.iter_mut().enumerate() {
        key["id"] = json!(format!("{did}#key-{}", number + 1));
        key["controller"] = json!(did);
    }
    json!({
        "@context": hosted["@context"],
        "id": did,
        "verificationMethod": keys,
        "assertionMethod": keys.iter().map(|key| key["id"].clone()).collect::<Vec<_>>(),
        "service": [{
            "id": format!("{did}#issuer-profile"),
            "type": "IssuerProfile",
            "serviceEndpoint": format!("{}/tenants/{ulid}/issuer.json", server.origin()),
        }],
    })
}

fn deployment() -> Deployment {
    Deployment::new()
        .with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true")
        .with("LEARNCOIN_PLANS_INSTITUTION_REQUESTS_PER_MINUTE", "1000000")
        .with("LEARNCOIN_CHAIN_ALLOW_LIVE_KEYS_ON_DEVELOPMENT_CHAIN", "true")
}

#[test]
fn a_credential_under_a_did_of_the_schools_own_verifies_everywhere() {
    let (server, site) = (deployment().serve(), Site::open());
    let school = School::join(&server, "institution");
    site.put(DID_PATH, did_document(&server, &school, &site.did()).to_string());
    site.put("/logo.png", PNG);
    let logo = json!({ "logo_url": format!("{}/logo.png", site.origin()) });
    let patched = school.patch(&json!({ "did": site.did(), "awarding_body": logo }));
    assert_eq!(text(&patched, "/did"), site.did());
    let listed = server.deployment.result(&["tenant", "list"]);
    assert_eq!(text(&listed, "/0/did"), site.did());

    let id = credential_ids(&school.issue(&one())).remove(0);
    let answer = school.credential(&id).json();
    let signed = &answer["signed_credential"];
    assert_eq!(text(signed, "/issuer/id"), site.did());
    assert_eq!(text(signed, "/proof/verificationMethod"), format!("{}#key-1", site.did()));
    let redacted = server.get(&format!("/c/{id}/credential.json?redacted=true")).json();

    let hosts = [(server.origin(), server.url("")), (site.origin(), site.origin())];
    let hosts = hosts.each_ref().map(|(origin, served)| (origin.as_str(), served.as_str()));
    let files = [("full.json", signed), ("redacted.json", &redacted)]
        .map(|(name, document)| server.deployment.write(name, document.to_string()));
    for file in &files {
        let ended = run(&mut server.deployment.command(&["verify", file.to_str().unwrap()]));
        assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
        let (all_valid, verdicts) = stock_verdicts(&server.chain_url(), &hosts, file, DEVELOPMENT);
        assert!(all_valid, "{verdicts:?}");
    }
    let page = server.get(&format!("/c/{id}"));
    assert!(page.text().contains("Verdict: <strong>valid, DEVELOPMENT</strong>"), "{}", page.text());
    let (_, src) = page.text().split_once("<img class=\"logo\" src=\"").unwrap();
    assert_eq!(server.get(src.split_once('"').unwrap().0).body, PNG);

    let reason = "Superseded by a re-issued version";
    school.change(&id, "revoke", &json!({ "reason": reason, "reason_code": "reissued" }));
    for file in &files {
        let ended = run(&mut server.deployment.command(&["verify", file.to_str().unwrap()]));
        assert_eq!(ended.status, Some(1), "{ended:?}");
        let (_, verdicts) = stock_verdicts(&server.chain_url(), &hosts, file, DEVELOPMENT);
        assert_eq!(verdicts[0]["valid"], false);
        assert!(verdicts[0].to_string().contains(reason), "{verdicts:?}");
    }

    // A school that takes its document away takes its word away: nothing is valid that can't be checked.
    site.put(DID_PATH, "{}");
    let ended = run(&mut server.deployment.command(&["verify", &text(&answer, "/verify_url")]));
    assert_eq!(ended.status, Some(2), "{ended:?}");
}

#[test]
fn a_new_name_waits_for_the_operators_word() {
    let server = deployment().serve();
    let school = School::join(&server, "starter").live(&server);
    let is_confirmed = |id: &str| {
        let page = server.get(&format!("/c/{id}"));
        let is_confirmed = page.text().contains("Name confirmed by the operator");
        assert_ne!(is_confirmed, page.text().contains("Name not confirmed by the operator"));
        is_confirmed
    };
    let old = credential_ids(&school.issue(&one())).remove(0);
    school.patch(&json!({ "display_name": "Famous University" }));
    let new = credential_ids(&school.issue(&one())).remove(0);
    assert_eq!((is_confirmed(&old), is_confirmed(&new)), (true, false));

    let listed = server.deployment.result(&["tenant", "list"]);
    assert_eq!(text(&listed, "/0/name"), "Famous University");
    assert_eq!(text(&listed, "/0/confirmed/issuer_name"), "Example University");
    text(&listed, "/0/unconfirmed_since");
    let confirmed = server.deployment.result(&["tenant", "update", &school.tenant_id, "--confirm"]);
    assert_eq!((&confirmed["unconfirmed_since"], &confirmed["confirmed"]), (&Value::Null, &Value::Null));
    assert!(is_confirmed(&new));
}
