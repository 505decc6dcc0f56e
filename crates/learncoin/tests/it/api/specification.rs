//! The API against its own description: routes, examples, callers, codes. (`TestApp::send` holds every answer of every
//! other test against the description too.)

use std::collections::{BTreeMap, BTreeSet};

use learncoin_issuance::tenant::allowlist::{allow, parse_network};
use learncoin_issuance::tenant::plans::Plans;
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_server::error::ErrorCode;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{
    Answer, Body, Caller, Method, Operation, Receiver, Request, TestApp, many, one, patient_plans,
};
use serde_json::{Value, json};

use super::shape::same_shape;

/// A tenant that has something of every kind, in the test environment.
struct Owner {
    caller: Caller,
    batch: String,
    credential: String,
    webhook: String,
}

impl Owner {
    async fn of(app: &TestApp) -> Owner {
        let caller = app.tenant_on(Plan::Institution, "Example University").await;
        let batch = text(&caller.post_batch(one("Ada Lovelace")).await["id"]);
        app.run_until_idle().await;
        let credential = text(&caller.batch(&batch).await["credentials"][0]["id"]);
        let webhook = json!({ "url": Receiver::start().await.url("/"), "events": ["batch.anchored"] });
        let webhook = text(&caller.post("/v1/webhooks", webhook.to_string()).await.expect(201)["id"]);
        Owner { caller, batch, credential, webhook }
    }

    /// Returns the path of an operation on what this tenant owns.
    fn path(&self, operation: &Operation) -> String {
        let tenant = self.caller.tenant_id.as_str();
        let id = match operation.path.split('/').nth(2) {
            Some("batches") => &self.batch,
            Some("credentials") => &self.credential,
            Some("webhooks") => &self.webhook,
            _ => tenant,
        };
        operation.path.replace("{id}", id)
    }

    /// Returns everything that this tenant can see of its own data, except its usage counters.
    async fn rows(&self) -> Vec<Value> {
        let mut rows = Vec::new();
        for path in ["/v1/batches", "/v1/webhooks", "/v1/tenants/me"] {
            rows.push(self.caller.get(path).await.expect(200));
        }
        for path in [format!("/v1/batches/{}", self.batch), format!("/v1/credentials/{}", self.credential)] {
            rows.push(self.caller.get(&path).await.expect(200));
        }
        rows
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Starts a deployment that may send to receivers on this machine.
async fn app() -> TestApp {
    app_with(patient_plans()).await
}

async fn app_with(plans: Plans) -> TestApp {
    TestApp::builder().plans(plans).private_targets().start().await
}

/// Returns an operation of the description.
fn operation(id: &str) -> &'static Operation {
    Operation::all().iter().find(|operation| operation.id == id).unwrap()
}

/// Returns the body of an operation's example.
fn example(operation: &Operation) -> String {
    operation.example_request().map(Value::to_string).unwrap_or_default()
}

async fn call(caller: &Caller, operation: &Operation, path: &str, body: impl Into<Body>) -> Answer {
    caller.send(operation.method.clone(), path, &[], body).await
}

fn code(answer: &Answer) -> String {
    text(&answer.json()["error"]["code"])
}

#[tokio::test]
async fn a_path_answers_exactly_the_methods_that_are_described() {
    let app = app().await;
    let mut paths: BTreeMap<&str, Vec<&Method>> = BTreeMap::new();
    for operation in Operation::all() {
        paths.entry(&operation.path).or_default().push(&operation.method);
    }
    for (path, described) in paths {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let address = path.replace("{id}", "x");
            let request = Request::builder().method(&method).uri(address).body(Body::empty()).unwrap();
            let expected = match described.contains(&&method) {
                true => ErrorCode::ApiKeyMissing,
                // `/v1/tenants/me` is a tenant's id for any other method.
                false => ErrorCode::MethodNotAllowed,
            };
            app.send(request).await.expect_error(expected);
        }
    }
}

#[test]
fn no_route_of_the_api_goes_past_its_description() {
    // A route that is registered with its description is written in `routes!`; no other call may name an API path.
    let router = include_str!("../../../../server/src/router.rs");
    assert!(router.contains("routes!(batches::create"), "the router is where it was");
    assert!(!router.contains("\"/v1"), "an API route is registered without its description");
}

#[tokio::test]
async fn every_example_is_what_happens() {
    let app = app().await;
    let owner = Owner::of(&app).await;
    let batch =
        call(&owner.caller, operation("createBatch"), "/v1/batches", example(operation("createBatch"))).await;
    let batch = text(&batch.expect(202)["id"]);
    app.run_until_idle().await;
    let credential = text(&owner.caller.batch(&batch).await["credentials"][0]["id"]);
    let owner = Owner { batch, credential, ..owner };
    // What ends something comes last.
    let mut operations: Vec<&Operation> = Operation::all().iter().collect();
    operations.sort_by_key(|operation| match operation.id.as_str() {
        "deleteWebhook" | "revokeCredential" => 1,
        "eraseCredential" => 2,
        _ => 0,
    });
    for operation in operations {
        let body = example(operation);
        assert!(
            operation.example_request().is_some() == operation.described["requestBody"].is_object(),
            "{}: a request that has a body has an example",
            operation.id
        );
        let answer = call(&owner.caller, operation, &owner.path(operation), body).await;
        let answer = answer.expect(operation.success());
        let mut example = operation.example_answer().clone();
        let mut seen = answer;
        for value in [&mut example, &mut seen] {
            // Of a list, one element is enough; a receiver on this machine needs no description.
            if let Some(data) = value["data"].as_array_mut() {
                data.truncate(1);
            }
        }
        same_shape(&seen, &example, &operation.id);
    }
}

/// The caller, in the table below.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    OwnKey,
    OtherTenant,
    OtherEnvironment,
    NoKey,
    MalformedKey,
    RevokedKey,
    WrongAddress,
}

/// Returns the result that the description promises this caller: an error code, or `None` for success.
fn expected(operation: &Operation, who: Who) -> Option<&'static str> {
    let codes = operation.codes();
    let describes = |code: &str| codes.contains(code);
    let not_found = ["batch_not_found", "credential_not_found", "webhook_not_found", "tenant_not_found"];
    match who {
        // The owner's key is a test key, and its tenant has a live key.
        Who::OwnKey if operation.id == "updateOwnTenant" => Some("environment_mismatch"),
        Who::OwnKey => None,
        // A change to a foreign credential is forbidden; anything else that is foreign is not found.
        Who::OtherTenant if describes("credential_not_owned") => Some("credential_not_owned"),
        Who::OtherTenant => not_found.into_iter().find(|code| describes(code)),
        // A tenant is one in both environments.
        Who::OtherEnvironment if operation.id == "updateOwnTenant" => None,
        Who::OtherEnvironment => Some("environment_mismatch").filter(|code| describes(code)),
        Who::NoKey => Some("api_key_missing"),
        Who::MalformedKey => Some("api_key_invalid"),
        Who::RevokedKey => Some("api_key_revoked"),
        Who::WrongAddress => Some("ip_not_allowed"),
    }
}

#[tokio::test]
async fn every_operation_answers_every_caller_as_described() {
    let app = app().await;
    let owner = Owner::of(&app).await;
    let key = |secret: &str| Caller { key: secret.to_owned(), ..owner.caller.clone() };
    let revoked = owner.caller.with_new_key(Environment::Test).await;
    revoked.revoke_key().await;
    let elsewhere = owner.caller.with_new_key(Environment::Test).await;
    allow(&app.issuance().store, &elsewhere.key_id, &[parse_network("203.0.113.0/24").unwrap()])
        .await
        .unwrap();
    let callers = [
        (Who::OtherTenant, app.tenant("Other University").await),
        (Who::OtherEnvironment, owner.caller.live().await),
        (Who::MalformedKey, key("lrn_test_short")),
        (Who::RevokedKey, revoked),
        (Who::WrongAddress, elsewhere),
        // The owner comes last: what it does ends things.
        (Who::OwnKey, owner.caller.clone()),
    ];
    let mut before = owner.rows().await;
    let mut cells = 0;
    for (who, caller) in &callers {
        for operation in in_order() {
            let path = owner.path(operation);
            let answer = call(caller, operation, &path, example(operation)).await;
            cells += 1;
            match expected(operation, *who) {
                Some(expected) => assert_eq!(code(&answer), expected, "{} by {who:?}", operation.id),
                None => assert_eq!(
                    answer.status,
                    operation.success(),
                    "{} by {who:?}: {}",
                    operation.id,
                    answer.text()
                ),
            }
            // A tenant is one in both environments, so its own change in the other one is no foreign call.
            let own_tenant = *who == Who::OtherEnvironment && operation.id == "updateOwnTenant";
            if *who == Who::OwnKey || own_tenant {
                before = owner.rows().await;
            } else {
                assert_eq!(
                    owner.rows().await,
                    before,
                    "{} by {who:?} changed the owner's rows",
                    operation.id
                );
            }
        }
    }
    for operation in in_order() {
        let request = Request::builder().method(&operation.method).uri(owner.path(operation));
        let answer = app.send(request.body(Body::from(example(operation))).unwrap()).await;
        assert_eq!(Some(code(&answer).as_str()), expected(operation, Who::NoKey), "{}", operation.id);
        cells += 1;
    }
    assert_eq!(cells, 7 * Operation::all().len());
}

/// Returns the operations; those that remove what the others need come last.
fn in_order() -> Vec<&'static Operation> {
    let mut operations: Vec<&Operation> = Operation::all().iter().collect();
    operations.sort_by_key(|operation| {
        ["deleteWebhook", "revokeCredential", "eraseCredential"].contains(&operation.id.as_str())
    });
    operations
}

/// The answers so far: pairs of an operation and a code.
#[derive(Default)]
struct Seen(BTreeSet<(String, String)>);

impl Seen {
    fn add(&mut self, operation: &Operation, answer: &Answer) {
        self.0.insert((operation.id.clone(), code(answer)));
    }

    /// Sends a body to an operation about what the owner has.
    async fn send(&mut self, owner: &Owner, id: &str, body: impl Into<Body>) {
        let operation = operation(id);
        let answer = call(&owner.caller, operation, &owner.path(operation), body).await;
        self.add(operation, &answer);
    }
}

#[tokio::test]
async fn every_code_that_is_described_is_answered() {
    let mut seen = Seen::default();
    refused_before_the_operation(&mut seen).await;
    bodies(&mut seen).await;
    states(&mut seen).await;
    issuance(&mut seen).await;
    let described: BTreeSet<(String, String)> = Operation::all()
        .iter()
        .flat_map(|operation| operation.codes().into_iter().map(|code| (operation.id.clone(), code)))
        .collect();
    let missing: Vec<_> = described.difference(&seen.0).collect();
    assert!(missing.is_empty(), "described, but never answered: {missing:?}");
}

/// Collects the errors that any operation can answer with.
async fn refused_before_the_operation(seen: &mut Seen) {
    let app = app().await;
    let owner = Owner::of(&app).await;
    let revoked = owner.caller.with_new_key(Environment::Test).await;
    revoked.revoke_key().await;
    let elsewhere = owner.caller.with_new_key(Environment::Test).await;
    allow(&app.issuance().store, &elsewhere.key_id, &[parse_network("203.0.113.0/24").unwrap()])
        .await
        .unwrap();
    let downgraded = app.tenant("Smaller University").await.live().await;
    let developer = TenantUpdate { plan: Some(Plan::Developer), ..TenantUpdate::default() };
    app.issuance().tenants.update_tenant(&downgraded.tenant_id, developer).await.unwrap();
    let hurried = app.tenant("Hurried University").await;
    let slow = TenantUpdate { requests_per_minute: Some(Some(0)), ..TenantUpdate::default() };
    app.issuance().tenants.update_tenant(&hurried.tenant_id, slow).await.unwrap();
    for operation in Operation::all() {
        let path = owner.path(operation);
        let without_key =
            Request::builder().method(&operation.method).uri(&path).body(Body::empty()).unwrap();
        seen.add(operation, &app.send(without_key).await);
        let stranger = Caller { key: format!("{}x", owner.caller.key), ..owner.caller.clone() };
        for caller in [&stranger, &revoked, &elsewhere, &downgraded, &hurried] {
            seen.add(operation, &call(caller, operation, &path, Body::empty()).await);
        }
        let declared = (40 * 1024 * 1024 + 1).to_string();
        let headers = [("Content-Length", declared.as_str())];
        let answer = owner.caller.send(operation.method.clone(), &path, &headers, Body::empty()).await;
        seen.add(operation, &answer);
    }
    // What is stored can't be read any more.
    app.lose_database().await;
    for operation in Operation::all() {
        let answer = call(&owner.caller, operation, &owner.path(operation), Body::empty()).await;
        seen.add(operation, &answer);
    }
}

/// Collects the errors of an operation's body.
async fn bodies(seen: &mut Seen) {
    let app = app().await;
    let owner = Owner::of(&app).await;
    for operation in
        Operation::all().iter().filter(|operation| operation.described["requestBody"].is_object())
    {
        for body in ["{", "{}", "{\"unknown\":1}"] {
            let answer = call(&owner.caller, operation, &owner.path(operation), body).await;
            if answer.status >= 400 {
                seen.add(operation, &answer);
            }
        }
    }
    let mut bent = [one("Ada"), one("Ada"), one("Ada"), many(501)];
    bent[0]["credentials"][0]["recipient"]["id"] = json!("ada");
    bent[1]["credentials"][0]["achievement"]["description"] = json!("x".repeat(65_536));
    bent[2]["credentials"][0]["achievement"]["alignment"][0]["targetFramework"] = json!("SKOS");
    for body in bent {
        seen.send(&owner, "createBatch", body.to_string()).await;
    }
    for id in ["listBatches", "listWebhooks"] {
        let operation = operation(id);
        seen.add(operation, &owner.caller.get(&format!("{}?limit=0", operation.path)).await);
    }
}

/// Collects the errors of the state of an operation's object, or of its idempotency key.
async fn states(seen: &mut Seen) {
    let app = app().await;
    let owner = Owner::of(&app).await;
    let (live, other) = (owner.caller.live().await, app.tenant("Other University").await);
    for operation in Operation::all() {
        let path = owner.path(operation);
        if operation.path.contains("{id}") {
            for caller in [&live, &other] {
                let answer = call(caller, operation, &path, example(operation)).await;
                if answer.status >= 400 {
                    seen.add(operation, &answer);
                }
            }
            let absent = operation.path.replace("{id}", "none");
            seen.add(operation, &call(&owner.caller, operation, &absent, example(operation)).await);
        }
        if operation.method == Method::POST {
            let headers = [("Idempotency-Key", operation.id.as_str())];
            let body = example(operation);
            let first = owner.caller.send(Method::POST, &path, &headers, body.clone()).await;
            assert_eq!(first.status, operation.success(), "{}: {}", operation.id, first.text());
            let again = owner.caller.send(Method::POST, &path, &headers, format!("{body} ")).await;
            seen.add(operation, &again);
        }
    }
    // The owner's key is a test key, and its tenant has a live key.
    for id in ["revokeCredential", "eraseCredential", "updateOwnTenant"] {
        seen.send(&owner, id, example(operation(id))).await;
    }
}

/// Collects the reasons for which a valid batch can't be issued.
async fn issuance(seen: &mut Seen) {
    let create = operation("createBatch");
    let mut plans = patient_plans();
    plans.starter.credentials_per_month = 1;
    let app = app_with(plans).await;
    let uni = app.tenant("Example University").await;
    seen.add(create, &uni.post("/v1/batches", many(2).to_string()).await);
    // Without a chain of the environment, and with a chain but no key of the tenant's that signs on it.
    for chain_of_live in [false, true] {
        let app = TestApp::builder().chains(true, chain_of_live).start().await;
        let uni = app.tenant("Example University").await;
        let live = crate::access::api_keys::insert_live_key(&uni).await;
        seen.add(create, &live.post("/v1/batches", one("Ada").to_string()).await);
    }
}

#[tokio::test]
async fn every_event_is_sent_as_described() {
    let app = TestApp::builder().private_targets().start().await;
    let uni = app.tenant("Example University").await;
    let receiver = Receiver::start().await;
    let described = learncoin_server::describe(app.public_url());
    let types: Vec<&String> = described["webhooks"].as_object().unwrap().keys().collect();
    let endpoint = json!({ "url": receiver.url("/"), "events": types });
    let endpoint = text(&uni.post("/v1/webhooks", endpoint.to_string()).await.expect(201)["id"]);
    let batch = text(&uni.post_batch(one("Ada Lovelace")).await["id"]);
    app.run_until_idle().await;
    let credential = text(&uni.batch(&batch).await["credentials"][0]["id"]);
    for (what, operation_id) in [("revoke", "revokeCredential"), ("erase", "eraseCredential")] {
        let body = example(operation(operation_id));
        uni.post(&format!("/v1/credentials/{credential}/{what}"), body).await.expect(200);
    }
    app.set_chain_down(true);
    uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    uni.post(&format!("/v1/webhooks/{endpoint}/test"), "").await.expect(200);
    app.deliver_until_idle().await;
    let mut sent = BTreeSet::new();
    for event in receiver.seen() {
        let schema =
            &described["webhooks"][event.event_type()]["post"]["requestBody"]["content"]["application/json"];
        as_described(&described, &event.json(), &schema["schema"], &event.event_type());
        sent.insert(event.event_type());
    }
    assert_eq!(
        sent.iter().collect::<Vec<_>>(),
        types.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    );
}

/// Checks that the value has the members that its schema requires, and no others than it describes, all the way down.
fn as_described(described: &Value, value: &Value, schema: &Value, place: &str) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => described.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    assert!(schema["type"].is_string(), "{place} is described");
    match value {
        Value::Object(members) => {
            let properties = schema["properties"].as_object().unwrap();
            for name in schema["required"].as_array().unwrap() {
                assert!(members.contains_key(name.as_str().unwrap()), "{place} has no {name}");
            }
            for (name, member) in members {
                let schema =
                    properties.get(name).unwrap_or_else(|| panic!("{place}.{name} is not described"));
                as_described(described, member, schema, &format!("{place}.{name}"));
            }
        }
        Value::Array(elements) => {
            for element in elements {
                as_described(described, element, &schema["items"], place);
            }
        }
        _ => {
            let words = schema["enum"].as_array();
            assert!(words.is_none_or(|words| words.contains(value)), "{place} is {value}");
        }
    }
}
