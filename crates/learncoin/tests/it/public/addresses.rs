//! Addresses as people mangle them, addresses that documents carry, and errors as a browser gets them.

use learncoin_testkit::{TestApp, one};
use serde_json::Value;

use crate::public::credential_page::{issue, path_of, read};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn a_mangled_link_is_redirected_to_the_one_address() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = issue(&uni, one("Ada Lovelace")).await;
    let (path, id) = (path_of(&credential), credential["id"].as_str().unwrap());
    let lower = path.to_lowercase();
    for (mangled, target) in [
        (format!("{path}/"), path.clone()),
        (lower.clone(), path.clone()),
        (format!("{path}."), path.clone()),
        (format!("{path}),"), path.clone()),
        (format!("/c/%3C{id}%3E"), path.clone()),
        (format!("{path}/?lang=de"), format!("{path}?lang=de")),
        (format!("{lower}/certificate.pdf"), format!("{path}/certificate.pdf")),
        (format!("{path}/badge.png/"), format!("{path}/badge.png")),
    ] {
        let answer = app.get(&mangled).await;
        assert_eq!((answer.status, answer.header("location")), (308, target.as_str()), "{mangled}");
        assert_eq!(answer.header("cache-control"), "no-store", "{mangled}");
        let found = app.get(&target).await;
        assert_eq!(found.status, 200, "{target}");
    }
    for unknown in ["/c/crd_1", "/c/", &format!("{path}/other")] {
        assert_eq!(app.get(unknown).await.status, 404, "{unknown}");
    }
}

#[tokio::test]
async fn the_share_link_gives_json_where_others_tools_ask_for_it() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = issue(&uni, one("Ada Lovelace")).await;
    let path = path_of(&credential);
    let by_query = read(&app, "GET", &format!("{path}?format=json"), &[("Accept", BROWSER)]).await;
    assert_eq!((by_query.status, by_query.header("content-type")), (200, "application/json"));
    assert_eq!(by_query.json(), credential["signed_credential"]);
    let by_header = read(&app, "GET", &path, &[("Accept", "application/json, text/html")]).await;
    assert_eq!(by_header.json(), credential["signed_credential"]);
    let page = read(&app, "GET", &path, &[("Accept", "text/html, application/json")]).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let redacted = app.get(&format!("{path}?format=json&redacted=true")).await.json();
    assert_eq!(redacted.pointer("/credentialSubject/name"), None);
    assert_eq!(app.get(&format!("{path}?format=xml")).await.status, 400);
}

#[tokio::test]
async fn every_address_that_a_document_carries_answers() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut batch = one("Ada Lovelace");
    batch["credentials"][0]["achievement"]["alignment"] = serde_json::json!([
        { "targetFramework": "ESCO", "targetCode": "S1.4.0", "targetName": "Machine learning" },
        { "targetFramework": "O*NET", "targetCode": "15-2051.00", "targetName": "Data scientist" },
        { "targetFramework": "ISCED-F", "targetCode": "0613", "targetName": "Software" },
        { "targetFramework": "CUSTOM", "targetCode": "a/b ü", "targetName": "Own" },
    ]);
    let credential = issue(&uni, batch).await;
    let mut urls = Vec::new();
    collect(&credential["signed_credential"], app.public_url(), &mut urls);
    let alignments = urls.iter().filter(|url| url.starts_with("/alignments/")).count();
    assert_eq!(alignments, 4, "{urls:?}");
    for url in &urls {
        let answer = app.get(url).await;
        assert_eq!(answer.status, 200, "{url}: {}", answer.text());
    }
    let page = app.get("/alignments/esco/S1.4.0%3Cscript%3E").await;
    assert!(page.text().contains("ESCO") && !page.text().contains("<script"), "{}", page.text());
    let own = app.get("/alignments/custom/a%2Fb%20%C3%BC?lang=de").await;
    assert!(own.text().contains("a/b ü") && own.text().contains("eigenen Liste"), "{}", own.text());
    for unknown in ["/alignments/other/1", "/alignments/esco", "/alignments/esco/", "/alignments/esco/%00"] {
        assert_eq!(app.get(unknown).await.status, 404, "{unknown}");
    }
}

/// Collects the addresses of this site in a document, without the site and without fragments.
fn collect(value: &Value, origin: &str, urls: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            if let Some(path) = text.strip_prefix(origin) {
                urls.push(path.split('#').next().unwrap().to_owned());
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, origin, urls)),
        Value::Object(members) => members.values().for_each(|value| collect(value, origin, urls)),
        _ => {}
    }
}

#[tokio::test]
async fn a_browser_gets_pages_for_errors_and_every_other_caller_json() {
    let app = TestApp::start().await;
    let unknown = "/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A";
    for (method, path, status, words) in [
        ("GET", "/nothing/here", 404, "There is no such page"),
        ("GET", "/docs/nothing", 404, "There is no such page"),
        ("GET", "/assets/logo/00", 404, "There is no such page"),
        ("GET", &format!("{unknown}/certificate.pdf"), 404, "There is no such credential"),
        ("GET", &format!("{unknown}/credential.json"), 404, "There is no such credential"),
        ("GET", "/revocations", 400, "This request is not clear"),
        ("DELETE", "/verify", 405, "This address works in another way"),
        ("POST", "/verify", 400, "This request is not clear"),
    ] {
        let page = read(&app, method, path, &[("Accept", BROWSER)]).await;
        let kind = page.header("content-type").to_owned();
        assert_eq!((page.status, kind.as_str()), (status, "text/html; charset=utf-8"), "{path}");
        assert!(page.text().contains(words), "{path}: {}", page.text());
        assert!(!page.header("x-request-id").is_empty(), "{path}");
        let json = read(&app, method, path, &[("Accept", "*/*")]).await;
        assert_eq!((json.status, json.header("content-type")), (status, "application/json"), "{path}");
    }
    let wrong = read(&app, "DELETE", "/verify", &[("Accept", BROWSER)]).await;
    assert!(wrong.header("allow").contains("POST"), "{}", wrong.header("allow"));
    let german = read(&app, "GET", "/x", &[("Accept", BROWSER), ("Accept-Language", "de")]).await;
    assert!(german.text().contains("Diese Seite gibt es nicht"), "{}", german.text());
    let api = read(&app, "GET", "/v1/nothing", &[("Accept", BROWSER)]).await;
    assert_eq!((api.status, api.header("content-type")), (404, "application/json"));
}
