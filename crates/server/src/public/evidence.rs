//! The sources of evidence for the pages: this deployment's own records and, through the egress guard, other hosts. The
//! transaction is looked up on the chains that this deployment uses.

use std::time::Duration;

use learncoin_credential::Hash;
use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::verify::{Lookup, MinedTransaction, ParsedCredential, Url};
use learncoin_http_client::Egress;
use learncoin_http_client::guarded_fetch::{FetchLimits, GuardedFetchError, fetch};
use learncoin_issuance::Chain;
use learncoin_issuance::credential::evidence::{
    EvidenceSource, RemoteSource, StoredDocuments, mined_transaction, stored_revocation,
};
use learncoin_store::id::TenantId;

use crate::public::did_documents::DidDocuments;
use crate::public::page_state::PageState;

/// The time that a page waits for the chain before it reports that it could not check.
const CHAIN_TIMEOUT: Duration = Duration::from_secs(6);
const LIMITS: FetchLimits = FetchLimits { timeout: Duration::from_secs(5), max_bytes: 4 * 1024 * 1024 };
const ACCEPT: &str = "application/json";

/// The source for a credential of this deployment: its store and its chain, and the tenant's host for a DID of the tenant's own.
pub(crate) struct OwnSource<'a> {
    stored: StoredDocuments<'a>,
    did_documents: &'a DidDocuments,
    egress: &'a Egress,
    now_ms: i64,
    parsed: &'a ParsedCredential,
    chain: Option<&'a Chain>,
}

impl<'a> OwnSource<'a> {
    /// Creates the source for a credential of a tenant. `chain` is the one on which it was anchored, if the deployment still uses it.
    pub(crate) fn new(
        state: &'a PageState,
        tenant_id: &'a TenantId,
        parsed: &'a ParsedCredential,
        chain: Option<&'a Chain>,
    ) -> Self {
        Self {
            stored: StoredDocuments { host: &state.issuance.host_documents, tenant_id },
            did_documents: &state.did_documents,
            egress: &state.egress,
            now_ms: state.issuance.clock.now_ms(),
            parsed,
            chain,
        }
    }
}

impl EvidenceSource for OwnSource<'_> {
    async fn did_document(&self, url: &Url) -> Lookup<DidDocument> {
        match self.parsed.has_own_did() {
            true => self.did_documents.find(self.egress, url, self.now_ms).await,
            false => self.stored.did_document().await,
        }
    }

    async fn issuer_profile(&self, _url: Lookup<Url>) -> Lookup<IssuerProfile> {
        self.stored.issuer_profile().await
    }

    async fn revocation(&self, _url: Lookup<Url>) -> Lookup<RevocationList> {
        stored_revocation(self.stored.host, &self.parsed.credential().document.id).await
    }

    async fn transaction(&self, hash: &Hash) -> Lookup<MinedTransaction> {
        look_up_anchor(self.chain, hash).await
    }
}

/// The source for a credential of another deployment: the host that it names. Each document is fetched once.
pub(crate) struct ForeignSource<'a> {
    /// The guard of requests.
    pub(crate) egress: &'a Egress,
    /// The credential's chain, if this deployment uses it.
    pub(crate) chain: Option<&'a Chain>,
}

impl RemoteSource for ForeignSource<'_> {
    const PROFILE_UNREAD: &'static str = "the issuer profile, which names it, could not be read";

    async fn fetch(&self, url: Url) -> Lookup<Vec<u8>> {
        match fetch(self.egress, &url, ACCEPT, LIMITS).await {
            Ok(body) => Lookup::Found(body),
            Err(GuardedFetchError::Status(404 | 410)) => Lookup::Absent,
            Err(error) => Lookup::Unreachable(format!("{url} {error}")),
        }
    }

    async fn transaction(&self, hash: &Hash) -> Lookup<MinedTransaction> {
        look_up_anchor(self.chain, hash).await
    }
}

/// Looks the anchor up on the chain. A node's own error goes to the log only: it can hold the node's address, and that a key.
async fn look_up_anchor(chain: Option<&Chain>, hash: &Hash) -> Lookup<MinedTransaction> {
    let Some(chain) = chain else {
        return Lookup::Unreachable("this deployment no longer talks to the credential's chain".to_owned());
    };
    let found = tokio::time::timeout(CHAIN_TIMEOUT, mined_transaction(&chain.client, hash.as_bytes())).await;
    match found.unwrap_or_else(|_| Lookup::Unreachable("no answer in time".to_owned())) {
        Lookup::Unreachable(reason) => {
            tracing::warn!(chain.id = chain.chain_id, reason, "a page could not look its anchor up");
            Lookup::Unreachable("the chain's node gave no usable answer".to_owned())
        }
        found => found,
    }
}
