//! The outermost layer: every answer gets a request id and its headers, every error its body.

use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, LINK, RETRY_AFTER,
};
use axum::http::{HeaderValue, Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;
use learncoin_issuance::Issuance;
use learncoin_store::Store;
use learncoin_store::id::{KeyId, MemberId, RequestId, TenantId};
use learncoin_store::requests::AuditRow;
use learncoin_store::tenants::ApiKey;
use serde_json::json;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::audit::AuditLog;
use super::client_address::{client_address, client_network};
use super::headers;
use super::metrics::Counted;
use super::rate_limit::Allowance;
use crate::error::ApiError;
use crate::stopping::Stopping;

/// The header that carries the request's id.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The state of the boundary.
#[derive(Clone)]
pub(crate) struct BoundaryState {
    /// The database, the clock, randomness and the host.
    pub(crate) issuance: Arc<Issuance>,
    /// The audit log.
    pub(crate) audit: Arc<AuditLog>,
    /// The networks of the proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Arc<[IpNet]>,
    /// Whether the process is about to end.
    pub(crate) stopping: Stopping,
}

/// One request as the boundary follows it, in the request's extensions. Authentication fills it in.
#[derive(Clone, Default)]
pub struct RequestRecord(Arc<RecordedRequest>);

/// The record of a request. A request is authenticated once, so each slot is filled at most once.
#[derive(Default)]
struct RecordedRequest {
    key: OnceLock<(KeyId, TenantId)>,
    allowance: OnceLock<Allowance>,
    admitted: OnceLock<()>,
    unauthenticated: OnceLock<()>,
    member: OnceLock<(MemberId, Option<TenantId>)>,
}

impl RequestRecord {
    /// Records that the key is known, revoked or not.
    pub(crate) fn record_key(&self, key: &ApiKey) {
        let _ = self.0.key.set((key.id.clone(), key.tenant_id.clone()));
    }

    /// Records that a member acts in the console: in a tenant, or on the deployment or their own account. The request gets a row
    /// in the audit log, however it ends.
    pub fn record_member(&self, member_id: &MemberId, tenant_id: Option<&TenantId>) {
        let _ = self.0.member.set((member_id.clone(), tenant_id.cloned()));
    }

    /// Returns the tenant of the key, if that is known.
    pub(crate) fn tenant_id(&self) -> Option<&TenantId> {
        self.0.key.get().map(|(_, tenant_id)| tenant_id)
    }

    /// Records that the request was counted, or refused because there were too many.
    pub(crate) fn record_allowance(&self, allowance: Allowance) {
        let _ = self.0.allowance.set(allowance);
    }

    /// Records that the request was within the rate limit, which bounds the number of such requests.
    pub(crate) fn record_admission(&self) {
        let _ = self.0.admitted.set(());
    }

    /// Records that the request was refused before its key was known, or had none.
    pub(crate) fn record_unauthenticated(&self) {
        let _ = self.0.unauthenticated.set(());
    }
}

/// The mark of a response whose effect was committed by a transaction that had read the key's row. It is sent even if the
/// key was revoked since.
#[derive(Clone)]
pub(crate) struct Committed;

/// The id of what a request made, changed or had an effect on, in the response's extensions.
#[derive(Clone)]
pub struct Subject(
    /// The id, or several with a space between them.
    pub String,
);

/// Runs the request, and finishes its answer.
///
/// A request to the API goes on when its caller hangs up: what it does is finished, and its row is written. So does a form of the
/// console.
pub(crate) async fn boundary(State(state): State<BoundaryState>, request: Request, next: Next) -> Response {
    let issuance = &state.issuance;
    let request_id = RequestId::generate(&*issuance.clock, &*issuance.entropy);
    let path = request.extensions().get::<MatchedPath>().cloned();
    let route = path.as_ref().map(MatchedPath::as_str);
    let is_form =
        route.is_some_and(|route| route.starts_with("/console")) && request.method() == Method::POST;
    let goes_on = is_form || route.is_some_and(|route| route.starts_with("/v1/"));
    let counted = Counted::begin(route, request.method());
    let span = span(&request_id, route, counted.method());
    let following = follow(state, request_id, request, next).instrument(span.clone());
    let response = if goes_on {
        match tokio::spawn(following).await {
            Ok(response) => response,
            // Panics of handlers are caught inside, so this is one of ours, or the process is ending.
            Err(error) => {
                tracing::error!(parent: &span, panicked = error.is_panic(), "a request was cut off");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    } else {
        following.await
    };
    span.record("http.response.status_code", response.status().as_u16());
    if response.status().is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    counted.answered(response.status());
    response
}

/// Creates the span of a request. Every line that is logged in it carries the request's id, however little is logged: so it
/// has the level of an error, which no filter leaves out. It has neither path nor query, because a path may be the
/// capability to see a credential.
fn span(request_id: &RequestId, route: Option<&str>, method: &'static str) -> Span {
    let name = format!("{method} {}", route.unwrap_or("none"));
    tracing::error_span!(
        "request",
        %request_id,
        otel.name = name,
        otel.kind = "server",
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        otel.status_code = Empty,
    )
}

/// Runs the request and checks the key once more.
///
/// Invariant: each response to a key's holder, except that of a committed effect, was decided while the key was active:
/// its row is read once more when the response is ready.
async fn follow(state: BoundaryState, request_id: RequestId, mut request: Request, next: Next) -> Response {
    let issuance = &state.issuance;
    let is_kept_alive = request.version() <= Version::HTTP_11;
    let begun_at = issuance.clock.now_ms();
    let method = request.method().to_string();
    let endpoint = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let address = client_address(request.extensions(), request.headers(), &state.trusted_proxies);
    let client = address.map(client_network);
    let call = RequestRecord::default();
    request.extensions_mut().insert(call.clone());

    let mut response = next.run(request).await;
    if let Some((key, _)) = call.0.key.get()
        && response.extensions().get::<Committed>().is_none()
        && let Err(error) = still_active(&issuance.store, key).await
    {
        response = error.into_response();
    }

    let origin = issuance.host.origin();
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        if let Some(cause) = error.cause() {
            tracing::error!(cause, "a request failed on our side");
        }
        write_error(&mut response, &error, &request_id, origin);
    }
    if let Some(allowance) = call.0.allowance.get() {
        allowance.write(response.headers_mut());
    }
    if let Ok(value) = HeaderValue::from_str(request_id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    headers::add_defaults(response.headers_mut(), origin.starts_with("https:"));
    if is_kept_alive && state.stopping.has_begun() {
        // The caller's next request goes to a process that stays.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }

    let subjects = match response.extensions().get::<Subject>() {
        Some(Subject(ids)) => ids.split(' ').map(str::to_owned).collect(),
        None => Vec::new(),
    };
    let (member_id, key_id, tenant_id) = match (call.0.member.get().cloned(), call.0.key.get().cloned()) {
        (Some((member_id, tenant_id)), _) => (Some(member_id), None, tenant_id),
        (None, Some((key_id, tenant_id))) => (None, Some(key_id), Some(tenant_id)),
        (None, None) if call.0.unauthenticated.get().is_some() => (None, None, None),
        (None, None) => return response,
    };
    let is_admitted = member_id.is_some() || call.0.admitted.get().is_some();
    let row = AuditRow {
        request_id,
        tenant_id,
        key_id,
        operator: None,
        member_id,
        address_mac: client.map(|client| issuance.store.sealer().address_mac(&client.to_string())),
        method,
        endpoint: endpoint.unwrap_or_default(),
        status: response.status().as_u16(),
        subjects,
        at: begun_at,
        calls: 1,
        place: None,
    };
    match is_admitted {
        true => state.audit.add(row).await,
        false => state.audit.add_refusal(row, client).await,
    }
    response
}

async fn still_active(store: &Store, key: &KeyId) -> Result<(), ApiError> {
    if store.api_key_is_active(key).await? { Ok(()) } else { Err(ApiError::key_revoked()) }
}

/// Sets the body of the response. Headers that the inside set, such as `Allow`, stay.
fn write_error(response: &mut Response, error: &ApiError, request_id: &RequestId, origin: &str) {
    let body = json!({
        "error": { "code": error.code.as_str(), "message": error.message, "request_id": request_id.as_str() }
    });
    let body = body.to_string();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(link) =
        HeaderValue::from_str(&format!("<{origin}/docs/api/errors#{}>; rel=\"help\"", error.code))
    {
        headers.insert(LINK, link);
    }
    if let Some(seconds) = error.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds.get()));
    }
    *response.status_mut() = error.code.status();
    *response.body_mut() = Body::from(body);
}
