//! Batches as the console checks and issues them: by the API's reading of a body, and by its acceptance.

use std::sync::Arc;

use learncoin_http_client::Egress;
use learncoin_issuance::Issuance;
use learncoin_issuance::batch::accept::{Accept, AcceptError, ReplacedCredential};
use learncoin_issuance::batch::rehearse::{Rehearsal, RehearsedDocument};
use learncoin_issuance::keyed_write::{Actor, KeyedResponse};
use learncoin_issuance::names;
use learncoin_store::id::BatchId;
use learncoin_store::requests::IdempotencyClaim;
use learncoin_store::scope::TenantScope;
use learncoin_store::tenants::{Branding, Tenant};
use learncoin_store::uploads::UploadPartKey;

use crate::api::batches::dry_run::{self, BatchCheck};
use crate::api::create_batch::{self, BatchRules};
use crate::error::ApiError;

/// The method and path that distinguish the console's claims on idempotency keys from those of callers of the API.
const CLAIMED: (&str, &str) = ("POST", "/console");

/// The tenant and environment that batches are checked and issued for.
#[derive(Clone)]
pub struct BatchDesk {
    /// The pipeline's context.
    pub issuance: Arc<Issuance>,
    /// The guard of what tenants name.
    pub egress: Egress,
    /// The tenant.
    pub tenant: Tenant,
    /// The tenant and the environment.
    pub scope: TenantScope,
}

/// A batch that is to be issued.
pub struct BatchOrder<'a> {
    /// The member who issues it.
    pub actor: Actor<'a>,
    /// The body, as a caller of `POST /v1/batches` would send it.
    pub body: Vec<u8>,
    /// A key of the tenant's and environment's: the same body with the same key is issued once.
    pub idempotency_key: Option<&'a str>,
    /// The part of a spreadsheet that it is made of.
    pub upload_part: Option<&'a UploadPartKey>,
}

/// The reason why a batch was not issued.
#[derive(Debug, thiserror::Error)]
pub enum IssueError {
    /// The member's role does not include it any more.
    #[error("the member may not issue any more")]
    RightLost,
    /// The part of the spreadsheet was issued before.
    #[error("this part of the spreadsheet was issued before")]
    PartIssued,
    /// It was refused, as the API would refuse it.
    #[error("{}: {}", .0.code.as_str(), .0.message)]
    Refused(ApiError),
}

impl From<ApiError> for IssueError {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

impl From<AcceptError> for IssueError {
    fn from(error: AcceptError) -> Self {
        match error {
            AcceptError::RightLost => Self::RightLost,
            AcceptError::PartIssued => Self::PartIssued,
            error => Self::Refused(error.into()),
        }
    }
}

impl BatchDesk {
    /// Checks a body as `POST /v1/batches?dry_run=true` does: all of its faults, and what would keep it from being accepted now.
    ///
    /// # Errors
    /// If the body is not JSON, or the store fails.
    pub async fn check(&self, body: Vec<u8>) -> Result<BatchCheck, ApiError> {
        let (branding, rules) = self.rules().await?;
        let checked = off_the_async_threads(move || create_batch::read_all(&body, &rules)).await??;
        dry_run::rehearse(&self.issuance, &self.scope, &self.tenant, &branding, checked).await
    }

    /// Issues a batch as `POST /v1/batches` does. Returns its id; for a key that was used with the same body, that of the first batch.
    ///
    /// # Errors
    /// See [`IssueError`]; nothing was issued.
    pub async fn issue(&self, order: BatchOrder<'_>) -> Result<BatchId, IssueError> {
        self.accept(order, None).await
    }

    /// Issues a batch, and revokes the credential whose place its first one takes, together or not at all. Both are linked to each other.
    ///
    /// # Errors
    /// See [`IssueError`]; nothing was issued and nothing revoked.
    pub async fn replace(
        &self,
        order: BatchOrder<'_>,
        replaced: ReplacedCredential<'_>,
    ) -> Result<BatchId, IssueError> {
        self.accept(order, Some(replaced)).await
    }

    /// Builds the document of a body's first credential, of which nothing is stored. Returns it with the tenant's branding.
    ///
    /// # Errors
    /// The first fault of the body, or what keeps it from being issued.
    pub(crate) async fn rehearse_document(
        &self,
        body: Vec<u8>,
    ) -> Result<(RehearsedDocument, Branding), ApiError> {
        let (branding, rules) = self.rules().await?;
        let credentials = off_the_async_threads(move || create_batch::read(&body, &rules)).await??;
        let rehearsal =
            Rehearsal { scope: &self.scope, tenant: &self.tenant, branding: &branding, credentials };
        let rehearsed = self.issuance.acceptor.rehearse_document(rehearsal)?;
        let rehearsed = rehearsed.ok_or_else(|| ApiError::internal("a body without credentials"))?;
        Ok((rehearsed, branding))
    }

    async fn accept(
        &self,
        order: BatchOrder<'_>,
        replaced: Option<ReplacedCredential<'_>>,
    ) -> Result<BatchId, IssueError> {
        let BatchOrder { actor, body, idempotency_key, upload_part } = order;
        let store = &self.issuance.store;
        let (method, path) = CLAIMED;
        let claim = idempotency_key
            .map(|key| IdempotencyClaim::new(store.sealer(), &self.scope, key, method, path, &body));
        let (branding, rules) = self.rules().await?;
        let credentials = off_the_async_threads(move || create_batch::read(&body, &rules)).await??;
        let accept = Accept {
            scope: &self.scope,
            actor,
            tenant: &self.tenant,
            branding: &branding,
            credentials,
            claim: claim.as_ref(),
            upload_part,
            replaced,
            respond: &|batch| batch.id.to_string(),
        };
        match self.issuance.acceptor.accept(accept).await? {
            KeyedResponse::New { body, .. } | KeyedResponse::Kept { body, .. } => {
                Ok(body.parse().map_err(ApiError::internal)?)
            }
        }
    }

    async fn rules(&self) -> Result<(Branding, BatchRules), ApiError> {
        let branding = self.issuance.store.get_branding(&self.scope.tenant_id).await?;
        let issuer_did = names::issuer_did(&self.issuance.host, &self.tenant, &branding);
        Ok((branding, BatchRules { issuer_did, egress: self.egress.clone() }))
    }
}

async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)
}
