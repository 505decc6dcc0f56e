//! SingleFlight: of the requests under one idempotency key that this process has at the same time, one goes on and the others
//! wait. For effects that no transaction holds together with their answer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use learncoin_store::requests::IdempotencyClaim;
use tokio::sync::OwnedMutexGuard;

/// One lock for each idempotency key in use.
#[derive(Default)]
pub(crate) struct SingleFlight {
    taken: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
}

impl SingleFlight {
    /// Waits for the turn of the claim's key, and holds it as long as what is returned lives.
    pub(crate) async fn take(&self, claim: &IdempotencyClaim) -> OwnedMutexGuard<()> {
        let turn = {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            match taken.get(claim.key()).and_then(Weak::upgrade) {
                Some(turn) => turn,
                None => {
                    taken.retain(|_, turn| turn.strong_count() > 0);
                    let turn = Arc::default();
                    taken.insert(claim.key().to_owned(), Arc::downgrade(&turn));
                    turn
                }
            }
        };
        turn.lock_owned().await
    }
}
