//! `POST /t/{ulid}/wallet/credential`: the credential for a token, once (OpenID4VCI 1.0, section 8).

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use learncoin_credential::DocumentForm;
use learncoin_credential::wallet::{DocumentSignature, TokenInput};
use learncoin_credential::wallet_did::jwk_id;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::wallet_forms::UnsignedWalletForm;
use learncoin_issuance::credential::wallet_offers::{UseError, check_offered};
use learncoin_store::id::TenantId;
use learncoin_store::wallets::{OfferedCredential, OfferedFormat};
use serde_json::{Value as Json, json};

use super::answer::{WalletError, json_response};
use super::binding::{Holder, invalid_nonce, verify};
use super::credential_request::{CredentialRequest, Version};
use super::issuer::{UlidInPath, configuration_id, tenant_id};
use super::nonce::new_nonce;
use crate::error::ApiError;
use crate::middleware::body::SmallBody;

/// Serves `POST /t/{ulid}/wallet/credential`.
pub(crate) async fn credential(
    State(issuance): State<Arc<Issuance>>,
    ulid: UlidInPath,
    headers: HeaderMap,
    body: Result<SmallBody, ApiError>,
) -> Response {
    match issue(&issuance, ulid, &headers, body).await {
        Ok(credential) => json_response(&credential),
        Err(error) => error.into_response(),
    }
}

async fn issue(
    issuance: &Issuance,
    ulid: UlidInPath,
    headers: &HeaderMap,
    body: Result<SmallBody, ApiError>,
) -> Result<Json, WalletError> {
    let tenant_id = tenant_id(ulid).ok_or_else(WalletError::no_token)?;
    let token = bearer(headers).ok_or_else(WalletError::no_token)?;
    let found = issuance.wallet_offers.find_token(&tenant_id, token).await.map_err(WalletError::ours)?;
    let (token, offered) = found.ok_or_else(WalletError::no_token)?;
    let body = body.map_err(|error| WalletError::unreadable_body(&error))?;
    let request = CredentialRequest::read(&body.bytes)?;
    if request.format != offered.format {
        let description = format!("The token is good for {} alone.", configuration_id(offered.format));
        return Err(WalletError::new("invalid_credential_request", description));
    }
    let with_nonce = |error: WalletError| match request.version {
        Version::Final => error,
        Version::Draft13 => error.with_nonce(|| new_nonce(issuance, &tenant_id)),
    };
    let holder = request.proof.as_deref().map(|proof| verify(issuance, &tenant_id, proof)).transpose();
    let holder = holder.map_err(with_nonce)?;
    let credential = signed(issuance, &offered, holder.as_ref()).await?;
    let nonce = holder.as_ref().map(|holder| &holder.nonce);
    issuance.wallet_offers.use_token(&token, nonce).await.map_err(|error| match error {
        UseError::Used => WalletError::no_token(),
        UseError::NonceUsed => with_nonce(invalid_nonce()),
        UseError::Store(error) => WalletError::ours(error),
    })?;
    Ok(match request.version {
        Version::Final => json!({ "credentials": [{ "credential": credential }] }),
        Version::Draft13 => json!({ "format": offered.format.as_str(), "credential": credential }),
    })
}

/// Returns the token of the header. The scheme's name is in any case (RFC 9110, section 11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Returns the credential in its format, with the holder as its subject unless the person was erased.
async fn signed(
    issuance: &Issuance,
    offered: &OfferedCredential,
    holder: Option<&Holder>,
) -> Result<Json, WalletError> {
    let denied = |description: &str| WalletError::new("credential_request_denied", description.to_owned());
    let issued = issuance.store.issued_credential_by_id(&offered.credential_id).await;
    let issued = issued.map_err(WalletError::ours)?.ok_or_else(|| denied("The credential is gone."))?;
    check_offered(&issued).map_err(|error| denied(&format!("Not offered: {error}.")))?;
    let unsigned = issuance.wallet_forms.unsigned(&issued, DocumentForm::Full).await;
    let mut unsigned = unsigned.map_err(WalletError::ours)?.ok_or_else(|| {
        let description = "The issuer has no key for wallets yet. One is made within minutes.";
        WalletError::with_status(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", description)
    })?;
    if let (Some(holder), None) = (holder, issued.credential.erased_at) {
        unsigned.document.subject.id.clone_from(&holder.did);
    }
    match offered.format {
        OfferedFormat::DataIntegrity => {
            let signed = issuance.wallet_forms.sign(unsigned).await;
            Ok(signed.map_err(WalletError::ours)?.to_json())
        }
        OfferedFormat::Jwt => twin(issuance, &offered.tenant_id, &unsigned).await.map(Json::String),
    }
}

async fn twin(
    issuance: &Issuance,
    tenant_id: &TenantId,
    unsigned: &UnsignedWalletForm,
) -> Result<String, WalletError> {
    let key_id = jwk_id(&issuance.host, tenant_id.ulid(), unsigned.key.number);
    let input = TokenInput::new(&unsigned.document, &key_id).map_err(WalletError::ours)?;
    let signature = issuance.document_signer.sign(&unsigned.key, input.as_bytes()).await;
    Ok(input.into_token(&DocumentSignature(signature.map_err(WalletError::ours)?)))
}
