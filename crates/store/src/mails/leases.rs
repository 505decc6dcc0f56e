//! The states of a queued mail: leased, transmitting, settled, and what follows.

use crate::database::sql::{self, Record, Row};
use crate::database::store::WriteTx;
use crate::error::Result;
use crate::id::CredentialId;
use crate::mails::status::{MailLease, MailOutcome, MailStatus};
use crate::mails::token::MailToken;

fn lease(row: &Row) -> Result<MailLease> {
    let record = Record { table: "mails", row };
    Ok(MailLease {
        credential_id: record.parsed("credential_id")?,
        scope: record.scope()?,
        token: record.parsed("token")?,
        edition: record.count("edition")?,
        attempts: record.count("attempts")?,
        queued_at: record.int("queued_at")?,
        until: record.int("due_at")?,
    })
}

impl WriteTx {
    /// Leases at most `limit` mails that are due, those that wait longest.
    pub async fn lease_mails(&mut self, now_ms: i64, until_ms: i64, limit: usize) -> Result<Vec<MailLease>> {
        // A part of its own: within the UPDATE, PostgreSQL may run it for each row anew, and then finds more than `limit`.
        let sql = format!(
            "WITH due AS (
                 SELECT credential_id FROM mails WHERE status = 'waiting' AND due_at <= $2 ORDER BY due_at LIMIT $3 {})
             UPDATE mails SET status = 'leased', due_at = $1
             WHERE status = 'waiting' AND due_at <= $2 AND credential_id IN (SELECT credential_id FROM due)
             RETURNING credential_id, tenant_id, environment, token, edition, attempts, queued_at, due_at",
            self.dialect.hold_free()
        );
        sql::query(sql)
            .bind(until_ms)
            .bind(now_ms)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(self.connection())
            .await?
            .iter()
            .map(lease)
            .collect()
    }

    /// Moves a mail from `leased` to `transmitting`, with a lease that lasts until `until_ms`. Returns `None` if the lease has
    /// ended, or the credential was erased or revoked: then nothing may be sent. It can be run again with the same times if it is
    /// not known whether it was committed.
    pub async fn mark_mail_transmitting(
        &mut self,
        lease: &MailLease,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<Option<MailLease>> {
        // Erasing and revoking drop the mail in their own transactions; that the credential is looked at again makes
        // this not depend on them.
        let done = sql::query(
            "UPDATE mails SET status = 'transmitting', transmitted_at = $3, due_at = $4
             WHERE credential_id = $1
             AND (status = 'leased' AND due_at = $2 OR status = 'transmitting' AND due_at = $4 AND transmitted_at = $3) AND EXISTS (
                 SELECT 1 FROM credentials c WHERE c.id = $1 AND c.erased_at IS NULL AND c.revoked_at IS NULL)",
        )
        .bind(lease.credential_id.as_str())
        .bind(lease.until)
        .bind(now_ms)
        .bind(until_ms)
        .execute(self.connection())
        .await?;
        Ok((done.rows_affected() == 1).then(|| MailLease { until: until_ms, ..lease.clone() }))
    }

    /// Records the outcome of a leased or transmitting mail. Returns whether the lease still held. The mail server's reply is not
    /// kept if the credential was erased meanwhile.
    pub async fn record_mail_outcome(
        &mut self,
        lease: &MailLease,
        outcome: MailOutcome,
        answer: Option<&str>,
        now_ms: i64,
    ) -> Result<bool> {
        let (due_at, settled_at) = match outcome {
            MailOutcome::RetryAt(at) => (at, None),
            _ => (now_ms, Some(now_ms)),
        };
        self.hold_credential(lease.credential_id.as_str()).await?;
        let done = sql::query(
            "UPDATE mails SET status = $3, attempts = attempts + 1, due_at = $4, settled_at = $5,
                    answer = (SELECT CASE WHEN c.erased_at IS NULL THEN CAST($6 AS TEXT) END FROM credentials c WHERE c.id = $1)
             WHERE credential_id = $1 AND status IN ('leased', 'transmitting') AND due_at = $2",
        )
        .bind(lease.credential_id.as_str())
        .bind(lease.until)
        .bind(outcome.status().as_str())
        .bind(due_at)
        .bind(settled_at)
        .bind(answer)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes mails back whose leases have ended: what was not transmitted waits for another attempt, and the outcome of the rest is unknown.
    pub async fn expire_mail_leases(&mut self, now_ms: i64) -> Result<()> {
        self.end_mail_leases(now_ms, now_ms).await
    }

    /// Ends every lease at once, as [`WriteTx::expire_mail_leases`] does when they end. To be called only where no other
    /// process sends mails.
    pub async fn release_mail_leases(&mut self, now_ms: i64) -> Result<()> {
        self.end_mail_leases(now_ms, i64::MAX).await
    }

    /// Releases the mails whose leases end at exactly this time and whose transmission has not begun. If another node leased one until
    /// the same millisecond, it finds that its lease is lost before it transmits anything.
    pub async fn release_mails(&mut self, until_ms: i64, now_ms: i64) -> Result<()> {
        sql::query(
            "UPDATE mails SET status = 'waiting', due_at = $1 WHERE status = 'leased' AND due_at = $2",
        )
        .bind(now_ms)
        .bind(until_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    async fn end_mail_leases(&mut self, now_ms: i64, ending_by_ms: i64) -> Result<()> {
        sql::query(
            "UPDATE mails SET status = 'waiting', due_at = $1 WHERE status = 'leased' AND due_at <= $2",
        )
        .bind(now_ms)
        .bind(ending_by_ms)
        .execute(self.connection())
        .await?;
        sql::query(
            "UPDATE mails SET status = 'unknown', due_at = $1, settled_at = $1 WHERE status = 'transmitting' AND due_at <= $2",
        )
        .bind(now_ms)
        .bind(ending_by_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

impl WriteTx {
    /// Records that a mail came back. Returns whether that changed anything: one that was never sent can't come back.
    pub async fn mark_mail_bounced(&mut self, token: &MailToken, answer: &str, now_ms: i64) -> Result<bool> {
        self.mark_mail_back(token, MailStatus::Bounced, answer, now_ms).await
    }

    /// Records that something came back about a mail of unclear meaning. Returns whether that changed
    /// anything: a failure that is known stays one.
    pub async fn mark_mail_returned(&mut self, token: &MailToken, answer: &str, now_ms: i64) -> Result<bool> {
        self.mark_mail_back(token, MailStatus::Returned, answer, now_ms).await
    }

    async fn mark_mail_back(
        &mut self,
        token: &MailToken,
        status: MailStatus,
        answer: &str,
        now_ms: i64,
    ) -> Result<bool> {
        let id: Option<String> = sql::query_scalar("SELECT credential_id FROM mails WHERE token = $1")
            .bind(token.as_str())
            .fetch_optional(self.connection())
            .await?;
        let Some(id) = id else { return Ok(false) };
        self.hold_credential(&id).await?;
        let done = sql::query(
            "UPDATE mails SET status = $4, settled_at = $2,
                    answer = (SELECT CASE WHEN c.erased_at IS NULL THEN CAST($3 AS TEXT) END
                              FROM credentials c WHERE c.id = mails.credential_id)
             WHERE token = $1 AND status IN ('transmitting', 'sent', 'unknown', 'returned')",
        )
        .bind(token.as_str())
        .bind(now_ms)
        .bind(answer)
        .bind(status.as_str())
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Holds the credential: an erasure that begins now waits for this transaction's end, and then finds what it wrote.
    async fn hold_credential(&mut self, id: &str) -> Result<()> {
        let sql = format!("SELECT id FROM credentials WHERE id = $1 {}", self.dialect.hold());
        sql::query(sql).bind(id).execute(self.connection()).await?;
        Ok(())
    }

    /// Cancels the mail about a credential that is being revoked or erased, unless it is being transmitted.
    pub async fn cancel_mail(&mut self, id: &CredentialId, now_ms: i64) -> Result<()> {
        sql::query(
            "UPDATE mails SET status = 'cancelled', settled_at = $2, postponed_until = NULL
             WHERE credential_id = $1 AND status IN ('held', 'waiting', 'postponed', 'leased')",
        )
        .bind(id.as_str())
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Deletes the mail server's reply to a credential's mail: it may name the person.
    pub async fn blank_mail(&mut self, id: &CredentialId) -> Result<()> {
        sql::query("UPDATE mails SET answer = NULL WHERE credential_id = $1 AND answer IS NOT NULL")
            .bind(id.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
