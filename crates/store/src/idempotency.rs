//! Idempotency: the answer to a request, kept under the key that its caller chose.

use crate::error::Result;
use crate::row::Record;
use crate::scope::TenantScope;
use crate::seal::Sealer;
use crate::store::{AnyExecutor, Store, WriteTx};

/// How long an answer is kept, in milliseconds.
pub const KEPT_FOR_MS: i64 = 24 * 60 * 60 * 1000;

/// A caller's key, and the request it was sent with. Both are keyed hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyClaim {
    key_mac: String,
    fingerprint: String,
}

impl IdempotencyClaim {
    /// Hashes the key, and the request as method, path and exact body.
    pub fn new(
        sealer: &Sealer,
        scope: &TenantScope,
        key: &str,
        method: &str,
        path: &str,
        body: &[u8],
    ) -> Self {
        let tenant = scope.tenant_id.as_str().as_bytes();
        let environment = scope.environment.as_str().as_bytes();
        Self {
            key_mac: sealer.idempotency_mac(&[b"key", tenant, environment, key.as_bytes()]),
            fingerprint: sealer.idempotency_mac(&[
                b"request",
                tenant,
                environment,
                method.as_bytes(),
                path.as_bytes(),
                body,
            ]),
        }
    }
}

/// What is known of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// The key is free, or what it stood for is too old.
    Free,
    /// The same request was answered before.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body, byte for byte.
        body: String,
    },
    /// The key stands for another request.
    OtherRequest,
}

async fn find(
    executor: impl AnyExecutor<'_>,
    scope: &TenantScope,
    claim: &IdempotencyClaim,
    now_ms: i64,
) -> Result<Claimed> {
    let row = sqlx::query(
        "SELECT key_mac, fingerprint, status, body FROM idempotency_keys
         WHERE tenant_id = $1 AND environment = $2 AND key_mac = $3 AND created_at > $4",
    )
    .bind(scope.tenant_id.as_str())
    .bind(scope.environment.as_str())
    .bind(&claim.key_mac)
    .bind(now_ms.saturating_sub(KEPT_FOR_MS))
    .fetch_optional(executor)
    .await?;
    let Some(row) = row else { return Ok(Claimed::Free) };
    let record = Record { table: "idempotency_keys", row: &row };
    if record.text("fingerprint")? != claim.fingerprint {
        return Ok(Claimed::OtherRequest);
    }
    Ok(Claimed::Answered {
        status: u16::try_from(record.int("status")?).unwrap_or(500),
        body: record.text("body")?,
    })
}

impl Store {
    /// What is known of the claim, before any work is done for it.
    pub async fn find_claim(
        &self,
        scope: &TenantScope,
        claim: &IdempotencyClaim,
        now_ms: i64,
    ) -> Result<Claimed> {
        find(&self.pool, scope, claim, now_ms).await
    }
}

impl WriteTx {
    /// What is known of the claim within this transaction: of two identical requests the second one waits for the
    /// first one's commit and then finds its answer here.
    pub async fn find_claim(
        &mut self,
        scope: &TenantScope,
        claim: &IdempotencyClaim,
        now_ms: i64,
    ) -> Result<Claimed> {
        find(self.connection(), scope, claim, now_ms).await
    }

    /// Keeps an answer, in the transaction of its effect. An answer that is too old gives way.
    pub async fn keep_answer(
        &mut self,
        scope: &TenantScope,
        claim: &IdempotencyClaim,
        status: u16,
        body: &str,
        now_ms: i64,
    ) -> Result<()> {
        sqlx::query(
            "INSERT INTO idempotency_keys (tenant_id, environment, key_mac, fingerprint, status, body, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (tenant_id, environment, key_mac)
             DO UPDATE SET fingerprint = $4, status = $5, body = $6, created_at = $7",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(&claim.key_mac)
        .bind(&claim.fingerprint)
        .bind(i64::from(status))
        .bind(body)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Deletes the answers that are too old to be given again. Gives how many.
    pub async fn purge_answers(&mut self, now_ms: i64) -> Result<u64> {
        let done = sqlx::query("DELETE FROM idempotency_keys WHERE created_at <= $1")
            .bind(now_ms.saturating_sub(KEPT_FOR_MS))
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }
}
