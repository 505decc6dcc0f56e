//! A school that shows itself: a DID and a logo on a site of its own, and the operator's word for its name.

use serde_json::{Value, json};

use crate::support::deployment::Deployment;
use crate::support::process::run;
use crate::support::programs::stock_verdicts;
use crate::support::school::{School, credential_ids, one, text};
use crate::support::site::{DID_PATH, Site, did_document};

const DEVELOPMENT: u64 = 31337;
const PNG: &[u8] = include_bytes!("../support/data/logo.png");

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
    site.put(
        DID_PATH,
        did_document(&server.get(DID_PATH).json(), &school.tenant_id, &server.origin(), &site.did())
            .to_string(),
    );
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
        let ended = run(&mut server.deployment.command(&[
            "verify",
            file.to_str().unwrap(),
            "--allow",
            "development",
        ]));
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
fn a_public_credential_does_not_make_its_verifier_ask_its_own_machine() {
    let (server, site) = (deployment().at_public_url("https://learncoin.invalid").serve(), Site::open());
    let school = School::join(&server, "institution");
    let hosted = server.get(DID_PATH).json();
    let document = did_document(&hosted, &school.tenant_id, "https://learncoin.invalid", &site.did());
    site.put(DID_PATH, document.to_string());
    school.patch(&json!({ "did": site.did() }));
    let id = credential_ids(&school.issue(&one())).remove(0);
    let answer = school.credential(&id).json();
    assert_eq!(text(&answer, "/signed_credential/issuer/id"), site.did());

    let before = site.connections();
    let file = server.deployment.write("credential.json", answer.to_string());
    let ended = run(&mut server.deployment.command(&["verify", file.to_str().unwrap(), "--json"]));
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(ended.stdout.contains("is not fetched"), "{ended:?}");
    assert_eq!(site.connections(), before, "its own machine was asked");
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
    let name = |id: &str| text(&school.credential(id).json(), "/signed_credential/issuer/name");
    let waiting = credential_ids(&school.issue(&one())).remove(0);
    assert_eq!((is_confirmed(&old), is_confirmed(&waiting)), (true, true));
    assert_eq!(name(&waiting), "Example University");

    let listed = server.deployment.result(&["tenant", "list"]);
    assert_eq!(text(&listed, "/0/name"), "Famous University");
    assert_eq!(text(&listed, "/0/confirmed/issuer_name"), "Example University");
    text(&listed, "/0/unconfirmed_since");
    let confirmed = server.deployment.result(&["tenant", "update", &school.tenant_id, "--confirm"]);
    assert_eq!((&confirmed["unconfirmed_since"], &confirmed["confirmed"]), (&Value::Null, &Value::Null));
    let new = credential_ids(&school.issue(&one())).remove(0);
    assert_eq!((name(&new).as_str(), is_confirmed(&new)), ("Famous University", true));
}
