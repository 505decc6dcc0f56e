//! A program with an API key.

use axum::body::Body;
use axum::http::{Method, Request};
use learncoin_issuance::keyed_write::Actor;
use learncoin_store::id::{KeyId, TenantId};
use learncoin_store::scope::Environment;
use serde_json::Value;

use crate::answer::Answer;
use crate::app::TestApp;

/// A tenant's program, with one key. Cheap to clone.
#[derive(Clone)]
pub struct Caller {
    /// The deployment that it calls.
    pub app: TestApp,
    /// Its tenant.
    pub tenant_id: TenantId,
    /// Its key's environment.
    pub environment: Environment,
    /// Its key's public name.
    pub key_id: KeyId,
    /// Its key.
    pub key: String,
}

impl Caller {
    /// Creates another key of the same tenant.
    pub async fn with_new_key(&self, environment: Environment) -> Caller {
        self.app.new_key(&self.tenant_id, environment).await
    }

    /// Creates a live key of the same tenant.
    pub async fn live(&self) -> Caller {
        self.with_new_key(Environment::Live).await
    }

    /// Revokes this caller's key, as the operator does.
    pub async fn revoke_key(&self) {
        let revoked = self.app.issuance().api_keys.revoke_api_key(Actor::Operator, &self.key_id).await;
        assert!(revoked.expect("the key is revoked").is_some(), "the key exists");
    }

    /// Sends a request under this key. Headers are pairs of name and value.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("Authorization", format!("Bearer {}", self.key))
            .header("Content-Type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.app.send(request.body(body.into()).expect("the request is well-formed")).await
    }

    /// Sends a `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    /// Sends a `POST` with any body.
    pub async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send(Method::POST, path, &[], body).await
    }

    /// Posts a batch, which must be accepted. Returns the body of the 202.
    pub async fn post_batch(&self, body: Value) -> Value {
        self.post("/v1/batches", body.to_string()).await.expect(202)
    }

    /// Posts a batch under an idempotency key.
    pub async fn post_batch_under(&self, idempotency_key: &str, body: &Value) -> Answer {
        let headers = [("Idempotency-Key", idempotency_key)];
        self.send(Method::POST, "/v1/batches", &headers, body.to_string()).await
    }

    /// Returns a batch, which must exist.
    pub async fn batch(&self, id: &str) -> Value {
        self.get(&format!("/v1/batches/{id}")).await.expect(200)
    }

    /// Returns a credential, which must exist.
    pub async fn credential(&self, id: &str) -> Value {
        self.get(&format!("/v1/credentials/{id}")).await.expect(200)
    }

    /// Returns every batch of the list, page by page.
    pub async fn all_batches(&self) -> Vec<Value> {
        let mut batches = Vec::new();
        let mut path = "/v1/batches?limit=100".to_owned();
        loop {
            let page = self.get(&path).await.expect(200);
            batches.extend(page["data"].as_array().expect("data is an array").iter().cloned());
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/v1/batches?limit=100&cursor={cursor}"),
                None => return batches,
            }
        }
    }
}
