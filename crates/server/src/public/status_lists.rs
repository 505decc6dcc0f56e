//! `GET /t/{ulid}/status/revocation/{list}`: a tenant's list of revoked credentials, signed, for verifiers of wallet forms.
//!
//! A list may be kept for four minutes, and is made anew at most every thirty seconds, so that a revocation is seen within five. Of
//! those who ask for a list at the same moment one has it made.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::HeaderValue;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use learncoin_credential::verify::Lookup;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::wallet_forms::LIST_TTL_S;
use learncoin_store::id::TenantId;

use crate::error::{ApiError, ErrorCode};
use crate::public::cross_origin::{self, revalidated};
use crate::public::recent_look_ups::RecentLookUps;

/// The type of a credential of Verifiable Credentials 2.0, section 6.2.
const MEDIA_TYPE: &str = "application/vc";
/// The time for which a list is served again, in milliseconds.
const KEPT_MS: i64 = 30_000;
/// The most lists that are kept. A full one has 30 KB.
const MOST_KEPT: usize = 256;

/// The lists that were made last.
pub(crate) type StatusListCache = RecentLookUps<(TenantId, u64), Bytes>;

/// Creates an empty cache of lists.
pub(crate) fn cache() -> StatusListCache {
    RecentLookUps::new(MOST_KEPT, |found| match found {
        Lookup::Found(_) => KEPT_MS,
        Lookup::Absent | Lookup::Unreachable(_) => 0,
    })
}

/// Serves `GET /t/{ulid}/status/revocation/{list}`.
pub(crate) async fn status_list(
    State(issuance): State<Arc<Issuance>>,
    State(cache): State<Arc<StatusListCache>>,
    place: Result<Path<(String, String)>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let place = place.ok().and_then(|Path((ulid, list))| {
        let tenant = format!("{}{ulid}", TenantId::PREFIX).parse::<TenantId>().ok()?;
        let number = list.parse::<u64>().ok().filter(|number| number.to_string() == list)?;
        Some((tenant, number))
    });
    let Some((tenant_id, number)) = place else { return cross_origin::open(unknown()) };
    cross_origin::open(match find(&issuance, &cache, tenant_id, number).await {
        Lookup::Found(bytes) => {
            let mut response = revalidated(&headers, MEDIA_TYPE, bytes);
            if let Ok(value) = HeaderValue::from_str(&format!("public, max-age={LIST_TTL_S}")) {
                response.headers_mut().insert(CACHE_CONTROL, value);
            }
            response
        }
        Lookup::Absent => unknown(),
        Lookup::Unreachable(reason) => {
            let mut error = ApiError::internal(reason);
            error.retry_after = NonZeroU32::new(60);
            error.into_response()
        }
    })
}

/// Returns a list as it is served: as it was within the last half minute.
pub(crate) async fn find(
    issuance: &Arc<Issuance>,
    cache: &StatusListCache,
    tenant_id: TenantId,
    number: u64,
) -> Lookup<Bytes> {
    let now_ms = issuance.clock.now_ms();
    let key = (tenant_id.clone(), number);
    let issuance = Arc::clone(issuance);
    cache.find(key, now_ms, async move { make(&issuance, &tenant_id, number).await }).await
}

/// Makes a list anew.
pub(crate) async fn make(issuance: &Issuance, tenant_id: &TenantId, number: u64) -> Lookup<Bytes> {
    match issuance.wallet_forms.status_list(tenant_id, number).await {
        Ok(Some(list)) => Lookup::Found(Bytes::from(list.to_json().to_string())),
        Ok(None) => Lookup::Absent,
        Err(error) => Lookup::Unreachable(error.to_string()),
    }
}

fn unknown() -> Response {
    ApiError::new(ErrorCode::TenantNotFound, "There is no such list.").into_response()
}
