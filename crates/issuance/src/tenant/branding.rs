//! A tenant updates its branding: how it appears on its new credentials and on its pages, and under which DID.

use std::sync::Arc;

use learncoin_credential::Host;
use learncoin_credential::did::DidDocument;
use learncoin_credential::own_did::{self, OwnDidDocumentError};
use learncoin_store::clock::Clock;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::{Branding, Logo, Tenant};
use learncoin_store::{Error as StoreError, Store, WriteTx, kill};

use crate::chains::Chains;
use crate::key::failover::fail_over;
use crate::key::hosted::hosted_key;
use crate::keyed_write::{Actor, WriteError, begin_for_actor, with_retries};

/// The parts of an update that come from other hosts. The caller fetches it before: no call is made within a transaction.
#[derive(Debug, Default)]
pub struct Fetched {
    /// The document of the DID that the update names.
    pub did_document: Option<DidDocument>,
    /// The pictures that the update names.
    pub logos: Vec<Logo>,
}

/// The most DIDs of its own that a tenant may have, one after the other.
pub const MOST_OWN_DIDS: u64 = 32;

/// The most persons who sign a tenant's certificates.
pub const MOST_SIGNATURES: usize = 2;

/// The reason why a branding was not updated.
#[derive(Debug, thiserror::Error)]
pub enum BrandingError {
    /// The caller lost the right to it since the request began: the key was revoked, or the member's role taken.
    #[error("the caller may not do this any more")]
    RightLost,
    /// The key is of the test environment, and live credentials would carry the change.
    #[error("the tenant has a live key, so a test key can't change what live credentials carry")]
    LiveKeyNeeded,
    /// The tenant's plan, as it is now, does not include a DID of its own.
    #[error("a DID of the tenant's own needs the institution plan or above")]
    OwnDidNeedsInstitution,
    /// The tenant had as many other DIDs as a tenant may have. None is forgotten, since credentials name them.
    #[error("the tenant has had {MOST_OWN_DIDS} other DIDs")]
    TooManyOwnDids,
    /// The DID's document does not list the tenant's keys, as they are now.
    #[error("the DID's document does not speak for the tenant: {0}")]
    DidDocument(#[from] OwnDidDocumentError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteError for BrandingError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// Updates the branding of tenants.
#[derive(Clone)]
pub struct BrandingUpdates {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) host: Host,
    pub(crate) chains: Chains,
}

impl BrandingUpdates {
    /// Applies a tenant's own change of its display name and branding. `change` gets both as they are. Both environments have
    /// one branding, so a test key changes it only until the tenant has a live key.
    ///
    /// The operator has not confirmed the new branding: pages show the one that was confirmed last until it does. A DID needs no
    /// confirmation, since its document lists the tenant's keys.
    ///
    /// # Errors
    /// See [`BrandingError`]; nothing was changed.
    pub async fn update_branding(
        &self,
        actor: Actor<'_>,
        scope: &TenantScope,
        fetched: Fetched,
        change: impl Fn(&mut String, &mut Branding) + Send + Sync,
    ) -> Result<(Tenant, Branding), BrandingError> {
        with_retries("the update of a branding", || self.update_once(actor, scope, &fetched, &change)).await
    }

    async fn update_once(
        &self,
        actor: Actor<'_>,
        scope: &TenantScope,
        fetched: &Fetched,
        change: &(impl Fn(&mut String, &mut Branding) + Send + Sync),
    ) -> Result<(Tenant, Branding), BrandingError> {
        let tenant_id = &scope.tenant_id;
        let begun = begin_for_actor(&self.store, &*self.clock, tenant_id, actor).await?;
        let (mut tx, _) = begun.ok_or(BrandingError::RightLost)?;
        let mut tenant = tx.find_tenant(tenant_id).await?.ok_or(BrandingError::RightLost)?;
        let old = tx.get_branding(&tenant.id).await?;
        let (old_name, mut branding) = (tenant.name.clone(), old.clone());
        change(&mut tenant.name, &mut branding);
        if scope.environment == Environment::Test && tx.had_live_api_key(&tenant.id).await? {
            let is_changed = (&tenant.name, &branding) != (&old_name, &old) || fetched.did_document.is_some();
            return if is_changed { Err(BrandingError::LiveKeyNeeded) } else { Ok((tenant, branding)) };
        }
        if let (Some(did), Some(document)) = (&branding.own_did, &fetched.did_document) {
            self.record_own_did(&mut tx, &tenant, did, document).await?;
        }
        let same_but_for_the_did = Branding { own_did: branding.own_did.clone(), ..old.clone() };
        if (&tenant.name, &branding) != (&old_name, &same_but_for_the_did) {
            branding.confirmed = old.confirmed.clone().or_else(|| Some(old.public_branding(&old_name)));
            branding.changed_at = Some(self.clock.now_ms());
        }
        let own_did = branding.own_did_on(tenant.plan);
        tx.retire_superseded(&tenant.id, own_did, self.clock.now_ms()).await?;
        fail_over(&mut tx, &tenant.id, self.clock.now_ms()).await?;
        for logo in &fetched.logos {
            tx.keep_logo(logo).await?;
        }
        tx.put_branding(&tenant.id, &tenant.name, &old, &branding).await?;
        kill::reached("branding.written");
        tx.commit().await?;
        kill::reached("branding.committed");
        tracing::info!(tenant.id = %tenant.id, "the tenant changed its branding");
        Ok((tenant, branding))
    }

    /// Checks the DID's document and records the keys that it lists. This happens within the transaction: a key that was made
    /// since the document was fetched must be listed too.
    async fn record_own_did(
        &self,
        tx: &mut WriteTx,
        tenant: &Tenant,
        did: &str,
        document: &DidDocument,
    ) -> Result<(), BrandingError> {
        if !tenant.plan.allows_own_did() {
            return Err(BrandingError::OwnDidNeedsInstitution);
        }
        if tx.count_other_own_dids(&tenant.id, did).await? >= MOST_OWN_DIDS {
            return Err(BrandingError::TooManyOwnDids);
        }
        let keys = tx.list_signing_keys_of(&tenant.id, &self.chains.ids()).await?;
        let active = keys.iter().filter(|key| key.disabled_at.is_none());
        let active = active.map(hosted_key).collect::<Result<Vec<_>, _>>()?;
        let methods = own_did::key_methods(document, did, &self.host, tenant.id.ulid(), &active)?;
        let named: Vec<_> = active.iter().map(|key| key.number).zip(methods).collect();
        Ok(tx.remember_own_did(&tenant.id, did, &named, self.clock.now_ms()).await?)
    }
}
