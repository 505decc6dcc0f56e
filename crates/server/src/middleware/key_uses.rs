//! When keys were used, kept in memory between writes.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use learncoin_store::Store;
use learncoin_store::id::KeyId;

/// The keys that were presented since the last write.
#[derive(Default)]
pub(crate) struct KeyUses(Mutex<HashSet<KeyId>>);

impl KeyUses {
    /// Records that a key was presented.
    pub(crate) fn record(&self, id: &KeyId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone());
    }

    /// Writes the uses since the last call, as of `now_ms`.
    ///
    /// # Errors
    /// If the store fails. A later call then writes them.
    pub(crate) async fn flush(&self, store: &Store, now_ms: i64) -> learncoin_store::Result<()> {
        let used: Vec<KeyId> = self.0.lock().unwrap_or_else(PoisonError::into_inner).drain().collect();
        if used.is_empty() {
            return Ok(());
        }
        let written = write(store, &used, now_ms).await;
        if written.is_err() {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(used);
        }
        written
    }
}

async fn write(store: &Store, used: &[KeyId], now_ms: i64) -> learncoin_store::Result<()> {
    let mut tx = store.begin().await?;
    tx.touch_api_keys(used, now_ms).await?;
    tx.commit().await
}
