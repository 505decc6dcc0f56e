//! `learncoin verify` on wallet forms, which need no node of a chain.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::deployment::{Deployment, Server};
use crate::support::http::poll;
use crate::support::process::{Ended, run, run_with_input};
use crate::support::school::{School, credential_ids, text, varied};
use crate::support::shared::Shared;
use crate::support::site::Site;

/// A running server with two anchored credentials, the second of them revoked.
struct Issued {
    server: Server,
    ids: Vec<String>,
    valid: Value,
    revoked: Value,
}

impl Issued {
    fn get() -> Arc<Self> {
        static ISSUED: Shared<Issued> = Shared::new();
        ISSUED.get(Self::new)
    }

    fn new() -> Self {
        let server = Deployment::new().serve();
        let school = School::join(&server, "developer");
        let ids = credential_ids(&school.issue(&varied(2)));
        school.change(&ids[1], "revoke", &json!({ "reason": "Superseded", "reason_code": "reissued" }));
        let [valid, revoked] = [0, 1].map(|at| wallet_form(&server, &ids[at]));
        Self { server, ids, valid, revoked }
    }
}

/// Waits until the tenant has its document key, and returns the wallet form.
fn wallet_form(server: &Server, id: &str) -> Value {
    poll("signed", || {
        let answer = server.get(&format!("/c/{id}?form=wallet"));
        if answer.status == 200 { Ok(answer.json()) } else { Err(answer.text().to_owned()) }
    })
}

/// Verifies a document on standard input, as anybody can who has no data directory and knows no node.
fn verify(arguments: &[&str], document: &Value) -> Ended {
    let arguments = [&["verify", "-"], arguments].concat();
    run_with_input(&mut Deployment::new().bare_command(&arguments), document.to_string().as_bytes())
}

fn outcomes(report: &Value) -> Vec<String> {
    report["checks"].as_array().unwrap().iter().map(|check| text(check, "/outcome")).collect()
}

#[test]
fn it_is_valid_as_a_file_a_link_and_a_presentation() {
    let issued = Issued::get();
    let ended = verify(&["--json", "--allow", "development"], &issued.valid);
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    let report = ended.json();
    assert_eq!(report["verdict"], "valid_development");
    assert_eq!(outcomes(&report), ["passed", "passed", "passed", "not_applicable", "passed"]);
    assert_eq!(report["credential"]["recipient"], issued.valid["credentialSubject"]["name"]);
    // Anybody can mint on a development chain.
    assert_eq!(verify(&[], &issued.valid).status, Some(4));

    let link = format!("{}/c/{}?form=wallet", issued.server.origin(), issued.ids[0]);
    let ended = run(&mut Deployment::new().bare_command(&["verify", &link, "--allow", "development"]));
    assert_eq!((ended.status, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    for words in ["VALID, DEVELOPMENT", "not applicable  anchor: a wallet form is signed with a key"] {
        assert!(ended.stdout.contains(words), "{words}: {}", ended.stdout);
    }
    let presentation = json!({ "type": ["VerifiablePresentation"], "verifiableCredential": [issued.valid] });
    assert_eq!(verify(&["--allow", "development"], &presentation).status, Some(0));
}

#[test]
fn a_revoked_and_an_altered_one_are_not_valid() {
    let issued = Issued::get();
    let ended = verify(&["--json", "--allow", "development"], &issued.revoked);
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert_eq!(
        (&ended.json()["failure"], &ended.json()["verdict"]),
        (&json!("revoked"), &json!("not_valid"))
    );
    let mut altered = issued.valid.clone();
    altered["issuer"]["name"] = json!("Another University");
    let ended = verify(&["--json", "--allow", "development"], &altered);
    assert_eq!((ended.status, &ended.json()["failure"]), (Some(1), &json!("altered")));
}

#[test]
fn nothing_is_requested_after_a_failed_check_and_nothing_from_another_host() {
    let (issued, site) = (Issued::get(), Site::open());
    let origin = issued.server.origin();
    // Signed for one host, it is not moved to another.
    let moved = issued.valid.to_string().replace(&origin, &site.origin());
    let moved = moved.replace(&did_part(&origin), &did_part(&site.origin()));
    let ended = verify(&["--json"], &serde_json::from_str(&moved).unwrap());
    assert_eq!((ended.status, &ended.json()["failure"]), (Some(1), &json!("altered")));
    let mut altered = issued.valid.clone();
    altered["credentialStatus"]["statusListCredential"] = json!(format!("{}/list", site.origin()));
    altered["credentialStatus"]["id"] = json!(format!("{}/list#7", site.origin()));
    assert_eq!(verify(&["--json"], &altered).status, Some(1));
    assert_eq!(site.connections(), 0, "a host was asked about a credential that is not valid");
}

/// Returns the host of an origin as a DID writes it.
fn did_part(origin: &str) -> String {
    format!("did:web:{}", origin.split_once("://").unwrap().1.replace(':', "%3A"))
}

#[test]
fn a_server_that_is_away_is_could_not_check() {
    let issued = Issued::new();
    let Issued { server, valid, revoked, .. } = issued;
    assert!(server.stop().success());
    for form in [valid, revoked] {
        let ended = verify(&["--json", "--allow", "development"], &form);
        assert_eq!(
            (ended.status, &ended.json()["verdict"]),
            (Some(2), &json!("could_not_check")),
            "{ended:?}"
        );
        let expected = ["passed", "passed", "could_not_check", "not_applicable", "could_not_check"];
        assert_eq!(outcomes(&ended.json()), expected);
    }
}

#[test]
fn a_credential_of_another_system_is_told_by_what_was_not_checked() {
    let foreign = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": { "id": "did:web:other.example", "name": "Other\u{1b}[31m University" },
        "credentialSubject": {},
        "proof": { "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022" },
    });
    let ended = verify(&["--json"], &foreign);
    let report = ended.json();
    assert_eq!((ended.status, &report["verdict"]), (Some(2), &json!("not_learncoin")), "{ended:?}");
    assert_eq!(report["issuer"], "Other\u{1b}[31m University");
    assert_eq!(report["checked"], json!(["kind"]));
    assert_eq!(report["not_checked"], json!(["signature", "issuer", "dates", "revocation"]));
    let words = verify(&[], &foreign).stdout;
    for line in [
        "It names Other [31m University as its issuer. Anybody can write that.",
        "Not checked: its signature",
    ] {
        assert!(words.contains(line), "{line}: {words}");
    }
}
