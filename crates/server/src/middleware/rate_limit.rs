//! The rate limit: so many requests of a tenant in a window of 60 s, over all its keys.
//!
//! The store counts, so that all nodes count together. A node takes some requests at a time and gives them one by one, so that most
//! requests write nothing: a node never gives more than the store has counted for it, and what it does not give until the window ends
//! is lost, at most [`1 / PART_RESERVED`](PART_RESERVED) of the limit.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use learncoin_issuance::Issuance;
use learncoin_store::deadlines::{RATE_WINDOW_MS, is_due};
use learncoin_store::id::TenantId;
use learncoin_store::requests::Reservation;
use learncoin_store::tenants::Tenant;

use crate::error::{ApiError, ErrorCode};
use crate::group_commit::GroupCommit;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// The part of a limit that a node takes at a time.
const PART_RESERVED: u64 = 256;
/// The most requests that a node takes at a time.
const MOST_RESERVED: u64 = 64;

/// Counts requests. Those that come at the same time share a transaction, so that the limit costs a busy server
/// little.
pub(crate) struct RateLimiter {
    /// The parts of the tenants' windows that this node holds. A window that was seen full stays here until it ends, so that a refusal
    /// costs no write.
    held: Mutex<HashMap<TenantId, Held>>,
    requests: GroupCommit<Uncounted, Window>,
}

/// A request that waits to be counted.
struct Uncounted {
    tenant_id: TenantId,
    limit: u64,
}

/// A tenant's window, with the requests that it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    /// When the window ends, in milliseconds since 1970.
    ends_at: i64,
    /// The number of requests that were counted in it, with this one if it was taken.
    requests: u64,
    /// Whether this one was taken.
    taken: bool,
}

/// The part of a window that a node holds: the numbers of requests that it may give.
#[derive(Debug, Clone, Copy)]
struct Held {
    ends_at: i64,
    /// The number of the last request that was given.
    given: u64,
    /// The number of the last request that may be given. If it is the limit, or above one that was lowered, the window is full.
    last: u64,
}

impl Held {
    /// Takes a request out. Returns `None` if the store has to be asked.
    fn take(&mut self, limit: u64) -> Option<Window> {
        let taken = self.given < self.last.min(limit);
        if !taken && self.last < limit {
            return None;
        }
        self.given += u64::from(taken);
        Some(Window { ends_at: self.ends_at, requests: self.given, taken })
    }
}

impl From<Reservation> for Held {
    fn from(reservation: Reservation) -> Self {
        let Reservation { ends_at, before, taken } = reservation;
        Self { ends_at, given: before, last: before.saturating_add(taken) }
    }
}

impl Default for RateLimiter {
    fn default() -> Self {
        // Every node locks the tenants' windows in one order, so that no two wait for each other.
        let order = |one: &Uncounted, other: &Uncounted| one.tenant_id.as_str().cmp(other.tenant_id.as_str());
        Self { held: Mutex::default(), requests: GroupCommit::sorted_by(order) }
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
        let window = match self.take_held(&tenant.id, limit, issuance.clock.now_ms()) {
            Some(window) => window,
            None => self.count(issuance, &tenant.id, limit).await?,
        };
        Ok((Allowance::new(limit, window, issuance.clock.now_ms()), window.taken))
    }

    /// Takes a request out of those that this node holds. Returns `None` if the store has to be asked.
    fn take_held(&self, tenant_id: &TenantId, limit: u64, now_ms: i64) -> Option<Window> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let window = held.get_mut(tenant_id)?;
        if is_due(window.ends_at, now_ms, RATE_WINDOW_MS) {
            held.remove(tenant_id);
            return None;
        }
        window.take(limit)
    }

    async fn count(&self, issuance: &Issuance, tenant_id: &TenantId, limit: u64) -> Result<Window, ApiError> {
        let request = Uncounted { tenant_id: tenant_id.clone(), limit };
        let window = self.requests.add(request, |requests| self.count_all(issuance, requests)).await?;
        // Without a window, the transaction that would have counted this request failed.
        window.ok_or_else(|| ApiError::internal("a request could not be counted"))
    }

    /// Counts requests, those of each tenant together and some more of each. Those of a tenant follow each other.
    async fn count_all(
        &self,
        issuance: &Issuance,
        requests: Vec<Uncounted>,
    ) -> Result<Vec<Window>, ApiError> {
        let now = issuance.clock.now_ms();
        let (mut windows, mut counted) = (Vec::with_capacity(requests.len()), Vec::new());
        let mut tx = issuance.store.begin().await?;
        for requests in requests.chunk_by(|one, next| one.tenant_id == next.tenant_id) {
            let Some(Uncounted { tenant_id, limit }) = requests.first() else { continue };
            // The transaction before may have taken more than it had to.
            let held: Vec<Window> =
                requests.iter().map_while(|_| self.take_held(tenant_id, *limit, now)).collect();
            let missing = requests.len() - held.len();
            windows.extend(held);
            if missing == 0 {
                continue;
            }
            let spare = (limit / PART_RESERVED).clamp(1, MOST_RESERVED) - 1;
            let wanted = u64::try_from(missing).unwrap_or(u64::MAX).saturating_add(spare);
            let mut held = Held::from(tx.reserve_requests(tenant_id, *limit, wanted, now).await?);
            // Fewer than are missing are taken only if the window is full.
            let full = Window { ends_at: held.ends_at, requests: held.last, taken: false };
            windows.extend((0..missing).map(|_| held.take(*limit).unwrap_or(full)));
            counted.push((tenant_id.clone(), held));
        }
        tx.commit().await?;
        self.held.lock().unwrap_or_else(PoisonError::into_inner).extend(counted);
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
