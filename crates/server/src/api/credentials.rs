//! Credentials: reading one, revoking it, erasing the person from it.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use learncoin_credential::DocumentForm;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::change::{Change, ChangeError, ChangeRequest};
use learncoin_issuance::credential::render::Render as _;
use learncoin_store::Store;
use learncoin_store::batches::{BatchStatus, Scoped};
use learncoin_store::id::CredentialId;
use serde::Serialize;
use utoipa::ToSchema;

use super::idempotency::{self, Begun, Head};
use super::{change_credential, json};
use crate::error::{ApiError, ErrorCode, idempotency_key_reused};
use crate::mailbox::store::Mailbox;
use crate::middleware::authentication::Caller;
use crate::middleware::body::SmallBody;
use crate::openapi::artefact::SignedCredentialJsonLd;
use crate::openapi::{requests, responses, words};

/// A credential.
#[derive(Serialize, ToSchema)]
#[schema(as = Credential)]
pub(crate) struct CredentialJson<'a> {
    #[schema(value_type = words::CredentialId)]
    id: &'a str,
    /// The page that shows and proves the credential.
    verify_url: String,
    #[schema(value_type = words::CredentialStatus)]
    status: &'static str,
    revoked: bool,
    erased: bool,
    /// `null` until the batch is anchored: before that nothing exists that verifies.
    #[schema(value_type = Option<SignedCredentialJsonLd>, required)]
    signed_credential: Option<serde_json::Value>,
    /// The credential that takes the place of this one, where it was revoked and the revocation named one. An addition to the
    /// published API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = words::CredentialId, required = false)]
    replaced_by: Option<String>,
    /// The page of that credential. An addition to the published API.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    replaced_by_url: Option<String>,
}

/// The id in the path; what is none names no credential.
type IdInPath = Result<Path<String>, PathRejection>;

/// Read a credential
///
/// With the signed document that the public page shows and any verifier takes. Once the person was erased it is the
/// redacted document, which verifies against the same anchor.
#[utoipa::path(
    get, path = "/v1/credentials/{id}", operation_id = "getCredential", tag = "Credentials",
    params(("id" = words::CredentialId, Path, description = "The credential.")),
    responses((status = 200, description = "The credential.", body = CredentialJson)),
)]
pub(crate) async fn get(
    State(store): State<Store>,
    caller: Caller,
    id: IdInPath,
    _body: SmallBody,
) -> Result<Response, ApiError> {
    let id = credential_id(id, &caller)?;
    let issued = match store.find_issued_credential(&caller.scope, &id).await? {
        Scoped::Own(issued) => issued,
        Scoped::OtherEnvironment => return Err(other_environment(&id)),
        Scoped::Foreign | Scoped::Absent => return Err(not_found(&id, &caller)),
    };
    let signed = issued.render(DocumentForm::Full).map_err(ApiError::internal)?;
    let successor = issued.credential.revocation.as_ref().and_then(|one| one.replaced_by.as_ref());
    json(
        StatusCode::OK,
        &CredentialJson {
            id: id.as_str(),
            verify_url: id.page_url(&issued.batch.public_url),
            status: status(issued.batch.status()),
            revoked: issued.credential.revocation.is_some(),
            erased: issued.credential.erased_at.is_some(),
            signed_credential: signed.map(|signed| signed.to_json()),
            replaced_by: successor.map(|id| id.to_string()),
            replaced_by_url: successor.map(|id| id.page_url(&issued.batch.public_url)),
        },
    )
}

/// Revoke a credential
///
/// Final. The document still verifies, and the page and the issuer's revocation list state that it was revoked, and why. The page
/// links to the credential that takes its place, if `replaced_by` names one.
#[utoipa::path(
    post, path = "/v1/credentials/{id}/revoke", operation_id = "revokeCredential", tag = "Credentials",
    params(("id" = words::CredentialId, Path, description = "The credential.")),
    request_body = requests::RevocationRequest,
    responses((status = 200, description = "Revoked.", body = responses::RevokedCredential)),
)]
pub(crate) async fn revoke(
    State(issuance): State<Arc<Issuance>>,
    caller: Caller,
    head: Head,
    id: IdInPath,
    body: SmallBody,
) -> Result<Response, ApiError> {
    change(&issuance, &caller, &head, id, &body, change_credential::revocation).await
}

/// Erase the recipient from a credential
///
/// Honors a request under the GDPR: name, e-mail address, evidence and every copy of them are deleted for good. The
/// redacted document is served from then on, and verifies against the same anchor.
#[utoipa::path(
    post, path = "/v1/credentials/{id}/erase", operation_id = "eraseCredential", tag = "Credentials",
    params(("id" = words::CredentialId, Path, description = "The credential.")),
    request_body = requests::ErasureRequest,
    responses((status = 200, description = "Erased.", body = responses::ErasedCredential)),
)]
pub(crate) async fn erase(
    State(issuance): State<Arc<Issuance>>,
    State(mailbox): State<Mailbox>,
    caller: Caller,
    head: Head,
    id: IdInPath,
    body: SmallBody,
) -> Result<Response, ApiError> {
    // What was erased before, and could not be noted yet: its kept answer is given only once it is.
    issuance.erasure_log.journal_missing_erasures().await.map_err(ApiError::internal)?;
    let named = id.as_ref().ok().and_then(|Path(id)| id.parse::<CredentialId>().ok());
    let answer = change(&issuance, &caller, &head, id, &body, change_credential::erasure).await?;
    if let Some(id) = named
        && let Err(error) = mailbox.forget(&issuance.store, &id).await
    {
        tracing::error!(%error, "the mail of an erased credential can't be removed yet; that is tried again every minute");
    }
    Ok(answer)
}

async fn change(
    issuance: &Issuance,
    caller: &Caller,
    head: &Head,
    id: IdInPath,
    body: &SmallBody,
    read: impl Fn(&[u8]) -> Result<Change, ApiError>,
) -> Result<Response, ApiError> {
    let claim = match idempotency::begin(issuance, caller, head, &body.bytes).await? {
        Begun::New(claim) => claim,
        Begun::Replayed(response) => return Ok(response),
    };
    let change = read(&body.bytes)?;
    let id = credential_id(id, caller)?;
    let request =
        ChangeRequest { scope: &caller.scope, actor: caller.actor(), id: &id, change, claim: claim.as_ref() };
    match issuance.changes.change(request).await {
        Ok(changed) => idempotency::respond(StatusCode::OK, changed),
        Err(error) => Err(refused(error, &id, caller)),
    }
}

fn refused(error: ChangeError, id: &CredentialId, caller: &Caller) -> ApiError {
    match error {
        ChangeError::RightLost => ApiError::key_revoked(),
        ChangeError::IdempotencyKeyReused => idempotency_key_reused(),
        ChangeError::Absent => not_found(id, caller),
        ChangeError::Foreign => ApiError::new(
            ErrorCode::CredentialNotOwned,
            format!("Credential {id} is another tenant's. Use a key of the tenant that issued it."),
        ),
        ChangeError::OtherEnvironment => other_environment(id),
        ChangeError::AlreadyRevoked => {
            ApiError::new(ErrorCode::CredentialAlreadyRevoked, format!("Credential {id} is revoked already."))
        }
        ChangeError::ReplacedBy => change_credential::no_successor(),
        ChangeError::AlreadyErased => {
            ApiError::new(ErrorCode::CredentialAlreadyErased, format!("Credential {id} is erased already."))
        }
        ChangeError::Render(error) => ApiError::internal(error),
        ChangeError::Journal(error) => ApiError::internal(error),
        ChangeError::Store(error) => error.into(),
    }
}

fn credential_id(id: IdInPath, caller: &Caller) -> Result<CredentialId, ApiError> {
    id.ok().and_then(|Path(id)| id.parse().ok()).ok_or_else(|| {
        let tenant_id = &caller.scope.tenant_id;
        let message = format!("No credential with that ID exists in tenant {tenant_id}.");
        ApiError::new(ErrorCode::CredentialNotFound, message)
    })
}

fn not_found(id: &CredentialId, caller: &Caller) -> ApiError {
    let tenant_id = &caller.scope.tenant_id;
    let message = format!("No credential with ID {id} exists in tenant {tenant_id}.");
    ApiError::new(ErrorCode::CredentialNotFound, message)
}

fn other_environment(id: &CredentialId) -> ApiError {
    let message =
        format!("Credential {id} is in the tenant's other environment. Use a key of that environment.");
    ApiError::new(ErrorCode::EnvironmentMismatch, message)
}

/// Returns a credential's status. It is its batch's, but never `failed`: one that could not be issued stays `pending`.
fn status(batch: BatchStatus) -> &'static str {
    match batch {
        BatchStatus::Pending | BatchStatus::Failed => BatchStatus::Pending.as_str(),
        BatchStatus::Signed | BatchStatus::Anchored => batch.as_str(),
    }
}
