//! The rate limit: so many requests of a tenant in a window of 60 s, over all its keys.
//!
//! The store counts, so that all nodes count together. A node takes some requests at a time and gives them one by one, so that most
//! requests write nothing: a node never gives more than the store has counted for it, and what it does not give until the window ends
//! is lost, at most [`1 / PART_RESERVED`](PART_RESERVED) of the limit.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use learncoin_issuance::Issuance;
use learncoin_store::deadlines::{RATE_WINDOW_MS, is_due};
use learncoin_store::id::TenantId;
use learncoin_store::requests::Reservation;
use learncoin_store::tenants::Tenant;

use crate::error::{ApiError, ErrorCode};
use crate::turns::Turns;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// The part of a limit that a node takes at a time.
const PART_RESERVED: u64 = 256;
/// The most requests that a node takes at a time.
const MOST_RESERVED: u64 = 64;

/// Counts requests. Those of a tenant that come at the same time are counted together, so that the limit costs a busy server
/// little.
#[derive(Default)]
pub(crate) struct RateLimiter {
    /// The parts of the tenants' windows that this node holds. A window that was seen full stays here until it ends, so that a refusal
    /// costs no write.
    held: Mutex<HashMap<TenantId, Held>>,
    /// One request of a tenant at a time asks the store.
    turns: Turns<Asking>,
}

/// The state that the requests of a tenant share while they wait to be counted.
#[derive(Default)]
struct Asking {
    /// When the store last failed.
    failed: Option<Instant>,
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

    /// Asks the store for a request, and for those that wait for their turn meanwhile, so that they find theirs held.
    async fn count(&self, issuance: &Issuance, tenant_id: &TenantId, limit: u64) -> Result<Window, ApiError> {
        let asked = Instant::now();
        let mut turn = self.turns.take(tenant_id.as_str()).await;
        if turn.failed.is_some_and(|failed| failed >= asked) {
            // They fail with the one that asked for them. One after the other would wait for a database that is away.
            return Err(ApiError::internal("a request could not be counted"));
        }
        let now = issuance.clock.now_ms();
        if let Some(window) = self.take_held(tenant_id, limit, now) {
            return Ok(window);
        }
        let spare = (limit / PART_RESERVED).clamp(1, MOST_RESERVED) - 1;
        let wanted = u64::try_from(turn.waiting()).unwrap_or(u64::MAX).saturating_add(spare);
        match reserve(issuance, tenant_id, limit, wanted, now).await {
            Ok(reservation) => {
                let mut held = Held::from(reservation);
                // None is taken only if the window is full.
                let full = Window { ends_at: held.ends_at, requests: held.last, taken: false };
                let window = held.take(limit).unwrap_or(full);
                self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant_id.clone(), held);
                Ok(window)
            }
            Err(error) => {
                turn.failed = Some(Instant::now());
                Err(error.into())
            }
        }
    }
}

async fn reserve(
    issuance: &Issuance,
    tenant_id: &TenantId,
    limit: u64,
    wanted: u64,
    now_ms: i64,
) -> learncoin_store::Result<Reservation> {
    let mut tx = issuance.store.begin().await?;
    let reservation = tx.reserve_requests(tenant_id, limit, wanted, now_ms).await?;
    tx.commit().await?;
    Ok(reservation)
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
