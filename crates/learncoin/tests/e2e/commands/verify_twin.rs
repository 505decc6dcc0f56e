//! `learncoin verify` on the JWT twins of wallet forms, and on tokens of others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use learncoin_testkit::edited_token;
use serde_json::{Value, json};

use crate::support::deployment::{Deployment, Server};
use crate::support::process::{Ended, run_with_input};
use crate::support::school::{School, credential_ids, varied};
use crate::support::site::Site;
use crate::support::twin::take_twin;

/// Verifies a text on standard input, as anybody can who has no data directory and knows no node.
fn verify(arguments: &[&str], text: &str) -> Ended {
    let arguments = [&["verify", "-", "--json"], arguments].concat();
    run_with_input(&mut Deployment::new().bare_command(&arguments), text.as_bytes())
}

#[track_caller]
fn expect(text: &str, status: i32, verdict: &str, failure: Option<&str>) {
    let ended = verify(&["--allow", "development"], text);
    let report = ended.json();
    let found = (ended.status, &report["verdict"], report["failure"].as_str());
    assert_eq!(found, (Some(status), &json!(verdict), failure), "{ended:?}");
}

/// Issues two credentials, and takes their twins.
fn twins(server: &Server) -> (School, [(String, String); 2]) {
    let school = School::join(server, "developer");
    let ids: [String; 2] = credential_ids(&school.issue(&varied(2))).try_into().unwrap();
    let twins = ids.map(|id| (take_twin(server, &server.origin(), &id), id));
    (school, twins)
}

#[test]
fn a_twin_is_judged_like_the_wallet_form() {
    let server = Deployment::new().serve();
    let (school, [(valid, _), (revoked, id)]) = twins(&server);
    school.change(&id, "revoke", &json!({ "reason": "Superseded", "reason_code": "reissued" }));
    expect(&valid, 0, "valid_development", None);
    let report = verify(&["--allow", "development"], &format!("{valid}\n")).json();
    let outcomes: Vec<&Value> =
        report["checks"].as_array().unwrap().iter().map(|check| &check["outcome"]).collect();
    assert_eq!(outcomes, ["passed", "passed", "passed", "not_applicable", "passed"]);
    let form = server.get(&format!(
        "/c/{}?form=wallet",
        report["credential"]["id"].as_str().unwrap().rsplit('/').next().unwrap()
    ));
    assert_eq!(report["credential"]["recipient"], form.json()["credentialSubject"]["name"]);
    // Anybody can mint on a development chain.
    assert_eq!(verify(&[], &valid).status, Some(4));
    let presentation = json!({ "type": ["VerifiablePresentation"], "verifiableCredential": [valid] });
    expect(&presentation.to_string(), 0, "valid_development", None);
    expect(&revoked, 1, "not_valid", Some("revoked"));

    expect(
        &edited_token(&valid, 1, |claims| claims["vc"]["issuer"]["name"] = json!("Another")),
        1,
        "not_valid",
        Some("altered"),
    );
    let unlisted =
        |header: &mut Value| header["kid"] = json!(header["kid"].as_str().unwrap().replace("#ed-1", "#ed-2"));
    expect(&edited_token(&valid, 0, unlisted), 1, "not_valid", Some("wrong_issuer"));
    for forged in [
        edited_token(&valid, 0, |header| header["alg"] = json!("none")),
        edited_token(&valid, 0, |header| header["alg"] = json!("HS256")),
        edited_token(&valid, 1, |claims| claims["iat"] = claims["nbf"].clone()),
        edited_token(&valid, 1, |claims| claims["jti"] = json!("urn:uuid:1")),
        valid[..=valid.rfind('.').unwrap()].to_owned(),
    ] {
        expect(&forged, 1, "not_valid", Some("malformed"));
    }
    assert!(server.stop().success());
    for twin in [&valid, &revoked] {
        expect(twin, 2, "could_not_check", None);
    }
}

#[test]
fn a_token_of_others_is_no_learncoin_credential_and_asks_nobody() {
    let site = Site::open();
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let issuer = format!("did:web:{}", site.origin().split_once("://").unwrap().1.replace(':', "%3A"));
    let header = part(json!({ "alg": "EdDSA", "typ": "JWT", "kid": format!("{issuer}#key-1") }));
    let claims = part(json!({ "iss": issuer, "vc": { "type": ["VerifiableCredential"], "issuer": issuer } }));
    for token in [format!("{header}.{claims}.c2ln"), "eyJhbGciOiJFUzI1NiJ9.eyJ2YyI6e319.c2ln".to_owned()] {
        expect(&token, 2, "not_learncoin", None);
        assert_eq!(verify(&[], &token).json()["kind"], "token");
    }
    assert_eq!(site.connections(), 0, "a host was asked about a token of others");
}
