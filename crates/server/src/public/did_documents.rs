//! Documents of tenants' own DIDs, asked of the hosts that serve them.
//!
//! A page's checks are run at each reading, but a school's host need not answer for each of its readers: a document is
//! cached for a minute, and that there was none for a few seconds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use learncoin_credential::did::DidDocument;
use learncoin_credential::verify::Lookup;
use learncoin_http_client::Egress;
use learncoin_http_client::guarded_fetch::{FetchLimits, GuardedFetchError, fetch};
use learncoin_store::deadlines::is_due;
use url::Url;

/// The time for which a document is believed, in milliseconds.
const DOCUMENT_LIFETIME_MS: i64 = 60_000;
/// The time for which a host that gave none is not asked again, in milliseconds.
const FAILURE_LIFETIME_MS: i64 = 5_000;
/// The most documents that are remembered.
const MAX_CACHED: usize = 1_000;
const LIMITS: FetchLimits = FetchLimits { timeout: Duration::from_secs(5), max_bytes: 256 * 1024 };
const ACCEPT: &str = "application/did+ld+json, application/did+json;q=0.9, application/json;q=0.8";

/// Asks for documents, and remembers them for a short time.
#[derive(Default)]
pub(crate) struct DidDocuments {
    cache: Mutex<HashMap<Url, CachedDocument>>,
}

struct CachedDocument {
    fetched_at: i64,
    found: Lookup<DidDocument>,
}

impl DidDocuments {
    /// Returns the document at this address, as it was within the last minute.
    pub(crate) async fn find(&self, egress: &Egress, url: &Url, now_ms: i64) -> Lookup<DidDocument> {
        match self.find_cached(url, now_ms) {
            Some(found) => found,
            None => self.fetch_now(egress, url, now_ms).await,
        }
    }

    /// Fetches the document at this address, as it is now.
    pub(crate) async fn fetch_now(&self, egress: &Egress, url: &Url, now_ms: i64) -> Lookup<DidDocument> {
        let found = match fetch(egress, url, ACCEPT, LIMITS).await {
            Ok(answer) => Lookup::from_read(DidDocument::read(&answer)),
            Err(GuardedFetchError::Status(404 | 410)) => Lookup::Absent,
            Err(error) => Lookup::Unreachable(format!("{url} {error}")),
        };
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MAX_CACHED {
            cache.retain(|_, document| document.is_fresh(now_ms));
        }
        if cache.len() < MAX_CACHED {
            cache.insert(url.clone(), CachedDocument { fetched_at: now_ms, found: found.clone() });
        }
        found
    }

    fn find_cached(&self, url: &Url, now_ms: i64) -> Option<Lookup<DidDocument>> {
        let cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        let document = cache.get(url).filter(|document| document.is_fresh(now_ms))?;
        Some(document.found.clone())
    }
}

impl CachedDocument {
    fn is_fresh(&self, now_ms: i64) -> bool {
        let lifetime_ms = match self.found {
            Lookup::Found(_) => DOCUMENT_LIFETIME_MS,
            Lookup::Absent | Lookup::Unreachable(_) => FAILURE_LIFETIME_MS,
        };
        !is_due(self.fetched_at.saturating_add(lifetime_ms), now_ms, lifetime_ms)
    }
}
