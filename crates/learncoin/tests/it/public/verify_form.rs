//! `/verify`, and what a credential's page lets the browser do.

use learncoin_credential::Document;
use learncoin_credential::json::Value as JsonValue;
use learncoin_credential::merkle::{PathStep, fold};
use learncoin_credential::proof::ProofValue;
use learncoin_server::BrowserNodes;
use learncoin_testkit::{Answer, Body, Request, TestApp, answer_of, one};
use serde_json::{Value, json};

use crate::public::credential_page::{issue, path_of, read};
use crate::support::site::{DID_PATH, Site, app_that_reaches_sites, did_document_for};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A PDF in ASCII alone, as a form can carry it, with an object stream whose rows have no columns: the library divides by their length.
const PDF_AT_WHICH_THE_LIBRARY_PANICS: &str = "%PDF-1.7
1 0 obj
<</Type/ObjStm/N 1/First 4/Length 33/Filter[/ASCIIHexDecode/FlateDecode]/DecodeParms[null<</Predictor 2/Columns 0>>]>>
stream
789c33563050c82bcdc90100089b025f>
endstream
endobj
trailer
<</Root 2 0 R>>
";

pub(crate) async fn send(app: &TestApp, content_type: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder().method("POST").uri("/verify").header("content-type", content_type);
    app.send(request.body(body.into()).unwrap()).await
}

pub(crate) fn as_form(document: &str) -> String {
    let escaped: String = document.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("document={escaped}")
}

/// Returns the report on what was pasted.
pub(crate) async fn report(app: &TestApp, pasted: &str) -> Answer {
    let report = send(app, FORM, as_form(pasted)).await;
    assert_eq!(report.status, 200);
    report
}

#[track_caller]
pub(crate) fn states(report: &Answer, words: &[&str]) {
    for one in words {
        assert!(report.text().contains(one), "{one}: {}", report.text());
    }
}

/// Returns the settings of the page's script.
fn settings(page: &Answer) -> Value {
    let (_, rest) = page.text().split_once("data-settings=\"").unwrap();
    let json =
        rest.split_once('"').unwrap().0.replace("&#34;", "\"").replace("&#60;", "<").replace("&#38;", "&");
    serde_json::from_str(&json.replace("&#39;", "'").replace("&#62;", ">")).unwrap()
}

#[tokio::test]
async fn a_credentials_page_names_the_nodes_that_browsers_may_ask_and_never_the_own_one() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = issue(&uni, one("Ada Lovelace")).await;
    let nodes = BrowserNodes {
        test: Some("https://sepolia.example/rpc".parse().unwrap()),
        live: Some("https://base.example/rpc".parse().unwrap()),
    };
    let router = learncoin_server::router(app.state().with_browser_nodes(nodes));
    let ask = |path: String| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        answer_of(router.clone(), request)
    };

    let page = ask(path_of(&credential)).await;
    let script_settings = settings(&page);
    assert_eq!(script_settings["nodes"], json!({ "31337": { "url": "/dev/chain/rpc", "confirmations": 1 } }));
    assert_eq!(script_settings["credential"]["id"], credential["verify_url"]);
    assert_eq!(script_settings["credential"]["url"], path_of(&credential));
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.contains(&format!("connect-src 'self' {};", app.public_url())), "{policy}");

    let page = ask("/verify".to_owned()).await;
    let script_settings = settings(&page);
    assert_eq!(script_settings["nodes"].as_object().unwrap().len(), 3);
    assert_eq!(script_settings["nodes"]["84532"]["url"], "https://sepolia.example/rpc");
    let policy = page.header("content-security-policy");
    assert!(policy.contains(" https://base.example https://sepolia.example https:;"), "{policy}");
    assert!(policy.contains("form-action 'self'"), "{policy}");
}

#[tokio::test]
async fn a_link_or_an_id_leads_to_the_credentials_page() {
    let app = TestApp::start().await;
    let id = "crd_01KPX4MQ00REJFE5FBD8QX9Y5A";
    for text in
        [id.to_owned(), format!("{}%2Fc%2F{id}", app.public_url().replace('/', "%2F").replace(':', "%3A"))]
    {
        let answer = app.get(&format!("/verify?q={text}")).await;
        assert_eq!((answer.status, answer.header("location")), (303, format!("/c/{id}").as_str()), "{text}");
    }
    let elsewhere = app.get("/verify?q=https%3A%2F%2Fother.example%2Fc%2Fx%22%3E%3Cscript%3E").await;
    assert_eq!(elsewhere.status, 200);
    assert!(elsewhere.text().contains("leads to another site"));
    assert_eq!(elsewhere.text().matches("<script").count(), 1);
    let german = read(&app, "GET", "/verify?q=x", &[("Accept-Language", "de")]).await;
    assert!(german.text().contains("weder ein Link"), "{}", german.text());
    assert_eq!(german.header("content-language"), "de");
}

#[tokio::test]
async fn a_document_that_is_sent_gets_a_report_and_stays_nowhere() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = issue(&uni, one("Ada Lovelace")).await;
    let document = credential["signed_credential"].to_string();

    let report = send(&app, FORM, as_form(&document)).await;
    assert_eq!(report.status, 200);
    let text = report.text();
    let places = ["Ada Lovelace", "Introduction to Machine Learning", "Valid, DEVELOPMENT", "Schema"]
        .map(|words| text.find(words).unwrap_or_else(|| panic!("{words}: {text}")));
    assert!(places.is_sorted(), "the person and the achievement come first: {text}");
    assert!(text.contains("Issued by <bdi>Example University</bdi> on <bdi>23 April 20"), "{text}");
    assert_eq!(report.text().matches("<script").count(), 0);
    assert_eq!(report.header("cache-control"), "no-store");

    let forged = send(&app, FORM, as_form(&document.replace("Ada", "Eda"))).await;
    assert!(forged.text().contains("Forged or changed"), "{}", forged.text());
    assert!(forged.text().find("Eda Lovelace") < forged.text().find("Forged"), "{}", forged.text());

    let reason = r#"{"reason":"Superseded","reason_code":"reissued"}"#;
    let path = format!("/v1/credentials/{}/revoke", credential["id"].as_str().unwrap());
    assert_eq!(uni.post(&path, reason).await.status, 200);
    let revoked = send(&app, FORM, as_form(&document)).await;
    assert!(revoked.text().contains("Revoked") && revoked.text().contains("revoked: Superseded"));
    assert!(revoked.text().contains("has withdrawn it"), "{}", revoked.text());

    // What holds no credential of ours is no verdict on any.
    for (text, words) in [
        ("hello", "This text is not a credential."),
        (r#"{"hello":"world"}"#, "This text is not a credential."),
        ("eyJhbGciOiJFUzI1NiJ9.eyJ2YyI6e319.c2ln", "This is a signed token (JWT)."),
        (
            r#"{"@context":["https://www.w3.org/2018/credentials/v1","https://w3id.org/blockcerts/v3"],"type":["VerifiableCredential"]}"#,
            "This is a Blockcerts credential",
        ),
    ] {
        let answer = send(&app, FORM, as_form(text)).await;
        assert!(answer.status == 200 && answer.text().contains(words), "{text}: {}", answer.text());
        assert!(!answer.text().contains("browser-step"), "{text}");
    }
    // Of a credential of another system it says what was not checked, and who is said to have issued it.
    let foreign = r#"{"type":["VerifiableCredential"],"issuer":{"name":"Other <b>"},"credentialSubject":{}}"#;
    let answer = send(&app, FORM, as_form(foreign)).await;
    for words in [
        "This is a Verifiable Credential that was not issued with LearnCoin.",
        "It names <bdi>Other &#60;b&#62;</bdi> as its issuer. Anybody can write that.",
        "Not checked: its signature, whether the issuer is who it says",
    ] {
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
    let in_presentation =
        format!(r#"{{"type":"VerifiablePresentation","verifiableCredential":[{document}]}}"#);
    let unwrapped = send(&app, FORM, as_form(&in_presentation)).await;
    assert!(unwrapped.text().contains("Revoked"), "{}", unwrapped.text());
}

#[tokio::test]
async fn nothing_is_taken_from_this_deployments_store_for_another_ones_document() {
    let (app, other) =
        (TestApp::start().await, TestApp::builder().public_url("https://other.example").start().await);
    let elsewhere = other.tenant("Other University").await;
    let credential = issue(&elsewhere, one("Ada Lovelace")).await;
    let document = credential["signed_credential"].to_string();
    let report = send(&app, FORM, as_form(&document)).await;
    assert!(
        report.text().contains("on a development chain, which proves nothing to others"),
        "{}",
        report.text()
    );

    // A document in this deployment's name that it never issued.
    let ours = document.replace("https://other.example", app.public_url());
    let did = app.public_url().split_once("://").unwrap().1.replace(':', "%3A");
    let report =
        send(&app, FORM, as_form(&ours.replace("did:web:other.example", &format!("did:web:{did}")))).await;
    assert!(report.text().contains("Forged"), "{}", report.text());
}

/// Returns the document with another issuer, as anybody can make it: with a proof of its own.
fn under_another_did(signed: &Value, did: &str) -> String {
    let mut document = signed.clone();
    let proof = document.as_object_mut().unwrap().remove("proof").unwrap();
    document["issuer"]["id"] = json!(did);
    let parsed = Document::from_json(&JsonValue::from(document.clone())).unwrap();
    let leaf = parsed.leaf();
    let value = ProofValue::decode(proof["proofValue"].as_str().unwrap()).unwrap();
    let mut path = value.path.clone();
    path[1] = PathStep::Right(parsed.redacted().leaf());
    let value = ProofValue { merkle_root: fold(leaf, &path), target_hash: leaf, path, ..value };
    document["proof"] = proof;
    document["proof"]["proofValue"] = json!(value.encode());
    document["proof"]["verificationMethod"] = json!(format!("{did}#key"));
    document.to_string()
}

#[tokio::test]
async fn only_a_did_that_the_tenant_named_is_asked() {
    let app = app_that_reaches_sites().await;
    let uni = app.tenant("Example University").await;
    let signed = issue(&uni, one("Ada Lovelace")).await["signed_credential"].clone();
    let strange = Site::open().await;
    strange.publish(&did_document_for(&app, &uni, &strange.did()).await);
    for _ in 0..20 {
        let report = send(&app, FORM, as_form(&under_another_did(&signed, &strange.did()))).await;
        let text = report.text();
        assert!(text.contains("was not issued under this DID, so its host was not asked"), "{text}");
        assert!(!text.contains("Valid"), "{text}");
    }
    assert_eq!(strange.times_asked(DID_PATH), 0);
}

#[tokio::test]
async fn what_is_no_document_is_refused_or_reported() {
    let app = TestApp::start().await;
    let large = format!("document={}", "a".repeat(192 * 1024 + 1));
    for (content_type, body, status) in [
        (FORM, String::new(), 400),
        (FORM, "document=a&document=b".to_owned(), 400),
        ("application/json", as_form("{}"), 400),
        (FORM, large, 413),
        (FORM, "x".repeat(600 * 1024), 413),
    ] {
        let answer = send(&app, content_type, body).await;
        assert_eq!(answer.status, status, "{content_type}: {}", answer.text());
    }
    for text in ["", "hello", "{}", "{\"a\":1,\"a\":2}", "\u{0}", PDF_AT_WHICH_THE_LIBRARY_PANICS] {
        let report = send(&app, FORM, as_form(text)).await;
        assert_eq!(report.status, 200, "{text}");
        assert!(report.text().contains("This text is not a credential."), "{text}");
    }
    let twice = r#"{"id":"https://a.example/c/crd_1","id":"https://a.example/c/crd_2"}"#;
    let report = send(&app, FORM, as_form(twice)).await;
    assert!(report.text().contains("Not genuine"), "{}", report.text());
}
