//! The achievements that a tenant keeps: read, checked by the rules of what is issued with them, and written.

use std::fmt;

use learncoin_issuance::keyed_write::{Actor, begin_for_actor};
use learncoin_language::Language;
use learncoin_server::error::ApiError;
use learncoin_server::operations::BatchDesk;
use learncoin_spreadsheet::AchievementTemplate;
use learncoin_store::Error as StoreError;
use learncoin_store::id::{TemplateId, TenantId};
use learncoin_store::templates::Template;

use crate::credential_form::check::check;
use crate::credential_form::faults::FormFaults;
use crate::credential_form::{AchievementFields, CredentialFields};
use crate::state::ConsoleState;

/// The most templates of a tenant.
pub(crate) const MOST_TEMPLATES: u32 = 200;

/// The reason why a template was not read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TemplateError {
    /// The member's role does not include it any more.
    #[error("the member may not do this any more")]
    RightLost,
    /// The tenant has as many as fit.
    #[error("there are too many templates")]
    Full,
    /// The tenant has none with this id.
    #[error("no such template")]
    Missing,
    /// A stored one is damaged.
    #[error("a template is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A template, with its content.
pub(crate) struct KeptTemplate {
    /// Its id.
    pub(crate) id: TemplateId,
    /// When it was last changed, in milliseconds since 1970.
    pub(crate) changed_at: i64,
    /// Its texts and skills.
    pub(crate) achievement: AchievementTemplate,
}

impl fmt::Display for KeptTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.achievement.name.as_deref().unwrap_or_default())
    }
}

/// Returns a tenant's templates, by name.
///
/// # Errors
/// If the store fails, or what it has is damaged.
pub(crate) async fn list(
    state: &ConsoleState,
    tenant_id: &TenantId,
) -> Result<Vec<KeptTemplate>, TemplateError> {
    let listed = state.issuance.store.list_templates(tenant_id, MOST_TEMPLATES).await?;
    let mut listed = listed.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    listed.sort_by_cached_key(|template| template.to_string().to_lowercase());
    Ok(listed)
}

/// Returns a tenant's template; `None` if the tenant has none with this id.
///
/// # Errors
/// If the store fails, or what it has is damaged.
pub(crate) async fn find(
    state: &ConsoleState,
    tenant_id: &TenantId,
    id: &TemplateId,
) -> Result<Option<KeptTemplate>, TemplateError> {
    state.issuance.store.find_template(tenant_id, id).await?.map(read).transpose()
}

/// Returns the template that a form or a query names; `None` if it names none that the tenant has.
///
/// # Errors
/// If the store fails, or what it has is damaged.
pub(crate) async fn find_named(
    state: &ConsoleState,
    tenant_id: &TenantId,
    name: &str,
) -> Result<Option<KeptTemplate>, TemplateError> {
    match name.parse() {
        Ok(id) => find(state, tenant_id, &id).await,
        Err(_) => Ok(None),
    }
}

fn read(stored: Template) -> Result<KeptTemplate, TemplateError> {
    let Template { id, content, changed_at, .. } = stored;
    Ok(KeptTemplate { id, changed_at, achievement: serde_json::from_str(&content)? })
}

/// Checks the texts of a template: those of a credential with them would be accepted.
///
/// # Errors
/// If the store fails.
pub(crate) async fn find_faults(
    desk: &BatchDesk,
    achievement: &AchievementFields,
    language: Language,
) -> Result<FormFaults, ApiError> {
    let fields = CredentialFields {
        name: "Ada Lovelace".to_owned(),
        recipient_id: "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".to_owned(),
        issued: "2026-01-01".to_owned(),
        achievement: achievement.clone(),
        ..CredentialFields::default()
    };
    Ok(check(desk, &fields, None, language).await?.faults)
}

/// Adds a template. Returns its id.
///
/// # Errors
/// If the member may not, there are too many, or the store fails.
pub(crate) async fn add(
    state: &ConsoleState,
    tenant_id: &TenantId,
    actor: Actor<'_>,
    achievement: &AchievementTemplate,
) -> Result<TemplateId, TemplateError> {
    let issuance = &state.issuance;
    let content = serde_json::to_string(achievement)?;
    let begun = begin_for_actor(&issuance.store, &*issuance.clock, tenant_id, actor).await?;
    let (mut tx, now) = begun.ok_or(TemplateError::RightLost)?;
    if tx.count_templates(tenant_id).await? >= i64::from(MOST_TEMPLATES) {
        return Err(TemplateError::Full);
    }
    let id = TemplateId::generate(&*issuance.clock, &*issuance.entropy);
    let new = Template { id: id.clone(), content, created_at: now, changed_at: now };
    tx.insert_template(tenant_id, &new).await?;
    tx.commit().await?;
    Ok(id)
}

/// Changes a template. What was issued with it stays as it is.
///
/// # Errors
/// If the member may not, the template is gone, or the store fails.
pub(crate) async fn change(
    state: &ConsoleState,
    tenant_id: &TenantId,
    actor: Actor<'_>,
    id: &TemplateId,
    achievement: &AchievementTemplate,
) -> Result<(), TemplateError> {
    let issuance = &state.issuance;
    let content = serde_json::to_string(achievement)?;
    let begun = begin_for_actor(&issuance.store, &*issuance.clock, tenant_id, actor).await?;
    let (mut tx, now) = begun.ok_or(TemplateError::RightLost)?;
    if !tx.update_template(tenant_id, id, &content, now).await? {
        return Err(TemplateError::Missing);
    }
    Ok(tx.commit().await?)
}

/// Deletes a template. What was issued with it stays as it is.
///
/// # Errors
/// If the member may not, the template is gone, or the store fails.
pub(crate) async fn delete(
    state: &ConsoleState,
    tenant_id: &TenantId,
    actor: Actor<'_>,
    id: &TemplateId,
) -> Result<(), TemplateError> {
    let issuance = &state.issuance;
    let begun = begin_for_actor(&issuance.store, &*issuance.clock, tenant_id, actor).await?;
    let (mut tx, _) = begun.ok_or(TemplateError::RightLost)?;
    if !tx.delete_template(tenant_id, id).await? {
        return Err(TemplateError::Missing);
    }
    Ok(tx.commit().await?)
}
