//! Each tenant's settings for its mails, which are columns of its row.

use crate::database::sql::{self, Executor, Record, exactly_one};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::TenantId;

/// A tenant's settings for its mails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailSettings {
    /// Since when they are off, in milliseconds since 1970; `None` while they are on.
    pub off_since: Option<i64>,
    /// Since when those about live credentials are on; `None` until the operator turns them on.
    pub live_since: Option<i64>,
    /// The tag of their language; `None` for English.
    pub language: Option<String>,
    /// The address that replies go to.
    pub reply_to: Option<String>,
}

async fn settings(executor: impl Executor, id: &TenantId) -> Result<MailSettings> {
    let row = sql::query(
        "SELECT id, mails_off_since, live_mails_since, language, mail_reply_to FROM tenants WHERE id = $1",
    )
    .bind(id.as_str())
    .fetch_one(executor)
    .await?;
    let record = Record { table: "tenants", row: &row };
    Ok(MailSettings {
        off_since: record.maybe_int("mails_off_since")?,
        live_since: record.maybe_int("live_mails_since")?,
        language: record.maybe_text("language")?,
        reply_to: record.maybe_text("mail_reply_to")?,
    })
}

impl Store {
    /// Returns the tenant's settings for its mails.
    pub async fn get_mail_settings(&self, id: &TenantId) -> Result<MailSettings> {
        settings(&self.pool, id).await
    }
}

impl WriteTx {
    /// Returns the tenant's settings for its mails, as this transaction sees it.
    pub async fn get_mail_settings(&mut self, id: &TenantId) -> Result<MailSettings> {
        settings(self.connection(), id).await
    }

    /// Writes the tenant's settings for its mails.
    pub async fn put_mail_settings(&mut self, id: &TenantId, settings: &MailSettings) -> Result<()> {
        let done = sql::query(
            "UPDATE tenants SET mails_off_since = $2, language = $3, mail_reply_to = $4, live_mails_since = $5 WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(settings.off_since)
        .bind(&settings.language)
        .bind(&settings.reply_to)
        .bind(settings.live_since)
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the tenant")
    }

    /// Cancels every mail of a tenant that was not sent, unless it is being transmitted.
    pub async fn cancel_mails_of(&mut self, id: &TenantId, now_ms: i64) -> Result<()> {
        sql::query(
            "UPDATE mails SET status = 'cancelled', settled_at = $2, postponed_until = NULL
             WHERE tenant_id = $1 AND environment IN ('test', 'live') AND status IN ('held', 'waiting', 'postponed', 'leased')",
        )
        .bind(id.as_str())
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
