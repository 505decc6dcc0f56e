//! The mails of a tenant for people, the newest first.

use crate::database::sql;
use crate::database::store::Store;
use crate::error::Result;
use crate::id::{AFTER_EVERY_ID, CredentialId};
use crate::mails::mail::{COLUMNS, mail};
use crate::mails::status::{Mail, MailStatus};
use crate::scope::TenantScope;

/// The place of a mail in the list by time: when its present round began, in milliseconds since 1970, and its credential.
pub type MailPlace = (i64, CredentialId);

impl Store {
    /// Returns at most `limit` mails of the scope with one of these statuses, those whose round began last first; all mails, if no status is
    /// named. Those after a place follow it in the list.
    pub async fn list_newest_mails(
        &self,
        scope: &TenantScope,
        statuses: &[MailStatus],
        after: Option<&MailPlace>,
        limit: u32,
    ) -> Result<Vec<Mail>> {
        if statuses.is_empty() {
            return self.newest_mails(scope, None, after, limit).await;
        }
        // Each status is in the order of time by itself, in the index.
        let mut mails = Vec::new();
        for status in statuses {
            mails.extend(self.newest_mails(scope, Some(*status), after, limit).await?);
        }
        mails.sort_by(|one, other| place(other).cmp(&place(one)));
        mails.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(mails)
    }

    async fn newest_mails(
        &self,
        scope: &TenantScope,
        status: Option<MailStatus>,
        after: Option<&MailPlace>,
        limit: u32,
    ) -> Result<Vec<Mail>> {
        let sql = match status {
            Some(_) => format!(
                "SELECT {COLUMNS} FROM mails
                 WHERE tenant_id = $1 AND environment = $2 AND status = $3 AND queued_at <= $4 AND (queued_at < $4 OR credential_id < $5)
                 ORDER BY queued_at DESC, credential_id DESC LIMIT $6"
            ),
            None => format!(
                "SELECT {COLUMNS} FROM mails
                 WHERE tenant_id = $1 AND environment = $2 AND CAST($3 AS TEXT) = '' AND queued_at <= $4
                 AND (queued_at < $4 OR credential_id < $5)
                 ORDER BY queued_at DESC, credential_id DESC LIMIT $6"
            ),
        };
        sql::query(sql)
            .bind(scope.tenant_id.as_str())
            .bind(scope.environment.as_str())
            .bind(status.map_or("", MailStatus::as_str))
            .bind(after.map_or(i64::MAX, |(queued_at, _)| *queued_at))
            .bind(after.map_or(AFTER_EVERY_ID, |(_, id)| id.as_str()))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?
            .iter()
            .map(mail)
            .collect()
    }
}

fn place(mail: &Mail) -> (i64, &str) {
    (mail.queued_at, mail.credential_id.as_str())
}
