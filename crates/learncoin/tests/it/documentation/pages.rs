//! The documentation's pages: they exist, their links lead somewhere, and they describe what the program does.

use std::collections::{BTreeMap, BTreeSet};

use learncoin_issuance::keyed_write::Actor;
use learncoin_issuance::options::PipelineOptions;
use learncoin_issuance::tenant::plans::Plans;
use learncoin_server::error::ErrorCode;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Answer, Body, Caller, Method, Request, TestApp, many, one};
use serde_json::{Value, json};

/// Every page that this deployment serves from its own files, with its title.
pub(super) const PAGES: [(&str, &str); 29] = [
    ("/docs", "Documentation"),
    ("/docs/quickstart", "Quickstart"),
    ("/docs/guides/first-credential", "Issuing your first credential"),
    ("/pricing", "Pricing"),
    ("/docs/guides/webhooks", "Webhooks"),
    ("/docs/guides/mail", "Mail to recipients"),
    ("/docs/guides/wallet", "Add to a wallet"),
    ("/docs/guides/gdpr-erasure", "GDPR erasure"),
    ("/docs/console/registrars", "The console for registrars"),
    ("/docs/console/operators", "The console for operators"),
    ("/docs/api/endpoints", "Endpoints"),
    ("/docs/api/authentication", "Authentication"),
    ("/docs/api/batches", "Batches"),
    ("/docs/api/credentials", "Credentials"),
    ("/docs/api/tenants", "Tenants"),
    ("/docs/api/webhooks", "Webhook endpoints"),
    ("/docs/api/events", "Events"),
    ("/docs/api/errors", "Errors"),
    ("/docs/api/types", "TypeScript types"),
    ("/docs/concepts/credentials", "The signed document"),
    ("/docs/concepts/verification", "Verification"),
    ("/docs/conformance", "Conformance"),
    ("/docs/glossary", "Glossary"),
    ("/docs/going-live", "Going live"),
    ("/docs/operations", "Operations"),
    ("/docs/keys", "Keys"),
    ("/docs/certification", "Open Badges certification"),
    ("/docs/performance", "Performance"),
    ("/docs/promises", "Promises, and the test that shows each"),
];

/// The files beside the pages that the pages link to.
const FILES: [&str; 4] = ["/openapi.yaml", "/openapi.json", "/learncoin-types.ts", "/llms.txt"];

/// The address of the files that a deployment does not serve.
const REPOSITORY: &str = "https://github.com/learncoin/learncoin/blob/main/";

#[tokio::test]
async fn every_page_is_html_with_its_title_and_loads_nothing_from_elsewhere() {
    let app = TestApp::start().await;
    for (path, title) in PAGES {
        let page = app.get(path).await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), "{path}");
        let html = page.text();
        assert!(html.contains(&format!("<title>{title} · LearnCoin</title>")), "{path}");
        assert_eq!(html.matches("<h1").count(), 1, "{path}");
        assert!(html.contains(&format!("<h1>{title}</h1>")), "{path}");
        assert!(
            html.contains(&format!("<li><a href=\"{path}\" aria-current=\"page\">")),
            "{path} is in no list"
        );
        assert!(!description(html).is_empty(), "{path} has a description");
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self';"), "{policy}");
        assert!(policy.ends_with("base-uri 'none'; form-action 'self'"), "{policy}");
        for forbidden in ["style=\"", "onclick", "name=\"robots\"", "<!--"] {
            assert!(!html.contains(forbidden), "{path}: {forbidden}");
        }
        assert_eq!(html.matches("<script").count(), 1, "{path}");
        assert!(html.contains("<script type=\"module\" src=\"/assets/docs.js\"></script>"), "{path}");
        let pictures = attributes(html, "src").into_iter().chain(attributes(html, "srcset"));
        for loaded in pictures.chain(stylesheets(html)) {
            let is_own = loaded.starts_with("/assets/") || loaded.starts_with("/docs/console/pictures/");
            assert!(is_own, "{path} loads {loaded}");
            assert_eq!(app.get(loaded).await.status, 200, "{loaded}");
        }
    }
}

#[tokio::test]
async fn a_page_that_is_known_is_not_sent_again() {
    let app = TestApp::start().await;
    let first = app.get("/docs/quickstart").await;
    assert_eq!(first.header("cache-control"), "no-cache");
    let request = Request::get("/docs/quickstart").header("If-None-Match", first.header("etag"));
    let again = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[tokio::test]
async fn a_page_that_does_not_exist_is_not_found_like_any_route() {
    let app = TestApp::start().await;
    for path in ["/docs/", "/docs/nothing", "/docs/api", "/docs/nothing.md", "/docs/README.md", "/pricing/x"]
    {
        app.get(path).await.expect_error(ErrorCode::EndpointNotFound);
    }
}

#[tokio::test]
async fn the_pages_name_the_readers_own_deployment() {
    let app = TestApp::builder().public_url("http://localhost:4711").start().await;
    for (path, _) in PAGES {
        let page = app.get(path).await;
        for other in ["https://learncoin.example", "did:web:learncoin.example"] {
            assert!(!page.text().contains(other), "{path}");
        }
    }
    let page = app.get("/docs/api/authentication").await;
    assert!(page.text().contains("http://localhost:4711/v1"));
    assert!(page.text().contains("did:web:localhost%3A4711#tenant-"));
}

#[tokio::test]
async fn the_pricing_page_has_this_deployments_own_numbers() {
    let mut plans = Plans::default();
    plans.institution.credentials_per_month = 31_337;
    let app = TestApp::builder().plans(plans).start().await;
    let page = app.get("/pricing").await;
    let row = "<td><code>institution</code></td><td>yes</td><td>31,337</td><td>600</td><td>5,000</td><td>yes</td><td>365 days</td>";
    assert!(page.text().contains(row), "{}", page.text());
}

#[tokio::test]
async fn every_link_leads_to_a_page_and_an_anchor_that_exist() {
    let app = TestApp::start().await;
    let mut pages = BTreeMap::new();
    for (path, _) in PAGES {
        let page = app.get(path).await.text().to_owned();
        let anchors = attributes(&page, "id");
        assert_eq!(anchors.iter().collect::<BTreeSet<_>>().len(), anchors.len(), "{path} has an id twice");
        pages.insert(path.to_owned(), page);
    }
    let (mut anchored, mut seen) = (0, BTreeSet::new());
    for (from, page) in &pages {
        for link in attributes(page, "href") {
            let link = link.strip_prefix(app.public_url()).unwrap_or(link);
            if let Some(file) = link.strip_prefix(REPOSITORY) {
                let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
                assert!(file.exists(), "{from} links to {link}");
            }
            if link.starts_with("https://") {
                continue;
            }
            assert!(link.starts_with(['/', '#']), "{from} links to {link}");
            let (path, anchor) =
                link.split_once('#').map_or((link, None), |(path, anchor)| (path, Some(anchor)));
            let path = if path.is_empty() { from } else { path };
            if let Some(anchor) = anchor {
                let target = pages.get(path).unwrap_or_else(|| panic!("{from} links to {link}"));
                assert!(attributes(target, "id").contains(&anchor), "{from} links to {link}");
                anchored += 1;
            } else if !pages.contains_key(path) {
                assert_eq!(app.get(path).await.status, 200, "{from} links to {link}");
            }
            seen.insert(path.to_owned());
        }
    }
    assert!(anchored > 100, "{anchored}");
    for (path, _) in PAGES {
        assert!(seen.contains(path), "nothing links to {path}");
    }
    for path in FILES {
        assert!(seen.contains(path), "nothing links to {path}");
    }
}

#[tokio::test]
async fn each_error_code_has_its_place_and_each_place_its_code() {
    let app = TestApp::start().await;
    let page = app.get("/docs/api/errors").await;
    let documented: Vec<&str> = section_anchors(page.text());
    let mut codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    let mut sorted = documented.clone();
    sorted.sort_unstable();
    codes.sort_unstable();
    assert_eq!(sorted, codes);
    for code in ErrorCode::ALL {
        let section = section(page.text(), code.as_str());
        assert!(
            section.contains(&format!("<strong>{}.</strong>", code.status().as_u16())),
            "{code}: {section}"
        );
        assert!(section.contains("<strong>Fix:</strong>"), "{code}: {section}");
        let body = example(section);
        assert_eq!(body["error"]["code"], code.as_str());
        assert_eq!(body["error"].as_object().map(serde_json::Map::len), Some(3), "{code}");
        let request_id = body["error"]["request_id"].as_str().unwrap();
        assert!(request_id.parse::<learncoin_store::id::RequestId>().is_ok(), "{request_id}");
    }
}

#[tokio::test]
async fn each_error_has_the_message_that_the_documentation_shows() {
    let app = TestApp::builder().plans(Plans::default()).start().await;
    let uni = app.tenant("Example University").await;
    let page = app.get("/docs/api/errors").await.text().to_owned();
    let answers = every_error(&app, &uni).await;
    let seen: BTreeSet<&str> = answers.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(seen.len(), ErrorCode::ALL.len(), "{seen:?}");
    for (code, answer) in answers {
        let message = answer.expect_error(code);
        let body = example(section(&page, code.as_str()));
        let shown = body["error"]["message"].as_str().unwrap();
        assert_eq!(steady(shown), steady(&message), "{code}");
    }
}

/// Returns one answer for each code of the catalog.
async fn every_error(app: &TestApp, uni: &Caller) -> Vec<(ErrorCode, Answer)> {
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    let batch_path = format!("/v1/batches/{}", batch["id"].as_str().unwrap());
    app.run_until_idle().await;
    let batch = uni.batch(batch["id"].as_str().unwrap()).await;
    let credential_path = format!("/v1/credentials/{}", batch["credentials"][0]["id"].as_str().unwrap());
    let revoke = |caller: Caller| {
        let path = format!("{credential_path}/revoke");
        async move { caller.post(&path, r#"{"reason":"Superseded","reason_code":"reissued"}"#).await }
    };
    let erase = |caller: Caller| {
        let path = format!("{credential_path}/erase");
        async move {
            caller.post(&path, r#"{"requester":"recipient","verified_at":"2026-04-23T13:30:00Z"}"#).await
        }
    };
    let bent = |pointer: &str, value: Value| {
        let mut body = one("Ada Lovelace");
        *body.pointer_mut(pointer).unwrap() = value;
        body.to_string()
    };
    let other = app.tenant("Other University").await;
    let mut answers = Vec::new();
    let mut add = |code, answer| answers.push((code, answer));

    add(ErrorCode::ApiKeyMissing, app.get("/v1/tenants/me").await);
    let unknown = Caller { key: "lrn_test_nobody".to_owned(), ..uni.clone() };
    add(ErrorCode::ApiKeyInvalid, unknown.get("/v1/tenants/me").await);
    let revoked = uni.with_new_key(Environment::Test).await;
    revoked.revoke_key().await;
    add(ErrorCode::ApiKeyRevoked, revoked.get("/v1/tenants/me").await);
    add(ErrorCode::IpNotAllowed, restricted(app).await.get("/v1/tenants/me").await);

    add(ErrorCode::EnvironmentMismatch, uni.live().await.get(&batch_path).await);
    let did = r#"{"did":"did:web:university.example"}"#;
    add(ErrorCode::TierRequired, uni.send(Method::PATCH, "/v1/tenants/me", &[], did).await);
    add(ErrorCode::CredentialNotOwned, revoke(other.clone()).await);

    add(ErrorCode::InvalidJson, uni.post("/v1/batches", "{").await);
    let mut body = one("Ada Lovelace");
    body["credentials"][0]["achievement"].as_object_mut().unwrap().remove("description");
    add(ErrorCode::MissingRequiredField, uni.post("/v1/batches", body.to_string()).await);
    let bad_date = bent("/credentials/0/issuanceDate", json!("23 April"));
    add(ErrorCode::InvalidFieldFormat, uni.post("/v1/batches", bad_date).await);
    let named = bent("/credentials/0/recipient/id", json!("ada"));
    add(ErrorCode::RecipientIdInvalid, uni.post("/v1/batches", named).await);
    let long = bent("/credentials/0/achievement/description", json!("x".repeat(65_536)));
    add(ErrorCode::AchievementTooLarge, uni.post("/v1/batches", long).await);
    add(ErrorCode::BatchTooLarge, uni.post("/v1/batches", many(501).to_string()).await);
    let framework = bent("/credentials/0/achievement/alignment/0/targetFramework", json!("CEFR"));
    add(ErrorCode::AlignmentFrameworkUnknown, uni.post("/v1/batches", framework).await);

    add(ErrorCode::BatchNotFound, other.get(&batch_path).await);
    add(ErrorCode::CredentialNotFound, other.get(&credential_path).await);
    let no_webhook = "/v1/webhooks/whk_01KPX4MRGJZZZZZZZZZZZZZZZZ";
    add(ErrorCode::WebhookNotFound, uni.send(Method::DELETE, no_webhook, &[], Body::empty()).await);
    add(ErrorCode::TenantNotFound, uni.get(&format!("/v1/tenants/{}", other.tenant_id)).await);
    add(ErrorCode::EndpointNotFound, uni.get("/v1/nothing").await);
    add(ErrorCode::MethodNotAllowed, uni.send(Method::PUT, "/v1/batches", &[], Body::empty()).await);
    let body = "x".repeat(64 * 1024 + 1);
    add(ErrorCode::PayloadTooLarge, uni.post(&format!("{credential_path}/revoke"), body).await);

    uni.post_batch_under("once", &one("Ada Lovelace")).await.expect(202);
    add(ErrorCode::IdempotencyKeyReused, uni.post_batch_under("once", &one("Grace Hopper")).await);
    revoke(uni.clone()).await.expect(200);
    add(ErrorCode::CredentialAlreadyRevoked, revoke(uni.clone()).await);
    erase(uni.clone()).await.expect(200);
    add(ErrorCode::CredentialAlreadyErased, erase(uni.clone()).await);

    let small = app.tenant_on(Plan::Developer, "Small School").await;
    small.post_batch(many(250)).await;
    add(ErrorCode::MonthlyQuotaExceeded, small.post("/v1/batches", one("Ada").to_string()).await);
    for _ in 0..118 {
        small.get("/v1/tenants/me").await.expect(200);
    }
    add(ErrorCode::RateLimited, small.get("/v1/tenants/me").await);

    let keyless = crate::access::api_keys::insert_live_key(&app.tenant("Keyless School").await).await;
    add(ErrorCode::SigningKeyUnavailable, keyless.post("/v1/batches", one("Ada").to_string()).await);
    let chainless = TestApp::builder().chains(true, false).start().await;
    let live = crate::access::api_keys::insert_live_key(&chainless.tenant("Example University").await).await;
    add(ErrorCode::AnchoringChainUnavailable, live.post("/v1/batches", one("Ada").to_string()).await);
    chainless.lose_database().await;
    add(ErrorCode::InternalError, live.get("/v1/tenants/me").await);
    answers
}

/// Creates a caller that may call from one address, which is not the address of this process.
async fn restricted(app: &TestApp) -> Caller {
    let caller = app.tenant_on(Plan::Institution, "Restricted University").await;
    let network = ["192.0.2.0/24".parse().unwrap()];
    let scope = TenantScope { tenant_id: caller.tenant_id.clone(), environment: Environment::Test };
    let made = app.issuance().api_keys.create_api_key(Actor::Operator, &scope, None, &network).await;
    let (key, secret) = made.unwrap();
    Caller { key_id: key.id, key: secret.expose().to_owned(), ..caller }
}

#[tokio::test]
async fn the_events_are_those_that_are_written() {
    let patience = PipelineOptions { give_up_after_ms: 60_000, ..PipelineOptions::default() };
    let app = TestApp::builder().pipeline(patience).start().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    let batch_id = batch["id"].as_str().unwrap();
    app.run_until_idle().await;
    let credential_id = uni.batch(batch_id).await["credentials"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/credentials/{credential_id}");
    let revocation = r#"{"reason":"Superseded","reason_code":"reissued"}"#;
    uni.post(&format!("{path}/revoke"), revocation).await.expect(200);
    let erasure = r#"{"requester":"recipient","verified_at":"2026-04-23T13:30:00Z"}"#;
    uni.post(&format!("{path}/erase"), erasure).await.expect(200);
    app.set_chain_down(true);
    let stuck = uni.post_batch(one("Grace Hopper")).await;
    app.run_until_idle().await;

    let mut written = BTreeMap::new();
    for subject in [batch_id, credential_id.as_str(), stuck["id"].as_str().unwrap()] {
        for event in app.events(subject).await {
            let mut data: Value = serde_json::from_str(&event.data).unwrap();
            if event.event_type == "credential.revoked" {
                // It is kept where an erasure finds it, and joins the others when the event is sent.
                data["reason"] = json!("Superseded");
            }
            written.entry(event.event_type).or_insert(data);
        }
    }
    let page = app.get("/docs/guides/webhooks").await.text().to_owned();
    for (event_type, data) in &written {
        let shown = example(section(&page, &event_type.replace('.', "")));
        assert_eq!(shown["type"], *event_type);
        assert_eq!(members(&shown["data"]), members(data), "{event_type}");
        let members = ["id", "type", "created_at", "tenant_id", "data"];
        assert!(shown.as_object().unwrap().keys().eq(members), "{event_type}");
    }
    assert_eq!(written.len(), 6, "{:?}", written.keys());
}

/// Returns the names of an object's members, and of those within, with their types.
fn members(value: &Value) -> Value {
    match value {
        Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), members(value))).collect(),
        Value::Array(elements) => elements.iter().take(1).map(members).collect(),
        Value::String(_) => json!("text"),
        Value::Number(_) => json!("number"),
        other => other.clone(),
    }
}

/// Returns the values of an attribute, in the order of the page.
pub(super) fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

fn stylesheets(html: &str) -> Vec<&str> {
    html.split("<link rel=\"stylesheet\"")
        .skip(1)
        .flat_map(|rest| attributes(rest, "href").first().copied())
        .collect()
}

fn description(html: &str) -> &str {
    html.split("<meta name=\"description\" content=\"").nth(1).unwrap().split('"').next().unwrap()
}

/// Returns the anchors of a page's smallest headings.
fn section_anchors(html: &str) -> Vec<&str> {
    html.split("<h3 id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

/// Returns the part of a page under a smallest heading.
fn section<'a>(html: &'a str, anchor: &str) -> &'a str {
    let heading = format!("<h3 id=\"{anchor}\">");
    let rest = html.split(&heading).nth(1).unwrap_or_else(|| panic!("no {anchor}"));
    rest.split("<h3 ").next().unwrap().split("<h2 ").next().unwrap()
}

/// Returns the first JSON of a section, without the colors of its tokens.
fn example(section: &str) -> Value {
    let code =
        section.split("<code class=\"language-json\">").nth(1).unwrap().split("</code>").next().unwrap();
    let code: String =
        code.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    let code = code.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    serde_json::from_str(&code).unwrap_or_else(|error| panic!("{error}: {code}"))
}

/// Returns a message without what differs from call to call: ids and seconds.
fn steady(message: &str) -> String {
    let words = message.split(' ').map(|word| {
        let id = word.len() >= 30 && word.as_bytes()[3] == b'_';
        if id { &word[..4] } else { word }
    });
    let mut words: Vec<&str> = words.collect();
    if let [.., "in", seconds, "s."] = words.as_mut_slice() {
        *seconds = "N";
    }
    words.join(" ")
}
