//! The documents that verifiers fetch from the host: DID document, issuer profiles, revocation list. They are built from the
//! store.

use std::collections::BTreeMap;

use learncoin_credential::revocation::{NOT_ISSUED, RevokedAssertion};
use learncoin_credential::wallet_did::{self, HostedDocumentKey};
use learncoin_credential::{Host, HostedKey, HostedTenant, did, profile, revocation};
use learncoin_store::batches::BatchState;
use learncoin_store::id::{CredentialId, TenantId};
use learncoin_store::keys::DocumentKey;
use learncoin_store::scope::Environment;
use learncoin_store::tenants::Tenant;
use learncoin_store::{Result, Store};
use serde_json::Value;

use crate::chains::Chains;
use crate::credential::render::{IssuedCredential, Render as _};
use crate::key::hosted::hosted_key;
use crate::time::timestamp;

/// The name in the host's own issuer profile. Tenants have profiles of theirs.
const HOST_NAME: &str = "LearnCoin";

/// A version of all keys: their number, and that of the statements about them. Each change of a key's life appends one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeysVersion(i64, i64);

/// The DID document of a tenant's wallet forms.
#[derive(Debug, Clone, PartialEq)]
pub enum WalletDidDocument {
    /// The document.
    Found(Value),
    /// The tenant has no document key yet.
    NoKey,
    /// There is no such tenant.
    NoTenant,
}

/// The host's documents.
#[derive(Clone)]
pub struct HostDocuments {
    store: Store,
    host: Host,
    chains: Chains,
}

impl HostDocuments {
    /// Creates the documents of a host over its database.
    pub(crate) fn new(store: Store, host: Host, chains: Chains) -> Self {
        Self { store, host, chains }
    }

    /// Returns the version of the keys that are stored. A document of tenants that were read after it is
    /// newer than its version, never older.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn keys_version(&self) -> Result<KeysVersion> {
        Ok(KeysVersion(self.store.count_signing_keys().await?, self.store.count_statements().await?))
    }

    /// Returns every tenant that has a key, with its keys.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn hosted_tenants(&self) -> Result<Vec<HostedTenant>> {
        let mut keys: BTreeMap<TenantId, Vec<HostedKey>> = BTreeMap::new();
        for key in self.store.list_signing_keys(&self.chains.ids()).await? {
            keys.entry(key.tenant_id.clone()).or_default().push(hosted_key(&key)?);
        }
        let tenants = self.store.list_tenants().await?;
        Ok(tenants
            .iter()
            .filter_map(|tenant| keys.remove(&tenant.id).map(|keys| hosted_tenant(tenant, keys)))
            .collect())
    }

    /// Returns `/.well-known/did.json` for these tenants.
    pub fn did_document(&self, tenants: &[HostedTenant]) -> String {
        did::host_document(&self.host, tenants).to_string()
    }

    /// Returns `/issuer.json` for these tenants.
    pub fn host_profile(&self, tenants: &[HostedTenant]) -> String {
        profile::host_profile(&self.host, HOST_NAME, tenants).to_string()
    }

    /// Returns `/tenants/{ulid}/issuer.json`, or `None` if there is no such tenant.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn tenant_profile(&self, id: &TenantId) -> Result<Option<Value>> {
        let tenant = self.hosted_tenant(id).await?;
        Ok(tenant.map(|tenant| self.profile_of(&tenant)))
    }

    /// Returns `/t/{ulid}/did.json`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn wallet_did_document(&self, id: &TenantId) -> Result<WalletDidDocument> {
        let keys = self.store.list_document_keys(id).await?;
        if keys.is_empty() {
            let tenant = self.store.find_tenant(id).await?;
            return Ok(tenant.map_or(WalletDidDocument::NoTenant, |_| WalletDidDocument::NoKey));
        }
        let keys: Vec<HostedDocumentKey> = keys.iter().map(hosted_document_key).collect();
        let own_dids = self.store.list_own_dids(id).await?;
        Ok(WalletDidDocument::Found(wallet_did::tenant_document(&self.host, id.ulid(), &keys, &own_dids)))
    }

    /// Returns the part of `/.well-known/did.json` that is about one tenant: enough to verify a credential of it, at a cost
    /// that does not grow with the number of tenants.
    pub(crate) fn did_document_of(&self, tenant: Option<&HostedTenant>) -> Value {
        did::host_document(&self.host, tenant.map(std::slice::from_ref).unwrap_or_default())
    }

    /// Returns the issuer profile of a tenant.
    pub(crate) fn profile_of(&self, tenant: &HostedTenant) -> Value {
        profile::tenant_profile(&self.host, tenant)
    }

    /// Returns `/revocations?assertionId=`: a list with that one entry, or an empty one.
    ///
    /// An id that was never issued here, or whose batch failed, is listed as revoked: this closes the stock
    /// verifier's gaps for forged ids.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn revocation_list(&self, assertion_id: &str) -> Result<Value> {
        let id = assertion_id.rsplit('/').next().and_then(|id| id.parse::<CredentialId>().ok());
        let issued = match id {
            Some(id) => self.store.issued_credential_by_id(&id).await?,
            None => None,
        };
        Ok(self.revocation_list_of(issued.as_ref(), assertion_id))
    }

    /// Returns the revocation list as [`HostDocuments::revocation_list`] does, if what was issued under the id is known.
    pub(crate) fn revocation_list_of(&self, issued: Option<&IssuedCredential>, assertion_id: &str) -> Value {
        let is_of = |issued: &&IssuedCredential| {
            issued.credential.id.page_url(&issued.batch.public_url) == assertion_id
                && !matches!(issued.batch.state, BatchState::Failed { .. })
        };
        let reason = match issued.filter(is_of) {
            Some(issued) => issued.revocation_words(),
            None => Some(NOT_ISSUED),
        };
        let entry =
            |reason: &str| RevokedAssertion { id: assertion_id.to_owned(), reason: Some(reason.to_owned()) };
        revocation::list(&self.host, &reason.map(entry).into_iter().collect::<Vec<_>>())
    }

    /// Returns the part of the documents that is about one tenant, if there is such a tenant.
    ///
    /// # Errors
    /// If the store fails.
    pub(crate) async fn hosted_tenant(&self, id: &TenantId) -> Result<Option<HostedTenant>> {
        let Some((tenant, branding)) = self.store.find_branded_tenant(id).await? else { return Ok(None) };
        let keys = self.store.list_signing_keys_of(id, &self.chains.ids()).await?;
        let keys = keys.iter().map(hosted_key).collect::<Result<_>>()?;
        // The profile is one for both environments: verifiers of live credentials read it too.
        let environment = match self.store.had_live_api_key(id).await? {
            true => Environment::Live,
            false => Environment::Test,
        };
        Ok(Some(HostedTenant {
            name: branding.effective_branding(environment, &tenant.name).issuer_name,
            url: branding.awarding_body_url.clone(),
            own_dids: self.store.list_own_dids(id).await?,
            ..hosted_tenant(&tenant, keys)
        }))
    }
}

fn hosted_document_key(key: &DocumentKey) -> HostedDocumentKey {
    HostedDocumentKey {
        number: key.number,
        public_key: key.public_key,
        revoked: key.revoked_from.map(timestamp),
    }
}

fn hosted_tenant(tenant: &Tenant, keys: Vec<HostedKey>) -> HostedTenant {
    HostedTenant {
        ulid: tenant.id.ulid().to_owned(),
        name: tenant.name.clone(),
        url: None,
        own_dids: Vec::new(),
        keys,
    }
}
