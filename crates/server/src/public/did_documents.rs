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
use url::Url;

/// The time for which a document is believed, in milliseconds.
const BELIEVED_MS: i64 = 60_000;
/// The time for which a host that gave none is not asked again, in milliseconds.
const SPARED_MS: i64 = 5_000;
/// The most documents that are remembered.
const MAX_REMEMBERED: usize = 1_000;
const LIMITS: FetchLimits = FetchLimits { timeout: Duration::from_secs(5), max_bytes: 256 * 1024 };
const ACCEPT: &str = "application/did+ld+json, application/did+json;q=0.9, application/json;q=0.8";

/// Asks for documents, and remembers them for a short time.
#[derive(Default)]
pub(crate) struct DidDocuments {
    remembered: Mutex<HashMap<Url, Remembered>>,
}

struct Remembered {
    asked_at: i64,
    found: Lookup<DidDocument>,
}

impl DidDocuments {
    /// Returns the document at this address, as it was within the last minute.
    pub(crate) async fn find(&self, egress: &Egress, url: &Url, now_ms: i64) -> Lookup<DidDocument> {
        match self.recall(url, now_ms) {
            Some(found) => found,
            None => self.ask(egress, url, now_ms).await,
        }
    }

    /// Fetches the document at this address, as it is now.
    pub(crate) async fn ask(&self, egress: &Egress, url: &Url, now_ms: i64) -> Lookup<DidDocument> {
        let found = match fetch(egress, url, ACCEPT, LIMITS).await {
            Ok(answer) => Lookup::from_read(DidDocument::read(&answer)),
            Err(GuardedFetchError::Status(404 | 410)) => Lookup::Absent,
            Err(error) => Lookup::Unreachable(format!("{url} {error}")),
        };
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MAX_REMEMBERED {
            remembered.retain(|_, document| document.is_believed(now_ms));
        }
        if remembered.len() < MAX_REMEMBERED {
            remembered.insert(url.clone(), Remembered { asked_at: now_ms, found: found.clone() });
        }
        found
    }

    fn recall(&self, url: &Url, now_ms: i64) -> Option<Lookup<DidDocument>> {
        let remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let document = remembered.get(url).filter(|document| document.is_believed(now_ms))?;
        Some(document.found.clone())
    }
}

impl Remembered {
    fn is_believed(&self, now_ms: i64) -> bool {
        let believed_ms = match self.found {
            Lookup::Found(_) => BELIEVED_MS,
            Lookup::Absent | Lookup::Unreachable(_) => SPARED_MS,
        };
        now_ms.saturating_sub(self.asked_at) < believed_ms
    }
}
