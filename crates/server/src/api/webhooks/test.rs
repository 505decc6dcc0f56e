//! `POST /v1/webhooks/{id}/test`: sends a `webhook.test` event at once, and reports the endpoint's response.
//!
//! A sent event can't be taken back, so the response can only be kept afterwards. Of identical requests at once one sends
//! and the others get its response, on whatever node they are. If the process dies in between, the same request sends
//! again: the event's id was stored before, so it is the same event a second time, as with any delivery.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_delivery::event::envelope;
use learncoin_delivery::webhook::{AttemptError, EndpointResponse, TIMEOUT, WebhookAttempt, deliver};
use learncoin_http_client::Egress;
use learncoin_issuance::Issuance;
use learncoin_issuance::keyed_write::{KeyedTransaction, KeyedWrite};
use learncoin_issuance::time::iso8601;
use learncoin_store::id::{EventId, RequestId};
use learncoin_store::kill;
use learncoin_store::requests::{Answer, Claimed, IdempotencyClaim};
use learncoin_store::webhooks::{WebhookEndpoint, WebhookTestRecord};
use serde::Serialize;
use serde_json::json;
use url::Url;
use utoipa::ToSchema;

use super::{IdInPath, own};
use crate::api::field_path::FieldPath;
use crate::api::fields::{object, parse, unknown};
use crate::api::idempotency::{self, Begun, Head};
use crate::api::limits::{MAX_REASON_CHARS, TEST_EVENT};
use crate::api::{about, committed, json_text};
use crate::error::{ApiError, idempotency_key_reused};
use crate::middleware::authentication::Caller;
use crate::middleware::body::SmallBody;
use crate::openapi::{requests, words};
use crate::state::AppState;
use crate::turns::Turns;

/// The time that a node has for sending a test and keeping its response, in milliseconds: an endpoint may take ten seconds.
/// A caller that waits on another node then sends it anew.
const SEND_TIMEOUT_MS: i64 = 15_000;
/// The interval at which a waiting caller checks whether there is a response.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// The result of a test.
#[derive(Serialize, ToSchema)]
pub struct WebhookTestResult {
    /// Whether the endpoint answered with a status of 200 to 299.
    pub delivered: bool,
    /// The status of its response; `null` if there was none.
    #[schema(value_type = Option<words::HttpStatus>, inline, required)]
    pub status_code: Option<u16>,
    /// When it answered; `null` where it was not delivered.
    #[schema(value_type = Option<words::IsoDateTime>, required)]
    pub delivered_at: Option<String>,
    /// Why it was not delivered, in words. Absent where it was. An addition to the published API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub error: Option<String>,
}

/// Test an endpoint
///
/// Sends a `webhook.test` event at once, waits for the response for at most 10 seconds, and reports it.
#[utoipa::path(
    post, path = "/v1/webhooks/{id}/test", operation_id = "testWebhook", tag = "Webhooks",
    params(("id" = words::WebhookId, Path, description = "The endpoint.")),
    request_body = Option<requests::TestWebhookRequest>,
    responses((status = 200, description = "What came of it.", body = WebhookTestResult)),
)]
pub(crate) async fn test(
    State(tests): State<EndpointTests>,
    caller: Caller,
    head: Head,
    id: IdInPath,
    body: SmallBody,
) -> Result<Response, ApiError> {
    let claim = match idempotency::begin(&tests.issuance, &caller, &head, &body.bytes).await? {
        Begun::New(claim) => claim,
        Begun::Replayed(response) => return Ok(response),
    };
    read_nothing(&body.bytes)?;
    let endpoint = own(&tests.issuance, &caller, id).await?;
    match claim {
        Some(claim) => tests.send_once(&caller, &claim, &endpoint).await,
        None => {
            if !tests.issuance.store.api_key_is_active(&caller.key_id).await? {
                return Err(ApiError::key_revoked());
            }
            let body = tests.send(&endpoint, &new_test(&tests.issuance)).await?;
            Ok(about(json_text(StatusCode::OK, body), endpoint.id.to_string()))
        }
    }
}

/// The parts of the state that testing an endpoint uses.
#[derive(Clone)]
pub(crate) struct EndpointTests {
    issuance: Arc<Issuance>,
    egress: Egress,
    turns: Arc<Turns>,
}

impl FromRef<AppState> for EndpointTests {
    fn from_ref(state: &AppState) -> Self {
        Self {
            issuance: Arc::clone(&state.issuance),
            egress: state.egress.clone(),
            turns: Arc::clone(&state.idempotency_turns),
        }
    }
}

impl EndpointTests {
    async fn send_once(
        &self,
        caller: &Caller,
        claim: &IdempotencyClaim,
        endpoint: &WebhookEndpoint,
    ) -> Result<Response, ApiError> {
        let _turn = self.turns.take(claim.key()).await;
        let (issuance, scope) = (&self.issuance, &caller.scope);
        let stored = loop {
            let write = KeyedWrite { scope, actor: caller.actor(), claim: Some(claim) };
            let (mut tx, now) = match write.begin(&issuance.store, &*issuance.clock).await? {
                KeyedTransaction::New { tx, now } => (tx, now),
                KeyedTransaction::Kept { status, body } => return idempotency::replayed(status, body),
            };
            let stored = tx.record_test(scope, claim, &new_test(issuance)).await?;
            let is_ours = !issuance.store.is_shared()
                || tx.begin_test(scope, claim, now, now.saturating_add(SEND_TIMEOUT_MS)).await?;
            if is_ours {
                tx.commit().await?;
                break stored;
            }
            drop(tx);
            tokio::time::sleep(POLL_INTERVAL).await;
        };
        kill::reached("webhook_test.recorded");
        let body = self.send(endpoint, &stored).await?;
        kill::reached("webhook_test.sent");
        let mut tx = issuance.store.begin_for(&scope.tenant_id).await?;
        let now = issuance.clock.now_ms();
        // A node that took too long may have been overtaken by another one. The first answer that was kept counts.
        match tx.find_claim(scope, claim, now).await? {
            Claimed::Free => {}
            Claimed::Answered { status, body } => return idempotency::replayed(status, body),
            Claimed::OtherRequest => return Err(idempotency_key_reused()),
        }
        let answer = Answer { status: StatusCode::OK.as_u16(), body: &body, secret: None, subject_id: None };
        tx.keep_answer(scope, claim, &answer, now).await?;
        tx.commit().await?;
        Ok(committed(StatusCode::OK, body, endpoint.id.to_string()))
    }

    /// Delivers the synthetic event. Returns the body of the response.
    async fn send(&self, endpoint: &WebhookEndpoint, test: &WebhookTestRecord) -> Result<String, ApiError> {
        let result = send(&self.issuance, &self.egress, endpoint, test).await?;
        serde_json::to_string(&result).map_err(ApiError::internal)
    }
}

/// Creates the record of a new test.
pub(crate) fn new_test(issuance: &Issuance) -> WebhookTestRecord {
    WebhookTestRecord {
        event_id: EventId::generate(&*issuance.clock, &*issuance.entropy),
        recorded_at: issuance.clock.now_ms(),
    }
}

/// Delivers the synthetic event of a test, and waits for the endpoint's response.
///
/// # Errors
/// If the store fails. That the endpoint did not take it is no error.
pub(crate) async fn send(
    issuance: &Issuance,
    egress: &Egress,
    endpoint: &WebhookEndpoint,
    test: &WebhookTestRecord,
) -> Result<WebhookTestResult, ApiError> {
    let url = Url::parse(&endpoint.url).map_err(ApiError::internal)?;
    let now = issuance.clock.now_ms();
    let secrets = issuance.store.webhook_secrets(&endpoint.id, now).await?;
    let request_id = RequestId::generate(&*issuance.clock, &*issuance.entropy);
    let recorded_at = iso8601(test.recorded_at);
    let data = json!({ "sent_at": recorded_at, "note": "A test of this endpoint. Nothing was issued." });
    let tenant_id = &endpoint.scope.tenant_id;
    let attempt = WebhookAttempt {
        url: &url,
        secrets: &secrets,
        event_id: test.event_id.as_str(),
        request_id: request_id.as_str(),
        number: 1,
        unix_seconds: now.div_euclid(1_000),
        body: &envelope(&test.event_id, TEST_EVENT, test.recorded_at, tenant_id, &data.to_string()),
    };
    let client = egress.client(TIMEOUT).map_err(ApiError::internal)?;
    let answer = deliver(&client, attempt).await;
    if let Err(error) = &answer {
        tracing::info!(webhook.id = %endpoint.id, %error, "a test was not delivered");
    }
    let error = reason(&answer);
    let delivered = error.is_none();
    let delivered_at = delivered.then(|| iso8601(issuance.clock.now_ms()));
    let status_code = answer.ok().map(|answer| answer.status);
    Ok(WebhookTestResult { delivered, status_code, delivered_at, error })
}

/// Returns why a test was not delivered, in words.
fn reason(answer: &Result<EndpointResponse, AttemptError>) -> Option<String> {
    let words = match answer {
        Ok(answer) if answer.is_success() => return None,
        Ok(answer) if (300..400).contains(&answer.status) => {
            format!("The endpoint answered with status {}. Redirects are not followed.", answer.status)
        }
        Ok(answer) => {
            format!("The endpoint answered with status {}; 200 to 299 are successes.", answer.status)
        }
        Err(AttemptError::Timeout) => {
            format!("The endpoint did not answer within {} seconds.", TIMEOUT.as_secs())
        }
        Err(error) => format!("The test was not delivered: {error}."),
    };
    Some(words.chars().take(MAX_REASON_CHARS).collect())
}

/// Checks that the body has no contents: it is absent, or an empty object.
fn read_nothing(body: &[u8]) -> Result<(), ApiError> {
    if body.is_empty() {
        return Ok(());
    }
    let (value, root) = (parse(body)?, FieldPath::Root);
    match object(&value, &root)?.iter().next() {
        Some((name, _)) => Err(unknown(&root.member(name))),
        None => Ok(()),
    }
}
