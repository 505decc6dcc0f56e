//! API keys, as the operator's commands and a tenant's owners create and revoke them.

use std::fmt;
use std::sync::Arc;

use ipnet::IpNet;
use learncoin_credential::text;
use learncoin_store::clock::{Clock, Entropy, random_bytes};
use learncoin_store::id::{KeyId, TenantId};
use learncoin_store::keys::SigningKey;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::{ApiKey, KeyDigest, Plan, Tenant};
use learncoin_store::{Error as StoreError, Store};
use zeroize::Zeroizing;

use crate::chains::Chains;
use crate::key::document_keys::DocumentKeys;
use crate::key::new::{KeyFactory, NewKeyError, Numbered};
use crate::keyed_write::{Actor, WriteError, begin_for_actor, with_retries};
use crate::tenant::allowlist::insert_networks;

/// The number of attempts to make a key whose number another process takes meanwhile.
const TRIES: u32 = 8;

/// The reason why an API key was not created or revoked. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    /// The label is too long or holds a character that labels can't.
    #[error("label: {0}")]
    Label(text::TextError),
    /// No tenant has this id.
    #[error("no tenant has the id {0}")]
    NoTenant(TenantId),
    /// Live keys begin with the Starter plan.
    #[error("live keys need the starter plan or above; the tenant is on {0}")]
    LiveNeedsStarter(Plan),
    /// The environment has no chain.
    #[error("no chain is configured for the {0} environment")]
    NoChain(Environment),
    /// Live keys on the development chain need a setting.
    #[error(
        "live keys on the development chain need the switch `chain.allow_live_keys_on_development_chain`"
    )]
    LiveOnDevelopmentChain,
    /// No signing key was made.
    #[error(transparent)]
    NewKey(#[from] NewKeyError),
    /// Other keys of the tenant are made at the same time.
    #[error("other keys of the tenant are being made: try again")]
    Busy,
    /// Allowlists begin with the Institution plan.
    #[error("allowlists need the institution plan or above; the tenant is on {0}")]
    AllowlistNeedsInstitution(Plan),
    /// The caller lost the right to it since the request began: the member's role was taken.
    #[error("the caller may not do this any more")]
    RightLost,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteError for ApiKeyError {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Self::Store(error) => Some(error),
            _ => None,
        }
    }
}

/// A new API key's secret, to be shown once. It has no `Debug` content and no comparison.
pub struct ApiKeySecret(Zeroizing<String>);

impl ApiKeySecret {
    /// Returns the key as its owner sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeySecret(…)")
    }
}

/// Returns the prefix of every API key of an environment.
pub fn key_prefix(environment: Environment) -> &'static str {
    match environment {
        Environment::Test => "lrn_test_",
        Environment::Live => "lrn_live_",
    }
}

/// Creates and revokes API keys.
#[derive(Clone)]
pub struct ApiKeys {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) chains: Chains,
    /// Whether live keys may be made on the development chain.
    pub(crate) live_keys_on_development_chain: bool,
    pub(crate) factory: KeyFactory,
    /// Makes the tenant's document key, after its first signing key.
    pub(crate) document_keys: DocumentKeys,
}

impl ApiKeys {
    /// Creates an API key, and with the first one of an environment the tenant's signing key for its chain. If
    /// `networks` are given, the key may be presented from these only.
    ///
    /// # Errors
    /// See [`ApiKeyError`].
    pub async fn create_api_key(
        &self,
        actor: Actor<'_>,
        scope: &TenantScope,
        label: Option<&str>,
        networks: &[IpNet],
    ) -> Result<(ApiKey, ApiKeySecret), ApiKeyError> {
        if let Some(label) = label {
            text::check_name(label).map_err(ApiKeyError::Label)?;
        }
        let secret = Zeroizing::new(random_bytes::<32>(&*self.entropy));
        let secret = Zeroizing::new(format!(
            "{}{}",
            key_prefix(scope.environment),
            bs58::encode(secret.as_slice()).into_string()
        ));
        let key = ApiKey {
            id: KeyId::generate(&*self.clock, &*self.entropy),
            tenant_id: scope.tenant_id.clone(),
            environment: scope.environment,
            label: label.map(str::to_owned),
            created_at: self.clock.now_ms(),
            last_used_at: None,
            revoked_at: None,
        };
        let digest = KeyDigest::of(&secret);
        with_retries("the creation of an API key", || self.store_api_key(actor, &key, &digest, networks))
            .await?;
        Ok((key, ApiKeySecret(secret)))
    }

    async fn store_api_key(
        &self,
        actor: Actor<'_>,
        key: &ApiKey,
        digest: &KeyDigest,
        networks: &[IpNet],
    ) -> Result<(), ApiKeyError> {
        let (tenant_id, environment) = (&key.tenant_id, key.environment);
        for _ in 0..TRIES {
            let tenant = self.store.find_tenant(tenant_id).await?;
            let tenant = tenant.ok_or_else(|| ApiKeyError::NoTenant(tenant_id.clone()))?;
            check_plan(&tenant, environment, networks)?;
            let chain_id = self.chain_for_keys(environment)?;
            // Made before the transaction begins: it may be made in Cloud KMS.
            let new = self.new_first_key(&key.scope(), chain_id).await?;
            let begun = begin_for_actor(&self.store, &*self.clock, tenant_id, actor).await?;
            let (mut tx, _) = begun.ok_or(ApiKeyError::RightLost)?;
            let tenant =
                tx.find_tenant(tenant_id).await?.ok_or_else(|| ApiKeyError::NoTenant(tenant_id.clone()))?;
            check_plan(&tenant, environment, networks)?;
            let is_first = !has_key(&tx.list_signing_keys_of(tenant_id, &[chain_id]).await?, environment);
            if is_first {
                // If there was one before, or one of another environment was made meanwhile, the loop starts over.
                let Some(new) = new else { continue };
                if self.factory.store_tenant_key(&mut tx, &key.scope(), chain_id, &new).await?.is_none() {
                    continue;
                }
            }
            tx.insert_api_key(key, digest).await?;
            insert_networks(&mut tx, &key.id, networks).await?;
            tx.commit().await?;
            if is_first {
                self.document_keys.prepare_document_key(tenant_id).await;
            }
            return Ok(());
        }
        Err(ApiKeyError::Busy)
    }

    /// Makes a tenant's signing key of an environment if there is none: those who issue in the console need no API key.
    ///
    /// # Errors
    /// See [`ApiKeyError`].
    pub async fn ensure_signing_key(&self, scope: &TenantScope) -> Result<(), ApiKeyError> {
        let TenantScope { tenant_id, environment } = scope;
        for _ in 0..TRIES {
            let tenant = self.store.find_tenant(tenant_id).await?;
            check_plan(&tenant.ok_or_else(|| ApiKeyError::NoTenant(tenant_id.clone()))?, *environment, &[])?;
            let chain_id = self.chain_for_keys(*environment)?;
            let Some(new) = self.new_first_key(scope, chain_id).await? else { return Ok(()) };
            let mut tx = self.store.begin_for(tenant_id).await?;
            if has_key(&tx.list_signing_keys_of(tenant_id, &[chain_id]).await?, *environment) {
                return Ok(());
            }
            if self.factory.store_tenant_key(&mut tx, scope, chain_id, &new).await?.is_some() {
                tx.commit().await?;
                self.document_keys.prepare_document_key(tenant_id).await;
                return Ok(());
            }
        }
        Err(ApiKeyError::Busy)
    }

    /// Revokes an API key, at once and for good. Returns `None` if there is no such key.
    ///
    /// # Errors
    /// [`ApiKeyError::RightLost`], and if the store fails.
    pub async fn revoke_api_key(&self, actor: Actor<'_>, id: &KeyId) -> Result<Option<ApiKey>, ApiKeyError> {
        let Some(key) = self.store.api_key_by_id(id).await? else { return Ok(None) };
        with_retries("the revocation of an API key", async || {
            let begun = begin_for_actor(&self.store, &*self.clock, &key.tenant_id, actor).await?;
            let (mut tx, now) = begun.ok_or(ApiKeyError::RightLost)?;
            let key = tx.revoke_api_key(id, now).await?;
            tx.commit().await?;
            Ok(key)
        })
        .await
    }

    /// Returns the id of the chain that the environment's keys are for.
    fn chain_for_keys(&self, environment: Environment) -> Result<u64, ApiKeyError> {
        let chain = self.chains.of(environment).ok_or(ApiKeyError::NoChain(environment))?;
        let allowed = self.live_keys_on_development_chain;
        if environment == Environment::Live && chain.is_development() && !allowed {
            return Err(ApiKeyError::LiveOnDevelopmentChain);
        }
        Ok(chain.chain_id)
    }

    /// Makes the first signing key of an environment; `None` if there is one already.
    async fn new_first_key(
        &self,
        scope: &TenantScope,
        chain_id: u64,
    ) -> Result<Option<Numbered>, ApiKeyError> {
        // The number first: a key that another call stores between the two reads is then seen by the second one, and no key is
        // made in Cloud KMS under the number after it.
        let number = self.store.next_key_number(&scope.tenant_id).await?;
        let number = number.ok_or_else(|| ApiKeyError::NoTenant(scope.tenant_id.clone()))?;
        let keys = self.store.list_signing_keys_of(&scope.tenant_id, &[chain_id]).await?;
        if has_key(&keys, scope.environment) {
            return Ok(None);
        }
        Ok(Some(self.factory.new_tenant_key(&scope.tenant_id, number).await?))
    }
}

fn check_plan(tenant: &Tenant, environment: Environment, networks: &[IpNet]) -> Result<(), ApiKeyError> {
    if environment == Environment::Live && !tenant.plan.allows_live_keys() {
        return Err(ApiKeyError::LiveNeedsStarter(tenant.plan));
    }
    if !networks.is_empty() && !tenant.plan.allows_allowlists() {
        return Err(ApiKeyError::AllowlistNeedsInstitution(tenant.plan));
    }
    Ok(())
}

/// Returns whether the tenant has, or ever had, a signing key for the environment. Only the operator replaces one that is
/// disabled.
fn has_key(keys: &[SigningKey], environment: Environment) -> bool {
    keys.iter().any(|key| key.environment == environment)
}
