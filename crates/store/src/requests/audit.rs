//! The audit log: who called what, and how it ended. Rows are added and, when they are old enough, deleted; never
//! changed.

use crate::database::sql::{self, Record, Row, bigint};
use crate::database::store::{Store, WriteTx};
use crate::database::time_page::TimePage;
use crate::error::Result;
use crate::id::{KeyId, RequestId, TenantId};

/// The method and the route of a row that counts several calls.
pub const SEVERAL: &str = "*";

/// One call; or several refused ones, of which only the number is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// The id that the answer carried.
    pub request_id: RequestId,
    /// The tenant, where the key was known.
    pub tenant_id: Option<TenantId>,
    /// The key's public name, where it was known.
    pub key_id: Option<KeyId>,
    /// The HTTP method; [`SEVERAL`] if the row counts several calls.
    pub method: String,
    /// The route, not the path: no ids, no queries. [`SEVERAL`] if the row counts several calls.
    pub endpoint: String,
    /// The answer's HTTP status.
    pub status: u16,
    /// When, in milliseconds since 1970; of several calls the last one's time.
    pub at: i64,
    /// The number of calls that the row counts.
    pub calls: u64,
}

const COLUMNS: &str = "request_id, tenant_id, key_id, method, endpoint, status, at, calls";

fn audit_row(row: &Row) -> Result<AuditRow> {
    let record = Record { table: "audit_log", row };
    Ok(AuditRow {
        request_id: record.parsed("request_id")?,
        tenant_id: record.maybe_parsed("tenant_id")?,
        key_id: record.maybe_parsed("key_id")?,
        method: record.text("method")?,
        endpoint: record.text("endpoint")?,
        status: u16::try_from(record.int("status")?).unwrap_or(0),
        at: record.int("at")?,
        calls: record.count("calls")?,
    })
}

impl Store {
    /// Returns the call with this id.
    pub async fn find_audit_row(&self, id: &RequestId) -> Result<Option<AuditRow>> {
        sql::query(format!("SELECT {COLUMNS} FROM audit_log WHERE request_id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(audit_row)
            .transpose()
    }

    /// Returns at most `limit` calls of a tenant in `[from_ms, to_ms)`, in the order of time and id, after `after`. A caller
    /// pages through them, so that an export of a year needs little memory.
    pub async fn list_audit_rows(
        &self,
        tenant_id: &TenantId,
        from_ms: i64,
        to_ms: i64,
        after: Option<&AuditRow>,
        limit: u32,
    ) -> Result<Vec<AuditRow>> {
        let after = after.map(|row| (row.at, row.request_id.as_str()));
        let sql = format!(
            "SELECT {COLUMNS} FROM audit_log
             WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND (at > $4 OR (at = $4 AND request_id > $5))
             ORDER BY at, request_id LIMIT $6"
        );
        TimePage { owner: tenant_id.as_str(), from_ms, to_ms, after, limit }
            .fetch(&self.pool, sql)
            .await?
            .iter()
            .map(audit_row)
            .collect()
    }
}

impl WriteTx {
    /// Adds a call.
    pub async fn insert_audit_row(&mut self, row: &AuditRow) -> Result<()> {
        let sql = "INSERT INTO audit_log (request_id, tenant_id, key_id, method, endpoint, status, at, calls)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        sql::query(sql)
            .bind(row.request_id.as_str())
            .bind(row.tenant_id.as_ref().map(TenantId::as_str))
            .bind(row.key_id.as_ref().map(KeyId::as_str))
            .bind(&row.method)
            .bind(&row.endpoint)
            .bind(i64::from(row.status))
            .bind(row.at)
            .bind(bigint(row.calls))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Deletes a tenant's calls before `before_ms`, or those without a tenant. Gives how many.
    pub async fn purge_audit_rows(&mut self, tenant_id: Option<&TenantId>, before_ms: i64) -> Result<u64> {
        let query = match tenant_id {
            Some(id) => sql::query("DELETE FROM audit_log WHERE tenant_id = $1 AND at < $2")
                .bind(id.as_str().to_owned()),
            None => sql::query(
                "DELETE FROM audit_log WHERE tenant_id IS NULL AND (CAST($1 AS TEXT) IS NULL) AND at < $2",
            )
            .bind(None::<String>),
        };
        Ok(query.bind(before_ms).execute(self.connection()).await?.rows_affected())
    }

    /// Deletes calls without a tenant but for the newest `kept`. Gives how many.
    pub async fn cap_unauthenticated_audit_rows(&mut self, kept: u32) -> Result<u64> {
        let done = sql::query(
            "DELETE FROM audit_log WHERE tenant_id IS NULL AND at <= (
                 SELECT at FROM audit_log WHERE tenant_id IS NULL ORDER BY at DESC LIMIT 1 OFFSET $1)",
        )
        .bind(i64::from(kept))
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected())
    }
}
