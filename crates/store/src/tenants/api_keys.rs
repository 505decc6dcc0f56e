//! API keys: who may call, for which tenant, in which environment.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::database::sql::{self, Executor, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::{KeyId, TenantId};
use crate::scope::{Environment, TenantScope};

/// SHA-256 of a whole API key. With 256 random bits in the key a slow hash would add nothing.
#[derive(Clone)]
pub struct KeyDigest(String);

impl KeyDigest {
    /// Hashes the key as it is presented.
    pub fn of(key: &str) -> Self {
        Self(hex::encode(Sha256::digest(key.as_bytes())))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// An API key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its public name.
    pub id: KeyId,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// The one environment it works in.
    pub environment: Environment,
    /// The label that its owner chose.
    pub label: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was last presented, to the minute.
    pub last_used_at: Option<i64>,
    /// When it was revoked.
    pub revoked_at: Option<i64>,
}

impl ApiKey {
    /// Returns the scope that the key gives access to.
    pub fn scope(&self) -> TenantScope {
        TenantScope { tenant_id: self.tenant_id.clone(), environment: self.environment }
    }
}

pub(super) const COLUMNS: &str = "id, tenant_id, environment, label, created_at, last_used_at, revoked_at";

pub(super) fn api_key(row: &Row) -> Result<ApiKey> {
    let record = Record { table: "api_keys", row };
    Ok(ApiKey {
        id: record.parsed("id")?,
        tenant_id: record.parsed("tenant_id")?,
        environment: record.parsed("environment")?,
        label: record.maybe_text("label")?,
        created_at: record.int("created_at")?,
        last_used_at: record.maybe_int("last_used_at")?,
        revoked_at: record.maybe_int("revoked_at")?,
    })
}

async fn is_active(executor: impl Executor, id: &KeyId, hold: &str) -> Result<bool> {
    let sql = format!("SELECT created_at FROM api_keys WHERE id = $1 AND revoked_at IS NULL {hold}");
    let active: Option<i64> = sql::query_scalar(sql).bind(id.as_str()).fetch_optional(executor).await?;
    Ok(active.is_some())
}

async fn had_live(executor: impl Executor, tenant_id: &TenantId) -> Result<bool> {
    let text = "SELECT created_at FROM api_keys WHERE tenant_id = $1 AND environment = $2 LIMIT 1";
    let found: Option<i64> = sql::query_scalar(text)
        .bind(tenant_id.as_str())
        .bind(Environment::Live.as_str())
        .fetch_optional(executor)
        .await?;
    Ok(found.is_some())
}

impl Store {
    /// Returns whether the tenant ever had a key of the live environment. A revoked one counts: its tenant has issued, or
    /// will go on issuing with another one.
    pub async fn had_live_api_key(&self, tenant_id: &TenantId) -> Result<bool> {
        had_live(&self.pool, tenant_id).await
    }

    /// Returns whether the key still works. Read again before every answer, so that a revocation holds at once.
    pub async fn api_key_is_active(&self, id: &KeyId) -> Result<bool> {
        is_active(&self.pool, id, "").await
    }

    /// Returns the key with this id, revoked or not.
    pub async fn api_key_by_id(&self, id: &KeyId) -> Result<Option<ApiKey>> {
        sql::query(format!("SELECT {COLUMNS} FROM api_keys WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(api_key)
            .transpose()
    }

    /// Returns the addresses (CIDR) that may present the key; none means any.
    pub async fn list_networks(&self, id: &KeyId) -> Result<Vec<String>> {
        sql::query_scalar("SELECT cidr FROM api_key_networks WHERE key_id = $1 ORDER BY cidr")
            .bind(id.as_str())
            .fetch_all(&self.pool)
            .await
    }

    /// Returns the tenant's keys of both environments, oldest first.
    pub async fn list_api_keys(&self, tenant_id: &TenantId) -> Result<Vec<ApiKey>> {
        sql::query(format!("SELECT {COLUMNS} FROM api_keys WHERE tenant_id = $1 ORDER BY id"))
            .bind(tenant_id.as_str())
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(api_key)
            .collect()
    }
}

impl WriteTx {
    /// Returns whether the tenant ever had a key of the live environment, as this transaction sees it.
    pub async fn had_live_api_key(&mut self, tenant_id: &TenantId) -> Result<bool> {
        had_live(self.connection(), tenant_id).await
    }

    /// Adds a key.
    pub async fn insert_api_key(&mut self, key: &ApiKey, digest: &KeyDigest) -> Result<()> {
        sql::query(
            "INSERT INTO api_keys (id, tenant_id, environment, label, digest, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(key.id.as_str())
        .bind(key.tenant_id.as_str())
        .bind(key.environment.as_str())
        .bind(&key.label)
        .bind(&digest.0)
        .bind(key.created_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Returns whether the key still works, and will until this transaction ends: what it writes has no effect once the key is
    /// revoked.
    pub async fn api_key_is_active(&mut self, id: &KeyId) -> Result<bool> {
        let hold = self.dialect.hold();
        is_active(self.connection(), id, hold).await
    }

    /// Lets the key be presented from these addresses too (CIDR). The first one closes it to all others.
    pub async fn allow_network(&mut self, id: &KeyId, cidr: &str) -> Result<()> {
        sql::query("INSERT INTO api_key_networks (key_id, cidr) VALUES ($1, $2) ON CONFLICT (key_id, cidr) DO NOTHING")
            .bind(id.as_str())
            .bind(cidr)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Returns the networks on the key's list, as this transaction sees it.
    pub async fn list_networks(&mut self, id: &KeyId) -> Result<Vec<String>> {
        sql::query_scalar("SELECT cidr FROM api_key_networks WHERE key_id = $1 ORDER BY cidr")
            .bind(id.as_str())
            .fetch_all(self.connection())
            .await
    }

    /// Takes addresses off the key's list. Returns whether they were on it.
    pub async fn disallow_network(&mut self, id: &KeyId, cidr: &str) -> Result<bool> {
        let done = sql::query("DELETE FROM api_key_networks WHERE key_id = $1 AND cidr = $2")
            .bind(id.as_str())
            .bind(cidr)
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Revokes the key. Revoking again changes nothing: the first time is kept. Returns `None` if there is no such key.
    pub async fn revoke_api_key(&mut self, id: &KeyId, now_ms: i64) -> Result<Option<ApiKey>> {
        sql::query("UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(id.as_str())
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        sql::query(format!("SELECT {COLUMNS} FROM api_keys WHERE id = $1"))
            .bind(id.as_str())
            .fetch_optional(self.connection())
            .await?
            .as_ref()
            .map(api_key)
            .transpose()
    }

    /// Records that the keys were used. Callers gather uses and write them once a minute, so that reading costs no
    /// write.
    pub async fn touch_api_keys(&mut self, ids: &[KeyId], now_ms: i64) -> Result<()> {
        // In one order on every node, so that no two wait for each other.
        for id in ids.iter().collect::<BTreeSet<_>>() {
            sql::query("UPDATE api_keys SET last_used_at = $2 WHERE id = $1")
                .bind(id.as_str())
                .bind(now_ms)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }
}
