//! Look-ups of anchors for pages, on the nodes that the pipeline uses too.
//!
//! - Invariant: the pipeline waits for no page. Pages have a client of their own, so their calls wait in another queue.
//! - Invariant: of a transaction that the database knows there is one look-up in five seconds for all readers. What is final
//!   is not looked up at all.
//! - A transaction is decoded once, as long as it is asked for: its contents never change.
//! - Invariant: all look-ups together have a pace, so that strangers choose neither how many there are nor what they cost.

use std::sync::Arc;
use std::time::Duration;

use learncoin_credential::Hash;
use learncoin_credential::transaction::EncodedTransaction;
use learncoin_credential::verify::{Lookup, MinedTransaction};
use learncoin_issuance::Chain;
use learncoin_issuance::credential::evidence::{mined_transaction, stored_transaction};
use learncoin_issuance::credential::render::IssuedCredential;
use learncoin_store::transactions::AnchorTransaction;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until, timeout};

use crate::public::recent_look_ups::RecentLookUps;
use crate::public::recently_used::RecentlyUsed;

/// The time that a page waits for the chain before it reports that it could not check.
const TIMEOUT: Duration = Duration::from_secs(6);
/// The time for which the outcome of a look-up is believed, in milliseconds.
const LIFETIME_MS: i64 = 5_000;
/// The most outcomes that are remembered. One takes less than a kilobyte.
const MOST: usize = 10_000;
/// The most bytes of transactions that are kept decoded, each of which is counted as the two forms that it has.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// The reason for a look-up that had to wait for too many others.
const BUSY: &str = "this site looks up too many transactions at this moment; try again";

/// The look-ups of anchors.
pub(crate) struct AnchorLookUps {
    recent: RecentLookUps<(u64, [u8; 32]), MinedTransaction>,
    /// Transactions that the database knows, by their hash.
    decoded: RecentlyUsed<[u8; 32], EncodedTransaction>,
    /// Of transactions that the database knows.
    known: Pace,
    /// Of those that only a document names that a stranger sent.
    unknown: Pace,
}

impl Default for AnchorLookUps {
    fn default() -> Self {
        Self {
            recent: RecentLookUps::new(MOST, |_| LIFETIME_MS),
            decoded: RecentlyUsed::new(MAX_BYTES),
            known: Pace::new(4, Duration::from_millis(200)),
            unknown: Pace::new(2, Duration::from_millis(500)),
        }
    }
}

impl AnchorLookUps {
    /// Looks up the transaction that a document of this deployment names.
    pub(crate) async fn of_ours(
        &self,
        issued: &IssuedCredential,
        chain: Option<&Chain>,
        hash: &Hash,
        now_ms: i64,
    ) -> Lookup<MinedTransaction> {
        let Some(chain) = chain else { return no_chain() };
        // A document may name any transaction, on any chain.
        let is_named = |anchor: &&AnchorTransaction| {
            anchor.hash.as_bytes() == hash.as_bytes() && anchor.chain_id == chain.chain_id
        };
        let known = issued.anchor.as_ref().filter(is_named);
        let Some(known) = known else { return self.of_others(Some(chain), hash).await };
        // The embedded chain is in this process.
        if chain.is_development() {
            return self.sharing_decoded(look_up(chain.clone(), *hash.as_bytes()).await, hash);
        }
        if issued.anchor_is_final {
            let stored = stored_transaction(known, chain.confirmations_at_least(known));
            return self.sharing_decoded(stored, hash);
        }
        let (pace, chain, hash) = (self.known.clone(), chain.clone(), *hash.as_bytes());
        let key = (chain.chain_id, hash);
        let found = self.recent.find(key, now_ms, async move { pace.look_up(chain, hash).await });
        timeout(TIMEOUT, found).await.unwrap_or_else(|_| busy())
    }

    /// Returns what was found, with the bytes that were decoded before if they are the same.
    fn sharing_decoded(&self, mut found: Lookup<MinedTransaction>, hash: &Hash) -> Lookup<MinedTransaction> {
        if let Lookup::Found(mined) = &mut found {
            match self.decoded.find(hash.as_bytes()) {
                Some(before) if before == mined.raw => mined.raw = before,
                _ => {
                    let bytes = mined.raw.as_bytes().len().saturating_mul(2);
                    self.decoded.keep(*hash.as_bytes(), mined.raw.clone(), bytes);
                }
            }
        }
        found
    }

    /// Looks up a transaction that only a document names which a stranger sent.
    pub(crate) async fn of_others(&self, chain: Option<&Chain>, hash: &Hash) -> Lookup<MinedTransaction> {
        let Some(chain) = chain else { return no_chain() };
        let found = self.unknown.look_up(chain.clone(), *hash.as_bytes());
        timeout(TIMEOUT, found).await.unwrap_or_else(|_| busy())
    }
}

fn no_chain() -> Lookup<MinedTransaction> {
    Lookup::Unreachable("this deployment no longer talks to the credential's chain".to_owned())
}

fn busy() -> Lookup<MinedTransaction> {
    Lookup::Unreachable(BUSY.to_owned())
}

/// Looks a transaction up. A node's own error goes to the log only: it can hold the node's address, and that a key.
async fn look_up(chain: Chain, hash: [u8; 32]) -> Lookup<MinedTransaction> {
    let found = timeout(TIMEOUT, mined_transaction(&chain.pages, &hash)).await;
    match found.unwrap_or_else(|_| Lookup::Unreachable("no answer in time".to_owned())) {
        Lookup::Unreachable(reason) => {
            tracing::warn!(chain.id = chain.chain_id, reason, "a page could not look its anchor up");
            Lookup::Unreachable("the chain's node gave no usable answer".to_owned())
        }
        found => found,
    }
}

/// The pace of look-ups: so many at the same time, each of which takes at least so long of its permit.
#[derive(Clone)]
struct Pace {
    permits: Arc<Semaphore>,
    least: Duration,
}

impl Pace {
    fn new(at_once: usize, least: Duration) -> Self {
        Self { permits: Arc::new(Semaphore::new(at_once)), least }
    }

    async fn look_up(&self, chain: Chain, hash: [u8; 32]) -> Lookup<MinedTransaction> {
        let permit = timeout(TIMEOUT, Arc::clone(&self.permits).acquire_owned()).await;
        let Some(permit) = permit.ok().and_then(Result::ok) else { return busy() };
        let _step = Step { permit: Some(permit), until: Instant::now() + self.least };
        look_up(chain, hash).await
    }
}

/// A permit that is given back not before its time, also if its holder was dropped.
struct Step {
    permit: Option<OwnedSemaphorePermit>,
    until: Instant,
}

impl Drop for Step {
    fn drop(&mut self) {
        let (permit, until) = (self.permit.take(), self.until);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                sleep_until(until).await;
                drop(permit);
            });
        }
    }
}
