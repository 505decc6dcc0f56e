//! Usage: how many credentials a tenant had accepted in a calendar month.

use crate::database::sql::{self, bigint};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::scope::TenantScope;

impl Store {
    /// Returns the credentials accepted in `month` (UTC, `2026-11`).
    pub async fn usage_in_month(&self, scope: &TenantScope, month: &str) -> Result<u64> {
        let count: Option<i64> = sql::query_scalar(
            "SELECT credentials FROM usage_by_month WHERE tenant_id = $1 AND environment = $2 AND month = $3",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(month)
        .fetch_optional(&self.pool)
        .await?;
        Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
    }

    /// Returns the credentials that were accepted in all months, without those of batches that failed.
    pub async fn usage_in_all_months(&self, scope: &TenantScope) -> Result<u64> {
        let count: Option<i64> = sql::query_scalar(
            "SELECT CAST(SUM(credentials) AS BIGINT) FROM usage_by_month WHERE tenant_id = $1 AND environment = $2",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
    }
}

impl WriteTx {
    /// Counts `credentials` more in `month`, and gives the sum. In the transaction that accepts them, so that two
    /// racing batches see each other.
    pub async fn add_usage(&mut self, scope: &TenantScope, month: &str, credentials: u64) -> Result<u64> {
        let sum: i64 = sql::query_scalar(
            "INSERT INTO usage_by_month (tenant_id, environment, month, credentials) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, environment, month)
             DO UPDATE SET credentials = usage_by_month.credentials + $4 RETURNING credentials",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(month)
        .bind(bigint(credentials))
        .fetch_one(self.connection())
        .await?;
        Ok(u64::try_from(sum).unwrap_or(0))
    }

    /// Returns what a failed batch had counted.
    pub async fn return_usage(&mut self, scope: &TenantScope, month: &str, credentials: u64) -> Result<()> {
        sql::query(
            "UPDATE usage_by_month SET credentials = credentials - $4
             WHERE tenant_id = $1 AND environment = $2 AND month = $3",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(month)
        .bind(bigint(credentials))
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
