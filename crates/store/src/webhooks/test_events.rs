//! Tests of webhook endpoints, recorded before they are sent.

use crate::database::sql::{self, Record};
use crate::database::store::WriteTx;
use crate::error::Result;
use crate::id::EventId;
use crate::requests::idempotency::{IdempotencyClaim, KEPT_FOR_MS};
use crate::scope::TenantScope;

/// A test that is about to be sent, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookTestRecord {
    /// The event's id.
    pub event_id: EventId,
    /// When it was recorded, in milliseconds since 1970.
    pub recorded_at: i64,
}

impl WriteTx {
    /// Records the test that a request is about to send. If the same request recorded one before, and was not answered,
    /// that one is kept: it may have been sent.
    pub async fn record_test(
        &mut self,
        scope: &TenantScope,
        claim: &IdempotencyClaim,
        new: &WebhookTestRecord,
    ) -> Result<WebhookTestRecord> {
        let row = sql::query(
            "INSERT INTO webhook_tests AS noted (tenant_id, environment, key_mac, fingerprint, event_id, noted_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (tenant_id, environment, key_mac) DO UPDATE SET
                 event_id = CASE WHEN noted.fingerprint = $4 AND noted.noted_at > $7 THEN noted.event_id ELSE $5 END,
                 noted_at = CASE WHEN noted.fingerprint = $4 AND noted.noted_at > $7 THEN noted.noted_at ELSE $6 END,
                 fingerprint = $4
             RETURNING event_id, noted_at",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(&claim.key_mac)
        .bind(&claim.fingerprint)
        .bind(new.event_id.as_str())
        .bind(new.recorded_at)
        .bind(new.recorded_at.saturating_sub(KEPT_FOR_MS))
        .fetch_one(self.connection())
        .await?;
        let record = Record { table: "webhook_tests", row: &row };
        Ok(WebhookTestRecord { event_id: record.parsed("event_id")?, recorded_at: record.int("noted_at")? })
    }

    /// Leases the sending of a recorded test to this node until `until_ms`. Returns whether no other node has it.
    pub async fn begin_test(
        &mut self,
        scope: &TenantScope,
        claim: &IdempotencyClaim,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE webhook_tests SET sending_until = $5
             WHERE tenant_id = $1 AND environment = $2 AND key_mac = $3 AND (sending_until IS NULL OR sending_until <= $4)",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(&claim.key_mac)
        .bind(now_ms)
        .bind(until_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
