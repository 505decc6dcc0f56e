//! Authentication: the API key in the `Authorization` header becomes a [`Caller`].

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use ipnet::IpNet;
use learncoin_issuance::Issuance;
use learncoin_issuance::keyed_write::Actor;
use learncoin_issuance::tenant::allowlist;
use learncoin_store::id::KeyId;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::{KeyDigest, PresentedKey, Tenant};

use super::boundary::RequestRecord;
use super::client_address::client_address;
use super::key_uses::KeyUses;
use super::rate_limit::RateLimiter;
use crate::error::{ApiError, ErrorCode};

/// An authenticated caller: a handler that takes one serves no other caller, and reaches no rows outside its scope.
pub(crate) struct Caller {
    /// The key, by its public name.
    pub(crate) key_id: KeyId,
    /// The tenant and environment that the key belongs to.
    pub(crate) scope: TenantScope,
    /// The tenant as it was when the request began.
    pub(crate) tenant: Tenant,
}

impl Caller {
    /// Returns the caller as writes check it.
    pub(crate) fn actor(&self) -> Actor<'_> {
        Actor::Key(&self.key_id)
    }
}

/// The parts of the state that authentication uses.
pub(crate) struct Authentication {
    /// The database, and the limits of plans.
    pub(crate) issuance: Arc<Issuance>,
    /// The networks of the proxies whose `X-Forwarded-For` is believed.
    pub(crate) trusted_proxies: Arc<[IpNet]>,
    /// Counts requests.
    pub(crate) rate_limiter: Arc<RateLimiter>,
    /// The times of use of keys that are not yet in the database.
    pub(crate) key_uses: Arc<KeyUses>,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller
where
    Authentication: FromRef<S>,
{
    type Rejection = ApiError;

    /// Authenticates the request. The checks are in the contract's order: there is a key, it has the right form and is
    /// known, it is not revoked, the address is allowed; then the rate limit, and whether the plan includes the key's
    /// environment.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Authentication { issuance, trusted_proxies, rate_limiter, key_uses } =
            Authentication::from_ref(state);
        let store = &issuance.store;
        let call = parts.extensions.get::<RequestRecord>().cloned().unwrap_or_default();
        let presented = presented_key(&parts.headers).inspect_err(|_| call.record_unauthenticated())?;
        let found = store.find_presented_key(&KeyDigest::of(presented)).await?;
        let PresentedKey { key, networks, tenant } =
            found.ok_or_else(invalid).inspect_err(|_| call.record_unauthenticated())?;
        call.record_key(&key);
        if key.revoked_at.is_some() {
            return Err(ApiError::key_revoked());
        }
        let address = client_address(&parts.extensions, &parts.headers, &trusted_proxies);
        if !allowlist::allows(&networks, address) {
            return Err(ApiError::new(
                ErrorCode::IpNotAllowed,
                "This API key may not be presented from this address. Add the address to the key's allowlist.",
            ));
        }
        let (allowance, taken) = rate_limiter.take(&issuance, &tenant).await?;
        call.record_allowance(allowance);
        if !taken {
            return Err(allowance.refusal());
        }
        call.record_admission();
        if key.environment == Environment::Live && !tenant.plan.allows_live_keys() {
            return Err(ApiError::new(
                ErrorCode::TierRequired,
                "Live keys need the Starter plan or above. Upgrade the plan, or use a test key.",
            ));
        }
        key_uses.record(&key.id);
        Ok(Caller { scope: key.scope(), key_id: key.id, tenant })
    }
}

/// Returns the key of `Authorization: Bearer …`, if it has the form of one.
fn presented_key(headers: &HeaderMap) -> Result<&str, ApiError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(ApiError::new(
            ErrorCode::ApiKeyMissing,
            "Send the API key as `Authorization: Bearer lrn_test_…` or `lrn_live_…`.",
        ));
    };
    if values.next().is_some() {
        return Err(invalid());
    }
    let (scheme, key) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(invalid)?;
    let key = key.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("Bearer") && has_key_form(key) { Ok(key) } else { Err(invalid()) }
}

/// Returns whether the text has the form of a key: `lrn_test_` or `lrn_live_`, then 32 bytes in base58, which are 32 to 44
/// characters. Any other text is not looked up.
fn has_key_form(key: &str) -> bool {
    let secret = key.strip_prefix("lrn_test_").or_else(|| key.strip_prefix("lrn_live_"));
    secret.is_some_and(|secret| {
        let base58 = |byte: u8| byte.is_ascii_alphanumeric() && !b"0OIl".contains(&byte);
        (32..=44).contains(&secret.len()) && secret.bytes().all(base58)
    })
}

fn invalid() -> ApiError {
    ApiError::new(
        ErrorCode::ApiKeyInvalid,
        "The API key is not known. Expected `Authorization: Bearer`, then `lrn_test_` or `lrn_live_` and the key.",
    )
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const KEY: &str = "lrn_test_4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM";

    fn code(values: &[&str]) -> Result<String, ErrorCode> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        presented_key(&headers).map(str::to_owned).map_err(|error| error.code)
    }

    #[test]
    fn a_key_is_read_from_one_bearer_header() {
        assert_eq!(code(&[&format!("Bearer {KEY}")]), Ok(KEY.to_owned()));
        assert_eq!(code(&[&format!("bearer  {KEY} ")]), Ok(KEY.to_owned()));
        assert_eq!(code(&[]), Err(ErrorCode::ApiKeyMissing));
    }

    #[test]
    fn other_schemes_and_forms_are_invalid() {
        let long = format!("Bearer {KEY}{KEY}");
        let cases = [
            "",
            "Bearer",
            "Bearer ",
            KEY,
            "Basic dXNlcjpwYXNz",
            "Bearer lrn_test_",
            "Bearer lrn_prod_4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM",
            "Bearer LRN_TEST_4uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM",
            "Bearer lrn_test_0uQeVj5tqViQh7yWWGStvkEG1Zmhx6uasJtWCJziofM",
            long.as_str(),
        ];
        for case in cases {
            assert_eq!(code(&[case]), Err(ErrorCode::ApiKeyInvalid), "{case:?}");
        }
        let twice = format!("Bearer {KEY}");
        assert_eq!(code(&[&twice, &twice]), Err(ErrorCode::ApiKeyInvalid));
    }
}
