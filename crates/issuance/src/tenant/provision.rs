//! Provisioning: tenants and their keys, as the operator's commands make them.

use std::fmt;

use ipnet::IpNet;
use learncoin_credential::text;
use learncoin_store::Error as StoreError;
use learncoin_store::api_keys::{ApiKey, KeyDigest};
use learncoin_store::branding::Branding;
use learncoin_store::clock::random_bytes;
use learncoin_store::id::{KeyId, TenantId};
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::signing_keys::SigningKey;
use learncoin_store::tenants::{Exceptions, Plan, Tenant};
use zeroize::Zeroizing;

use crate::context::Issuance;
use crate::key::new::{NewKeyError, Numbered};
use crate::tenant::allowlist;

/// How often a key is made anew because its number was taken meanwhile.
const TRIES: u32 = 8;

/// Why a tenant or key was not made. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// The name breaks the rules for names.
    #[error("name: {0}")]
    Name(text::TextError),
    /// The label is too long or holds what a label can't.
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
    /// Live keys on the development chain need the operator's word.
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
    /// No key has this id.
    #[error("no key has the id {0}")]
    NoKey(KeyId),
    /// Allowlists begin with the Institution plan.
    #[error("allowlists need the institution plan or above; the tenant is on {0}")]
    AllowlistNeedsInstitution(Plan),
    /// The network is not on the key's allowlist.
    #[error("{0} is not on the key's allowlist")]
    NotOnAllowlist(IpNet),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A new API key's secret, to be shown once. It has no `Debug` content and no comparison.
pub struct ApiKeySecret(Zeroizing<String>);

impl ApiKeySecret {
    /// The key as its owner sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeySecret(…)")
    }
}

/// What every key of an environment starts with.
pub fn key_prefix(environment: Environment) -> &'static str {
    match environment {
        Environment::Test => "lrn_test_",
        Environment::Live => "lrn_live_",
    }
}

/// Makes a tenant.
///
/// # Errors
/// See [`ProvisionError`].
pub async fn create_tenant(issuance: &Issuance, name: &str, plan: Plan) -> Result<Tenant, ProvisionError> {
    text::check_name(name).map_err(ProvisionError::Name)?;
    let tenant = Tenant {
        id: TenantId::generate(&*issuance.clock, &*issuance.entropy),
        name: name.to_owned(),
        plan,
        created_at: issuance.clock.now_ms(),
        exceptions: Exceptions::default(),
    };
    let mut tx = issuance.store.begin().await?;
    tx.insert_tenant(&tenant).await?;
    tx.commit().await?;
    Ok(tenant)
}

/// What the operator changes of a tenant; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct TenantUpdate {
    /// Its display name. The operator's word also confirms the tenant's branding.
    pub name: Option<String>,
    /// Its plan.
    pub plan: Option<Plan>,
    /// Credentials per month and environment; `Some(None)`: as the plan has it.
    pub credentials_per_month: Option<Option<u64>>,
    /// Requests per minute; `Some(None)`: as the plan has it.
    pub requests_per_minute: Option<Option<u64>>,
    /// Whether the operator confirms the tenant's branding as it stands now.
    pub confirm_face: bool,
    /// Whether its recipients are told by mail.
    pub mails: Option<bool>,
    /// The tag of the language of its mails.
    pub language: Option<String>,
    /// Where answers to its mails go; `Some(None)`: nowhere.
    pub mail_reply_to: Option<Option<String>>,
}

/// Changes a tenant, as the operator does.
///
/// # Errors
/// See [`ProvisionError`].
pub async fn update_tenant(
    issuance: &Issuance,
    id: &TenantId,
    update: TenantUpdate,
) -> Result<Tenant, ProvisionError> {
    if let Some(name) = &update.name {
        text::check_name(name).map_err(ProvisionError::Name)?;
    }
    let mut tx = issuance.store.begin_for(id).await?;
    let mut tenant = tx.find_tenant(id).await?.ok_or_else(|| ProvisionError::NoTenant(id.clone()))?;
    let confirms = update.confirm_face || update.name.is_some();
    tenant.name = update.name.unwrap_or(tenant.name);
    tenant.plan = update.plan.unwrap_or(tenant.plan);
    let exceptions = &mut tenant.exceptions;
    exceptions.credentials_per_month =
        update.credentials_per_month.unwrap_or(exceptions.credentials_per_month);
    exceptions.requests_per_minute = update.requests_per_minute.unwrap_or(exceptions.requests_per_minute);
    tx.update_tenant(&tenant).await?;
    let mut mail = tx.get_mail_settings(id).await?;
    mail.off_since = match update.mails {
        Some(true) => None,
        Some(false) => mail.off_since.or_else(|| Some(issuance.clock.now_ms())),
        None => mail.off_since,
    };
    mail.language = update.language.or(mail.language);
    mail.reply_to = update.mail_reply_to.unwrap_or(mail.reply_to);
    tx.put_mail_settings(id, &mail).await?;
    if confirms {
        let old = tx.get_branding(id).await?;
        let branding = Branding { changed_at: None, confirmed: None, ..old.clone() };
        tx.put_branding(id, &tenant.name, &old, &branding).await?;
    }
    tx.commit().await?;
    Ok(tenant)
}

/// Makes an API key, and with the first one of an environment the tenant's signing key for its chain. Where
/// `networks` are given, the key may be presented from them alone.
///
/// # Errors
/// See [`ProvisionError`].
pub async fn create_api_key(
    issuance: &Issuance,
    tenant_id: &TenantId,
    environment: Environment,
    label: Option<&str>,
    networks: &[IpNet],
) -> Result<(ApiKey, ApiKeySecret), ProvisionError> {
    if let Some(label) = label {
        text::check_name(label).map_err(ProvisionError::Label)?;
    }
    let secret = Zeroizing::new(random_bytes::<32>(&*issuance.entropy));
    let secret = Zeroizing::new(format!(
        "{}{}",
        key_prefix(environment),
        bs58::encode(secret.as_slice()).into_string()
    ));
    let key = ApiKey {
        id: KeyId::generate(&*issuance.clock, &*issuance.entropy),
        tenant_id: tenant_id.clone(),
        environment,
        label: label.map(str::to_owned),
        created_at: issuance.clock.now_ms(),
        last_used_at: None,
        revoked_at: None,
    };
    for _ in 0..TRIES {
        let tenant = issuance.store.find_tenant(tenant_id).await?;
        let tenant = tenant.ok_or_else(|| ProvisionError::NoTenant(tenant_id.clone()))?;
        check_plan(&tenant, environment, networks)?;
        let chain_id = chain_for_keys(issuance, environment)?;
        // Made before the transaction begins: it may be made elsewhere.
        let new = new_first_key(issuance, &key.scope(), chain_id).await?;
        let mut tx = issuance.store.begin_for(tenant_id).await?;
        let tenant =
            tx.find_tenant(tenant_id).await?.ok_or_else(|| ProvisionError::NoTenant(tenant_id.clone()))?;
        check_plan(&tenant, environment, networks)?;
        if !has_key(&tx.list_signing_keys_of(tenant_id, &[chain_id]).await?, environment) {
            // Where there was one before, or one of another environment was made meanwhile, it begins again.
            let Some(new) = new else { continue };
            if issuance.store_tenant_key(&mut tx, &key.scope(), chain_id, &new).await?.is_none() {
                continue;
            }
        }
        tx.insert_api_key(&key, &KeyDigest::of(&secret)).await?;
        allowlist::insert(&mut tx, &key.id, networks).await?;
        tx.commit().await?;
        return Ok((key, ApiKeySecret(secret)));
    }
    Err(ProvisionError::Busy)
}

/// Revokes an API key, at once and for good. `None` where there is no such key.
///
/// # Errors
/// Where the store fails.
pub async fn revoke_api_key(issuance: &Issuance, id: &KeyId) -> Result<Option<ApiKey>, StoreError> {
    let mut tx = issuance.store.begin().await?;
    let key = tx.revoke_api_key(id, issuance.clock.now_ms()).await?;
    tx.commit().await?;
    Ok(key)
}

fn check_plan(tenant: &Tenant, environment: Environment, networks: &[IpNet]) -> Result<(), ProvisionError> {
    if environment == Environment::Live && !tenant.plan.allows_live_keys() {
        return Err(ProvisionError::LiveNeedsStarter(tenant.plan));
    }
    if !networks.is_empty() && !tenant.plan.allows_allowlists() {
        return Err(ProvisionError::AllowlistNeedsInstitution(tenant.plan));
    }
    Ok(())
}

/// The chain that the environment's keys are for.
fn chain_for_keys(issuance: &Issuance, environment: Environment) -> Result<u64, ProvisionError> {
    let chain = issuance.chains.of(environment).ok_or(ProvisionError::NoChain(environment))?;
    let allowed = issuance.options.live_keys_on_development_chain;
    if environment == Environment::Live && chain.is_development() && !allowed {
        return Err(ProvisionError::LiveOnDevelopmentChain);
    }
    Ok(chain.chain_id)
}

/// Whether the tenant has, or ever had, a signing key for the environment. One that is disabled is replaced by the operator's
/// word alone.
fn has_key(keys: &[SigningKey], environment: Environment) -> bool {
    keys.iter().any(|key| key.environment == environment)
}

/// The first signing key of an environment, where there is none yet.
async fn new_first_key(
    issuance: &Issuance,
    scope: &TenantScope,
    chain_id: u64,
) -> Result<Option<Numbered>, ProvisionError> {
    let keys = issuance.store.list_signing_keys_of(&scope.tenant_id, &[chain_id]).await?;
    if has_key(&keys, scope.environment) {
        return Ok(None);
    }
    let number = issuance.store.next_key_number(&scope.tenant_id).await?;
    let number = number.ok_or_else(|| ProvisionError::NoTenant(scope.tenant_id.clone()))?;
    Ok(Some(issuance.new_tenant_key(&scope.tenant_id, number).await?))
}
