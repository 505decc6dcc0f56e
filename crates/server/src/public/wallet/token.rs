//! `POST /t/{ulid}/wallet/token`: a pre-authorized code is redeemed for a token, once (OpenID4VCI 1.0, section 6).

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::wallet_offers::{RedeemError, TOKEN_MS};
use serde_json::{Value as Json, json};

use super::answer::{WalletError, json_response};
use super::form::Form;
use super::issuer::{UlidInPath, tenant_id};
use super::metadata::PRE_AUTHORIZED;
use super::nonce::{self, new_nonce};
use crate::error::ApiError;
use crate::middleware::body::LimitedBody;

/// The largest form that is read. All its members together are far shorter.
const MAX_FORM_BYTES: usize = 8 * 1024;

/// Serves `POST /t/{ulid}/wallet/token`.
pub(crate) async fn token(
    State(issuance): State<Arc<Issuance>>,
    ulid: UlidInPath,
    body: Result<LimitedBody<MAX_FORM_BYTES>, ApiError>,
) -> Response {
    match redeem(&issuance, ulid, body).await {
        Ok(token) => json_response(&token),
        Err(error) => error.into_response(),
    }
}

async fn redeem(
    issuance: &Issuance,
    ulid: UlidInPath,
    body: Result<LimitedBody<MAX_FORM_BYTES>, ApiError>,
) -> Result<Json, WalletError> {
    let body = body.map_err(|error| WalletError::unreadable_body(&error))?;
    let form = Form::read(&body.bytes);
    let grant = one(&form, "grant_type")?.ok_or_else(|| missing("grant_type"))?;
    if grant != PRE_AUTHORIZED {
        let description = "grant_type: expected that of a pre-authorized code";
        return Err(WalletError::new("unsupported_grant_type", description));
    }
    let code = one(&form, "pre-authorized_code")?.ok_or_else(|| missing("pre-authorized_code"))?;
    // An empty one is none: some wallets send the member always.
    let tx_code = one(&form, "tx_code")?.filter(|tx_code| !tx_code.is_empty());
    let unknown = || refusal(RedeemError::NoCode);
    let tenant_id = tenant_id(ulid).ok_or_else(unknown)?;
    let redeemed = issuance.wallet_offers.redeem(&tenant_id, code, tx_code).await;
    let token = redeemed.map_err(refusal)?;
    Ok(json!({
        "access_token": token.expose(),
        "token_type": "Bearer",
        "expires_in": TOKEN_MS / 1000,
        // Wallets of Draft 13 have their nonce from here.
        "c_nonce": new_nonce(issuance, &tenant_id),
        "c_nonce_expires_in": nonce::EXPIRES_IN_S,
    }))
}

/// Returns the one value of a member.
fn one<'a>(form: &'a Form, name: &'static str) -> Result<Option<&'a str>, WalletError> {
    match form.member(name) {
        Some(None) => Err(WalletError::new("invalid_request", format!("{name}: expected one value"))),
        Some(value) => Ok(value),
        None => Ok(None),
    }
}

fn missing(name: &'static str) -> WalletError {
    WalletError::new("invalid_request", format!("{name}: expected a value"))
}

fn refusal(error: RedeemError) -> WalletError {
    match error {
        RedeemError::NoCode => {
            WalletError::new("invalid_grant", "The code is unknown, used or too old. Make a new one.")
        }
        RedeemError::WrongTxCode => WalletError::new("invalid_grant", "tx_code: expected another number"),
        RedeemError::TxCodeMissing => WalletError::new("invalid_request", "tx_code: expected a number"),
        RedeemError::TxCodeUnasked => WalletError::new("invalid_request", "tx_code: expected none"),
        RedeemError::Store(error) => WalletError::ours(error),
    }
}
