//! A tenant and its key, as an integrator uses them: over HTTP.

use std::sync::atomic::{AtomicU64, Ordering};

use learncoin_testkit::{batch_of, credential};
use serde_json::{Value, json};

use crate::support::deployment::Server;
use crate::support::http::{self, Answer, poll};

/// A tenant with a test key.
#[derive(Clone)]
pub(crate) struct School {
    pub(crate) tenant_id: String,
    pub(crate) key_id: String,
    pub(crate) key: String,
    api: String,
}

impl School {
    /// Makes a tenant and a key beside the running server.
    pub(crate) fn join(server: &Server, plan: &str) -> Self {
        let deployment = &server.deployment;
        let tenant = deployment.result(&["tenant", "create", "--name", "Example University", "--plan", plan]);
        let tenant_id = text(&tenant, "/id");
        let key = deployment.result(&["key", "create", "--tenant", &tenant_id, "--environment", "test"]);
        Self { tenant_id, key_id: text(&key, "/id"), key: text(&key, "/key"), api: server.url("/v1") }
    }

    /// Returns a tenant that the deployment already has, with a key that it already has.
    pub(crate) fn with_key(server: &Server, tenant_id: &str, key: &str) -> Self {
        let (tenant_id, key) = (tenant_id.to_owned(), key.to_owned());
        Self { tenant_id, key_id: String::new(), key, api: server.url("/v1") }
    }

    /// Returns the same tenant and key at another server of the same deployment.
    pub(crate) fn at(self, server: &Server) -> Self {
        Self { api: server.url("/v1"), ..self }
    }

    /// Returns the API's URL, as an integrator configures it.
    pub(crate) fn base_url(&self) -> &str {
        &self.api
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        http::get(&format!("{}{path}", self.api), &[("authorization", &self.bearer())])
    }

    /// Creates a key of the live environment, and returns the same tenant with it.
    pub(crate) fn live(&self, server: &Server) -> Self {
        let create = ["key", "create", "--tenant", &self.tenant_id, "--environment", "live"];
        let key = server.deployment.result(&create);
        Self {
            tenant_id: self.tenant_id.clone(),
            key_id: text(&key, "/id"),
            key: text(&key, "/key"),
            api: self.api.clone(),
        }
    }

    /// Changes the tenant's own data, which is expected to succeed.
    pub(crate) fn patch(&self, body: &Value) -> Value {
        let answer =
            http::patch(&format!("{}/tenants/me", self.api), &[("authorization", &self.bearer())], body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Makes something else than a batch, and gives it.
    pub(crate) fn create(&self, path: &str, body: &Value) -> Value {
        let answer = http::post(&format!("{}{path}", self.api), &[("authorization", &self.bearer())], body);
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()
    }

    /// Posts a batch under an idempotency key of its own.
    pub(crate) fn post(&self, body: &Value) -> Answer {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let key = format!("e2e-{}", NEXT.fetch_add(1, Ordering::SeqCst));
        let headers = [("authorization", self.bearer()), ("idempotency-key", key)];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        http::post(&format!("{}/batches", self.api), &headers, body)
    }

    /// Posts a batch that is expected to be accepted, and returns its id.
    pub(crate) fn accepted(&self, body: &Value) -> String {
        let answer = self.post(body);
        assert_eq!(answer.status, 202, "{}", answer.text());
        text(&answer.json(), "/id")
    }

    /// Revokes or erases a credential, and returns the response.
    pub(crate) fn try_change(&self, id: &str, change: &str, body: &Value) -> Answer {
        let url = format!("{}/credentials/{id}/{change}", self.api);
        http::post(&url, &[("authorization", &self.bearer())], body)
    }

    /// Revokes or erases a credential, which is expected to succeed.
    pub(crate) fn change(&self, id: &str, change: &str, body: &Value) -> Value {
        let answer = self.try_change(id, change, body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Waits until the batch is anchored, and returns it.
    pub(crate) fn anchored(&self, batch_id: &str) -> Value {
        poll("anchored", || {
            let batch = self.get(&format!("/batches/{batch_id}")).json();
            match batch["status"].as_str() {
                Some("anchored") => Ok(batch),
                Some("failed") => panic!("the batch failed: {batch}"),
                _ => Err(batch.to_string()),
            }
        })
    }

    /// Issues a batch and waits until it is anchored.
    pub(crate) fn issue(&self, body: &Value) -> Value {
        self.anchored(&self.accepted(body))
    }

    /// Returns a credential as the API shows it.
    pub(crate) fn credential(&self, id: &str) -> Answer {
        let answer = self.get(&format!("/credentials/{id}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.key)
    }
}

/// Returns the ids of an anchored batch's credentials.
pub(crate) fn credential_ids(batch: &Value) -> Vec<String> {
    batch["credentials"].as_array().unwrap().iter().map(|credential| text(credential, "/id")).collect()
}

/// Returns the text at this place of an answer.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no {pointer} in {value}"))
        .to_owned()
}

/// Returns a batch whose credentials use, in turn, every member that a document can have, or none of the optional ones. The
/// dates are valid whenever the tests run.
pub(crate) fn varied(count: usize) -> Value {
    batch_of((0..count).map(one_of_kind).collect())
}

/// Returns a batch of one.
pub(crate) fn one() -> Value {
    varied(1)
}

fn one_of_kind(index: usize) -> Value {
    let mut request = credential(&format!("Ada Lovelace {index}"));
    request["issuanceDate"] = json!("2020-04-23T12:00:00Z");
    request["expirationDate"] = json!("2099-04-23T12:00:00Z");
    match index % 4 {
        0 => {}
        1 => {
            request["achievement"] =
                json!({ "name": "Einführung", "description": "Zwölf Wochen, 𝔐athematik" });
            request["recipient"]["name"] = json!(format!("Ngô Bảo Châu {index}"));
            request.as_object_mut().unwrap().remove("expirationDate");
        }
        2 => {
            request["recipient"]["email"] = json!("ada@example.org");
            request["evidence"] = json!([
                { "id": format!("https://yourschool.edu/evidence/{index}"), "narrative": "The final project." },
                { "narrative": "An interview." },
            ]);
            request["achievement"]["alignment"] = json!([
                { "targetFramework": "O*NET", "targetCode": "15-2051.00", "targetName": "Data Scientists" },
                { "targetFramework": "CUSTOM", "targetCode": "ML-1", "targetName": "Machine learning",
                  "targetUrl": "https://yourschool.edu/skills/ml-1" },
            ]);
        }
        _ => {
            request["recipient"]["name"] = json!(format!("\"{index}\" \\ <O'Brien> & שלום"));
            request["achievement"]["criteria"] =
                json!({ "narrative": "First line\nsecond\r\n\"third\" \\ _:c14n0" });
            request["issuanceDate"] = json!("2020-04-23T12:00:00.123456+00:00");
        }
    }
    request
}
