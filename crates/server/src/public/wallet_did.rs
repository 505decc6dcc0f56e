//! `GET /t/{ulid}/did.json`: the DID document of a tenant's wallet forms.
//!
//! It is right at each request and revalidated by its ETag, as the host's documents are: a revoked key must be seen at once.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use learncoin_issuance::credential::host_documents::{HostDocuments, WalletDidDocument};
use learncoin_store::id::TenantId;

use crate::error::{ApiError, ErrorCode};
use crate::public::credential_lookup::KEY_EXPECTED_AFTER;
use crate::public::cross_origin::{self, revalidated};

/// DID Core, section 6.3.1.
const MEDIA_TYPE: &str = "application/did+ld+json";

/// Serves `GET /t/{ulid}/did.json`.
pub(crate) async fn did_document(
    State(documents): State<HostDocuments>,
    ulid: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let id = ulid.ok().and_then(|Path(ulid)| format!("{}{ulid}", TenantId::PREFIX).parse::<TenantId>().ok());
    let found = match id {
        Some(id) => documents.wallet_did_document(&id).await,
        None => Ok(WalletDidDocument::NoTenant),
    };
    cross_origin::open(match found {
        Ok(WalletDidDocument::Found(document)) => revalidated(&headers, MEDIA_TYPE, document.to_string()),
        Ok(WalletDidDocument::NoKey) => {
            let message = "The tenant has no document key yet.";
            let mut error = ApiError::new(ErrorCode::TenantNotFound, message);
            error.retry_after = KEY_EXPECTED_AFTER;
            error.into_response()
        }
        Ok(WalletDidDocument::NoTenant) => {
            ApiError::new(ErrorCode::TenantNotFound, "There is no such tenant.").into_response()
        }
        Err(error) => ApiError::internal(error).into_response(),
    })
}
