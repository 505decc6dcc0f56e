//! Test and live are apart: an operation changes the state of the environments that it declares, and of no other.

use std::collections::BTreeSet;

use learncoin_server::error::ErrorCode;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Caller, Method, Operation, Receiver, TestApp, one, patient_plans};
use serde_json::{Value, json};

/// A key of the tenant, and objects of its environment.
pub(crate) struct Side {
    pub(crate) caller: Caller,
    batch: String,
    credential: String,
    webhook: String,
}

impl Side {
    /// Creates them.
    pub(crate) async fn of(app: &TestApp, caller: Caller) -> Self {
        let batch = text(&caller.post_batch(one("Ada Lovelace")).await["id"]);
        app.run_until_idle().await;
        let credential = text(&caller.batch(&batch).await["credentials"][0]["id"]);
        let webhook = json!({ "url": Receiver::start().await.url("/"), "events": ["batch.anchored"] });
        let webhook = text(&caller.post("/v1/webhooks", webhook.to_string()).await.expect(201)["id"]);
        Self { caller, batch, credential, webhook }
    }

    /// Returns the path of an operation on one of them.
    pub(crate) fn path(&self, operation: &Operation) -> String {
        let id = match operation.path.split('/').nth(2) {
            Some("batches") => &self.batch,
            Some("credentials") => &self.credential,
            Some("webhooks") => &self.webhook,
            _ => self.caller.tenant_id.as_str(),
        };
        operation.path.replace("{id}", id)
    }

    /// Returns everything that the environment has: its rows, its usage, and what its next credentials carry.
    async fn state(&self) -> Vec<Value> {
        let mut state = Vec::new();
        for path in [
            "/v1/batches".to_owned(),
            "/v1/webhooks".to_owned(),
            "/v1/tenants/me".to_owned(),
            format!("/v1/batches/{}", self.batch),
            format!("/v1/credentials/{}", self.credential),
        ] {
            state.push(self.caller.get(&path).await.expect(200));
        }
        // A patch that changes nothing answers with all that a tenant may change.
        state.push(self.caller.send(Method::PATCH, "/v1/tenants/me", &[], "{}").await.expect(200));
        state
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Returns the operations; those that remove what the others need come last.
pub(crate) fn in_order() -> Vec<&'static Operation> {
    let mut operations: Vec<&Operation> = Operation::all().iter().collect();
    operations.sort_by_key(|operation| {
        ["deleteWebhook", "revokeCredential", "eraseCredential"].contains(&operation.id.as_str())
    });
    operations
}

/// Returns the example of its request.
pub(crate) fn body_of(operation: &Operation) -> String {
    operation.example_request().map(Value::to_string).unwrap_or_default()
}

#[tokio::test]
async fn every_operation_changes_the_environments_that_it_declares_and_no_other() {
    let app = TestApp::builder().plans(patient_plans()).private_targets().start().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let live = uni.live().await;
    let sides = [Side::of(&app, uni).await, Side::of(&app, live).await];
    let mut changed_by: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (acting, environment) in [(0, "test"), (1, "live")] {
        for operation in in_order() {
            let declared = operation.described["x-changes"].as_str();
            let declared = declared.unwrap_or_else(|| panic!("{} declares nothing", operation.id));
            let may_change: &[usize] = match (declared, environment) {
                ("nothing", _) => &[],
                // Once there is a live key, no test key changes what both share.
                ("both-environments", "test") => &[],
                ("both-environments", _) => &[0, 1],
                ("key-environment", _) => &[acting],
                (other, _) => panic!("{}: {other}", operation.id),
            };
            let before = [sides[0].state().await, sides[1].state().await];
            let caller = &sides[acting].caller;
            let path = sides[acting].path(operation);
            let answer = caller.send(operation.method.clone(), &path, &[], body_of(operation)).await;
            if declared == "both-environments" && environment == "test" {
                answer.expect_error(ErrorCode::EnvironmentMismatch);
            } else {
                assert_eq!(answer.status, operation.success(), "{} in {environment}", operation.id);
            }
            app.run_until_idle().await;
            for (side, before) in before.into_iter().enumerate() {
                let is_changed = sides[side].state().await != before;
                assert!(
                    !is_changed || may_change.contains(&side),
                    "{} with a key of {environment} changed environment {side}",
                    operation.id
                );
                if is_changed {
                    changed_by.insert((operation.id.as_str(), environment));
                }
            }
        }
    }
    // What declares a change makes one here, so that the comparison sees it. A test of an endpoint is in its log alone.
    for operation in Operation::all() {
        for environment in ["test", "live"] {
            let expected = match operation.described["x-changes"].as_str() {
                Some("key-environment") => operation.id != "testWebhook",
                Some("both-environments") => environment == "live",
                _ => false,
            };
            assert_eq!(
                changed_by.contains(&(operation.id.as_str(), environment)),
                expected,
                "{}",
                operation.id
            );
        }
    }
}

#[tokio::test]
async fn objects_of_the_other_environment_are_out_of_reach_both_ways() {
    let app = TestApp::builder().plans(patient_plans()).private_targets().start().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let live = uni.live().await;
    let sides = [Side::of(&app, uni).await, Side::of(&app, live).await];
    for (acting, other) in [(0, 1), (1, 0)] {
        let before = sides[other].state().await;
        for operation in Operation::all().iter().filter(|operation| operation.id != "getTenant") {
            if operation.path.contains("{id}") {
                let path = sides[other].path(operation);
                let caller = &sides[acting].caller;
                let answer = caller.send(operation.method.clone(), &path, &[], body_of(operation)).await;
                answer.expect_error(ErrorCode::EnvironmentMismatch);
            }
        }
        assert_eq!(sides[other].state().await, before);
    }
}
