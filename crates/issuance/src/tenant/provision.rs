//! Provisioning: tenants, as the operator's commands create and change them.

use std::sync::Arc;

use learncoin_credential::text;
use learncoin_store::clock::{Clock, Entropy};
use learncoin_store::id::TenantId;
use learncoin_store::tenants::{Exceptions, NamedSignature, Plan, Tenant};
use learncoin_store::{Error as StoreError, Store};

use crate::keyed_write::{Actor, begin_for_actor};

/// The reason why a tenant was not created or changed. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    /// The name breaks the rules for names.
    #[error("name: {0}")]
    Name(text::TextError),
    /// No tenant has this id.
    #[error("no tenant has the id {0}")]
    NoTenant(TenantId),
    /// The caller lost the right to it since the request began: the member's role was taken.
    #[error("the caller may not do this any more")]
    RightLost,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A change of a tenant; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct TenantUpdate {
    /// Its display name. A name that the operator sets also confirms the tenant's branding. Names that were confirmed before stay
    /// confirmed for the credentials that were signed with them.
    pub name: Option<String>,
    /// Its plan.
    pub plan: Option<Plan>,
    /// Credentials per month and environment; `Some(None)`: as the plan has it.
    pub credentials_per_month: Option<Option<u64>>,
    /// Requests per minute; `Some(None)`: as the plan has it.
    pub requests_per_minute: Option<Option<u64>>,
    /// Mails per day and environment; `Some(None)`: as the plan has it.
    pub mails_per_day: Option<Option<u64>>,
    /// Whether the operator confirms the tenant's branding as it is now.
    pub confirm_face: bool,
    /// A name that the tenant had before, which the operator confirms for the credentials that were signed with it.
    pub earlier_name: Option<String>,
    /// Whether its recipients get mails. Those about live credentials are held until it is first `true`; if it is `false`, those that
    /// were not sent are canceled.
    pub mails: Option<bool>,
    /// The tag of the language of its mails.
    pub language: Option<String>,
    /// The reply address of its mails; `Some(None)`: none.
    pub mail_reply_to: Option<Option<String>>,
    /// The persons who sign its certificates. They need no confirmation.
    pub signatures: Option<Vec<NamedSignature>>,
    /// Whether its certificates show their number.
    pub certificate_number: Option<bool>,
    /// Whether its wallet forms carry the recipient's address, salted and hashed.
    pub wallet_email: Option<bool>,
}

/// Creates and changes tenants.
#[derive(Clone)]
pub struct Tenants {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Tenants {
    /// Creates a tenant.
    ///
    /// # Errors
    /// See [`TenantError`].
    pub async fn create_tenant(&self, name: &str, plan: Plan) -> Result<Tenant, TenantError> {
        text::check_new_name(name).map_err(TenantError::Name)?;
        let tenant = Tenant {
            id: TenantId::generate(&*self.clock, &*self.entropy),
            name: name.to_owned(),
            plan,
            created_at: self.clock.now_ms(),
            exceptions: Exceptions::default(),
        };
        let mut tx = self.store.begin().await?;
        tx.insert_tenant(&tenant).await?;
        tx.commit().await?;
        Ok(tenant)
    }

    /// Changes a tenant by the operator.
    ///
    /// # Errors
    /// See [`TenantError`].
    pub async fn update_tenant(&self, id: &TenantId, update: TenantUpdate) -> Result<Tenant, TenantError> {
        self.update_tenant_as(Actor::Operator, id, update).await
    }

    /// Changes a tenant. The caller's right is read again within the transaction; of what members may not change they must send nothing.
    ///
    /// # Errors
    /// See [`TenantError`].
    pub async fn update_tenant_as(
        &self,
        actor: Actor<'_>,
        id: &TenantId,
        update: TenantUpdate,
    ) -> Result<Tenant, TenantError> {
        if let Some(name) = &update.name {
            text::check_new_name(name).map_err(TenantError::Name)?;
        }
        if let Some(name) = &update.earlier_name {
            text::check_name(name).map_err(TenantError::Name)?;
        }
        for signature in update.signatures.iter().flatten() {
            text::check_name(&signature.name).map_err(TenantError::Name)?;
            signature.title.as_deref().map_or(Ok(()), text::check_name).map_err(TenantError::Name)?;
        }
        let begun = begin_for_actor(&self.store, &*self.clock, id, actor).await?;
        let (mut tx, now) = begun.ok_or(TenantError::RightLost)?;
        let mut tenant = tx.find_tenant(id).await?.ok_or_else(|| TenantError::NoTenant(id.clone()))?;
        let confirms = update.confirm_face || update.name.is_some();
        let changes_certificate = update.signatures.is_some() || update.certificate_number.is_some();
        tenant.name = update.name.unwrap_or(tenant.name);
        tenant.plan = update.plan.unwrap_or(tenant.plan);
        let exceptions = &mut tenant.exceptions;
        exceptions.credentials_per_month =
            update.credentials_per_month.unwrap_or(exceptions.credentials_per_month);
        exceptions.requests_per_minute = update.requests_per_minute.unwrap_or(exceptions.requests_per_minute);
        exceptions.mails_per_day = update.mails_per_day.unwrap_or(exceptions.mails_per_day);
        tx.update_tenant(&tenant).await?;
        let mut mail = tx.get_mail_settings(id).await?;
        match update.mails {
            Some(true) => {
                mail.off_since = None;
                mail.live_since = mail.live_since.or(Some(now));
            }
            Some(false) => mail.off_since = mail.off_since.or(Some(now)),
            None => {}
        }
        mail.language = update.language.or(mail.language);
        mail.reply_to = update.mail_reply_to.unwrap_or(mail.reply_to);
        tx.put_mail_settings(id, &mail).await?;
        match update.mails {
            Some(true) => tx.release_held_mails(now).await?,
            Some(false) => tx.cancel_mails_of(id, now).await?,
            None => {}
        }
        if confirms || changes_certificate {
            let old = tx.get_branding(id).await?;
            let mut branding = old.clone();
            // What the operator sets is confirmed, and the tenant's own change of the rest goes on waiting.
            let confirmed = branding.confirmed.as_mut().map(|confirmed| &mut confirmed.certificate);
            for certificate in [Some(&mut branding.certificate), confirmed].into_iter().flatten() {
                if let Some(signatures) = &update.signatures {
                    certificate.signatures.clone_from(signatures);
                }
                certificate.shows_number = update.certificate_number.unwrap_or(certificate.shows_number);
            }
            if confirms {
                (branding.changed_at, branding.confirmed) = (None, None);
                tx.record_confirmed_name(id, branding.issuer_name(&tenant.name)).await?;
            }
            tx.put_branding(id, &tenant.name, &old, &branding).await?;
        }
        if let Some(is_on) = update.wallet_email {
            tx.put_wallet_email(id, is_on).await?;
        }
        if let Some(name) = &update.earlier_name {
            tx.record_confirmed_name(id, name).await?;
        }
        tx.commit().await?;
        Ok(tenant)
    }
}
