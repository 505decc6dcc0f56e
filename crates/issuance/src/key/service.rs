//! Cloud KMS, as this deployment uses it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use learncoin_kms::{KeyRing, Kms};
use learncoin_store::deadlines::is_due;

/// The pause after a call that Cloud KMS did not answer, in milliseconds: an outage must not delay, one time-out after the
/// other, the batches whose keys are elsewhere.
const PAUSE_AFTER_OUTAGE_MS: i64 = 5_000;

/// Cloud KMS, as this deployment uses it. Clones share what they know of an outage.
#[derive(Clone)]
pub struct KeyService {
    /// The client of its API.
    pub client: Arc<Kms>,
    /// The key ring for new keys; `None`: new keys are made in the store, and only existing keys sign in Cloud KMS.
    pub ring: Option<KeyRing>,
    away_until: Arc<AtomicI64>,
}

impl KeyService {
    /// Creates the service from its client and the key ring for new keys.
    pub fn new(client: Kms, ring: Option<KeyRing>) -> Self {
        Self { client: Arc::new(client), ring, away_until: Arc::default() }
    }

    /// Returns whether a call failed to get through so recently that none is to be made now.
    pub(crate) fn is_away(&self, now_ms: i64) -> bool {
        !is_due(self.away_until.load(Ordering::Relaxed), now_ms, PAUSE_AFTER_OUTAGE_MS)
    }

    /// Records that a call did not get through.
    pub(crate) fn record_outage(&self, now_ms: i64) {
        self.away_until.store(now_ms.saturating_add(PAUSE_AFTER_OUTAGE_MS), Ordering::Relaxed);
    }
}
