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
use learncoin_issuance::credential::evidence::{EvidenceSource, RemoteSource, StoredDocuments};
use learncoin_issuance::credential::render::{IssuedCredential, Render as _};

use crate::public::anchor_look_ups::AnchorLookUps;
use crate::public::page_state::PageState;

const LIMITS: FetchLimits = FetchLimits { timeout: Duration::from_secs(5), max_bytes: 4 * 1024 * 1024 };
const ACCEPT: &str = "application/json";

/// The reason for not asking a host that the tenant did not name.
const STRANGE_DID: &str = "this credential was not issued under this DID, so its host was not asked";

/// The source for a credential of this deployment: its store and its chain, and the tenant's host for a DID of the tenant's own.
pub(crate) struct OwnSource<'a> {
    stored: StoredDocuments<'a>,
    state: &'a PageState,
    /// The credential that was issued under the document's id. The document may be a stranger's.
    issued: &'a IssuedCredential,
    now_ms: i64,
    parsed: &'a ParsedCredential,
    chain: Option<&'a Chain>,
}

impl<'a> OwnSource<'a> {
    /// Creates the source for a credential that was issued here. `chain` is the one that the document names, if the deployment uses it.
    pub(crate) fn new(
        state: &'a PageState,
        issued: &'a IssuedCredential,
        parsed: &'a ParsedCredential,
        chain: Option<&'a Chain>,
    ) -> Self {
        Self {
            stored: StoredDocuments::new(&state.issuance.host_documents, &issued.batch.scope.tenant_id),
            state,
            issued,
            now_ms: state.issuance.clock.now_ms(),
            parsed,
            chain,
        }
    }
}

impl EvidenceSource for OwnSource<'_> {
    async fn did_document(&self, url: &Url) -> Lookup<DidDocument> {
        if !self.parsed.has_own_did() {
            return self.stored.did_document().await;
        }
        let issuer = &self.parsed.credential().document.issuer.id;
        match self.issued.document() {
            Ok(document) if document.issuer.id == *issuer => {
                self.state.did_documents.find(&self.state.egress, url, self.now_ms).await
            }
            _ => Lookup::Unreachable(STRANGE_DID.to_owned()),
        }
    }

    async fn issuer_profile(&self, _url: Lookup<Url>) -> Lookup<IssuerProfile> {
        self.stored.issuer_profile().await
    }

    async fn revocation(&self, _url: Lookup<Url>) -> Lookup<RevocationList> {
        self.stored.revocation(self.issued, &self.parsed.credential().document.id)
    }

    async fn transaction(&self, hash: &Hash) -> Lookup<MinedTransaction> {
        self.state.anchor_look_ups.of_ours(self.issued, self.chain, hash, self.now_ms).await
    }
}

/// The source for a credential of another deployment: the host that it names. Each document is fetched once.
pub(crate) struct ForeignSource<'a> {
    /// The guard of requests.
    pub(crate) egress: &'a Egress,
    /// The look-ups of transactions.
    pub(crate) anchor_look_ups: &'a AnchorLookUps,
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
        self.anchor_look_ups.of_others(self.chain, hash).await
    }
}
