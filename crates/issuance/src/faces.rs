//! A tenant changes its face: what stands on its new credentials and on its pages, and under which DID.

use learncoin_credential::did::DidDocument;
use learncoin_credential::own_did::{self, Lacking};
use learncoin_store::faces::Face;
use learncoin_store::id::KeyId;
use learncoin_store::logos::Logo;
use learncoin_store::tenants::Tenant;
use learncoin_store::{Error as StoreError, WriteTx, kill};

use crate::context::Issuance;
use crate::host_documents::hosted_key;

/// What a change needs from outside. Whoever calls has fetched it: nothing is waited for within a transaction.
#[derive(Debug, Default)]
pub struct Fetched {
    /// The document of the DID that the change names.
    pub did_document: Option<DidDocument>,
    /// The pictures that the change names.
    pub logos: Vec<Logo>,
}

/// Why a face was not changed.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    /// The key was revoked since the request began.
    #[error("the API key was revoked")]
    KeyRevoked,
    /// The plan, as it is now, has no DIDs of one's own.
    #[error("a DID of the tenant's own needs the institution plan or above")]
    OwnDidNeedsInstitution,
    /// The DID's document does not speak for the tenant's keys, as they are now.
    #[error("the DID's document does not speak for the tenant: {0}")]
    DidDocument(#[from] Lacking),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Issuance {
    /// Applies a tenant's own change of its display name and face. `change` gets both as they are.
    ///
    /// The operator has not confirmed what is new: what it confirmed last is kept until it does. A DID needs no such
    /// word, since its document speaks for itself.
    ///
    /// # Errors
    /// See [`FaceError`]; nothing was changed then.
    pub async fn change_face(
        &self,
        key_id: &KeyId,
        tenant: &Tenant,
        fetched: Fetched,
        change: impl FnOnce(&mut String, &mut Face) + Send,
    ) -> Result<(Tenant, Face), FaceError> {
        let mut tx = self.store.begin_for(&tenant.id).await?;
        if !tx.api_key_is_active(key_id).await? {
            return Err(FaceError::KeyRevoked);
        }
        let mut tenant = tx.find_tenant(&tenant.id).await?.ok_or(FaceError::KeyRevoked)?;
        let old = tx.get_face(&tenant.id).await?;
        let (old_name, mut face) = (tenant.name.clone(), old.clone());
        change(&mut tenant.name, &mut face);
        if let (Some(did), Some(document)) = (&face.own_did, &fetched.did_document) {
            self.note_own_did(&mut tx, &tenant, did, document).await?;
        }
        let same_but_for_the_did = Face { own_did: face.own_did.clone(), ..old.clone() };
        if (&tenant.name, &face) != (&old_name, &same_but_for_the_did) {
            face.confirmed = old.confirmed.clone().or_else(|| Some(old.shown(&old_name)));
            face.changed_at = Some(self.clock.now_ms());
        }
        let own_did = face.own_did_on(tenant.plan);
        tx.retire_superseded(&tenant.id, own_did, self.clock.now_ms()).await?;
        self.take_over(&mut tx, &tenant.id).await?;
        for logo in &fetched.logos {
            tx.keep_logo(logo).await?;
        }
        tx.put_face(&tenant.id, &tenant.name, &old, &face).await?;
        kill::reached("face.written");
        tx.commit().await?;
        kill::reached("face.committed");
        tracing::info!(tenant.id = %tenant.id, "the tenant changed its face");
        Ok((tenant, face))
    }

    /// Judged inside the transaction: a key that was made since the document was fetched must be listed too.
    async fn note_own_did(
        &self,
        tx: &mut WriteTx,
        tenant: &Tenant,
        did: &str,
        document: &DidDocument,
    ) -> Result<(), FaceError> {
        if !tenant.plan.allows_own_did() {
            return Err(FaceError::OwnDidNeedsInstitution);
        }
        let keys = tx.list_signing_keys_of(&tenant.id, &self.chains.ids()).await?;
        let active = keys.iter().filter(|key| key.disabled_at.is_none());
        let active = active.map(hosted_key).collect::<Result<Vec<_>, _>>()?;
        let methods = own_did::key_methods(document, did, &self.host, tenant.id.ulid(), &active)?;
        let named: Vec<_> = active.iter().map(|key| key.number).zip(methods).collect();
        Ok(tx.remember_own_did(&tenant.id, did, &named, self.clock.now_ms()).await?)
    }

    /// The DID that the tenant's new credentials are issued under: its own, where it has one and its plan includes
    /// that, else the host's.
    pub fn issuer_did(&self, tenant: &Tenant, face: &Face) -> String {
        match face.own_did_on(tenant.plan) {
            Some(did) => did.to_owned(),
            None => self.host.tenant_did(tenant.id.ulid()),
        }
    }
}
