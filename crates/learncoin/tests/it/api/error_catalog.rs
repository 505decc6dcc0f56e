//! Every code of the catalog, as a caller meets it.

use learncoin_issuance::tenant::allowlist::{allow, parse_network};
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_server::error::ErrorCode;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Answer, Body, Caller, Method, TestApp, many, one};
use serde_json::{Value, json};

use crate::access::api_keys::insert_live_key;

const ABSENT: &str = "01KPX4MRGJZZZZZZZZZZZZZZZZ";

#[tokio::test]
async fn every_code_of_the_catalog_is_answered_in_its_form() {
    for code in ErrorCode::ALL {
        let (status, answer) = provoke(*code).await;
        assert_eq!(answer.status, status, "{code}: {}", answer.text());
        answer.expect_error(*code);
        let link = format!("<https://learncoin.example/docs/api/errors#{code}>; rel=\"help\"");
        assert_eq!(answer.header("link"), link);
        let retry_after = if status == 429 { "60" } else { "" };
        assert_eq!(answer.header("retry-after"), retry_after, "{code}");
        assert_eq!(answer.header("allow").is_empty(), status != 405, "{code}");
        assert_eq!(answer.header("idempotent-replayed"), "", "{code}");
    }
}

/// Makes the API answer with this code, and gives the status that the contract has for it. A code without a way to it
/// does not compile.
async fn provoke(code: ErrorCode) -> (u16, Answer) {
    let app = TestApp::start().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let batches = |body: Value| uni.post("/v1/batches", body.to_string());
    match code {
        ErrorCode::ApiKeyMissing => (401, app.get("/v1/tenants/me").await),
        ErrorCode::ApiKeyInvalid => {
            let stranger =
                Caller { key: "lrn_test_4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM".into(), ..uni };
            (401, stranger.get("/v1/tenants/me").await)
        }
        ErrorCode::ApiKeyRevoked => {
            uni.revoke_key().await;
            (401, uni.get("/v1/tenants/me").await)
        }
        ErrorCode::IpNotAllowed => {
            let office = parse_network("203.0.113.0/24").unwrap();
            allow(&app.issuance().store, &uni.key_id, &[office]).await.unwrap();
            (401, uni.get("/v1/tenants/me").await)
        }
        ErrorCode::EnvironmentMismatch => {
            let id = issue(&uni).await;
            (403, uni.live().await.get(&format!("/v1/credentials/{id}")).await)
        }
        ErrorCode::TierRequired => {
            let small = app.tenant_on(Plan::Developer, "Small College").await;
            (403, insert_live_key(&small).await.get("/v1/tenants/me").await)
        }
        ErrorCode::CredentialNotOwned => {
            let id = issue(&uni).await;
            (403, revoke(&app.tenant("Other").await, &id).await)
        }
        ErrorCode::InvalidJson => (400, uni.post("/v1/batches", "{").await),
        ErrorCode::MissingRequiredField => (400, batches(json!({})).await),
        ErrorCode::InvalidFieldFormat => (400, batches(json!({ "credentials": "all" })).await),
        ErrorCode::RecipientIdInvalid => {
            (400, batches(bent("/credentials/0/recipient/id", json!("ada@example.edu"))).await)
        }
        ErrorCode::AchievementTooLarge => {
            let description = json!("x".repeat(65_536));
            (400, batches(bent("/credentials/0/achievement/description", description)).await)
        }
        ErrorCode::BatchTooLarge => (400, batches(many(501)).await),
        ErrorCode::AlignmentFrameworkUnknown => {
            let framework = "/credentials/0/achievement/alignment/0/targetFramework";
            (400, batches(bent(framework, json!("Framework X"))).await)
        }
        ErrorCode::BatchNotFound => (404, uni.get(&format!("/v1/batches/bat_{ABSENT}")).await),
        ErrorCode::CredentialNotFound => (404, uni.get(&format!("/v1/credentials/crd_{ABSENT}")).await),
        ErrorCode::WebhookNotFound => (404, uni.post(&format!("/v1/webhooks/whk_{ABSENT}/test"), "").await),
        ErrorCode::TenantNotFound => (404, uni.get(&format!("/v1/tenants/tnt_{ABSENT}")).await),
        ErrorCode::IdempotencyKeyReused => {
            uni.post_batch_under("key", &one("Ada Lovelace")).await.expect(202);
            (409, uni.post_batch_under("key", &one("Grace Hopper")).await)
        }
        ErrorCode::CredentialAlreadyRevoked => {
            let id = issue(&uni).await;
            revoke(&uni, &id).await.expect(200);
            (409, revoke(&uni, &id).await)
        }
        ErrorCode::CredentialAlreadyErased => {
            let path = format!("/v1/credentials/{}/erase", issue(&uni).await);
            let body = json!({ "requester": "dpo", "verified_at": "2026-11-19T13:30:00Z" }).to_string();
            uni.post(&path, body.clone()).await.expect(200);
            (409, uni.post(&path, body).await)
        }
        ErrorCode::RateLimited => {
            let update = TenantUpdate { requests_per_minute: Some(Some(1)), ..TenantUpdate::default() };
            app.issuance().tenants.update_tenant(&uni.tenant_id, update).await.unwrap();
            uni.get("/v1/tenants/me").await.expect(200);
            (429, uni.get("/v1/tenants/me").await)
        }
        ErrorCode::MonthlyQuotaExceeded => {
            let update = TenantUpdate { credentials_per_month: Some(Some(1)), ..TenantUpdate::default() };
            app.issuance().tenants.update_tenant(&uni.tenant_id, update).await.unwrap();
            (422, batches(many(2)).await)
        }
        ErrorCode::SigningKeyUnavailable => {
            // Made without the signing key that every live key has.
            let live = insert_live_key(&uni).await;
            (422, live.post("/v1/batches", one("Ada Lovelace").to_string()).await)
        }
        ErrorCode::AnchoringChainUnavailable => {
            let app = TestApp::builder().chains(true, false).start().await;
            let live = insert_live_key(&app.tenant("Example University").await).await;
            (422, live.post("/v1/batches", one("Ada Lovelace").to_string()).await)
        }
        ErrorCode::InternalError => {
            app.lose_database().await;
            (500, uni.get("/v1/tenants/me").await)
        }
        ErrorCode::EndpointNotFound => (404, uni.get("/v1/batch").await),
        ErrorCode::MethodNotAllowed => (405, uni.send(Method::PUT, "/v1/batches", &[], Body::empty()).await),
        ErrorCode::PayloadTooLarge => (413, uni.post("/v1/webhooks", " ".repeat(64 * 1024 + 1)).await),
    }
}

/// Issues one credential, and returns its id as soon as the batch is accepted.
async fn issue(uni: &Caller) -> String {
    let posted = uni.post_batch(one("Ada Lovelace")).await;
    let batch = uni.batch(posted["id"].as_str().unwrap()).await;
    batch["credentials"][0]["id"].as_str().unwrap().to_owned()
}

async fn revoke(caller: &Caller, id: &str) -> Answer {
    let body = json!({ "reason": "Superseded.", "reason_code": "reissued" });
    caller.post(&format!("/v1/credentials/{id}/revoke"), body.to_string()).await
}

/// Returns a batch of one, with another value at this place.
fn bent(place: &str, value: Value) -> Value {
    let mut body = one("Ada Lovelace");
    *body.pointer_mut(place).unwrap() = value;
    body
}
