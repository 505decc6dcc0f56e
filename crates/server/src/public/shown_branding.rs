//! The branding that a page may show beside what a credential was signed with.

use learncoin_credential::document::Document;
use learncoin_issuance::Issuance;
use learncoin_issuance::credential::render::{IssuedCredential, RenderError};
use learncoin_store::scope::Environment;
use learncoin_store::tenants::{Branding, CertificateBranding, Tenant};
use learncoin_store::{Error as StoreError, Store};

/// The branding of a tenant on a page, beside what it signed.
#[derive(Default)]
pub(crate) struct ShownBranding {
    /// Whether the operator has confirmed the signed name of the issuer, now or earlier.
    pub(crate) name_confirmed: bool,
    /// Its color, `#RRGGBB`.
    pub(crate) accent_color: Option<String>,
    /// The hash of its logo.
    pub(crate) logo_hash: Option<String>,
    /// The additions to its certificates.
    pub(crate) certificate: CertificateBranding,
}

/// Returns the branding that may be shown: in live the one that the operator confirmed last, in test the tenant's current one.
pub(crate) async fn shown_branding(
    issuance: &Issuance,
    issued: &IssuedCredential,
    document: &Document,
) -> Result<ShownBranding, RenderError> {
    let scope = &issued.batch.scope;
    let Some((tenant, branding)) = issuance.store.find_branded_tenant(&scope.tenant_id).await? else {
        return Ok(ShownBranding::default());
    };
    Ok(branding_beside(&issuance.store, scope.environment, &tenant, &branding, &document.issuer.name).await?)
}

/// Returns the branding that may be shown beside a document that was signed with this name.
pub(crate) async fn branding_beside(
    store: &Store,
    environment: Environment,
    tenant: &Tenant,
    branding: &Branding,
    signed: &str,
) -> Result<ShownBranding, StoreError> {
    let name_confirmed = store.is_confirmed_name(environment, tenant, branding, signed).await?;
    let effective = branding.effective_branding(environment, &tenant.name);
    Ok(ShownBranding {
        name_confirmed,
        accent_color: effective.accent_color,
        logo_hash: effective.logo_hash,
        certificate: effective.certificate,
    })
}
