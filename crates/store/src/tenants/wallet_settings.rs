//! What a tenant's wallet forms carry beside what its credentials state.

use crate::database::sql::{self, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::TenantId;

impl Store {
    /// Returns whether the tenant's wallet forms carry the recipient's address, salted and hashed.
    pub async fn has_wallet_email(&self, tenant_id: &TenantId) -> Result<bool> {
        let switch: Option<i64> = sql::query_scalar("SELECT wallet_email FROM tenants WHERE id = $1")
            .bind(tenant_id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(switch == Some(1))
    }
}

impl WriteTx {
    /// Sets whether the tenant's wallet forms carry the recipient's address.
    pub async fn put_wallet_email(&mut self, tenant_id: &TenantId, is_on: bool) -> Result<()> {
        let done = sql::query("UPDATE tenants SET wallet_email = $2 WHERE id = $1")
            .bind(tenant_id.as_str())
            .bind(i64::from(is_on))
            .execute(self.connection())
            .await?;
        exactly_one(done.rows_affected(), "the tenant")
    }
}
