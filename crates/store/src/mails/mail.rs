//! Mails: for each credential whose recipient has an address, the one mail about it.
//!
//! `waiting → leased → transmitting → sent`, with `failed`, `bounced`, `returned`, `cancelled` and `unknown` as the
//! other ends. One that is `held` waits for the operator, one that is `postponed` for the next day (`daily`).
//!
//! Invariant: a mail's bytes are written to a mail server only after `transmitting` was committed, from exactly the lease that
//! the writer holds. So a mail that is not past `leased` was never sent, and is sent later; one that was transmitting when
//! its process ended is `unknown`, and is never sent a second time unless it is asked for.
//!
//! Invariant: the address is in the credential's sealed fields alone.

use crate::clock::Entropy;
use crate::credentials::credential;
use crate::database::sql::{self, Executor, Record, Row, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::database::values::{self, ROWS_PER_STATEMENT};
use crate::error::Result;
use crate::id::{BatchId, CredentialId, TenantId};
use crate::mails::status::{Mail, MailFilter, MailState, MailStatus, MailsDue};
use crate::mails::token::MailToken;
use crate::scope::TenantScope;
pub(super) const COLUMNS: &str = "credential_id, tenant_id, token, edition, status, attempts, queued_at, due_at, postponed_until, transmitted_at, settled_at, answer";

pub(super) fn mail(row: &Row) -> Result<Mail> {
    let record = Record { table: "mails", row };
    let due_at = record.int("due_at")?;
    let transmitted_at =
        || record.maybe_int("transmitted_at")?.ok_or_else(|| record.unreadable("transmitted_at"));
    let settled_at = || record.maybe_int("settled_at")?.ok_or_else(|| record.unreadable("settled_at"));
    let state = match record.parsed::<MailStatus>("status")? {
        MailStatus::Held => MailState::Held,
        MailStatus::Waiting => MailState::Waiting { due_at },
        MailStatus::Postponed => MailState::Postponed {
            until: record
                .maybe_int("postponed_until")?
                .ok_or_else(|| record.unreadable("postponed_until"))?,
        },
        MailStatus::Leased => MailState::Leased { until: due_at },
        MailStatus::Transmitting => {
            MailState::Transmitting { transmitted_at: transmitted_at()?, until: due_at }
        }
        MailStatus::Sent => MailState::Sent { transmitted_at: transmitted_at()?, settled_at: settled_at()? },
        MailStatus::Failed => MailState::Failed { settled_at: settled_at()? },
        MailStatus::Bounced => MailState::Bounced { settled_at: settled_at()? },
        MailStatus::Returned => MailState::Returned { settled_at: settled_at()? },
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

async fn find(executor: impl Executor, id: &CredentialId) -> Result<Option<Mail>> {
    sql::query(format!("SELECT {COLUMNS} FROM mails WHERE credential_id = $1"))
        .bind(id.as_str())
        .fetch_optional(executor)
        .await?
        .as_ref()
        .map(mail)
        .transpose()
}

impl Store {
    /// Returns the credentials of these batches whose recipients have an address, without those that were erased or revoked.
    pub async fn credentials_to_mail(&self, batches: &[&BatchId]) -> Result<Vec<CredentialId>> {
        if batches.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT id, tenant_id, person_sealed, personal_sealed, data_key_sealed FROM credentials
             WHERE batch_id IN ({}) AND erased_at IS NULL AND revoked_at IS NULL ORDER BY batch_id, position",
            values::list(1, batches.len()),
        );
        let mut query = sql::query(sql);
        for id in batches {
            query = query.bind(id.as_str());
        }
        let rows = query.fetch_all(&self.pool).await?;
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

    /// Returns the mail about this credential.
    pub async fn find_mail(&self, id: &CredentialId) -> Result<Option<Mail>> {
        find(&self.pool, id).await
    }

    /// Returns the mail that goes by this token.
    pub async fn find_mail_by_token(&self, token: &MailToken) -> Result<Option<Mail>> {
        sql::query(format!("SELECT {COLUMNS} FROM mails WHERE token = $1"))
            .bind(token.as_str())
            .fetch_optional(&self.pool)
            .await?
            .as_ref()
            .map(mail)
            .transpose()
    }

    /// Returns at most `limit` mails, the oldest credential's first, after `after`. A caller pages through them.
    pub async fn list_mails(
        &self,
        filter: &MailFilter,
        after: Option<&CredentialId>,
        limit: u32,
    ) -> Result<Vec<Mail>> {
        sql::query(format!(
            "SELECT {COLUMNS} FROM mails
             WHERE credential_id > $1 AND ($2 = '' OR tenant_id = $2) AND ($3 = '' OR status = $3)
             ORDER BY credential_id LIMIT $4"
        ))
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

    /// Returns how many mails of the scope have this status, counted up to `most`.
    pub async fn count_mails(&self, scope: &TenantScope, status: MailStatus, most: u32) -> Result<u64> {
        let count: i64 = sql::query_scalar(
            "SELECT COUNT(*) FROM (
                 SELECT credential_id FROM mails WHERE tenant_id = $1 AND environment = $2 AND status = $3 LIMIT $4
             ) m",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(status.as_str())
        .bind(i64::from(most))
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Returns when there is something to do.
    pub async fn mails_due(&self) -> Result<MailsDue> {
        let row = sql::query(
            "SELECT (SELECT MIN(due_at) FROM mails WHERE status = 'waiting') AS waiting,
                    (SELECT MIN(due_at) FROM mails WHERE status = 'leased') AS leased,
                    (SELECT MIN(due_at) FROM mails WHERE status = 'transmitting') AS transmitting,
                    (SELECT MIN(postponed_until) FROM mails WHERE postponed_until IS NOT NULL) AS postponed",
        )
        .fetch_one(&self.pool)
        .await?;
        let record = Record { table: "mails", row: &row };
        let (leased, transmitting) = (record.maybe_int("leased")?, record.maybe_int("transmitting")?);
        Ok(MailsDue {
            next_attempt: record.maybe_int("waiting")?,
            next_lease_end: [leased, transmitting].into_iter().flatten().min(),
            next_release: record.maybe_int("postponed")?,
        })
    }
}

impl WriteTx {
    /// Queues a mail for each of these credentials, where the tenant's mails are on, and that was neither erased nor
    /// revoked meanwhile. One about a live credential is held until the operator turns those on.
    pub async fn insert_mails(
        &mut self,
        ids: &[CredentialId],
        now_ms: i64,
        entropy: &dyn Entropy,
    ) -> Result<()> {
        for ids in ids.chunks(ROWS_PER_STATEMENT) {
            // Both databases name the columns of a VALUES list column1, column2, …
            let rows = values::rows(1, ids.len(), 2);
            let now = ids.len().saturating_mul(2).saturating_add(1);
            let sql = format!(
                "INSERT INTO mails (credential_id, tenant_id, environment, token, edition, status, attempts, queued_at, due_at)
                 SELECT c.id, c.tenant_id, c.environment, v.column2, 1,
                        CASE WHEN c.environment = 'live' AND t.live_mails_since IS NULL THEN 'held' ELSE 'waiting' END,
                        0, CAST(${now} AS BIGINT), CAST(${now} AS BIGINT)
                 FROM ({}) AS v JOIN credentials c ON c.id = v.column1 JOIN tenants t ON t.id = c.tenant_id
                 WHERE c.erased_at IS NULL AND c.revoked_at IS NULL AND t.mails_off_since IS NULL
                 ON CONFLICT (credential_id) DO NOTHING",
                rows,
            );
            let mut query = sql::query(sql);
            for id in ids {
                query = query.bind(id.as_str()).bind(MailToken::generate(entropy).as_str().to_owned());
            }
            let done = query.bind(now_ms).execute(self.connection()).await?;
            self.has_mails |= done.rows_affected() > 0;
        }
        Ok(())
    }

    /// Returns the mail about this credential, as this transaction sees it.
    pub async fn find_mail(&mut self, id: &CredentialId) -> Result<Option<Mail>> {
        find(self.connection(), id).await
    }

    /// Queues the mail about a credential once more, or for the first time (it then goes by `token`), in a new round of
    /// attempts.
    ///
    /// # Errors
    /// [`crate::Error::Conflict`] if it waits already, or a worker has it.
    pub async fn queue_mail(
        &mut self,
        id: &CredentialId,
        scope: &TenantScope,
        token: &MailToken,
        now_ms: i64,
    ) -> Result<()> {
        let done = sql::query(
            "INSERT INTO mails (credential_id, tenant_id, environment, token, edition, status, attempts, queued_at, due_at)
             VALUES ($1, $2, $5, $3, 1, 'waiting', 0, $4, $4)
             ON CONFLICT (credential_id) DO UPDATE
             SET edition = mails.edition + CASE WHEN mails.status IN ('sent', 'bounced', 'returned') THEN 1 ELSE 0 END,
                 status = 'waiting', attempts = 0, queued_at = excluded.queued_at,
                 due_at = excluded.due_at, transmitted_at = NULL, settled_at = NULL, answer = NULL
             WHERE mails.status NOT IN ('waiting', 'postponed', 'leased', 'transmitting')",
        )
        .bind(id.as_str())
        .bind(scope.tenant_id.as_str())
        .bind(token.as_str())
        .bind(now_ms)
        .bind(scope.environment.as_str())
        .execute(self.connection())
        .await?;
        self.has_mails = true;
        exactly_one(done.rows_affected(), "the mail")
    }
}
