//! Leases: the work of a signing key belongs to one node at a time.

use crate::database::sql::{self, bigint};
use crate::database::store::WriteTx;
use crate::error::Result;
use crate::id::TenantId;

/// The lease of a signing key's work: no other node begins it until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLease {
    /// The tenant that the key belongs to.
    pub tenant_id: TenantId,
    /// The key's number.
    pub key_number: u64,
    /// The end of the lease, in milliseconds since 1970.
    pub until: i64,
}

/// Returns the condition that no node works on the signing key that a row of `table` names. `now` is the number of the parameter
/// that holds the time.
pub(crate) fn free_key(table: &str, now: u8) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM signing_keys WHERE signing_keys.tenant_id = {table}.tenant_id
             AND signing_keys.number = {table}.signing_key_number AND signing_keys.leased_until > ${now})"
    )
}

impl WriteTx {
    /// Leases the work of a key until `until_ms`; `None` if a node has it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn lease_key(
        &mut self,
        tenant_id: &TenantId,
        key_number: u64,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<Option<KeyLease>> {
        let done = sql::query(
            "UPDATE signing_keys SET leased_until = $4
             WHERE tenant_id = $1 AND number = $2 AND (leased_until IS NULL OR leased_until <= $3)",
        )
        .bind(tenant_id.as_str())
        .bind(bigint(key_number))
        .bind(now_ms)
        .bind(until_ms)
        .execute(self.connection())
        .await?;
        let lease = KeyLease { tenant_id: tenant_id.clone(), key_number, until: until_ms };
        Ok((done.rows_affected() == 1).then_some(lease))
    }

    /// Sets another end of a lease; `None` ends it. Returns whether the lease was still held.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn change_lease(&mut self, lease: &KeyLease, until_ms: Option<i64>) -> Result<bool> {
        let done = sql::query(
            "UPDATE signing_keys SET leased_until = $4 WHERE tenant_id = $1 AND number = $2 AND leased_until = $3",
        )
        .bind(lease.tenant_id.as_str())
        .bind(bigint(lease.key_number))
        .bind(lease.until)
        .bind(until_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
