//! Credentials: reading one.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_issuance::context::verify_url;
use learncoin_issuance::render::Form;
use learncoin_store::batches::{BatchStatus, Scoped};
use learncoin_store::id::CredentialId;
use serde::Serialize;

use super::json;
use crate::error::{ApiError, ErrorCode};
use crate::middleware::authentication::Caller;
use crate::middleware::body::SmallBody;
use crate::state::AppState;

/// A credential as the API shows it.
#[derive(Serialize)]
struct CredentialJson<'a> {
    id: &'a str,
    verify_url: String,
    status: &'static str,
    revoked: bool,
    erased: bool,
    /// `null` until the batch is anchored: before that nothing exists that verifies.
    signed_credential: Option<serde_json::Value>,
}

/// `GET /v1/credentials/{id}`
pub(crate) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    let tenant_id = &caller.scope.tenant_id;
    let Some(id) = id.ok().and_then(|Path(id)| id.parse::<CredentialId>().ok()) else {
        let message = format!("No credential with that ID exists in tenant {tenant_id}.");
        return Err(ApiError::new(ErrorCode::CredentialNotFound, message));
    };
    let credential = match state.issuance.store.find_credential(&caller.scope, &id).await? {
        Scoped::Own(credential) => credential,
        Scoped::OtherEnvironment => {
            return Err(ApiError::new(
                ErrorCode::EnvironmentMismatch,
                format!(
                    "Credential {id} is in the tenant's other environment. Use a key of that environment."
                ),
            ));
        }
        Scoped::Foreign | Scoped::Absent => {
            return Err(ApiError::new(
                ErrorCode::CredentialNotFound,
                format!("No credential with ID {id} exists in tenant {tenant_id}."),
            ));
        }
    };
    let published = state.issuance.published(credential).await.map_err(ApiError::internal)?;
    let signed = published.signed(Form::Full).map_err(ApiError::internal)?;
    json(
        StatusCode::OK,
        &CredentialJson {
            id: id.as_str(),
            verify_url: verify_url(&published.batch.public_url, &id),
            status: status(published.batch.status()),
            revoked: published.credential.revocation.is_some(),
            erased: published.credential.erased_at.is_some(),
            signed_credential: signed.map(|signed| signed.to_json()),
        },
    )
}

/// A credential's status is its batch's; but it can't be `failed`: one that could not be issued stays `pending`.
fn status(batch: BatchStatus) -> &'static str {
    match batch {
        BatchStatus::Pending | BatchStatus::Failed => BatchStatus::Pending.as_str(),
        BatchStatus::Signed | BatchStatus::Anchored => batch.as_str(),
    }
}
