//! The names that the operator has confirmed as a tenant's issuer name, each for good.

use crate::database::sql;
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::TenantId;
use crate::scope::Environment;
use crate::tenants::branding::Branding;
use crate::tenants::tenant::Tenant;

impl Store {
    /// Returns whether a name that the tenant signed counts as confirmed: it is one that the operator has confirmed, now or
    /// earlier. In test the tenant's current name counts too.
    pub async fn is_confirmed_name(
        &self,
        environment: Environment,
        tenant: &Tenant,
        branding: &Branding,
        name: &str,
    ) -> Result<bool> {
        if branding.effective_branding(environment, &tenant.name).issuer_name == name {
            return Ok(true);
        }
        let found = sql::query("SELECT name FROM confirmed_names WHERE tenant_id = $1 AND name = $2")
            .bind(tenant.id.as_str())
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
