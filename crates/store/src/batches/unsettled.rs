//! The batches of a tenant that are not anchored: those on the way, and those that failed.

use crate::batches::batch::{self, Batch, BatchStatus};
use crate::database::sql;
use crate::database::store::Store;
use crate::error::Result;
use crate::id::{AFTER_EVERY_ID, BatchId};
use crate::scope::TenantScope;

impl Store {
    /// Returns how many batches of the scope have this status, which is not `anchored`, counted up to `most`.
    pub async fn count_unsettled_batches(
        &self,
        scope: &TenantScope,
        status: BatchStatus,
        most: u32,
    ) -> Result<u64> {
        let count: i64 = sql::query_scalar(
            "SELECT COUNT(*) FROM (
                 SELECT id FROM batches WHERE tenant_id = $1 AND environment = $2 AND status = $3 AND status <> 'anchored' LIMIT $4
             ) b",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(status.as_str())
        .bind(i64::from(most))
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Returns the scope's batches with this status, which is not `anchored`, newest first: at most `limit`, those before `before`.
    pub async fn list_unsettled_batches(
        &self,
        scope: &TenantScope,
        status: BatchStatus,
        before: Option<&BatchId>,
        limit: u32,
    ) -> Result<Vec<Batch>> {
        sql::query(format!(
            "SELECT {} FROM batches
             WHERE tenant_id = $1 AND environment = $2 AND status = $3 AND status <> 'anchored' AND id < $4
             ORDER BY id DESC LIMIT $5",
            batch::COLUMNS
        ))
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(status.as_str())
        .bind(before.map_or(AFTER_EVERY_ID, BatchId::as_str))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(batch::batch)
        .collect()
    }
}
