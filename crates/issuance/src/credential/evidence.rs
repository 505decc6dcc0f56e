//! Evidence: what the verification of a credential looks up, gathered in one way from whatever has it.
//!
//! [`gather`] asks an [`EvidenceSource`]. The credential page reads this deployment's own records ([`StoredDocuments`]);
//! `/verify` and the command line fetch from the host that the credential names. Nothing about a foreign deployment's
//! credential is taken from the store.

use std::fmt::Display;
use std::future::Future;

use learncoin_chain::rpc::{Client, Inclusion};
use learncoin_credential::did::DidDocument;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::verify::{
    CheckName, CheckOutcome, Lookup, MinedTransaction, ParsedCredential, ParsedWalletForm, Report, Url,
    VerificationInputs, VerificationPolicy, WalletInputs, verify, verify_wallet_form,
};
use learncoin_credential::wallet::SignedStatusList;
use learncoin_credential::{Hash, HostedTenant};
use learncoin_store::Result;
use learncoin_store::id::TenantId;
use learncoin_store::transactions::AnchorTransaction;
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::credential::host_documents::HostDocuments;
use crate::credential::render::IssuedCredential;

/// The reason for an issuer profile that is not looked up. No report shows it, because the missing DID document comes first.
const DID_DOCUMENT_UNREAD: &str = "the DID document, which names the issuer profile, could not be read";

/// The reason for a revocation list that is not looked up, as most sources put it.
const PROFILE_UNREAD: &str = "the issuer profile, which names the revocation list, could not be read";

/// A source of evidence about one credential.
///
/// Each document names the next one. A source that knows where its documents are without that ignores the URLs.
pub trait EvidenceSource: Sync {
    /// The reason for a revocation list that is not looked up, because the issuer profile was not found.
    const PROFILE_UNREAD: &'static str = PROFILE_UNREAD;

    /// Looks up the issuer's DID document.
    fn did_document(&self, url: &Url) -> impl Future<Output = Lookup<DidDocument>> + Send;

    /// Looks up the issuer profile, whose URL is in the DID document.
    fn issuer_profile(&self, url: Lookup<Url>) -> impl Future<Output = Lookup<IssuerProfile>> + Send;

    /// Looks up whether the credential is revoked. The URL follows from the issuer profile.
    fn revocation(&self, url: Lookup<Url>) -> impl Future<Output = Lookup<RevocationList>> + Send;

    /// Looks up the transaction on a node that is on the credential's chain.
    fn transaction(&self, hash: &Hash) -> impl Future<Output = Lookup<MinedTransaction>> + Send;
}

/// A source that fetches each document from the URL that another document names.
pub trait RemoteSource: Sync {
    /// See [`EvidenceSource::PROFILE_UNREAD`].
    const PROFILE_UNREAD: &'static str = PROFILE_UNREAD;

    /// Fetches what is at a URL.
    fn fetch(&self, url: Url) -> impl Future<Output = Lookup<Vec<u8>>> + Send;

    /// Looks up the transaction on a node that is on the credential's chain.
    fn transaction(&self, hash: &Hash) -> impl Future<Output = Lookup<MinedTransaction>> + Send;
}

impl<S: RemoteSource> EvidenceSource for S {
    const PROFILE_UNREAD: &'static str = S::PROFILE_UNREAD;

    async fn did_document(&self, url: &Url) -> Lookup<DidDocument> {
        self.fetch(url.clone()).await.and_read(DidDocument::read)
    }

    async fn issuer_profile(&self, url: Lookup<Url>) -> Lookup<IssuerProfile> {
        follow(url, |url| self.fetch(url), IssuerProfile::read).await
    }

    async fn revocation(&self, url: Lookup<Url>) -> Lookup<RevocationList> {
        follow(url, |url| self.fetch(url), RevocationList::read).await
    }

    async fn transaction(&self, hash: &Hash) -> Lookup<MinedTransaction> {
        RemoteSource::transaction(self, hash).await
    }
}

/// A source of evidence about one wallet form.
///
/// A source that knows where its documents are ignores the URLs.
pub trait WalletEvidenceSource: Sync {
    /// Looks up the DID document of the tenant's wallet forms.
    fn wallet_did_document(&self, url: &Url) -> impl Future<Output = Lookup<DidDocument>> + Send;

    /// Looks up the status list that the wallet form names.
    fn status_list(&self, url: &Url) -> impl Future<Output = Lookup<SignedStatusList>> + Send;
}

impl<S: RemoteSource> WalletEvidenceSource for S {
    async fn wallet_did_document(&self, url: &Url) -> Lookup<DidDocument> {
        self.fetch(url.clone()).await.and_read(DidDocument::read)
    }

    async fn status_list(&self, url: &Url) -> Lookup<SignedStatusList> {
        self.fetch(url.clone()).await.and_read(SignedStatusList::read)
    }
}

/// Gathers the evidence about a wallet form.
pub async fn gather_for_wallet_form<S: WalletEvidenceSource>(
    source: &S,
    parsed: &ParsedWalletForm,
) -> WalletInputs {
    let (did_document, status_list) = tokio::join!(
        source.wallet_did_document(parsed.did_url()),
        source.status_list(parsed.status_list_url())
    );
    WalletInputs { did_document, status_list }
}

/// Verifies a wallet form check by check, as [`verify_in_order`] does.
pub async fn verify_wallet_form_in_order<S: WalletEvidenceSource>(
    source: &S,
    parsed: &ParsedWalletForm,
    policy: &VerificationPolicy,
) -> Report {
    let did_document = source.wallet_did_document(parsed.did_url()).await;
    let mut inputs = WalletInputs { did_document, status_list: not_due() };
    let report = verify_wallet_form(parsed, &inputs, policy);
    let has_failed = |check: CheckName| report.check(check).outcome == CheckOutcome::Failed;
    if [CheckName::Signature, CheckName::Issuer, CheckName::Anchor].into_iter().any(has_failed) {
        return report.up_to_first_failure();
    }
    inputs.status_list = source.status_list(parsed.status_list_url()).await;
    verify_wallet_form(parsed, &inputs, policy)
}

/// Gathers the evidence about a credential: its documents one after the other, the transaction meanwhile.
pub async fn gather<S: EvidenceSource>(source: &S, parsed: &ParsedCredential) -> VerificationInputs {
    let lookups = parsed.lookups();
    let documents = async {
        let did_document = source.did_document(&lookups.did_url).await;
        let issuer_profile = source.issuer_profile(profile_url(parsed, &did_document)).await;
        let revocation = source.revocation(revocation_url::<S>(parsed, &issuer_profile)).await;
        (did_document, issuer_profile, revocation)
    };
    let ((did_document, issuer_profile, revocation), transaction) =
        tokio::join!(documents, source.transaction(&lookups.transaction_hash));
    VerificationInputs { did_document, issuer_profile, transaction, revocation }
}

/// Verifies a credential check by check. Each lookup is made when its check is due; after a failed check none is made,
/// and the later checks are not reached.
pub async fn verify_in_order<S: EvidenceSource>(
    source: &S,
    parsed: &ParsedCredential,
    policy: &VerificationPolicy,
) -> Report {
    let lookups = parsed.lookups();
    let mut inputs = VerificationInputs {
        did_document: source.did_document(&lookups.did_url).await,
        issuer_profile: not_due(),
        transaction: not_due(),
        revocation: not_due(),
    };
    let failed = |check: CheckName, inputs: &VerificationInputs| {
        let report = verify(parsed, inputs, policy);
        let has_failed = report.check(check).outcome == CheckOutcome::Failed;
        has_failed.then(|| report.up_to_first_failure())
    };
    if let Some(report) = failed(CheckName::Issuer, &inputs) {
        return report;
    }
    inputs.issuer_profile = source.issuer_profile(profile_url(parsed, &inputs.did_document)).await;
    if let Some(report) = failed(CheckName::Issuer, &inputs) {
        return report;
    }
    inputs.transaction = source.transaction(&lookups.transaction_hash).await;
    if let Some(report) = failed(CheckName::Anchor, &inputs) {
        return report;
    }
    inputs.revocation = source.revocation(revocation_url::<S>(parsed, &inputs.issuer_profile)).await;
    verify(parsed, &inputs, policy)
}

/// Returns the state of a lookup whose check is not due yet. No report shows it.
fn not_due<T>() -> Lookup<T> {
    Lookup::Unreachable("not looked up yet".to_owned())
}

fn profile_url(parsed: &ParsedCredential, did_document: &Lookup<DidDocument>) -> Lookup<Url> {
    match did_document {
        Lookup::Found(document) => parsed.profile_url(document).map_or(Lookup::Absent, Lookup::Found),
        Lookup::Absent | Lookup::Unreachable(_) => Lookup::Unreachable(DID_DOCUMENT_UNREAD.to_owned()),
    }
}

fn revocation_url<S: EvidenceSource>(
    parsed: &ParsedCredential,
    issuer_profile: &Lookup<IssuerProfile>,
) -> Lookup<Url> {
    match issuer_profile {
        Lookup::Found(profile) => Lookup::from_read(parsed.revocation_url(profile)),
        Lookup::Absent | Lookup::Unreachable(_) => Lookup::Unreachable(S::PROFILE_UNREAD.to_owned()),
    }
}

/// Fetches from a URL that another document names, if that was found, and parses what is there.
async fn follow<T, E: Display, F: Future<Output = Lookup<Vec<u8>>>>(
    url: Lookup<Url>,
    fetch: impl FnOnce(Url) -> F,
    read: impl FnOnce(&[u8]) -> std::result::Result<T, E>,
) -> Lookup<T> {
    match url {
        Lookup::Found(url) => fetch(url).await.and_read(read),
        Lookup::Absent => Lookup::Absent,
        Lookup::Unreachable(reason) => Lookup::Unreachable(reason),
    }
}

/// The documents about one tenant of this deployment, parsed as a third party that fetched them would parse them. What they are
/// built from is read once.
pub struct StoredDocuments<'a> {
    host: &'a HostDocuments,
    tenant_id: &'a TenantId,
    tenant: OnceCell<Option<HostedTenant>>,
}

impl<'a> StoredDocuments<'a> {
    /// Creates the documents of a host about the tenant that issued a credential.
    pub fn new(host: &'a HostDocuments, tenant_id: &'a TenantId) -> Self {
        Self { host, tenant_id, tenant: OnceCell::new() }
    }

    async fn tenant(&self) -> Result<Option<&HostedTenant>> {
        let tenant = self.tenant.get_or_try_init(|| self.host.hosted_tenant(self.tenant_id)).await?;
        Ok(tenant.as_ref())
    }

    /// Returns the part of the host's DID document that is about the tenant.
    pub async fn did_document(&self) -> Lookup<DidDocument> {
        let tenant = self.tenant().await;
        parsed(tenant.map(|tenant| self.host.did_document_of(tenant)), DidDocument::read)
    }

    /// Returns the tenant's issuer profile.
    pub async fn issuer_profile(&self) -> Lookup<IssuerProfile> {
        match self.tenant().await.transpose() {
            Some(tenant) => parsed(tenant.map(|tenant| self.host.profile_of(tenant)), IssuerProfile::read),
            None => Lookup::Absent,
        }
    }

    /// Returns the revocation list for a document that names the id of an issued credential.
    pub fn revocation(&self, issued: &IssuedCredential, assertion_id: &str) -> Lookup<RevocationList> {
        parsed(Ok(self.host.revocation_list_of(Some(issued), assertion_id)), RevocationList::read)
    }
}

/// Returns the revocation list for the credential with this `id`, which need not have been issued here.
pub async fn stored_revocation(host: &HostDocuments, assertion_id: &str) -> Lookup<RevocationList> {
    parsed(host.revocation_list(assertion_id).await, RevocationList::read)
}

/// Looks the transaction up on a node. The caller has made sure that the node is on the right chain.
pub async fn mined_transaction(client: &Client, hash: &[u8; 32]) -> Lookup<MinedTransaction> {
    match client.inclusion(hash).await {
        Ok(Inclusion::Included(found)) => Lookup::Found(MinedTransaction {
            raw: found.raw.into(),
            block_number: found.block_number,
            block_time: i64::try_from(found.block_time).unwrap_or(i64::MAX),
            succeeded: found.succeeded,
            confirmations: found.confirmations,
        }),
        Ok(Inclusion::Unknown | Inclusion::Pending) => Lookup::Absent,
        Err(error) => Lookup::Unreachable(error.to_string()),
    }
}

/// Returns a transaction as the database has it. The caller states how many confirmations it has at least.
pub fn stored_transaction(anchor: &AnchorTransaction, confirmations: u64) -> Lookup<MinedTransaction> {
    match &anchor.block {
        Some(block) => Lookup::Found(MinedTransaction {
            raw: anchor.raw.as_bytes().to_vec().into(),
            block_number: block.number,
            block_time: i64::try_from(block.time).unwrap_or(i64::MAX),
            succeeded: true,
            confirmations,
        }),
        None => Lookup::Absent,
    }
}

fn parsed<T, E: Display>(
    document: Result<Value>,
    read: impl FnOnce(&[u8]) -> std::result::Result<T, E>,
) -> Lookup<T> {
    match document {
        Ok(document) => Lookup::from_read(read(document.to_string().as_bytes())),
        // The store's error is for the log, not for a page.
        Err(error) => {
            tracing::error!(%error, "evidence could not be read from the store");
            Lookup::Unreachable("the deployment's own records could not be read".into())
        }
    }
}
