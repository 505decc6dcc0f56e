//! The names that the operator has confirmed as a tenant's issuer name, each for good.

use crate::database::sql;
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::TenantId;

impl Store {
    /// Returns whether the operator has ever confirmed the name for the tenant.
    pub async fn was_name_confirmed(&self, id: &TenantId, name: &str) -> Result<bool> {
        let found = sql::query("SELECT name FROM confirmed_names WHERE tenant_id = $1 AND name = $2")
            .bind(id.as_str())
            .bind(name)
            .fetch_optional(&self.pool)
            .await?;
        Ok(found.is_some())
    }

    /// Returns every name that the operator has confirmed for the tenant, in alphabetical order.
    pub async fn list_confirmed_names(&self, id: &TenantId) -> Result<Vec<String>> {
        sql::query_scalar("SELECT name FROM confirmed_names WHERE tenant_id = $1 ORDER BY name")
            .bind(id.as_str())
            .fetch_all(&self.pool)
            .await
    }
}

impl WriteTx {
    /// Records that the operator confirms the name as the tenant's issuer name.
    pub async fn record_confirmed_name(&mut self, id: &TenantId, name: &str) -> Result<()> {
        sql::query("INSERT INTO confirmed_names (tenant_id, name) VALUES ($1, $2) ON CONFLICT (tenant_id, name) DO NOTHING")
            .bind(id.as_str())
            .bind(name)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
