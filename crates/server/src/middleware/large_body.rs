//! Large bodies: those of batches. Their bytes are taken out of a budget before they are read, so that all bodies together
//! have a limit, and few of them are worked on at the same time.
//!
//! The memory of a body that is read is a small multiple of its bytes (`docs/promises.md`, P-77). A body that
//! fits into a small one (`body.rs`) takes nothing out of the budget: honest callers do not wait for greedy ones.

use std::collections::HashMap;
use std::num::{NonZero, NonZeroU32};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::HeaderMap;
use http_body_util::BodyExt as _;
use learncoin_store::id::TenantId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, interval, timeout};

use super::body::{OTHER_BYTES, broken_off, declared_length, too_large};
use super::boundary::RequestRecord;
use crate::error::{ApiError, ErrorCode};

/// The largest body of a batch: 40 MiB.
pub(crate) const BATCH_BYTES: usize = 40 * 1024 * 1024;

/// The limits of large bodies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimits {
    /// The bytes of all bodies that are in memory.
    pub(crate) of_process: usize,
    /// The bytes of a tenant's bodies among them.
    pub(crate) of_tenant: usize,
    /// The longest time that a body waits for its bytes.
    pub(crate) wait: Duration,
    /// The time for which a body may be slow although others wait.
    pub(crate) grace: Duration,
    /// The bytes in a second below which a body is slow.
    pub(crate) slow: usize,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self {
            of_process: 64 * 1024 * 1024,
            of_tenant: BATCH_BYTES,
            wait: Duration::from_secs(10),
            grace: Duration::from_secs(5),
            slow: 256 * 1024,
        }
    }
}

/// After how many seconds a body that got no bytes is to be sent again.
const RETRY_AFTER: NonZeroU32 = NonZeroU32::new(10).unwrap();
/// The memory that a body may take, as a multiple of its bytes of the budget.
const TIMES_ITS_BYTES: usize = 6;
/// The memory that a request may take without bytes of the budget.
const FREE_MEMORY: usize = 1024 * 1024;
/// The unit of the budget: a semaphore counts no bytes.
const UNIT: usize = 1024;
/// The interval at which a body that is being read looks whether it is slow.
const LOOK: Duration = Duration::from_secs(1);

/// The bytes of large bodies that may be in memory, of all tenants and of each.
pub(crate) struct BodyBudget {
    limits: BodyLimits,
    process: Pool,
    tenants: Mutex<HashMap<TenantId, Weak<Pool>>>,
}

/// Bytes that bodies take and give back.
struct Pool {
    units: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Default for BodyBudget {
    fn default() -> Self {
        Self::new(BodyLimits::default())
    }
}

impl Pool {
    fn of(bytes: usize) -> Self {
        Self { units: Arc::new(Semaphore::new(bytes / UNIT)), waiting: AtomicUsize::new(0) }
    }

    /// Takes units, in the order of arrival.
    async fn take(&self, units: u32) -> Option<OwnedSemaphorePermit> {
        let _waiting = Waiting::begin(&self.waiting);
        Arc::clone(&self.units).acquire_many_owned(units).await.ok()
    }

    fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }
}

/// One that waits, for as long as it does.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::Relaxed);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The bytes that a body has taken. They are given back when it is dropped.
pub(crate) struct BodyShare {
    bytes: usize,
    /// Keeps the tenant's pool alive.
    tenant: Arc<Pool>,
    of_tenant: OwnedSemaphorePermit,
    of_process: OwnedSemaphorePermit,
}

impl BodyShare {
    fn merge(&mut self, more: Self) {
        self.bytes = self.bytes.saturating_add(more.bytes);
        self.of_tenant.merge(more.of_tenant);
        self.of_process.merge(more.of_process);
    }

    /// Returns what is more than this many bytes need to the budget.
    fn shrink(&mut self, bytes: usize) {
        let needed = bytes.div_ceil(UNIT);
        for permit in [&mut self.of_tenant, &mut self.of_process] {
            drop(permit.split(permit.num_permits().saturating_sub(needed)));
        }
    }
}

impl BodyBudget {
    /// Creates a budget with these limits.
    pub(crate) fn new(limits: BodyLimits) -> Self {
        Self { limits, process: Pool::of(limits.of_process), tenants: Mutex::default() }
    }

    /// Takes bytes for a body of the tenant: first of what the tenant may have, then of what all may have.
    ///
    /// # Errors
    /// If they are not free in time. The error names when to try again.
    async fn take(&self, tenant_id: &TenantId, bytes: usize) -> Result<BodyShare, ApiError> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).map_err(ApiError::internal)?;
        let tenant = self.pool_of(tenant_id);
        let taken = timeout(self.limits.wait, async {
            let of_tenant = tenant.take(units).await?;
            Some((of_tenant, self.process.take(units).await?))
        });
        let (of_tenant, of_process) = taken.await.ok().flatten().ok_or_else(exhausted)?;
        Ok(BodyShare { bytes, tenant, of_tenant, of_process })
    }

    /// Takes more bytes for a request that needs more memory than those of its body allow. A large document may come from a
    /// few bytes.
    ///
    /// # Errors
    /// As [`BodyBudget::take`].
    pub(crate) async fn cover(
        &self,
        tenant_id: &TenantId,
        share: &mut Option<BodyShare>,
        memory: usize,
    ) -> Result<(), ApiError> {
        let needed = (memory / TIMES_ITS_BYTES).min(BATCH_BYTES);
        let taken = share.as_ref().map_or(0, |share| share.of_process.num_permits().saturating_mul(UNIT));
        if memory <= FREE_MEMORY || needed <= taken {
            return Ok(());
        }
        let more = self.take(tenant_id, needed - taken).await?;
        match share {
            Some(share) => share.merge(more),
            None => *share = Some(more),
        }
        Ok(())
    }

    fn pool_of(&self, tenant_id: &TenantId) -> Arc<Pool> {
        let mut tenants = self.tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pool) = tenants.get(tenant_id).and_then(Weak::upgrade) {
            return pool;
        }
        tenants.retain(|_, pool| pool.strong_count() > 0);
        let pool = Arc::new(Pool::of(self.limits.of_tenant));
        tenants.insert(tenant_id.clone(), Arc::downgrade(&pool));
        pool
    }

    /// Checks whether a body must give way: others wait for its bytes, and it comes in slowly.
    fn must_give_way(&self, share: &BodyShare, received: usize, begun: Instant) -> bool {
        let elapsed = begun.elapsed();
        let seconds = usize::try_from(elapsed.as_secs()).unwrap_or(usize::MAX);
        elapsed >= self.limits.grace
            && received < seconds.saturating_mul(self.limits.slow)
            && (share.tenant.is_wanted() || self.process.is_wanted())
    }

    /// Reads a body of at most [`BATCH_BYTES`]. What is larger than a small body takes its bytes out of the budget before it
    /// is read; of a body whose length is not declared, the most that it may become.
    async fn read(
        &self,
        tenant_id: &TenantId,
        mut body: Body,
        declared: u64,
    ) -> Result<(Bytes, Option<BodyShare>), ApiError> {
        let declared = usize::try_from(declared).unwrap_or(usize::MAX);
        if declared > BATCH_BYTES {
            return Err(too_large(BATCH_BYTES));
        }
        let mut share = match declared > OTHER_BYTES {
            true => Some(self.take(tenant_id, declared).await?),
            false => None,
        };
        let mut bytes = Vec::with_capacity(declared);
        let begun = Instant::now();
        let mut looks = interval(LOOK);
        loop {
            let frame = tokio::select! {
                frame = body.frame() => frame,
                _ = looks.tick() => {
                    if share.as_ref().is_some_and(|share| self.must_give_way(share, bytes.len(), begun)) {
                        return Err(exhausted());
                    }
                    continue;
                }
            };
            let Some(frame) = frame else { break };
            let Ok(data) = frame.map_err(|_| broken_off())?.into_data() else { continue };
            let length = bytes.len().saturating_add(data.len());
            if length > BATCH_BYTES {
                return Err(too_large(BATCH_BYTES));
            }
            if length > share.as_ref().map_or(OTHER_BYTES, |share| share.bytes) {
                drop(share.take());
                share = Some(self.take(tenant_id, BATCH_BYTES).await?);
                bytes.reserve_exact(BATCH_BYTES.saturating_sub(bytes.len()));
            }
            bytes.extend_from_slice(&data);
        }
        if let Some(share) = &mut share {
            share.shrink(bytes.len());
        }
        // A vector with room left would be copied to become what a body usually is.
        Ok((Bytes::from_owner(bytes), share))
    }
}

/// Returns the error for a body that got no bytes in time, or was too slow to keep them.
fn exhausted() -> ApiError {
    let message = format!(
        "Too many bytes of large bodies are being read at the moment. Retry in {RETRY_AFTER} s, with smaller batches, \
         or fewer at a time."
    );
    let mut error = ApiError::new(ErrorCode::RateLimited, message);
    error.retry_after = Some(RETRY_AFTER);
    error
}

/// Reads the bodies of the console's spreadsheets out of the budget that the API's batches share. Cheap to clone.
#[derive(Clone)]
pub struct LargeBodies(pub(crate) Arc<BodyBudget>);

/// A body of a tenant's, with its bytes of the budget.
pub struct LargeBody {
    /// All of it.
    pub bytes: Bytes,
    /// Given back when the body is dropped.
    _share: Option<BodyShare>,
}

impl LargeBodies {
    /// Reads a body of at most `most` bytes.
    ///
    /// # Errors
    /// `payload_too_large` for a longer one, `rate_limited` if no bytes are free in time, another for one that breaks off.
    pub async fn read(
        &self,
        tenant_id: &TenantId,
        headers: &HeaderMap,
        body: Body,
        most: usize,
    ) -> Result<LargeBody, ApiError> {
        let declared = declared_length(headers);
        if usize::try_from(declared).unwrap_or(usize::MAX) > most {
            return Err(too_large(most));
        }
        let (bytes, share) = self.0.read(tenant_id, body, declared).await?;
        if bytes.len() > most { Err(too_large(most)) } else { Ok(LargeBody { bytes, _share: share }) }
    }
}

/// The body of a batch. It is the last argument of its handler, so that a caller who is not known is refused before a byte
/// is read.
pub(crate) struct BatchBody {
    /// All of it.
    pub(crate) bytes: Bytes,
    /// Its bytes of the budget, to be kept until the request is answered.
    pub(crate) share: Option<BodyShare>,
}

impl<S: Send + Sync> FromRequest<S> for BatchBody
where
    Arc<BodyBudget>: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let budget: Arc<BodyBudget> = Arc::from_ref(state);
        let record = request.extensions().get::<RequestRecord>().cloned().unwrap_or_default();
        let tenant_id = record.tenant_id().ok_or_else(|| ApiError::internal("a batch of no known caller"))?;
        let declared = declared_length(request.headers());
        let (bytes, share) = budget.read(tenant_id, request.into_body(), declared).await?;
        Ok(Self { bytes, share })
    }
}

/// The permits for working on bodies, on threads of their own: up to 40 MiB of JSON would hold up the other requests.
pub(crate) struct BodyWork {
    /// For bodies with bytes of the budget. One for every other core, so that the others are left to other requests.
    large: Arc<Semaphore>,
    /// For the others, which never wait for large ones.
    small: Arc<Semaphore>,
}

/// The most small bodies that are worked on at the same time.
const SMALL_AT_ONCE: usize = 16;

impl Default for BodyWork {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let large = Arc::new(Semaphore::new((cores / 2).max(1)));
        Self { large, small: Arc::new(Semaphore::new(SMALL_AT_ONCE)) }
    }
}

impl BodyWork {
    /// Does work that takes little for a small body: at once, if it is one.
    ///
    /// # Errors
    /// As [`BodyWork::run`].
    pub(crate) async fn run_if_large<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        if bytes > OTHER_BYTES { self.run(bytes, work).await } else { Ok(work()) }
    }

    /// Works on a body of so many bytes, on a thread that may block. The permit is held to the end of the work, also if the
    /// caller is dropped.
    ///
    /// # Errors
    /// If the work panics, or the process ends.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        bytes: usize,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let permits = if bytes > OTHER_BYTES { &self.large } else { &self.small };
        let permit = Arc::clone(permits).acquire_owned().await.map_err(ApiError::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(ApiError::internal)
    }
}

#[cfg(test)]
mod tests;
