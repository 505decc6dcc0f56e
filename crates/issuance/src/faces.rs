//! A tenant changes its face: what stands on its new credentials and on its pages.

use learncoin_store::faces::Face;
use learncoin_store::id::KeyId;
use learncoin_store::tenants::Tenant;
use learncoin_store::{Error as StoreError, kill};

use crate::context::Issuance;

/// Why a face was not changed.
#[derive(Debug, thiserror::Error)]
pub enum FaceError {
    /// The key was revoked since the request began.
    #[error("the API key was revoked")]
    KeyRevoked,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Issuance {
    /// Applies a tenant's own change of its display name and face. `change` gets both as they are.
    ///
    /// The operator has not confirmed what is new: the name that it confirmed last is kept until it does.
    ///
    /// # Errors
    /// See [`FaceError`]; nothing was changed then.
    pub async fn change_face(
        &self,
        key_id: &KeyId,
        tenant: &Tenant,
        change: impl FnOnce(&mut String, &mut Face) + Send,
    ) -> Result<(Tenant, Face), FaceError> {
        let mut tx = self.store.begin().await?;
        if !tx.api_key_is_active(key_id).await? {
            return Err(FaceError::KeyRevoked);
        }
        let mut tenant = tx.find_tenant(&tenant.id).await?.ok_or(FaceError::KeyRevoked)?;
        let old = tx.get_face(&tenant.id).await?;
        let (old_name, mut face) = (tenant.name.clone(), old.clone());
        change(&mut tenant.name, &mut face);
        if (&tenant.name, &face) == (&old_name, &old) {
            return Ok((tenant, face));
        }
        face.confirmed_name =
            old.confirmed_name.clone().or_else(|| Some(old.issuer_name(&old_name).to_owned()));
        face.changed_at = Some(self.clock.now_ms());
        tx.put_face(&tenant.id, &tenant.name, &face).await?;
        kill::reached("face.written");
        tx.commit().await?;
        kill::reached("face.committed");
        tracing::info!(tenant.id = %tenant.id, "the tenant changed its face");
        Ok((tenant, face))
    }
}
