//! What verifiers ask the host for: DID document, issuer profiles, revocations. Made from the store, so that they are
//! right at once: the ones about all tenants whenever there is a new key, the others at each reading.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use learncoin_credential::revocation::{NOT_ISSUED, RevokedAssertion};
use learncoin_credential::{HostedKey, HostedTenant, PublicKey, did, profile, revocation};
use learncoin_store::batches::BatchState;
use learncoin_store::id::{CredentialId, TenantId};
use learncoin_store::signing_keys::SigningKey;
use learncoin_store::tenants::Tenant;
use learncoin_store::{Error, Result};
use serde_json::Value;

use crate::context::Issuance;
use crate::names::verify_url;
use crate::time::timestamp;

/// The name in the host's own issuer profile. Tenants have profiles of theirs.
const HOST_NAME: &str = "LearnCoin";

/// A key's profile entry begins this long before the key, in milliseconds: verifiers refuse a transaction whose
/// block is not later, and block times may run behind our clock.
const BEGINS_EARLIER_MS: i64 = 5 * 60 * 1000;

/// The documents about all tenants, as they were written last. They say nothing but the keys.
#[derive(Clone)]
pub(crate) struct HostDocuments {
    /// How many keys there were, and how many statements about them: each change of a key's life is one.
    version: (i64, i64),
    did_document: Arc<str>,
    profile: Arc<str>,
}

/// Where they are remembered.
pub(crate) type HostDocumentCache = Mutex<Option<HostDocuments>>;

impl Issuance {
    /// `/.well-known/did.json`.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn did_document(&self) -> Result<Arc<str>> {
        Ok(self.host_documents().await?.did_document)
    }

    /// `/issuer.json`.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn host_profile(&self) -> Result<Arc<str>> {
        Ok(self.host_documents().await?.profile)
    }

    async fn host_documents(&self) -> Result<HostDocuments> {
        // Counted first: what happens to a key meanwhile makes the documents newer than their count, never older.
        let version = (self.store.count_signing_keys().await?, self.store.count_statements().await?);
        let written = self.host_document_cache.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(written) = written.filter(|written| written.version == version) {
            return Ok(written);
        }
        let tenants = self.hosted_tenants().await?;
        let written = HostDocuments {
            version,
            did_document: did::host_document(&self.host, &tenants).to_string().into(),
            profile: profile::host_profile(&self.host, HOST_NAME, &tenants).to_string().into(),
        };
        *self.host_document_cache.lock().unwrap_or_else(PoisonError::into_inner) = Some(written.clone());
        Ok(written)
    }

    /// `/tenants/{ulid}/issuer.json`, or `None` where there is no such tenant.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn tenant_profile(&self, id: &TenantId) -> Result<Option<Value>> {
        let tenant = self.hosted_tenant(id).await?;
        Ok(tenant.map(|tenant| profile::tenant_profile(&self.host, &tenant)))
    }

    /// The part of `/.well-known/did.json` that is about one tenant: all that a credential of it asks for, at a cost
    /// that does not grow with the other tenants.
    pub(crate) async fn did_document_of(&self, id: &TenantId) -> Result<Value> {
        let tenants: Vec<_> = self.hosted_tenant(id).await?.into_iter().collect();
        Ok(did::host_document(&self.host, &tenants))
    }

    /// `/revocations?assertionId=`: that one entry, or none.
    ///
    /// An id that was never issued here, or whose batch failed, is answered as revoked: it closes the stock
    /// verifier's gaps for forged ids.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn revocation_list(&self, assertion_id: &str) -> Result<Value> {
        let revoked = match self.revocation_reason(assertion_id).await? {
            Some(reason) => vec![RevokedAssertion { id: assertion_id.to_owned(), reason: Some(reason) }],
            None => Vec::new(),
        };
        Ok(revocation::list(&self.host, &revoked))
    }

    async fn revocation_reason(&self, assertion_id: &str) -> Result<Option<String>> {
        let not_issued = Ok(Some(NOT_ISSUED.to_owned()));
        let Some(id) = assertion_id.rsplit('/').next().and_then(|id| id.parse::<CredentialId>().ok()) else {
            return not_issued;
        };
        let Some(credential) = self.store.credential_by_id(&id).await? else { return not_issued };
        let Some(batch) = self.store.batch_by_id(&credential.batch_id).await? else { return not_issued };
        if verify_url(&batch.public_url, &id) != assertion_id
            || matches!(batch.state, BatchState::Failed { .. })
        {
            return not_issued;
        }
        Ok(credential.revocation.map(|revocation| revocation.reason.unwrap_or(revocation.code)))
    }

    async fn hosted_tenant(&self, id: &TenantId) -> Result<Option<HostedTenant>> {
        let Some(tenant) = self.store.find_tenant(id).await? else { return Ok(None) };
        let keys = self.store.list_signing_keys_of(id, &self.chains.ids()).await?;
        let keys = keys.iter().map(hosted_key).collect::<Result<_>>()?;
        let branding = self.store.get_branding(id).await?;
        Ok(Some(HostedTenant {
            name: branding.issuer_name(&tenant.name).to_owned(),
            url: branding.awarding_body_url.clone(),
            own_dids: self.store.list_own_dids(id).await?,
            ..hosted_tenant(&tenant, keys)
        }))
    }

    async fn hosted_tenants(&self) -> Result<Vec<HostedTenant>> {
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

/// From when on the transactions of a key count that was made then.
pub(crate) fn begins_at(created_at: i64) -> i64 {
    created_at.saturating_sub(BEGINS_EARLIER_MS)
}

pub(crate) fn hosted_key(key: &SigningKey) -> Result<HostedKey> {
    let unreadable =
        |column| Error::Inconsistent { table: "signing_keys", id: key.tenant_id.to_string(), column };
    let coordinate = |text: &str, column| {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| unreadable(column)).map(|()| bytes)
    };
    let x = coordinate(&key.public_key_x, "public_key_x")?;
    let y = coordinate(&key.public_key_y, "public_key_y")?;
    Ok(HostedKey {
        number: key.number,
        public_key: PublicKey::new(x, y).map_err(|_| unreadable("public_key_x"))?,
        chain_id: key.chain_id,
        created: timestamp(begins_at(key.created_at)),
        expires: key.expires_at.map(timestamp),
        revoked: key.revoked_from.map(timestamp),
    })
}
