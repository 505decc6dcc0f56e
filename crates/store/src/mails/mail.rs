//! Mails: for each credential whose recipient has an address, the one mail that tells of it.
//!
//! `waiting → leased → transmitting → sent`, with `failed`, `bounced`, `cancelled` and `unknown` as the other ends.
//!
//! Invariant: a mail's bytes are written to a mail server only after `transmitting` was committed, from exactly the lease that
//! the writer holds. So a mail that is not past `leased` was never sent, and is sent later; one that was transmitting when
//! its process ended is `unknown`, and is never sent a second time unless it is asked for.
//!
//! Invariant: the address stands in the credential's sealed fields alone.

use std::str::FromStr;

use sqlx::any::AnyRow;

use crate::clock::Entropy;
use crate::credentials::credential;
use crate::database::row::{Record, exactly_one};
use crate::database::store::{AnyExecutor, Store, WriteTx};
use crate::database::values::{self, ROWS_PER_STATEMENT};
use crate::error::Result;
use crate::id::{BatchId, CredentialId, TenantId};
use crate::mails::token::MailToken;

/// Where a mail stands, without what is known of it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailStatus {
    /// Nothing was sent. It is tried when it is due.
    Waiting,
    /// A worker prepares it; nothing was sent.
    Leased,
    /// Its bytes are being written to the mail server.
    Transmitting,
    /// The mail server took it.
    Sent,
    /// It can't be sent, or was refused until that was given up.
    Failed,
    /// The mail server took it, and later it came back.
    Bounced,
    /// The credential was erased or revoked before it was sent.
    Cancelled,
    /// It was transmitted, and its process ended before the outcome was known.
    Unknown,
}

impl MailStatus {
    /// Every status, in the order of a mail's life.
    pub const ALL: [MailStatus; 8] = [
        MailStatus::Waiting,
        MailStatus::Leased,
        MailStatus::Transmitting,
        MailStatus::Sent,
        MailStatus::Failed,
        MailStatus::Bounced,
        MailStatus::Cancelled,
        MailStatus::Unknown,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            MailStatus::Waiting => "waiting",
            MailStatus::Leased => "leased",
            MailStatus::Transmitting => "transmitting",
            MailStatus::Sent => "sent",
            MailStatus::Failed => "failed",
            MailStatus::Bounced => "bounced",
            MailStatus::Cancelled => "cancelled",
            MailStatus::Unknown => "unknown",
        }
    }
}

/// A text that names no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected waiting, leased, transmitting, sent, failed, bounced, cancelled or unknown")]
pub struct MailStatusError;

impl FromStr for MailStatus {
    type Err = MailStatusError;

    fn from_str(text: &str) -> std::result::Result<Self, MailStatusError> {
        MailStatus::ALL.into_iter().find(|status| status.as_str() == text).ok_or(MailStatusError)
    }
}

/// Where a mail stands. Times are milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    /// See [`MailStatus::Waiting`].
    Waiting {
        /// When it is tried.
        due_at: i64,
    },
    /// See [`MailStatus::Leased`].
    Leased {
        /// When the lease ends.
        until: i64,
    },
    /// See [`MailStatus::Transmitting`].
    Transmitting {
        /// When it was.
        transmitted_at: i64,
        /// When the lease ends.
        until: i64,
    },
    /// See [`MailStatus::Sent`].
    Sent {
        /// When its bytes were about to be written.
        transmitted_at: i64,
        /// When that it was taken was written down.
        settled_at: i64,
    },
    /// See [`MailStatus::Failed`].
    Failed {
        /// When.
        settled_at: i64,
    },
    /// See [`MailStatus::Bounced`].
    Bounced {
        /// When that was reported.
        settled_at: i64,
    },
    /// See [`MailStatus::Cancelled`].
    Cancelled {
        /// When.
        settled_at: i64,
    },
    /// See [`MailStatus::Unknown`].
    Unknown {
        /// When its bytes were about to be written.
        transmitted_at: i64,
        /// When its outcome was given up.
        settled_at: i64,
    },
}

impl MailState {
    /// Which state it is.
    pub fn status(&self) -> MailStatus {
        match self {
            MailState::Waiting { .. } => MailStatus::Waiting,
            MailState::Leased { .. } => MailStatus::Leased,
            MailState::Transmitting { .. } => MailStatus::Transmitting,
            MailState::Sent { .. } => MailStatus::Sent,
            MailState::Failed { .. } => MailStatus::Failed,
            MailState::Bounced { .. } => MailStatus::Bounced,
            MailState::Cancelled { .. } => MailStatus::Cancelled,
            MailState::Unknown { .. } => MailStatus::Unknown,
        }
    }
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The credential that it tells of.
    pub credential_id: CredentialId,
    /// Whose credential that is.
    pub tenant_id: TenantId,
    /// What it goes by.
    pub token: MailToken,
    /// How often it was sent, this time included.
    pub edition: u64,
    /// Where it stands.
    pub state: MailState,
    /// Attempts of its present round whose outcome is known.
    pub attempts: u64,
    /// When its present round began, in milliseconds since 1970.
    pub queued_at: i64,
    /// What the mail server said last.
    pub answer: Option<String>,
}

/// A mail that is leased: nobody else touches it until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLease {
    /// The credential.
    pub credential_id: CredentialId,
    /// What it goes by.
    pub token: MailToken,
    /// How often it was sent, this time included.
    pub edition: u64,
    /// Attempts of its present round before this one.
    pub attempts: u64,
    /// When its present round began, in milliseconds since 1970.
    pub queued_at: i64,
    /// Until when, in milliseconds since 1970.
    pub until: i64,
}

/// What an attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    /// The mail server took it.
    Sent,
    /// It was not taken, and is tried again at this time, in milliseconds since 1970.
    Later(i64),
    /// It was not taken, and is not tried again.
    Failed,
    /// Its bytes were written, and no answer came.
    Unknown,
    /// The credential is erased or revoked.
    Cancelled,
}

impl MailOutcome {
    fn status(self) -> MailStatus {
        match self {
            MailOutcome::Sent => MailStatus::Sent,
            MailOutcome::Later(_) => MailStatus::Waiting,
            MailOutcome::Failed => MailStatus::Failed,
            MailOutcome::Unknown => MailStatus::Unknown,
            MailOutcome::Cancelled => MailStatus::Cancelled,
        }
    }
}

/// When there is something to do, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailsDue {
    /// When the next mail is to be tried.
    pub next_attempt: Option<i64>,
    /// When the next lease ends.
    pub next_lease_end: Option<i64>,
}

/// Which mails are listed. `None`: all.
#[derive(Debug, Clone, Default)]
pub struct MailFilter {
    /// Of this tenant.
    pub tenant_id: Option<TenantId>,
    /// In this status.
    pub status: Option<MailStatus>,
}

const COLUMNS: &str = "credential_id, tenant_id, token, edition, status, attempts, queued_at, due_at, transmitted_at, settled_at, answer";

fn mail(row: &AnyRow) -> Result<Mail> {
    let record = Record { table: "mails", row };
    let due_at = record.int("due_at")?;
    let transmitted_at =
        || record.maybe_int("transmitted_at")?.ok_or_else(|| record.unreadable("transmitted_at"));
    let settled_at = || record.maybe_int("settled_at")?.ok_or_else(|| record.unreadable("settled_at"));
    let state = match record.parsed::<MailStatus>("status")? {
        MailStatus::Waiting => MailState::Waiting { due_at },
        MailStatus::Leased => MailState::Leased { until: due_at },
        MailStatus::Transmitting => {
            MailState::Transmitting { transmitted_at: transmitted_at()?, until: due_at }
        }
        MailStatus::Sent => MailState::Sent { transmitted_at: transmitted_at()?, settled_at: settled_at()? },
        MailStatus::Failed => MailState::Failed { settled_at: settled_at()? },
        MailStatus::Bounced => MailState::Bounced { settled_at: settled_at()? },
        MailStatus::Cancelled => MailState::Cancelled { settled_at: settled_at()? },
        MailStatus::Unknown => {
            MailState::Unknown { transmitted_at: transmitted_at()?, settled_at: settled_at()? }
        }
    };
    Ok(Mail {
        credential_id: record.parsed("credential_id")?,
        tenant_id: record.parsed("tenant_id")?,
        token: record.parsed("token")?,
        edition: record.count("edition")?,
        state,
        attempts: record.count("attempts")?,
        queued_at: record.int("queued_at")?,
        answer: record.maybe_text("answer")?,
    })
}

fn lease(row: &AnyRow) -> Result<MailLease> {
    let record = Record { table: "mails", row };
    Ok(MailLease {
        credential_id: record.parsed("credential_id")?,
        token: record.parsed("token")?,
        edition: record.count("edition")?,
        attempts: record.count("attempts")?,
        queued_at: record.int("queued_at")?,
        until: record.int("due_at")?,
    })
}

async fn find(executor: impl AnyExecutor<'_>, id: &CredentialId) -> Result<Option<Mail>> {
    sqlx::query(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM mails WHERE credential_id = $1")))
        .bind(id.as_str())
        .fetch_optional(executor)
        .await?
        .as_ref()
        .map(mail)
        .transpose()
}

impl Store {
    /// The credentials of a batch whose recipients have an address, without those that were erased or revoked.
    pub async fn credentials_to_mail(&self, batch_id: &BatchId) -> Result<Vec<CredentialId>> {
        let rows = sqlx::query(
            "SELECT id, personal_sealed, data_key_sealed FROM credentials
             WHERE batch_id = $1 AND erased_at IS NULL AND revoked_at IS NULL ORDER BY position",
        )
        .bind(batch_id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut ids = Vec::new();
        for row in &rows {
            let record = Record { table: "credentials", row };
            let id: CredentialId = record.parsed("id")?;
            if credential::personal(&record, &id, &self.sealer)?.is_some_and(|person| person.email.is_some())
            {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// The mail about this credential.
    pub async fn find_mail(&self, id: &CredentialId) -> Result<Option<Mail>> {
        find(&self.pool, id).await
    }

    /// The mail that goes by this token.
    pub async fn find_mail_by_token(&self, token: &MailToken) -> Result<Option<Mail>> {
        sqlx::query(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM mails WHERE token = $1")))
            .bind(token.as_str())
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(mail)
            .transpose()
    }

    /// At most `limit` mails, the oldest credential's first, after `after`. A caller pages through them.
    pub async fn list_mails(
        &self,
        filter: &MailFilter,
        after: Option<&CredentialId>,
        limit: u32,
    ) -> Result<Vec<Mail>> {
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM mails
             WHERE credential_id > $1 AND ($2 = '' OR tenant_id = $2) AND ($3 = '' OR status = $3)
             ORDER BY credential_id LIMIT $4"
        )))
        .bind(after.map_or("", CredentialId::as_str))
        .bind(filter.tenant_id.as_ref().map_or("", TenantId::as_str))
        .bind(filter.status.map_or("", MailStatus::as_str))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?
        .iter()
        .map(mail)
        .collect()
    }

    /// When there is something to do.
    pub async fn mails_due(&self) -> Result<MailsDue> {
        let row = sqlx::query(
            "SELECT (SELECT MIN(due_at) FROM mails WHERE status = 'waiting') AS waiting,
                    (SELECT MIN(due_at) FROM mails WHERE status = 'leased') AS leased,
                    (SELECT MIN(due_at) FROM mails WHERE status = 'transmitting') AS transmitting",
        )
        .fetch_one(&self.pool)
        .await?;
        let record = Record { table: "mails", row: &row };
        let (leased, transmitting) = (record.maybe_int("leased")?, record.maybe_int("transmitting")?);
        Ok(MailsDue {
            next_attempt: record.maybe_int("waiting")?,
            next_lease_end: [leased, transmitting].into_iter().flatten().min(),
        })
    }
}

impl WriteTx {
    /// Queues a mail for each of these credentials, where the tenant's mails are on, and that was neither erased nor
    /// revoked meanwhile.
    pub async fn insert_mails(
        &mut self,
        ids: &[CredentialId],
        now_ms: i64,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            // Both databases name the columns of a VALUES list column1, column2, …
            let rows = values::insert("", ids.len(), 2);
            let now = ids.len().saturating_mul(2).saturating_add(1);
            let sql = format!(
                "INSERT INTO mails (credential_id, tenant_id, token, edition, status, attempts, queued_at, due_at)
                 SELECT c.id, c.tenant_id, v.column2, 1, 'waiting', 0, CAST(${now} AS BIGINT), CAST(${now} AS BIGINT)
                 FROM ({}) AS v JOIN credentials c ON c.id = v.column1 JOIN tenants t ON t.id = c.tenant_id
                 WHERE c.erased_at IS NULL AND c.revoked_at IS NULL AND t.mails_off_since IS NULL
                 ON CONFLICT (credential_id) DO NOTHING",
                rows.trim_start(),
            );
            let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
            for id in ids {
                query = query.bind(id.as_str()).bind(MailToken::generate(entropy).as_str().to_owned());
            }
            let done = query.bind(now_ms).execute(self.connection()).await?;
            self.has_mails |= done.rows_affected() > 0;
        }
        Ok(())
    }

    /// The mail about this credential, as this transaction sees it.
    pub async fn find_mail(&mut self, id: &CredentialId) -> Result<Option<Mail>> {
        find(self.connection(), id).await
    }

    /// Queues the mail about a credential once more, or for the first time (it then goes by `token`), in a new round of
    /// attempts.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] where it waits already, or somebody is at it.
    pub async fn queue_mail(
        &mut self,
        id: &CredentialId,
        tenant_id: &TenantId,
        token: &MailToken,
        now_ms: i64,
    ) -> Result<()> {
        let done = sqlx::query(
            "INSERT INTO mails (credential_id, tenant_id, token, edition, status, attempts, queued_at, due_at)
             VALUES ($1, $2, $3, 1, 'waiting', 0, $4, $4)
             ON CONFLICT (credential_id) DO UPDATE
             SET edition = mails.edition + CASE WHEN mails.status IN ('sent', 'bounced') THEN 1 ELSE 0 END,
                 status = 'waiting', attempts = 0, queued_at = excluded.queued_at,
                 due_at = excluded.due_at, transmitted_at = NULL, settled_at = NULL, answer = NULL
             WHERE mails.status NOT IN ('waiting', 'leased', 'transmitting')",
        )
        .bind(id.as_str())
        .bind(tenant_id.as_str())
        .bind(token.as_str())
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        self.has_mails = true;
        exactly_one(done.rows_affected(), "the mail")
    }

    /// Leases at most `limit` mails that are due, those that wait longest.
    pub async fn lease_mails(&mut self, now_ms: i64, until_ms: i64, limit: usize) -> Result<Vec<MailLease>> {
        // A part of its own: within the UPDATE, PostgreSQL may run it for each row anew, and then finds more than `limit`.
        let sql = format!(
            "WITH due AS (
                 SELECT credential_id FROM mails WHERE status = 'waiting' AND due_at <= $2 ORDER BY due_at LIMIT $3 {})
             UPDATE mails SET status = 'leased', due_at = $1
             WHERE status = 'waiting' AND due_at <= $2 AND credential_id IN (SELECT credential_id FROM due)
             RETURNING credential_id, token, edition, attempts, queued_at, due_at",
            self.dialect.hold_free()
        );
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(until_ms)
            .bind(now_ms)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(self.connection())
            .await?
            .iter()
            .map(lease)
            .collect()
    }

    /// `leased` → `transmitting`, with a lease that lasts until `until_ms`. `None` where the lease has ended, or the credential
    /// was erased or revoked: then nothing may be written.
    pub async fn mark_mail_transmitting(
        &mut self,
        lease: &MailLease,
        now_ms: i64,
        until_ms: i64,
    ) -> Result<Option<MailLease>> {
        // Erasing and revoking drop the mail in their own transactions; that the credential is looked at again makes
        // this not depend on them.
        let done = sqlx::query(
            "UPDATE mails SET status = 'transmitting', transmitted_at = $3, due_at = $4
             WHERE credential_id = $1 AND status = 'leased' AND due_at = $2 AND EXISTS (
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

    /// Writes what became of a leased or transmitting mail. Gives whether the lease still held. What the mail server said is not
    /// kept where the credential was erased meanwhile.
    pub async fn settle_mail(
        &mut self,
        lease: &MailLease,
        outcome: MailOutcome,
        answer: Option<&str>,
        now_ms: i64,
    ) -> Result<bool> {
        let (due_at, settled_at) = match outcome {
            MailOutcome::Later(at) => (at, None),
            _ => (now_ms, Some(now_ms)),
        };
        self.hold_credential(lease.credential_id.as_str()).await?;
        let done = sqlx::query(
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

    async fn end_mail_leases(&mut self, now_ms: i64, ending_by_ms: i64) -> Result<()> {
        sqlx::query(
            "UPDATE mails SET status = 'waiting', due_at = $1 WHERE status = 'leased' AND due_at <= $2",
        )
        .bind(now_ms)
        .bind(ending_by_ms)
        .execute(self.connection())
        .await?;
        sqlx::query(
            "UPDATE mails SET status = 'unknown', due_at = $1, settled_at = $1 WHERE status = 'transmitting' AND due_at <= $2",
        )
        .bind(now_ms)
        .bind(ending_by_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Notes that a mail came back. Gives whether that changed anything: one that was never sent can't come back.
    pub async fn mark_mail_bounced(&mut self, token: &MailToken, answer: &str, now_ms: i64) -> Result<bool> {
        let id: Option<String> = sqlx::query_scalar("SELECT credential_id FROM mails WHERE token = $1")
            .bind(token.as_str())
            .fetch_optional(self.connection())
            .await?;
        let Some(id) = id else { return Ok(false) };
        self.hold_credential(&id).await?;
        let done = sqlx::query(
            "UPDATE mails SET status = 'bounced', settled_at = $2,
                    answer = (SELECT CASE WHEN c.erased_at IS NULL THEN CAST($3 AS TEXT) END
                              FROM credentials c WHERE c.id = mails.credential_id)
             WHERE token = $1 AND status IN ('transmitting', 'sent', 'unknown')",
        )
        .bind(token.as_str())
        .bind(now_ms)
        .bind(answer)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// An erasure that begins now waits for this transaction's end, and then finds what it wrote.
    async fn hold_credential(&mut self, id: &str) -> Result<()> {
        let sql = format!("SELECT id FROM credentials WHERE id = $1 {}", self.dialect.hold());
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).execute(self.connection()).await?;
        Ok(())
    }

    /// Cancels the mail about a credential that is being revoked or erased, unless it is being transmitted.
    pub async fn cancel_mail(&mut self, id: &CredentialId, now_ms: i64) -> Result<()> {
        sqlx::query(
            "UPDATE mails SET status = 'cancelled', settled_at = $2
             WHERE credential_id = $1 AND status IN ('waiting', 'leased')",
        )
        .bind(id.as_str())
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Takes away what the mail server said about a credential's mail: it may name the person.
    pub async fn blank_mail(&mut self, id: &CredentialId) -> Result<()> {
        sqlx::query("UPDATE mails SET answer = NULL WHERE credential_id = $1 AND answer IS NOT NULL")
            .bind(id.as_str())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
