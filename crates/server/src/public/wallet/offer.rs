//! `GET /t/{ulid}/wallet/offers/{reference}`: an offer by reference (OpenID4VCI 1.0, section 4.1.3). Reading it uses up nothing.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::wallet_offers::{FoundOffer, TX_CODE_DIGITS};
use serde_json::{Value as Json, json};

use super::answer::{WalletError, json_response};
use super::issuer::{configuration_id, identifier, parse_tenant_id};
use super::metadata::PRE_AUTHORIZED;
use crate::error::{ApiError, ErrorCode};

/// Serves `GET /t/{ulid}/wallet/offers/{reference}`.
pub(crate) async fn offer(
    State(issuance): State<Arc<Issuance>>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    match found(&issuance, path).await {
        Ok(offer) => json_response(&offer),
        Err(error) => error.into_response(),
    }
}

async fn found(
    issuance: &Issuance,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Json, WalletError> {
    let none = || {
        let message = "There is no such offer, or it is over.";
        WalletError::Other(ApiError::new(ErrorCode::EndpointNotFound, message))
    };
    let Path((ulid, reference)) = path.map_err(|_| none())?;
    let tenant_id = parse_tenant_id(&ulid).ok_or_else(none)?;
    let found = issuance.wallet_offers.find(&tenant_id, &reference).await.map_err(WalletError::ours)?;
    Ok(offer_json(&identifier(&issuance.host, &tenant_id), &found.ok_or_else(none)?))
}

fn offer_json(issuer: &str, offer: &FoundOffer) -> Json {
    let mut grant = json!({ "pre-authorized_code": offer.code });
    if let (Json::Object(members), true) = (&mut grant, offer.has_tx_code) {
        let tx_code = json!({
            "input_mode": "numeric",
            "length": TX_CODE_DIGITS,
            "description": "The number beside the code on the page where you made it.",
        });
        members.insert("tx_code".to_owned(), tx_code);
    }
    json!({
        "credential_issuer": issuer,
        "credential_configuration_ids": [configuration_id(offer.format)],
        "grants": { PRE_AUTHORIZED: grant },
    })
}
