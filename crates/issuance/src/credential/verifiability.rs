//! Whether an erased credential can still be verified.

use std::sync::Arc;

use learncoin_credential::DocumentForm;
use learncoin_credential::Hash;
use learncoin_credential::Host;
use learncoin_credential::did::DidDocument;
use learncoin_credential::own_did;
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::verify::{
    CheckOutcome, Lookup, MinedTransaction, ParsedCredential, Url, VerificationPolicy, verify,
};
use learncoin_store::Store;
use learncoin_store::batches::BatchState;
use learncoin_store::clock::Clock;

use crate::credential::erase::EraseError;
use crate::credential::evidence::{EvidenceSource, StoredDocuments, gather, stored_transaction};
use crate::credential::host_documents::HostDocuments;
use crate::credential::render::{IssuedCredential, Render as _, RenderError};
use crate::key::hosted::hosted_key;
use crate::time::timestamp;

/// Verifies credentials of this deployment with what is stored.
#[derive(Clone)]
pub(crate) struct Verifiability {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) host: Host,
    pub(crate) documents: HostDocuments,
}

impl Verifiability {
    /// Returns whether the redacted document, as it will be served, passes checks 1 to 7 with what is stored. The chain is not
    /// called, so that an unreachable node does not change the result. Before anchoring: whether the batch can still be anchored.
    ///
    /// # Errors
    /// If what is stored is damaged, or the store fails.
    pub(crate) async fn stays_verifiable(&self, issued: &IssuedCredential) -> Result<bool, EraseError> {
        if matches!(issued.batch.state, BatchState::Failed { .. }) {
            return Ok(false);
        }
        let Some(signed) = issued.render(DocumentForm::Redacted)? else { return Ok(true) };
        let Ok(parsed) = ParsedCredential::read(signed.to_json().to_string().as_bytes()) else {
            return Ok(false);
        };
        let own_did = match parsed.has_own_did() {
            true => Some(self.own_did_as_named(issued).await?),
            false => None,
        };
        let source = Records {
            documents: StoredDocuments::new(&self.documents, &issued.credential.scope.tenant_id),
            issued,
            assertion_id: &parsed.credential().document.id,
            own_did,
            transaction: issued
                .anchor
                .as_ref()
                .map_or(Lookup::Absent, |anchor| stored_transaction(anchor, 1)),
        };
        let evidence = gather(&source, &parsed).await;
        let policy = VerificationPolicy {
            now: timestamp(self.clock.now_ms()),
            allow_development: true,
            min_confirmations: 1,
        };
        let report = verify(&parsed, &evidence, &policy);
        let [schema, signature, issuer, anchor, _revocation_and_dates] = &report.checks;
        Ok([schema, signature, issuer, anchor].iter().all(|check| check.outcome == CheckOutcome::Passed))
    }

    /// Builds the document of the tenant's own DID, as far as the credential needs it, from what was recorded when the tenant
    /// named the DID. The tenant's host is not called.
    async fn own_did_as_named(&self, issued: &IssuedCredential) -> Result<Lookup<DidDocument>, EraseError> {
        let batch = &issued.batch;
        let tenant_id = &batch.scope.tenant_id;
        let key = self.store.get_signing_key(tenant_id, batch.signing_key_number).await?;
        let keys = [(batch.verification_method.clone(), hosted_key(&key)?)];
        let did = issued.document().map_err(RenderError::from)?.issuer.id;
        let document = own_did::document(&did, &self.host, tenant_id.ulid(), &keys);
        Ok(Lookup::from_read(DidDocument::read(document.to_string().as_bytes())))
    }
}

/// The records about a credential of this deployment.
struct Records<'a> {
    documents: StoredDocuments<'a>,
    issued: &'a IssuedCredential,
    assertion_id: &'a str,
    /// The document of the issuer's DID, if that is the tenant's own.
    own_did: Option<Lookup<DidDocument>>,
    transaction: Lookup<MinedTransaction>,
}

impl EvidenceSource for Records<'_> {
    async fn did_document(&self, _url: &Url) -> Lookup<DidDocument> {
        match &self.own_did {
            Some(document) => document.clone(),
            None => self.documents.did_document().await,
        }
    }

    async fn issuer_profile(&self, _url: Lookup<Url>) -> Lookup<IssuerProfile> {
        self.documents.issuer_profile().await
    }

    async fn revocation(&self, _url: Lookup<Url>) -> Lookup<RevocationList> {
        self.documents.revocation(self.issued, self.assertion_id)
    }

    async fn transaction(&self, _hash: &Hash) -> Lookup<MinedTransaction> {
        self.transaction.clone()
    }
}
