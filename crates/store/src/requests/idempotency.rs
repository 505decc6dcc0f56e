//! Idempotency: the answer to a request, kept under the key that its caller chose.

use std::sync::Arc;

use crate::clock::Entropy;
use crate::database::sql::{self, Executor, Record};
use crate::database::store::{Store, WriteTx};
use crate::error::{Error, Result};
use crate::scope::TenantScope;
use crate::seal::Sealer;

/// The time that an answer is kept, in milliseconds.
pub const KEPT_FOR_MS: i64 = 24 * 60 * 60 * 1000;

/// A caller's key, and the request it was sent with. Both are keyed hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyClaim {
    pub(crate) key_mac: String,
    pub(crate) fingerprint: String,
    holds_secret: bool,
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
            holds_secret: false,
        }
    }

    /// Returns the claim of a request whose answer holds a secret. Such an answer is kept sealed, and one in clear is
    /// refused: the program did not write it.
    pub fn for_secret(self) -> Self {
        Self { holds_secret: true, ..self }
    }

    /// Returns the hash that identifies the key among those of every scope.
    pub fn key(&self) -> &str {
        &self.key_mac
    }
}

/// The state of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// The key is free, or its answer is too old.
    Free,
    /// The same request was answered before.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body, byte for byte.
        body: String,
    },
    /// The key belongs to another request.
    OtherRequest,
}

/// An answer to be kept.
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The body, byte for byte.
    pub body: &'a str,
    /// Randomness to seal the body with, if it holds a secret.
    pub secret: Option<&'a dyn Entropy>,
    /// The credential that the answer is about, if it repeats text that erasure must find.
    pub subject_id: Option<&'a str>,
}

/// The prefix of a body that is not sealed. A sealed one begins with its version instead.
const CLEAR: &str = "=";

fn place(claim: &IdempotencyClaim) -> String {
    format!("idempotency_keys/{}/body", claim.key_mac)
}

fn opened(sealer: &Sealer, claim: &IdempotencyClaim, body: &str) -> Result<String> {
    match body.strip_prefix(CLEAR) {
        Some(_) if claim.holds_secret => Err(Error::Unsealed),
        Some(clear) => Ok(clear.to_owned()),
        None => {
            let plain = sealer.open(&place(claim), body)?;
            String::from_utf8(plain.to_vec()).map_err(|_| Error::Unsealed)
        }
    }
}

async fn find(
    executor: impl Executor,
    sealer: &Sealer,
    scope: &TenantScope,
    claim: &IdempotencyClaim,
    now_ms: i64,
) -> Result<Claimed> {
    let row = sql::query(
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
        body: opened(sealer, claim, &record.text("body")?)?,
    })
}

impl Store {
    /// Returns the state of the claim, before any work is done for it.
    pub async fn find_claim(
        &self,
        scope: &TenantScope,
        claim: &IdempotencyClaim,
        now_ms: i64,
    ) -> Result<Claimed> {
        find(&self.pool, &self.sealer, scope, claim, now_ms).await
    }
}

impl WriteTx {
    /// Returns the state of the claim within this transaction: of two identical requests the second one waits for the
    /// first one's commit and then finds its answer here.
    pub async fn find_claim(
        &mut self,
        scope: &TenantScope,
        claim: &IdempotencyClaim,
        now_ms: i64,
    ) -> Result<Claimed> {
        let sealer = Arc::clone(&self.sealer);
        find(self.connection(), &sealer, scope, claim, now_ms).await
    }

    /// Keeps an answer, in the transaction of its effect. An answer that is too old gives way.
    pub async fn keep_answer(
        &mut self,
        scope: &TenantScope,
        claim: &IdempotencyClaim,
        answer: &Answer<'_>,
        now_ms: i64,
    ) -> Result<()> {
        let body = match answer.secret {
            Some(entropy) => self.sealer.seal(entropy, &place(claim), answer.body.as_bytes())?,
            None if claim.holds_secret => return Err(Error::Unsealed),
            None => format!("{CLEAR}{}", answer.body),
        };
        sql::query(
            "INSERT INTO idempotency_keys (tenant_id, environment, key_mac, fingerprint, status, body, created_at, subject_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (tenant_id, environment, key_mac)
             DO UPDATE SET fingerprint = $4, status = $5, body = $6, created_at = $7, subject_id = $8",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(&claim.key_mac)
        .bind(&claim.fingerprint)
        .bind(i64::from(answer.status))
        .bind(body)
        .bind(now_ms)
        .bind(answer.subject_id)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Replaces what answers about a credential repeat of its person, in the transaction that erases it. The keys go
    /// on standing for their requests, so that a retry can't issue the person again.
    pub async fn blank_answers(&mut self, subject_id: &str, body: &str) -> Result<()> {
        sql::query("UPDATE idempotency_keys SET body = $2 WHERE subject_id = $1")
            .bind(subject_id)
            .bind(format!("{CLEAR}{body}"))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Deletes the answers that are too old to be given again, and the notes of tests that are as old. Gives how many
    /// answers.
    pub async fn purge_answers(&mut self, now_ms: i64) -> Result<u64> {
        sql::query("DELETE FROM webhook_tests WHERE noted_at <= $1")
            .bind(now_ms.saturating_sub(KEPT_FOR_MS))
            .execute(self.connection())
            .await?;
        let done = sql::query("DELETE FROM idempotency_keys WHERE created_at <= $1")
            .bind(now_ms.saturating_sub(KEPT_FOR_MS))
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }
}
