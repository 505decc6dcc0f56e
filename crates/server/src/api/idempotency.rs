//! The `Idempotency-Key` header.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use learncoin_issuance::Issuance;
use learncoin_issuance::keyed_write::KeyedResponse;
use learncoin_store::requests::{Claimed, IdempotencyClaim};
use learncoin_store::scope::TenantScope;

use super::limits::MAX_IDEMPOTENCY_KEY_CHARS;
use super::{committed, json_text};
use crate::error::{ApiError, ErrorCode, idempotency_key_reused};
use crate::middleware::authentication::Caller;

/// Marks a replayed response.
const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The parts of a request, beside its body, that an idempotency key identifies.
pub(crate) struct Head {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
}

impl<S: Sync> FromRequestParts<S> for Head {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        Ok(Self { method: parts.method.clone(), uri: parts.uri.clone(), headers: parts.headers.clone() })
    }
}

/// The treatment of a request.
pub(super) enum Begun {
    /// Execute it, and keep its answer under the claim if there is one.
    New(Option<IdempotencyClaim>),
    /// It was answered before; this is that answer.
    Replayed(Response),
}

/// Looks the request's idempotency key up, before any work is done for it.
///
/// # Errors
/// If the header is malformed, or the key was used for another request.
pub(super) async fn begin(
    issuance: &Issuance,
    caller: &Caller,
    head: &Head,
    body: &[u8],
) -> Result<Begun, ApiError> {
    let claim = claim(issuance, &caller.scope, head, body)?;
    look_up(issuance, &caller.scope, claim).await
}

/// Checks the header of a request that uses no key.
///
/// # Errors
/// If the header is malformed.
pub(super) fn check(head: &Head) -> Result<(), ApiError> {
    key(&head.headers).map(|_| ())
}

/// Returns the claim of the request on its idempotency key, if it has one. It hashes the body.
pub(super) fn claim(
    issuance: &Issuance,
    scope: &TenantScope,
    head: &Head,
    body: &[u8],
) -> Result<Option<IdempotencyClaim>, ApiError> {
    let Some(key) = key(&head.headers)? else { return Ok(None) };
    let sealer = issuance.store.sealer();
    Ok(Some(IdempotencyClaim::new(sealer, scope, key, head.method.as_str(), head.uri.path(), body)))
}

/// Looks a claim up.
///
/// # Errors
/// If its key was used for another request.
pub(super) async fn look_up(
    issuance: &Issuance,
    scope: &TenantScope,
    claim: Option<IdempotencyClaim>,
) -> Result<Begun, ApiError> {
    let Some(claim) = claim else { return Ok(Begun::New(None)) };
    match issuance.store.find_claim(scope, &claim, issuance.clock.now_ms()).await? {
        Claimed::Free => Ok(Begun::New(Some(claim))),
        Claimed::Answered { status, body } => replayed(status, body).map(Begun::Replayed),
        Claimed::OtherRequest => Err(idempotency_key_reused()),
    }
}

/// Responds to a write: with `status` and its body if it was made now, else with the response that was kept.
pub(super) fn respond(status: StatusCode, response: KeyedResponse) -> Result<Response, ApiError> {
    match response {
        KeyedResponse::New { body, subject_id } => Ok(committed(status, body, subject_id)),
        KeyedResponse::Kept { status, body } => replayed(status, body),
    }
}

/// Returns the first response once more, byte for byte.
pub(super) fn replayed(status: u16, body: String) -> Result<Response, ApiError> {
    let mut response = json_text(StatusCode::from_u16(status).map_err(ApiError::internal)?, body);
    response.headers_mut().insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// Returns the caller's key, without the white space around it, or `None` if there is no such header.
fn key(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = std::str::from_utf8(value.as_bytes()).map(str::trim).unwrap_or_default();
    if values.next().is_some() || key.is_empty() || key.chars().count() > MAX_IDEMPOTENCY_KEY_CHARS {
        return Err(ApiError::new(
            ErrorCode::InvalidFieldFormat,
            format!("Idempotency-Key: expected one header of 1 to {MAX_IDEMPOTENCY_KEY_CHARS} characters"),
        ));
    }
    Ok(Some(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("Idempotency-Key", HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_key_has_1_to_255_characters_after_trimming() {
        assert_eq!(key(&headers(&[])).unwrap(), None);
        assert_eq!(key(&headers(&[b" a b "])).unwrap(), Some("a b"));
        assert_eq!(key(&headers(&["é".repeat(255).as_bytes()])).unwrap().map(str::len), Some(510));
        let long = "k".repeat(256);
        let refused: [&[&[u8]]; 5] = [&[b""], &[b"  "], &[long.as_bytes()], &[b"\xff"], &[b"a", b"a"]];
        for values in refused {
            let error = key(&headers(values)).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidFieldFormat);
            assert!(error.message.contains("Idempotency-Key"));
        }
    }
}
