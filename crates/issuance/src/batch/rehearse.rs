//! Rehearse: what a request would be refused for now, while nothing is stored, counted or drawn from the quota.

use learncoin_credential::document::Document;
use learncoin_store::id::CredentialId;
use learncoin_store::scope::TenantScope;
use learncoin_store::tenants::{Branding, Tenant};

use crate::batch::accept::{AcceptError, BatchAcceptor};
use crate::batch::documents::{SharedParts, build_document, issuer};
use crate::batch::request::CredentialRequest;
use crate::names::issuer_did;
use crate::time::month;

/// A request that is to be rehearsed. Its fields have passed the API's validation.
pub struct Rehearsal<'a> {
    /// The tenant and environment of the caller.
    pub scope: &'a TenantScope,
    /// The tenant.
    pub tenant: &'a Tenant,
    /// Its branding.
    pub branding: &'a Branding,
    /// The credentials.
    pub credentials: Vec<CredentialRequest>,
}

/// A document as it would be issued now, under an id that no credential has.
pub struct RehearsedDocument {
    /// The full document.
    pub document: Document,
    /// The chain on which it would be anchored.
    pub chain_id: u64,
}

impl BatchAcceptor {
    /// Builds the document of a batch's first credential, of which nothing is stored; `None` if the batch has none.
    ///
    /// # Errors
    /// If no chain is configured for the environment, or the document breaks a rule of the format.
    pub fn rehearse_document(
        &self,
        rehearsal: Rehearsal<'_>,
    ) -> Result<Option<RehearsedDocument>, AcceptError> {
        let Rehearsal { scope, tenant, branding, credentials } = rehearsal;
        let chain_id = self.chains.of(scope.environment).ok_or(AcceptError::ChainUnavailable)?.chain_id;
        let Some(request) = credentials.into_iter().next() else { return Ok(None) };
        let issuer_did = issuer_did(&self.host, tenant, branding);
        let issuer = issuer(scope.environment, tenant, branding, &issuer_did);
        let id = CredentialId::generate(&*self.clock, &*self.entropy);
        let mut parts = SharedParts::default();
        let built = build_document(&self.host, &issuer, id, request, &mut parts, &*self.entropy);
        let built = built.map_err(|error| AcceptError::Document { index: 0, error })?;
        Ok(Some(RehearsedDocument { document: built.into_full(), chain_id }))
    }

    /// Returns every reason for which a batch would not be accepted now: of its documents the first one that can't be signed, and
    /// what the tenant and the deployment lack.
    ///
    /// # Errors
    /// If the store fails, or a fault of the program ends the rehearsal.
    pub async fn rehearse(&self, rehearsal: Rehearsal<'_>) -> Result<Vec<AcceptError>, AcceptError> {
        let Rehearsal { scope, tenant, branding, credentials } = rehearsal;
        let count = u64::try_from(credentials.len()).unwrap_or(u64::MAX);
        let mut reasons = Vec::new();
        let documents = self.build_documents(scope, tenant, branding, credentials).await;
        reasons.extend(reason(documents)?);
        let limit = self.plans.limits(tenant).credentials_per_month;
        let used = self.store.usage_in_month(scope, &month(self.clock.now_ms())).await?;
        if used.saturating_add(count) > limit {
            reasons.push(AcceptError::QuotaExceeded { limit });
        }
        match self.chains.of(scope.environment) {
            Some(chain) => {
                // The transaction is dropped: it reads what the acceptance would read.
                let mut tx = self.store.begin().await?;
                let own_did = branding.own_did_on(tenant.plan);
                let key = self.choose_signing_key(&mut tx, scope, chain.chain_id, own_did).await;
                reasons.extend(reason(key)?);
            }
            None => reasons.push(AcceptError::ChainUnavailable),
        }
        Ok(reasons)
    }
}

/// Returns the reason against a batch in the outcome of one of its steps, if there is one.
fn reason<T>(outcome: Result<T, AcceptError>) -> Result<Option<AcceptError>, AcceptError> {
    match outcome {
        Ok(_) => Ok(None),
        Err(error @ (AcceptError::Store(_) | AcceptError::Aborted | AcceptError::Tree(_))) => Err(error),
        Err(error) => Ok(Some(error)),
    }
}
