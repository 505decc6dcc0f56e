//! The change of a tenant's branding, as the API and the console make it, and its preview before it is made.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRef;
use learncoin_http_client::Egress;
use learncoin_issuance::Issuance;
use learncoin_issuance::keyed_write::Actor;
use learncoin_issuance::tenant::branding::{BrandingError, Fetched, MOST_OWN_DIDS};
use learncoin_language::Language;
use learncoin_store::scope::{Environment, TenantScope};
use learncoin_store::tenants::{Branding, NamedLogo, Tenant};

use super::patch_tenant::{TenantPatch, did_refused, own_did_needs_institution};
use crate::error::{ApiError, ErrorCode};
pub use crate::public::branding_preview::PreviewTexts;
use crate::public::branding_preview::{DraftBranding, PreviewDrawer};
use crate::public::credential_page::award_preview::AwardPreview;
use crate::public::did_documents::DidDocuments;
use crate::state::AppState;

/// Changes the branding of tenants, and shows what a change would look like. Cheap to clone.
#[derive(Clone)]
pub struct BrandingOperations {
    issuance: Arc<Issuance>,
    egress: Egress,
    did_documents: Arc<DidDocuments>,
    drawer: PreviewDrawer,
}

impl FromRef<AppState> for BrandingOperations {
    fn from_ref(state: &AppState) -> Self {
        Self {
            issuance: FromRef::from_ref(state),
            egress: FromRef::from_ref(state),
            did_documents: FromRef::from_ref(state),
            drawer: FromRef::from_ref(state),
        }
    }
}

impl BrandingOperations {
    /// Changes the branding of a tenant by the body of a `PATCH /v1/tenants/me`. What the body names elsewhere is fetched before.
    ///
    /// # Errors
    /// The first fault of the body, or why the tenant may not change it.
    pub async fn change(
        &self,
        actor: Actor<'_>,
        scope: &TenantScope,
        tenant: &Tenant,
        body: &[u8],
    ) -> Result<(Tenant, Branding), ApiError> {
        let (patch, fetched) = self.read(scope, tenant, body).await?;
        let change = |name: &mut String, branding: &mut Branding| patch.apply(name, branding);
        self.issuance.branding.update_branding(actor, scope, fetched, change).await.map_err(refusal)
    }

    /// Draws what a change would look like once it is made, and confirmed. Nothing is changed.
    ///
    /// # Errors
    /// The first fault of the body, or why the tenant may not change it, or that too many pictures are being drawn.
    pub async fn preview(
        &self,
        scope: &TenantScope,
        tenant: &Tenant,
        body: &[u8],
        texts: PreviewTexts<'_>,
        (language, address): (Language, Option<IpAddr>),
    ) -> Result<AwardPreview, ApiError> {
        let (patch, fetched) = self.read(scope, tenant, body).await?;
        let branding = self.issuance.store.get_branding(&tenant.id).await?;
        let fetched: HashMap<_, _> = fetched.logos.into_iter().map(|logo| (logo.hash(), logo)).collect();
        let mut draft = DraftBranding { tenant: tenant.clone(), branding, fetched };
        patch.apply(&mut draft.tenant.name, &mut draft.branding);
        self.drawer.draw(scope.environment, draft, texts, language, address).await
    }

    /// Reads a body, and fetches what it names.
    async fn read(
        &self,
        scope: &TenantScope,
        tenant: &Tenant,
        body: &[u8],
    ) -> Result<(TenantPatch<NamedLogo>, Fetched), ApiError> {
        let issuance = &self.issuance;
        let patch = TenantPatch::read(body, tenant.plan, &issuance.host)?;
        // Checked again in the transaction; here, so that nothing is fetched in vain.
        if patch != TenantPatch::default()
            && scope.environment == Environment::Test
            && issuance.store.had_live_api_key(&tenant.id).await?
        {
            return Err(refusal(BrandingError::LiveKeyNeeded));
        }
        patch.fetched(&self.egress, &self.did_documents, issuance.clock.now_ms()).await
    }
}

fn refusal(error: BrandingError) -> ApiError {
    match error {
        BrandingError::RightLost => ApiError::key_revoked(),
        BrandingError::LiveKeyNeeded => ApiError::new(
            ErrorCode::EnvironmentMismatch,
            "This tenant has a live key, and live credentials carry what this changes. Send the request with a live key.",
        ),
        BrandingError::OwnDidNeedsInstitution => own_did_needs_institution(),
        BrandingError::TooManyOwnDids => ApiError::new(
            ErrorCode::InvalidFieldFormat,
            format!("did: this tenant has had {MOST_OWN_DIDS} others; expected one of them, or null"),
        ),
        BrandingError::DidDocument(error) => did_refused(error),
        BrandingError::Store(error) => error.into(),
    }
}
