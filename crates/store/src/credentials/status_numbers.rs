//! The numbers of credentials in their tenant's status lists.

use std::ops::Range;

use crate::database::sql::{self, bigint};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::TenantId;

impl Store {
    /// Returns the numbers within the range that belong to revoked credentials of the tenant.
    pub async fn list_revoked_numbers(&self, tenant_id: &TenantId, numbers: Range<u64>) -> Result<Vec<u64>> {
        let found: Vec<i64> = sql::query_scalar(
            "SELECT revoked_number FROM credentials
             WHERE tenant_id = $1 AND revoked_number >= $2 AND revoked_number < $3",
        )
        .bind(tenant_id.as_str())
        .bind(bigint(numbers.start))
        .bind(bigint(numbers.end))
        .fetch_all(&self.pool)
        .await?;
        Ok(found.into_iter().filter_map(|number| u64::try_from(number).ok()).collect())
    }

    /// Returns the number that the tenant's next credential will have; `None` if there is no such tenant.
    pub async fn next_status_number(&self, tenant_id: &TenantId) -> Result<Option<u64>> {
        let next: Option<i64> = sql::query_scalar("SELECT next_status_number FROM tenants WHERE id = $1")
            .bind(tenant_id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(next.and_then(|number| u64::try_from(number).ok()))
    }
}

impl WriteTx {
    /// Takes this many numbers of the tenant, for good. Returns the first one.
    pub async fn take_status_numbers(&mut self, tenant_id: &TenantId, count: u64) -> Result<u64> {
        let first: i64 = sql::query_scalar(
            "UPDATE tenants SET next_status_number = next_status_number + $2 WHERE id = $1
             RETURNING next_status_number - $2",
        )
        .bind(tenant_id.as_str())
        .bind(bigint(count))
        .fetch_one(self.connection())
        .await?;
        Ok(u64::try_from(first).unwrap_or_default())
    }
}
