//! `GET /c/{id}`: the page and the document of a credential.

use learncoin_credential::verify::ParsedCredential;
use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Answer, Body, Caller, Request, TestApp, batch_of, credential, one};
use serde_json::{Value, json};

/// The policy of a page whose browser may check the credential, around the origins that it may ask.
const SCRIPTED_POLICY: [&str; 2] = [
    "default-src 'none'; script-src 'self'; connect-src 'self' ",
    "; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for \
     'script'; trusted-types 'none'",
];
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub(crate) async fn read(app: &TestApp, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

pub(crate) async fn get_as(app: &TestApp, path: &str, accept: &str) -> Answer {
    read(app, "GET", path, &[("Accept", accept)]).await
}

/// Issues a batch of one and gives its credential as the API shows it.
pub(crate) async fn issue(uni: &Caller, body: Value) -> Value {
    let batch = uni.post_batch(body).await;
    uni.app.run_until_idle().await;
    first_credential(uni, &batch).await
}

pub(crate) async fn first_credential(uni: &Caller, batch: &Value) -> Value {
    let batch = uni.batch(batch["id"].as_str().unwrap()).await;
    uni.credential(batch["credentials"][0]["id"].as_str().unwrap()).await
}

pub(crate) fn path_of(credential: &Value) -> String {
    format!("/c/{}", credential["id"].as_str().unwrap())
}

/// Returns the text of a page as a reader sees it, without tags and repeated blanks.
pub(crate) fn text(page: &Answer) -> String {
    let body = page.text().split_once("<body>").unwrap().1.replace('<', " <");
    let parts = body.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    parts.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn title(page: &Answer) -> &str {
    page.text().split_once("<title>").unwrap().1.split_once("</title>").unwrap().0
}

pub(crate) fn expect_page(page: &Answer, status: u16) {
    assert_eq!(page.status, status, "{}", page.text());
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, noarchive"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("vary", "Accept, Accept-Language"),
        ("access-control-allow-origin", ""),
    ] {
        assert_eq!(page.header(name), value, "{name}");
    }
    assert!(page.header("x-request-id").starts_with("req_"));
    assert!(!page.text().contains(" style=\""));
    let policy = page.header("content-security-policy");
    let scripts: Vec<&str> =
        page.text().split("<script").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
    match scripts.as_slice() {
        [] => assert_eq!(policy, POLICY),
        scripts => {
            assert_eq!(scripts, [" type=\"module\" src=\"/assets/verify/begin.js\""]);
            let [before, after] = SCRIPTED_POLICY;
            let asked = policy
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after))
                .unwrap_or_else(|| panic!("{policy}"));
            assert!(asked.split(' ').all(|origin| origin.starts_with("http")), "{asked}");
        }
    }
}

#[tokio::test]
async fn the_verify_link_opens_the_page_of_the_walkthrough() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = issue(&uni, one("Ada Lovelace")).await;
    assert_eq!(credential["verify_url"], format!("{}{}", app.public_url(), path_of(&credential)));

    let page = app.get(&path_of(&credential)).await;
    expect_page(&page, 200);
    assert_eq!(title(&page), "Introduction to Machine Learning · valid, DEVELOPMENT");
    let text = text(&page);
    for point in [
        "Issued by Example University Awarded to Ada Lovelace For Introduction to Machine Learning Completed the 12-week",
        "Valid, DEVELOPMENT · issued by Example University on 23 April 2026 · not revoked Anchored All five checks passed just now",
        "Proof Verdict: valid, DEVELOPMENT , checked 20 November 2026, 12:00:01 UTC Anchor transaction 0x",
        "Schema passed",
        "Signature passed",
        "Issuer passed",
        "Anchor passed",
        "Revocation passed",
        "Name confirmed by the operator of this site.",
    ] {
        assert!(text.contains(point), "{point} in {text}");
    }
    assert!(
        text.starts_with("Skip to the status LearnCoin Verify a credential Documentation DEVELOPMENT"),
        "{text}"
    );
    assert!(text.ends_with("Cryptographically verified by LearnCoin · Powered by Blockcerts"), "{text}");
    assert!(!page.text().split_once("<body>").unwrap().0.contains("Lovelace"));
}

#[tokio::test]
async fn the_verify_link_answers_programs_with_the_document_of_the_api() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = issue(&uni, one("Ada Lovelace")).await;
    let path = path_of(&credential);
    for media_type in ["application/vc", "application/ld+json", "application/json"] {
        let answer = get_as(&app, &path, media_type).await;
        assert_eq!(answer.expect(200), credential["signed_credential"]);
        for (name, value) in [
            ("content-type", media_type),
            ("vary", "Accept"),
            ("access-control-allow-origin", "*"),
            ("cache-control", "no-store"),
            ("x-robots-tag", "noindex, noarchive"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.header(name), value, "{name}");
        }
    }
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
    for accept in [browser, "*/*", "text/html;q=0.9, application/json;q=0.8"] {
        expect_page(&get_as(&app, &path, accept).await, 200);
    }
    let preferred = get_as(&app, &path, "text/html;q=0.1, application/ld+json;q=0.9").await;
    assert_eq!(preferred.header("content-type"), "application/ld+json");
}

#[tokio::test]
async fn the_document_can_be_taken_away_in_every_form() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut request = credential("Ada Lovelace");
    request["evidence"] = json!([{ "narrative": "A classifier for bird song." }]);
    let credential = issue(&uni, batch_of(vec![request])).await;
    let id = credential["id"].as_str().unwrap();
    let path = format!("/c/{id}/credential.json");

    let full = app.get(&path).await;
    assert_eq!(full.expect(200), credential["signed_credential"]);
    assert_eq!(full.header("content-type"), "application/vc");
    assert_eq!(full.header("content-disposition"), format!("attachment; filename=\"{id}.json\""));

    let redacted = app.get(&format!("{path}?redacted=true&utm_source=mail")).await;
    assert_eq!(
        redacted.header("content-disposition"),
        format!("attachment; filename=\"{id}-redacted.json\"")
    );
    assert!(
        !redacted.text().contains("Lovelace") && !redacted.text().contains("bird song"),
        "{}",
        redacted.text()
    );
    for layout in ["default", "open-badges", "data-integrity"] {
        for form in ["true", "false"] {
            let answer = app.get(&format!("{path}?layout={layout}&redacted={form}")).await;
            let parsed = ParsedCredential::read(&answer.body).unwrap();
            assert_eq!(parsed.credential().document.is_redacted(), form == "true");
            assert_eq!(parsed.proof().has_redacted_path(), form == "true");
            let proof = &answer.json()["proof"];
            assert_eq!(proof.is_array(), layout == "open-badges", "{proof}");
            assert_eq!(proof["type"] == "DataIntegrityProof", layout == "data-integrity", "{proof}");
        }
    }
    let negotiated = get_as(&app, &format!("/c/{id}?redacted=true"), "application/json").await;
    assert_eq!(negotiated.expect(200), redacted.json());

    for query in ["redacted=yes", "layout=pdf", "redacted=true&redacted=true"] {
        let answer = app.get(&format!("{path}?{query}")).await;
        let message = answer.expect_error(ErrorCode::InvalidFieldFormat);
        assert!(message.contains("expected"), "{message}");
        expect_page(&app.get(&format!("/c/{id}?{query}")).await, 400);
    }
}

#[tokio::test]
async fn before_the_anchor_there_is_a_page_and_no_document() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    let credential = first_credential(&uni, &batch).await;
    let page = app.get(&path_of(&credential)).await;
    expect_page(&page, 200);
    assert_eq!(title(&page), "Introduction to Machine Learning · Pending");
    let text = text(&page);
    assert!(text.contains("Awarded to Ada Lovelace") && text.contains("Anchor not yet"), "{text}");
    assert!(!text.contains("valid") && !text.contains("erified"), "{text}");
    assert!(text.ends_with("Powered by Blockcerts"), "{text}");
    // It reloads by itself: by the script when there is a document, and without scripts every now and then.
    let html = page.text();
    assert!(html.contains(&format!("data-waits=\"{}\"", path_of(&credential))), "{html}");
    assert!(html.contains("<noscript><meta http-equiv=\"refresh\" content=\"20\"></noscript>"), "{html}");

    for answer in [
        get_as(&app, &path_of(&credential), "application/vc").await,
        app.get(&format!("{}/credential.json", path_of(&credential))).await,
    ] {
        let message = answer.expect_error(ErrorCode::CredentialNotFound);
        assert!(message.starts_with("This credential is not anchored yet."), "{message}");
        assert_eq!(answer.header("retry-after"), "5");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("vary"), "Accept");
    }
}

#[tokio::test]
async fn a_failed_batch_is_called_failed_and_its_reason_stays_inside() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    app.set_chain_down(true);
    let credential = issue(&uni, one("Ada Lovelace")).await;
    let page = app.get(&path_of(&credential)).await;
    expect_page(&page, 200);
    assert_eq!(title(&page), "Introduction to Machine Learning · Failed");
    assert!(text(&page).contains("Failed This credential was not issued."), "{}", text(&page));
    let answer = get_as(&app, &path_of(&credential), "application/json").await;
    answer.expect_error(ErrorCode::CredentialNotFound);
    assert_eq!(answer.header("retry-after"), "");

    let verify_url = credential["verify_url"].as_str().unwrap();
    let list = app.get(&format!("/revocations?assertionId={verify_url}")).await.expect(200);
    assert_eq!(
        list["revokedAssertions"],
        json!([{ "id": verify_url, "revocationReason": "not issued by this host" }])
    );
}

#[tokio::test]
async fn an_id_that_names_nothing_is_not_found() {
    let app = TestApp::start().await;
    for id in ["crd_01KPX4MQ00REJFE5FBD8QX9Y5A", "bat_01KPX4MQ00REJFE5FBD8QX9Y5A", "x", "%FF", "%3Cscript%3E"]
    {
        let page = app.get(&format!("/c/{id}")).await;
        expect_page(&page, 404);
        assert!(text(&page).contains("404 There is no such credential"), "{}", text(&page));
        get_as(&app, &format!("/c/{id}"), "application/vc").await.expect_error(ErrorCode::CredentialNotFound);
        app.get(&format!("/c/{id}/credential.json")).await.expect_error(ErrorCode::CredentialNotFound);
    }
}

#[tokio::test]
async fn without_the_chain_nothing_is_called_verified() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let credential = issue(&uni, one("Ada Lovelace")).await;
    app.set_chain_down(true);
    let page = app.get(&path_of(&credential)).await;
    expect_page(&page, 200);
    assert_eq!(title(&page), "Introduction to Machine Learning · could not check");
    let text = text(&page);
    assert!(text.contains("Could not check Not everything could be checked just now."), "{text}");
    assert!(text.contains("Anchor could not check"), "{text}");
    assert!(text.contains("Issuer passed"), "{text}");
    assert!(text.ends_with("Powered by Blockcerts") && !text.contains("erified by LearnCoin"), "{text}");
    assert_eq!(get_as(&app, &path_of(&credential), "application/vc").await.status, 200);
    app.set_chain_down(false);
    assert!(title(&app.get(&path_of(&credential)).await).ends_with("valid, DEVELOPMENT"));
}

#[tokio::test]
async fn dates_decide_on_the_day_the_page_is_read() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let mut past = credential("Ada Lovelace");
    past["issuanceDate"] = json!("2020-01-01T00:00:00Z");
    past["expirationDate"] = json!("2021-01-01T00:00:00Z");
    let page = app.get(&path_of(&issue(&uni, batch_of(vec![past])).await)).await;
    assert_eq!(title(&page), "Introduction to Machine Learning · expired");
    assert!(page.text().contains("class=\"page tone-caution\""), "an end that was planned is no fault");
    let expired = text(&page);
    assert!(
        expired.contains(
            "Expired · was valid until 31 December 2020 · issued by Example University on 1 January 2020 · not revoked \
             Its validity ended on the day that the issuer had set. It was not revoked. The proof itself still holds"
        ),
        "{expired}"
    );
    assert!(!expired.contains("not valid"), "{expired}");
    assert!(expired.contains("more than 6 years before the block"), "{expired}");
    assert!(
        expired.ends_with("Cryptographically verified by LearnCoin · Powered by Blockcerts"),
        "{expired}"
    );

    let mut future = credential("Ada Lovelace");
    future["issuanceDate"] = json!("2199-01-01T00:00:00Z");
    future["expirationDate"] = Value::Null;
    let page = app.get(&path_of(&issue(&uni, batch_of(vec![future])).await)).await;
    assert_eq!(title(&page), "Introduction to Machine Learning · not yet valid");
}

#[tokio::test]
async fn what_a_school_writes_stays_text() {
    let app = TestApp::start().await;
    let uni = app.tenant("R&D <b>University</b>").await;
    let hostile = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>";
    let mut request = credential(hostile);
    for member in ["name", "description"] {
        request["achievement"][member] = json!(hostile);
    }
    request["achievement"]["criteria"]["narrative"] = json!(hostile);
    let page = app.get(&path_of(&issue(&uni, batch_of(vec![request])).await)).await;
    expect_page(&page, 200);
    assert!(!page.text().contains("<img src=x") && !page.text().contains("<b>"), "{}", page.text());
    assert!(
        page.text().contains("<bdi>&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("R&#38;D &#60;b&#62;University"), "{}", page.text());
}

/// Returns what a browser loads with a page by itself.
fn loaded_with(page: &str) -> Vec<&str> {
    let addresses = |part: &'static str| page.split(part).skip(1).filter_map(|rest| rest.split('"').next());
    addresses("<link rel=\"stylesheet\" href=\"")
        .chain(addresses("<link rel=\"icon\" type=\"image/svg+xml\" href=\""))
        .chain(addresses(" src=\""))
        .collect()
}

#[tokio::test]
async fn an_ordinary_page_weighs_less_than_60_kilobytes_in_all() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let path = path_of(&issue(&uni, one("Ada Lovelace")).await);
    let plain = app.get(&path).await;
    let mut addresses = loaded_with(plain.text());
    addresses.sort_unstable();
    addresses.dedup();
    assert!(addresses.contains(&"/assets/page.css") && addresses.len() >= 3, "{addresses:?}");
    addresses.push(&path);
    let mut weight = 0;
    for address in addresses {
        let answer = read(&app, "GET", address, &[("Accept-Encoding", "gzip"), ("Accept", "*/*")]).await;
        let headers: usize =
            answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        weight += headers + answer.body.len();
        if ["text/html", "text/css"].iter().any(|kind| answer.header("content-type").starts_with(kind)) {
            assert_eq!(answer.header("content-encoding"), "gzip", "{address}");
        }
    }
    assert!(weight < 60_000, "{weight} bytes");
    // What can hold a secret is never compressed.
    let document =
        read(&app, "GET", &path, &[("Accept-Encoding", "gzip"), ("Accept", "application/vc")]).await;
    assert_eq!((document.status, document.header("content-encoding")), (200, ""));
}

#[tokio::test]
async fn the_style_sheet_and_the_mark_are_our_own() {
    let app = TestApp::start().await;
    for (path, media_type) in
        [("/assets/page.css", "text/css; charset=utf-8"), ("/assets/mark.svg", "image/svg+xml")]
    {
        let answer = app.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let tag = answer.header("etag").to_owned();
        assert_eq!(read(&app, "GET", path, &[("If-None-Match", &tag)]).await.status, 304);
    }
}
