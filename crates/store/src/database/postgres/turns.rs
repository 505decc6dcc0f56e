//! The turns that writers of PostgreSQL wait for within a process, before they take a connection.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use crate::database::failure::DatabaseError;
use crate::id::TenantId;

/// In how many queues the writers of a process wait for others of the same tenant. Two tenants may share one, which
/// only costs them time.
const TENANT_QUEUES: usize = 256;
/// The most transactions of a process that write at a time. The other connections are for reading: a writer may read beside
/// its transaction, and must not wait for a connection that only another writer could give back.
const MAX_WRITERS: usize = 8;

/// The turns that a writer waited for. They are given back once its transaction has ended.
pub(crate) struct Turns {
    _writer: OwnedSemaphorePermit,
    _tenant: Option<OwnedMutexGuard<()>>,
}

/// The queues. Cheap to clone.
#[derive(Clone)]
pub(crate) struct WriterQueues {
    writers: Arc<Semaphore>,
    // If many write at a time: a writer that waits for its tenant's turn holds no connection meanwhile, so that one busy
    // tenant leaves the others room.
    tenants: Arc<[Arc<Mutex<()>>]>,
}

impl WriterQueues {
    /// Creates the queues.
    pub(crate) fn new() -> Self {
        Self {
            writers: Arc::new(Semaphore::new(MAX_WRITERS)),
            tenants: std::iter::repeat_with(Arc::default).take(TENANT_QUEUES).collect(),
        }
    }

    /// Waits for a turn, behind all others of this tenant if one is named.
    pub(crate) async fn turns(&self, of: Option<&TenantId>) -> Result<Turns, DatabaseError> {
        let queue = of.and_then(|tenant_id| self.queue_of(tenant_id));
        let tenant = match queue {
            Some(queue) => Some(queue.lock_owned().await),
            None => None,
        };
        let writer = Arc::clone(&self.writers).acquire_owned().await.map_err(|_| DatabaseError::Closed)?;
        Ok(Turns { _writer: writer, _tenant: tenant })
    }

    fn queue_of(&self, tenant_id: &TenantId) -> Option<Arc<Mutex<()>>> {
        let mut hasher = DefaultHasher::new();
        tenant_id.hash(&mut hasher);
        // Half the bits are enough, and fit into any machine's word.
        let hash = u32::try_from(hasher.finish() >> 32).unwrap_or(0);
        self.tenants.get(usize::try_from(hash).unwrap_or(0) % TENANT_QUEUES).cloned()
    }
}
