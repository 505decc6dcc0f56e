//! `POST /c/{id}/exchange`: a VC-API exchange, which hands the credential over in its first answer. `GET /c/{id}/wallet?iuv=1` leads to
//! it: the interaction URL of [VCALM](https://w3c-ccg.github.io/vc-api/#interactions).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use learncoin_credential::DocumentForm;
use learncoin_credential::contexts::VC_2;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::wallet_offers::{NotOffered, check_offered};
use learncoin_store::credentials::IssuedCredential;
use serde_json::{Value as Json, json};

use super::answer::{WalletError, json_response};
use crate::error::{ApiError, ErrorCode};
use crate::middleware::body::SmallBody;
use crate::public::credential_lookup::{IdInPath, find, unknown, unsigned};
use crate::public::response::private;

/// Serves `POST /c/{id}/exchange`. The body is an empty object; whatever it is, the answer is the credential.
pub(crate) async fn exchange(
    State(issuance): State<Arc<Issuance>>,
    id: IdInPath,
    body: Result<SmallBody, ApiError>,
) -> Response {
    private(match handed_over(&issuance, id, body).await {
        Ok(presentation) => json_response(&json!({ "verifiablePresentation": presentation })),
        Err(error) => WalletError::Other(error).into_response(),
    })
}

/// Responds with the protocols of an interaction.
pub(super) fn protocols(issuance: &Issuance, issued: &IssuedCredential) -> Response {
    private(match offered(issued) {
        Ok(()) => {
            let page = issuance.host.credential_url(issued.credential.id.as_str());
            json_response(&json!({ "protocols": { "vcapi": format!("{page}/exchange") } }))
        }
        Err(error) => WalletError::Other(error).into_response(),
    })
}

async fn handed_over(
    issuance: &Issuance,
    id: IdInPath,
    body: Result<SmallBody, ApiError>,
) -> Result<Json, ApiError> {
    body?;
    let issued = find(issuance, id).await.map_err(ApiError::internal)?.ok_or_else(unknown)?;
    offered(&issued)?;
    let signed = issuance.wallet_forms.wallet_form(&issued, DocumentForm::Full).await;
    let signed = signed.map_err(ApiError::internal)?.ok_or_else(|| unsigned(&issued.batch.state))?;
    Ok(json!({
        "@context": [VC_2],
        "type": "VerifiablePresentation",
        "verifiableCredential": [signed.to_json()],
    }))
}

fn offered(issued: &IssuedCredential) -> Result<(), ApiError> {
    check_offered(issued).map_err(|error| match error {
        NotOffered::Waiting | NotOffered::Failed => unsigned(&issued.batch.state),
        NotOffered::Revoked => {
            let message = "The credential was revoked, so it is handed to no wallet.";
            ApiError::new(ErrorCode::CredentialAlreadyRevoked, message)
        }
    })
}
