//! `POST /t/{ulid}/wallet/nonce`: what a proof must be made over, so that it was made just now (OpenID4VCI 1.0, section 7).
//!
//! A nonce that was given out is stored nowhere: it is a time and random bytes under a keyed hash, which every node can check. One that
//! was used is stored until it is too old.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::wallet_offers::NONCE_MS;
use learncoin_store::clock::random_bytes;
use learncoin_store::deadlines::CLOCK_SKEW_MS;
use learncoin_store::id::TenantId;
use learncoin_store::members::{Token, TokenHash};
use serde_json::json;
use subtle::ConstantTimeEq as _;

use super::answer::{WalletError, json_response};
use super::issuer::{UlidInPath, tenant_id};
use crate::error::{ApiError, ErrorCode};
use crate::middleware::body::SmallBody;

/// The time for which a nonce is good, in seconds.
pub(super) const EXPIRES_IN_S: i64 = NONCE_MS / 1000;

/// Serves `POST /t/{ulid}/wallet/nonce`.
pub(crate) async fn nonce(
    State(issuance): State<Arc<Issuance>>,
    ulid: UlidInPath,
    body: Result<SmallBody, ApiError>,
) -> Response {
    if let Err(error) = body {
        return WalletError::unreadable_body(&error).into_response();
    }
    match tenant_id(ulid) {
        Some(tenant_id) => {
            let nonce = new_nonce(&issuance, &tenant_id);
            json_response(&json!({ "c_nonce": nonce, "c_nonce_expires_in": EXPIRES_IN_S }))
        }
        None => {
            let error = ApiError::new(ErrorCode::TenantNotFound, "There is no such tenant.");
            WalletError::Other(error).into_response()
        }
    }
}

/// Creates a nonce: the time, random bytes, and the tag of both, in hexadecimal digits.
pub(super) fn new_nonce(issuance: &Issuance, tenant_id: &TenantId) -> String {
    let time = issuance.clock.now_ms().to_be_bytes();
    let random = random_bytes::<8>(&*issuance.entropy);
    let tag = tag(issuance, tenant_id, &[time, random]);
    format!("{}{}{}", hex::encode(time), hex::encode(random), hex::encode(tag))
}

/// Returns the hash of a nonce that this deployment made for the tenant a short while ago; `None` for any other text.
pub(super) fn read_nonce(issuance: &Issuance, tenant_id: &TenantId, text: &str) -> Option<TokenHash> {
    let token = Token::parse(text)?;
    let bytes: [u8; 32] = hex::decode(text).ok()?.try_into().ok()?;
    let (time, rest) = bytes.split_first_chunk::<8>()?;
    let (random, given) = rest.split_first_chunk::<8>()?;
    let expected = tag(issuance, tenant_id, &[*time, *random]);
    let age = issuance.clock.now_ms().saturating_sub(i64::from_be_bytes(*time));
    let is_ours: bool = expected.ct_eq(given).into();
    (is_ours && (-CLOCK_SKEW_MS..NONCE_MS).contains(&age)).then(|| token.hash())
}

fn tag(issuance: &Issuance, tenant_id: &TenantId, [time, random]: &[[u8; 8]; 2]) -> [u8; 16] {
    issuance.store.sealer().wallet_nonce_mac(&[tenant_id.as_str().as_bytes(), time, random])
}
