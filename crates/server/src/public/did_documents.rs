//! Documents of tenants' own DIDs, asked of the hosts that serve them.
//!
//! A page's checks are run at each reading, but a school's host need not answer for each of its readers: a document is
//! cached for a minute, and that there was none for a few seconds.

use std::sync::Arc;
use std::time::Duration;

use learncoin_credential::did::DidDocument;
use learncoin_credential::verify::Lookup;
use learncoin_http_client::Egress;
use learncoin_http_client::guarded_fetch::{FetchLimits, GuardedFetchError, fetch};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::Url;

use crate::public::recent_look_ups::RecentLookUps;

/// The time for which a document is believed, in milliseconds.
const DOCUMENT_LIFETIME_MS: i64 = 60_000;
/// The time for which a host that gave none is not asked again, in milliseconds.
const FAILURE_LIFETIME_MS: i64 = 5_000;
/// The most documents that are remembered.
const MOST: usize = 1_000;
/// The longest time that a fetch waits for its permit.
const MAX_WAIT: Duration = Duration::from_secs(5);
const LIMITS: FetchLimits = FetchLimits { timeout: Duration::from_secs(5), max_bytes: 256 * 1024 };
const ACCEPT: &str = "application/did+ld+json, application/did+json;q=0.9, application/json;q=0.8";

/// Asks for documents, and remembers them for a short time.
pub(crate) struct DidDocuments {
    recent: RecentLookUps<Url, DidDocument>,
    /// The permits for asking other hosts.
    permits: Arc<Semaphore>,
}

impl DidDocuments {
    /// Creates one that asks with these permits.
    pub(crate) fn new(permits: Arc<Semaphore>) -> Self {
        let lifetime_ms = |found: &Lookup<DidDocument>| match found {
            Lookup::Found(_) => DOCUMENT_LIFETIME_MS,
            Lookup::Absent | Lookup::Unreachable(_) => FAILURE_LIFETIME_MS,
        };
        Self { recent: RecentLookUps::new(MOST, lifetime_ms), permits }
    }

    /// Returns the document at this address, as it was within the last minute.
    pub(crate) async fn find(&self, egress: &Egress, url: &Url, now_ms: i64) -> Lookup<DidDocument> {
        let (permits, egress, address) = (Arc::clone(&self.permits), egress.clone(), url.clone());
        let fetching = async move { ask(&permits, &egress, &address).await };
        self.recent.find(url.clone(), now_ms, fetching).await
    }

    /// Fetches the document at this address, as it is now.
    pub(crate) async fn fetch_now(&self, egress: &Egress, url: &Url, now_ms: i64) -> Lookup<DidDocument> {
        let found = ask(&self.permits, egress, url).await;
        self.recent.remember(url.clone(), now_ms, found.clone()).await;
        found
    }
}

async fn ask(permits: &Semaphore, egress: &Egress, url: &Url) -> Lookup<DidDocument> {
    let Ok(Ok(_permit)) = timeout(MAX_WAIT, permits.acquire()).await else {
        return Lookup::Unreachable(format!("{url} was not asked, because too many others are"));
    };
    match fetch(egress, url, ACCEPT, LIMITS).await {
        Ok(answer) => Lookup::from_read(DidDocument::read(&answer)),
        Err(GuardedFetchError::Status(404 | 410)) => Lookup::Absent,
        Err(error) => Lookup::Unreachable(format!("{url} {error}")),
    }
}
