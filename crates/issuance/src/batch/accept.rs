//! Accept: a validated request becomes a pending batch, in one transaction.
//!
//! Batch, credentials, quota, idempotency record and `batch.created` are committed together or not at all, and the response is
//! sent after that: a batch for which a 202 was sent is never lost.

use std::sync::Arc;

use learncoin_credential::Host;
use learncoin_credential::document::{DocumentError, Issuer};
use learncoin_credential::merkle::TreeError;
use learncoin_store::batches::{Batch, BatchState};
use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::credentials::{Credential, Revocation, RevocationCode, SealedCredential};
use learncoin_store::events::{EventData, EventType};
use learncoin_store::id::{BatchId, CredentialId, TenantId};
use learncoin_store::onchain::MerkleRoot;
use learncoin_store::requests::{Answer, IdempotencyClaim};
use learncoin_store::scope::TenantScope;
use learncoin_store::tenants::{Branding, Tenant};
use learncoin_store::uploads::UploadPartKey;
use learncoin_store::{Error as StoreError, Store, WriteTx, kill};
use tokio::sync::Notify;

use crate::batch::documents::{BuiltDocument, SharedParts, build_document, issuer};
use crate::batch::request::CredentialRequest;
use crate::batch::tree::{self, ClosedTree};
use crate::chains::{Chain, Chains};
use crate::credential::revoke::{RevokeError, Revoker};
use crate::keyed_write::{
    Actor, KeyedResponse, KeyedTransaction, KeyedWrite, KeyedWriteError, WriteError, with_retries,
};
use crate::metrics;
use crate::names::issuer_did;
use crate::tenant::plans::Plans;
use crate::time::month;

/// The number of full documents that are in memory at the same time. They may be large.
const DOCUMENTS_AT_ONCE: usize = 128;

/// The memory of a request, in bytes, up to which its documents are built where the request runs: that takes less than a
/// millisecond, and another thread's start costs more.
const BUILT_AT_ONCE: usize = 16 * 1024;

/// The HTTP status of the response to an accepted batch.
pub const ACCEPTED: u16 = 202;

/// A credential whose place the first one of a batch takes: it is revoked in the transaction that stores the batch.
#[derive(Clone, Copy)]
pub struct ReplacedCredential<'a> {
    /// The credential, of the same tenant and environment.
    pub credential: &'a Credential,
    /// The reason of its revocation in words, shown publicly.
    pub reason: &'a str,
}

/// A request to issue a batch.
pub struct Accept<'a> {
    /// The tenant and environment of the caller.
    pub scope: &'a TenantScope,
    /// The caller, whose right is read again within the transaction.
    pub actor: Actor<'a>,
    /// The tenant as it was when the request began.
    pub tenant: &'a Tenant,
    /// Its branding, by which the request was validated.
    pub branding: &'a Branding,
    /// The credentials to issue: at least one.
    pub credentials: Vec<CredentialRequest>,
    /// The claim on an idempotency key, if the request has one.
    pub claim: Option<&'a IdempotencyClaim>,
    /// The part of a spreadsheet that the batch is made of, if it is made of one. A part is issued once.
    pub upload_part: Option<&'a UploadPartKey>,
    /// The credential whose place the first one takes, if there is one.
    pub replaced: Option<ReplacedCredential<'a>>,
    /// Builds the body of the response, which is kept under the idempotency key.
    pub respond: &'a (dyn Fn(&Batch) -> String + Send + Sync),
}

/// The reason why a request was not accepted. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum AcceptError {
    /// The caller lost the right to it since the request began: the key was revoked, or the member's role taken.
    #[error("the caller may not do this any more")]
    RightLost,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// The part of the spreadsheet was issued before.
    #[error("this part of the spreadsheet was issued before")]
    PartIssued,
    /// The credential that was to be replaced is revoked already.
    #[error("the credential to replace is revoked already")]
    ReplacedRevoked,
    /// The person of the credential that was to be replaced is erased.
    #[error("the person of the credential to replace is erased")]
    ReplacedErased,
    /// The batch would exceed the month's quota.
    #[error("the month's quota of {limit} credentials would be passed")]
    QuotaExceeded {
        /// The credentials per month that the tenant may issue.
        limit: u64,
    },
    /// The tenant has no key that may sign in this environment.
    #[error("no signing key")]
    SigningKeyUnavailable,
    /// The key that would sign is not in the document of the tenant's own DID, as it was when the tenant last named it.
    #[error("key {key_number} is not listed by {did}")]
    KeyNotInOwnDid {
        /// The DID.
        did: String,
        /// The key's number.
        key_number: u64,
    },
    /// No chain is configured for the environment.
    #[error("no chain")]
    ChainUnavailable,
    /// A credential breaks a rule of the format that the validation of the request does not check.
    #[error("credentials[{index}]: {error}")]
    Document {
        /// The index of the credential in the request.
        index: usize,
        /// The fault.
        error: DocumentError,
    },
    /// Two credentials have the same node, which random blinds make impossible, or there is none.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// The task that builds the documents panicked, which is in the log, or the process ends.
    #[error("the documents could not be built")]
    Aborted,
    /// The store failed. The outcome may be unknown; the same request with its idempotency key returns it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<KeyedWriteError> for AcceptError {
    fn from(error: KeyedWriteError) -> Self {
        match error {
            KeyedWriteError::RightLost => Self::RightLost,
            KeyedWriteError::IdempotencyKeyReused => Self::IdempotencyKeyReused,
            KeyedWriteError::Store(error) => Self::Store(error),
        }
    }
}

impl WriteError for AcceptError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// The parts that documents are built from.
struct Building {
    /// Seals the person of each credential.
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    host: Host,
    issuer: Issuer,
    tenant_id: TenantId,
}

impl Building {
    /// Builds the documents of a batch, closes its tree and seals the persons. It blocks the thread.
    fn build(
        &self,
        requests: Vec<CredentialRequest>,
    ) -> Result<(Vec<SealedCredential>, MerkleRoot), AcceptError> {
        let Self { store, clock, entropy, host, issuer, tenant_id } = self;
        let (mut documents, mut nodes) = (Vec::with_capacity(requests.len()), Vec::new());
        let mut requests = requests.into_iter().enumerate();
        let mut parts = SharedParts::default();
        loop {
            let mut built = Vec::with_capacity(DOCUMENTS_AT_ONCE);
            for (index, request) in requests.by_ref().take(DOCUMENTS_AT_ONCE) {
                let id = CredentialId::generate(&**clock, &**entropy);
                let document = build_document(host, issuer, id, request, &mut parts, &**entropy);
                built.push(document.map_err(|error| AcceptError::Document { index, error })?);
            }
            if built.is_empty() {
                break;
            }
            nodes.extend(tree::hash_documents(&built));
            documents.extend(built.into_iter().map(BuiltDocument::into_stored));
        }
        let ClosedTree { root, nodes } = tree::close(&nodes)?;
        let credentials = documents.into_iter().zip(nodes).map(|(document, node)| document.with_node(node));
        let sealed = credentials.map(|credential| credential.seal(store.sealer(), &**entropy, tenant_id));
        Ok((sealed.collect::<Result<_, _>>()?, root))
    }
}

/// A request whose documents are built, so that only storing it is left.
struct PreparedBatch<'a> {
    scope: &'a TenantScope,
    actor: Actor<'a>,
    chain: &'a Chain,
    tenant: &'a Tenant,
    branding: &'a Branding,
    limit: u64,
    credentials: Vec<SealedCredential>,
    tree_root: MerkleRoot,
    count: u64,
    claim: Option<&'a IdempotencyClaim>,
    upload_part: Option<&'a UploadPartKey>,
    replaced: Option<ReplacedCredential<'a>>,
    respond: &'a (dyn Fn(&Batch) -> String + Send + Sync),
}

/// Accepts batches.
#[derive(Clone)]
pub struct BatchAcceptor {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) host: Host,
    pub(crate) chains: Chains,
    pub(crate) plans: Plans,
    /// Wakes the worker.
    pub(crate) wake: Arc<Notify>,
}

impl BatchAcceptor {
    /// Accepts a batch, or returns the response that the same request got before.
    ///
    /// # Errors
    /// See [`AcceptError`]; nothing was issued.
    #[tracing::instrument(level = "info", skip_all, fields(environment = %accept.scope.environment))]
    pub async fn accept(&self, accept: Accept<'_>) -> Result<KeyedResponse, AcceptError> {
        kill::reached("accept.begun");
        let Accept { scope, actor, tenant, branding, credentials, claim, upload_part, replaced, respond } =
            accept;
        let chain = self.chains.of(scope.environment).ok_or(AcceptError::ChainUnavailable)?;
        let limit = self.plans.limits(tenant).credentials_per_month;
        // Everything that is costly happens before the transaction, for which other writers wait.
        let (new, tree_root) = self.build_documents(scope, tenant, branding, credentials).await?;
        kill::reached("accept.built");
        let count = u64::try_from(new.len()).unwrap_or(u64::MAX);

        let prepared = PreparedBatch {
            scope,
            actor,
            chain,
            tenant,
            branding,
            limit,
            credentials: new,
            tree_root,
            count,
            claim,
            upload_part,
            replaced,
            respond,
        };
        with_retries("the acceptance of a batch", || self.store_accepted(&prepared)).await
    }

    /// Builds the documents of a batch, beside the threads that serve other requests if that takes long.
    pub(super) async fn build_documents(
        &self,
        scope: &TenantScope,
        tenant: &Tenant,
        branding: &Branding,
        credentials: Vec<CredentialRequest>,
    ) -> Result<(Vec<SealedCredential>, MerkleRoot), AcceptError> {
        let issuer_did = issuer_did(&self.host, tenant, branding);
        let building = Building {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
            host: self.host.clone(),
            issuer: issuer(scope.environment, tenant, branding, &issuer_did),
            tenant_id: tenant.id.clone(),
        };
        let memory: usize = credentials.iter().map(CredentialRequest::memory).sum();
        if memory <= BUILT_AT_ONCE {
            return building.build(credentials);
        }
        let built = tokio::task::spawn_blocking(move || building.build(credentials)).await;
        built.map_err(|_| AcceptError::Aborted)?
    }

    /// Stores a batch and everything that goes with it in one transaction.
    async fn store_accepted(&self, prepared: &PreparedBatch<'_>) -> Result<KeyedResponse, AcceptError> {
        let PreparedBatch {
            scope,
            actor,
            chain,
            tenant,
            branding,
            limit,
            credentials,
            tree_root,
            count,
            claim,
            upload_part,
            replaced,
            respond,
        } = prepared;
        let (limit, count) = (*limit, *count);
        let write = KeyedWrite { scope, actor: *actor, claim: *claim };
        let (mut tx, now) = match write.begin(&self.store, &*self.clock).await? {
            KeyedTransaction::New { tx, now } => (tx, now),
            KeyedTransaction::Kept { status, body } => return Ok(KeyedResponse::Kept { status, body }),
        };
        kill::reached("accept.key_claimed");
        if tx.add_usage(scope, &month(now), count).await? > limit {
            return Err(AcceptError::QuotaExceeded { limit });
        }
        let (key_number, verification_method) =
            self.choose_signing_key(&mut tx, scope, chain.chain_id, branding.own_did_on(tenant.plan)).await?;
        let batch = Batch {
            id: BatchId::generate(&*self.clock, &*self.entropy),
            scope: (*scope).clone(),
            credentials_count: count,
            public_url: self.host.origin().to_owned(),
            verification_method,
            signing_key_number: key_number,
            chain_id: chain.chain_id,
            created_at: now,
            first_status_number: tx.take_status_numbers(&scope.tenant_id, count).await?,
            tree_root: Some(*tree_root),
            state: BatchState::Pending,
            attempts: 0,
        };
        tx.insert_batch(&batch).await?;
        tx.insert_credentials(scope, &batch.id, credentials).await?;
        if let Some(part) = upload_part
            && !tx.set_upload_part_batch(part, &batch.id).await?
        {
            return Err(AcceptError::PartIssued);
        }
        if let (Some(replaced), Some(successor)) = (replaced, credentials.first()) {
            self.replace(&mut tx, *replaced, successor.id(), now).await?;
        }
        tx.insert_event(
            scope,
            EventType::BatchCreated,
            batch.id.as_str(),
            EventData::OfBatch,
            &*self.clock,
            &*self.entropy,
        )
        .await?;
        let body = respond(&batch);
        let response = Answer { status: ACCEPTED, body: &body, secret: None, subject_id: None };
        write.keep_response(&mut tx, &response, now).await?;
        kill::reached("accept.inserted");
        tx.commit().await?;
        kill::reached("accept.committed");
        self.wake.notify_one();
        metrics::accepted(scope.environment, count);
        tracing::info!(batch.id = %batch.id, tenant.id = %tenant.id, credentials = count, "batch accepted");
        Ok(KeyedResponse::New { body, subject_id: batch.id.to_string() })
    }

    /// Revokes the credential whose place another one of the transaction takes.
    async fn replace(
        &self,
        tx: &mut WriteTx,
        replaced: ReplacedCredential<'_>,
        successor: &CredentialId,
        now: i64,
    ) -> Result<(), AcceptError> {
        let revoker = Revoker { clock: Arc::clone(&self.clock), entropy: Arc::clone(&self.entropy) };
        let revocation = Revocation {
            revoked_at: now,
            code: RevocationCode::Reissued,
            reason: Some(replaced.reason.to_owned()),
            replaced_by: Some(successor.clone()),
        };
        let kept =
            revoker.revoke(tx, replaced.credential, &revocation).await.map_err(|error| match error {
                RevokeError::AlreadyRevoked | RevokeError::ReplacedBy => AcceptError::ReplacedRevoked,
                RevokeError::Store(error) => AcceptError::Store(error),
            })?;
        // Of an erased credential no successor is kept.
        if kept.get("replaced_by").is_none() {
            return Err(AcceptError::ReplacedErased);
        }
        Ok(())
    }

    /// Returns the number of the newest key that may sign for the scope, and its DID URL. If the tenant issues under a DID of its
    /// own, it is the newest key that the DID's document lists.
    pub(super) async fn choose_signing_key(
        &self,
        tx: &mut WriteTx,
        scope: &TenantScope,
        chain_id: u64,
        own_did: Option<&str>,
    ) -> Result<(u64, String), AcceptError> {
        let keys = tx.list_active_signing_keys(scope, chain_id).await?;
        let newest = keys.first().ok_or(AcceptError::SigningKeyUnavailable)?;
        let Some(did) = own_did else {
            let method = self.host.verification_method(scope.tenant_id.ulid(), newest.number);
            return Ok((newest.number, method));
        };
        for key in &keys {
            if let Some(method) = tx.find_own_did_method(&scope.tenant_id, did, key.number).await? {
                return Ok((key.number, method));
            }
        }
        Err(AcceptError::KeyNotInOwnDid { did: did.to_owned(), key_number: newest.number })
    }
}
