//! The rate limit: so many requests of a tenant in a window of 60 s, over all its keys.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use learncoin_issuance::Issuance;
use learncoin_store::deadlines::{RATE_WINDOW_MS, is_due};
use learncoin_store::id::TenantId;
use learncoin_store::requests::Window;
use learncoin_store::tenants::Tenant;

use crate::error::{ApiError, ErrorCode};
use crate::group_commit::GroupCommit;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// Counts requests. Those that come at the same time share a transaction, so that the limit costs a busy server
/// little.
pub(crate) struct RateLimiter {
    /// Windows that were seen full. They stay full until they end, so that a refusal costs no write.
    full: Mutex<HashMap<TenantId, Window>>,
    requests: GroupCommit<Uncounted, Window>,
}

/// A request that waits to be counted.
struct Uncounted {
    tenant_id: TenantId,
    limit: u64,
}

impl Default for RateLimiter {
    fn default() -> Self {
        // Every node locks the tenants' windows in one order, so that no two wait for each other.
        let order = |one: &Uncounted, other: &Uncounted| one.tenant_id.as_str().cmp(other.tenant_id.as_str());
        Self { full: Mutex::default(), requests: GroupCommit::sorted_by(order) }
    }
}

impl RateLimiter {
    /// Counts one request of the tenant. Returns its allowance, and whether the request is within it.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn take(
        &self,
        issuance: &Issuance,
        tenant: &Tenant,
    ) -> Result<(Allowance, bool), ApiError> {
        let limit = issuance.plans.limits(tenant).requests_per_minute;
        let now = issuance.clock.now_ms();
        if let Some(window) = self.find_full(&tenant.id, limit, now) {
            return Ok((Allowance::new(limit, window, now), false));
        }
        let window = self.count(issuance, &tenant.id, limit).await?;
        Ok((Allowance::new(limit, window, issuance.clock.now_ms()), window.taken))
    }

    fn find_full(&self, tenant_id: &TenantId, limit: u64, now_ms: i64) -> Option<Window> {
        let mut windows = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.get(tenant_id).copied()?;
        // The operator may have raised the limit since.
        if is_due(window.ends_at, now_ms, RATE_WINDOW_MS) || window.requests < limit {
            windows.remove(tenant_id);
            return None;
        }
        Some(window)
    }

    async fn count(&self, issuance: &Issuance, tenant_id: &TenantId, limit: u64) -> Result<Window, ApiError> {
        let request = Uncounted { tenant_id: tenant_id.clone(), limit };
        let window = self.requests.add(request, |requests| self.count_all(issuance, requests)).await?;
        // Without a window, the transaction that would have counted this request failed.
        window.ok_or_else(|| ApiError::internal("a request could not be counted"))
    }

    async fn count_all(
        &self,
        issuance: &Issuance,
        requests: Vec<Uncounted>,
    ) -> Result<Vec<Window>, ApiError> {
        let mut tx = issuance.store.begin().await?;
        let now = issuance.clock.now_ms();
        let mut windows = Vec::with_capacity(requests.len());
        for request in &requests {
            windows.push(tx.take_request(&request.tenant_id, request.limit, now).await?);
        }
        tx.commit().await?;
        let mut full = self.full.lock().unwrap_or_else(PoisonError::into_inner);
        for (request, window) in requests.into_iter().zip(&windows) {
            if !window.taken {
                full.insert(request.tenant_id, *window);
            }
        }
        Ok(windows)
    }
}

/// The remaining requests of a tenant after a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    limit: u64,
    requests: u64,
    /// Until the window ends, in whole seconds, at least 1.
    reset_s: NonZeroU32,
}

impl Allowance {
    fn new(limit: u64, window: Window, now_ms: i64) -> Self {
        let left_ms = window.ends_at.saturating_sub(now_ms).max(1);
        let reset_s = u32::try_from((left_ms + 999) / 1_000).ok().and_then(NonZeroU32::new);
        Self { limit, requests: window.requests, reset_s: reset_s.unwrap_or(NonZeroU32::MIN) }
    }

    /// Puts the allowance on an answer.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.limit.saturating_sub(self.requests)));
        headers.insert(RESET, HeaderValue::from(self.reset_s.get()));
    }

    /// Returns the error for a request that was refused.
    pub(crate) fn refusal(&self) -> ApiError {
        let (limit, seconds) = (self.limit, self.reset_s);
        let message =
            format!("The tenant's limit of {limit} requests per minute is reached. Retry in {seconds} s.");
        let mut error = ApiError::new(ErrorCode::RateLimited, message);
        error.retry_after = Some(seconds);
        error
    }
}
