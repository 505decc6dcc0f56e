//! The life of a signing key, which is retired, disabled, expired or revoked, and the batches that this affects.
//!
//! - Invariant: each end is set once. An expiry never moves, a revocation only ever becomes earlier.

use crate::batches::batch::{self, Batch};
use crate::database::sql::{self, bigint, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::TenantId;
use crate::keys::signing_keys::{COLUMNS, SigningKey, signing_key};

impl Store {
    /// Returns the keys that take no new batches, and none of whose batches waits any more: no transaction of theirs is still to
    /// come. A disabled key never signs what it was to sign.
    pub async fn list_ended_keys(&self) -> Result<Vec<SigningKey>> {
        sql::query(format!(
            "SELECT {COLUMNS} FROM signing_keys
             WHERE retired_at IS NOT NULL AND expires_at IS NULL AND revoked_from IS NULL
                 AND NOT EXISTS (SELECT 1 FROM anchors a WHERE a.tenant_id = signing_keys.tenant_id
                     AND (a.reanchor_with = signing_keys.number
                         OR (a.signing_key_number = signing_keys.number AND a.status = 'signed')))
                 AND NOT EXISTS (SELECT 1 FROM batches b WHERE b.tenant_id = signing_keys.tenant_id
                     AND b.signing_key_number = signing_keys.number AND b.status = 'pending'
                     AND signing_keys.disabled_at IS NULL)"
        ))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(signing_key)
        .collect()
    }

    /// Returns the time of the newest block that holds a transaction of the key, in milliseconds since 1970.
    pub async fn last_block_of(&self, key: &SigningKey) -> Result<Option<i64>> {
        let seconds: Option<i64> = sql::query_scalar(
            "SELECT MAX(block_time) FROM anchor_transactions WHERE chain_id = $1 AND address = $2",
        )
        .bind(bigint(key.chain_id))
        .bind(key.address.as_str())
        .fetch_one(&self.pool)
        .await?;
        Ok(seconds.map(|seconds| seconds.saturating_mul(1_000)))
    }
}

impl WriteTx {
    /// Retires each of the tenant's keys that a newer one takes the place of. Where the tenant issues under a DID of its
    /// own, that is one which the DID's document lists.
    pub async fn retire_superseded(
        &mut self,
        tenant_id: &TenantId,
        own_did: Option<&str>,
        now_ms: i64,
    ) -> Result<()> {
        sql::query(
            "UPDATE signing_keys SET retired_at = $3
             WHERE tenant_id = $1 AND retired_at IS NULL AND EXISTS (
                 SELECT 1 FROM signing_keys n WHERE n.tenant_id = $1 AND n.environment = signing_keys.environment
                     AND n.chain_id = signing_keys.chain_id AND n.number > signing_keys.number
                     AND n.retired_at IS NULL AND n.disabled_at IS NULL
                     AND ($2 = '' OR EXISTS (SELECT 1 FROM own_did_keys o
                         WHERE o.tenant_id = $1 AND o.did = $2 AND o.key_number = n.number)))",
        )
        .bind(tenant_id.as_str())
        .bind(own_did.unwrap_or_default())
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Disables the key, so that it signs nothing from now on.
    pub async fn disable_signing_key(
        &mut self,
        tenant_id: &TenantId,
        number: u64,
        now_ms: i64,
    ) -> Result<()> {
        let done = sql::query(
            "UPDATE signing_keys SET disabled_at = COALESCE(disabled_at, $3), retired_at = COALESCE(retired_at, $3)
             WHERE tenant_id = $1 AND number = $2",
        )
        .bind(tenant_id.as_str())
        .bind(bigint(number))
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the signing key")
    }

    /// Revokes the key, so that its transactions do not count from `from_ms` on. Returns whether that changed anything: the time
    /// never becomes later.
    pub async fn revoke_signing_key(
        &mut self,
        tenant_id: &TenantId,
        number: u64,
        from_ms: i64,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE signing_keys SET revoked_from = $3
             WHERE tenant_id = $1 AND number = $2 AND (revoked_from IS NULL OR revoked_from > $3)",
        )
        .bind(tenant_id.as_str())
        .bind(bigint(number))
        .bind(from_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Expires the key, so that its transactions do not count from `at_ms` on: there are none. Returns whether that changed
    /// anything.
    pub async fn expire_signing_key(
        &mut self,
        tenant_id: &TenantId,
        number: u64,
        at_ms: i64,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE signing_keys SET expires_at = $3
             WHERE tenant_id = $1 AND number = $2 AND expires_at IS NULL AND revoked_from IS NULL",
        )
        .bind(tenant_id.as_str())
        .bind(bigint(number))
        .bind(at_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Returns the tenant's batches that wait for the signature of a key which is disabled.
    pub async fn list_batches_without_key(&mut self, tenant_id: &TenantId) -> Result<Vec<Batch>> {
        sql::query(format!(
            "SELECT {} FROM batches WHERE tenant_id = $1 AND signing_key_number IN (
                 SELECT number FROM signing_keys WHERE tenant_id = $1 AND disabled_at IS NOT NULL)
                 AND status = 'pending' ORDER BY id",
            batch::COLUMNS
        ))
        .bind(tenant_id.as_str())
        .fetch_all(self.connection())
        .await?
        .iter()
        .map(batch::batch)
        .collect()
    }

    /// Assigns a pending batch to another key. The key is no part of a document. Returns whether the batch was as the caller read it.
    pub async fn reassign_batch(
        &mut self,
        batch: &Batch,
        number: u64,
        verification_method: &str,
        now_ms: i64,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE batches SET signing_key_number = $3, verification_method = $4, attempts = 0, next_attempt_at = $5
             WHERE id = $1 AND status = 'pending' AND signing_key_number = $2",
        )
        .bind(batch.id.as_str())
        .bind(bigint(batch.signing_key_number))
        .bind(bigint(number))
        .bind(verification_method)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
