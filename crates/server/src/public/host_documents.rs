//! The documents that verifiers read without a key: the host's DID document, the issuer profiles, the revocation list, the
//! context (the credential format's section 10).
//!
//! In: nothing but the address. Out: JSON that any origin may read. The documents are right at each
//! request and revalidated by their ETag, never served from a cache unasked: a tenant's first key must be found the moment
//! its first credential is anchored.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use learncoin_credential::contexts::LEARNCOIN_V1;
use learncoin_issuance::credential::host_documents::HostDocuments;
use learncoin_issuance::key::statements::KeyStatements;
use learncoin_store::id::TenantId;
use url::form_urlencoded;

use crate::error::{ApiError, ErrorCode};
use crate::public::cross_origin::{self, FOREVER, revalidated};
use crate::public::host_files::HostFiles;

const JSON: &str = "application/json";
const LD_JSON: &str = "application/ld+json";

/// Serves `GET /.well-known/did.json`.
pub(crate) async fn did_document(State(files): State<Arc<HostFiles>>, headers: HeaderMap) -> Response {
    files.did_document(&headers).await
}

/// Serves `GET /issuer.json`.
pub(crate) async fn host_profile(State(files): State<Arc<HostFiles>>, headers: HeaderMap) -> Response {
    files.profile(&headers).await
}

/// Serves `GET /tenants/{ulid}/issuer.json`.
pub(crate) async fn tenant_profile(
    State(documents): State<HostDocuments>,
    ulid: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let id = ulid.ok().and_then(|Path(ulid)| format!("{}{ulid}", TenantId::PREFIX).parse::<TenantId>().ok());
    let profile = match id {
        Some(id) => documents.tenant_profile(&id).await,
        None => Ok(None),
    };
    shared(&headers, JSON, profile.map(|profile| profile.map(|profile| profile.to_string())))
}

/// Serves `GET /.well-known/learncoin-keys.json?after=…`: the key statements, from the first one or from the one after that
/// number.
pub(crate) async fn key_statements(
    State(statements): State<KeyStatements>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(after) = after(query.as_deref()) else {
        let message = "after: expected the number of a statement";
        return cross_origin::open(ApiError::new(ErrorCode::InvalidFieldFormat, message).into_response());
    };
    let list = statements.page(after).await;
    shared(&headers, JSON, list.map(|list| Some(list.to_string())))
}

/// Parses the one `after` of a query: 0 if there is none, `None` if it is no number or there are several.
fn after(query: Option<&str>) -> Option<u64> {
    let mut numbers =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).filter(|(name, _)| name == "after");
    match (numbers.next(), numbers.next()) {
        (None, _) => Some(0),
        (Some((_, number)), None) => number.parse().ok(),
        _ => None,
    }
}

/// Serves `GET /revocations?assertionId=…`: the entry of one credential. There is no list of all entries, because it would
/// publish the links of every revoked credential.
pub(crate) async fn revocations(
    State(documents): State<HostDocuments>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(assertion_id) = assertion_id(query.as_deref()) else {
        let message = "assertionId: expected the id of one credential, percent-encoded";
        return cross_origin::open(ApiError::new(ErrorCode::InvalidFieldFormat, message).into_response());
    };
    match documents.revocation_list(&assertion_id).await {
        Ok(list) => cross_origin::open(
            ([(CACHE_CONTROL, "no-store")], cross_origin::json(JSON, &list)).into_response(),
        ),
        Err(error) => cross_origin::open(ApiError::internal(error).into_response()),
    }
}

/// Parses the one `assertionId` of a query: `None` if there is none, an empty one, or several.
fn assertion_id(query: Option<&str>) -> Option<String> {
    let mut ids = form_urlencoded::parse(query?.as_bytes()).filter(|(name, _)| name == "assertionId");
    match (ids.next(), ids.next()) {
        (Some((_, id)), None) if !id.is_empty() => Some(id.into_owned()),
        _ => None,
    }
}

/// Serves `GET /contexts/v1`: the bytes of the context that every signature covers. They never change.
pub(crate) async fn context(headers: HeaderMap) -> Response {
    let mut response = revalidated(&headers, LD_JSON, LEARNCOIN_V1.to_owned());
    response.headers_mut().insert(CACHE_CONTROL, FOREVER);
    cross_origin::open(response)
}

fn shared<E: std::fmt::Display>(
    headers: &HeaderMap,
    media_type: &'static str,
    document: Result<Option<impl AsRef<str>>, E>,
) -> Response {
    cross_origin::open(match document {
        Ok(Some(document)) => revalidated(headers, media_type, document.as_ref().to_owned()),
        Ok(None) => ApiError::new(ErrorCode::TenantNotFound, "There is no such tenant.").into_response(),
        Err(error) => ApiError::internal(error).into_response(),
    })
}

#[cfg(test)]
mod tests {
    use super::assertion_id;

    #[test]
    fn exactly_one_credential_is_asked_about() {
        let id = "https://learncoin.me/c/crd_1";
        assert_eq!(
            assertion_id(Some("assertionId=https%3A%2F%2Flearncoin.me%2Fc%2Fcrd_1")).as_deref(),
            Some(id)
        );
        assert_eq!(assertion_id(Some("x=1&assertionId=https://learncoin.me/c/crd_1")).as_deref(), Some(id));
        for query in [
            None,
            Some(""),
            Some("assertionId"),
            Some("assertionId="),
            Some("assertionid=x"),
            Some("assertionId=a&assertionId=b"),
        ] {
            assert_eq!(assertion_id(query), None, "{query:?}");
        }
    }
}
