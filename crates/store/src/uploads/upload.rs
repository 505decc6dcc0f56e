//! An upload: what is known of it without its file.

use crate::database::sql::{self, Executor, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::{AFTER_EVERY_ID, MemberId, TenantId, UploadId};
use crate::scope::{Environment, TenantScope};
use crate::uploads::status::{UploadProblem, UploadStatus};

/// An upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The tenant and the environment.
    pub scope: TenantScope,
    /// The member who uploaded it, on whose right it is issued.
    pub member_id: MemberId,
    /// Its status.
    pub status: UploadStatus,
    /// A keyed hash of the file, of its columns' uses and of the template, in hex.
    pub fingerprint: String,
    /// The number of its rows.
    pub row_count: u64,
    /// The uses of its columns, in JSON.
    pub column_map: String,
    /// The texts of the achievement's template, in JSON.
    pub template: String,
    /// The tag of the member's language.
    pub language: String,
    /// When it was uploaded, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was confirmed.
    pub confirmed_at: Option<i64>,
    /// When the last of its batches was anchored or failed.
    pub ended_at: Option<i64>,
    /// The reason why it stopped.
    pub problem: Option<UploadProblem>,
    /// Whether its file is still kept.
    pub has_file: bool,
}

/// An upload that is new: a draft.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Its id.
    pub id: UploadId,
    /// The tenant and the environment.
    pub scope: TenantScope,
    /// The member who uploaded it.
    pub member_id: MemberId,
    /// The keyed hash of what makes it what it is.
    pub fingerprint: String,
    /// The number of its rows.
    pub row_count: u64,
    /// The uses of its columns, in JSON.
    pub column_map: String,
    /// The texts of the template, in JSON.
    pub template: String,
    /// The tag of the member's language.
    pub language: String,
    /// When it was uploaded, in milliseconds since 1970.
    pub created_at: i64,
}

pub(crate) const COLUMNS: &str = "id, tenant_id, environment, member_id, status, fingerprint, row_count, column_map, template, language, created_at, confirmed_at, ended_at, problem, file_deleted_at";

pub(crate) fn upload(row: &Row) -> Result<Upload> {
    let record = Record { table: "uploads", row };
    Ok(Upload {
        id: record.parsed("id")?,
        scope: TenantScope {
            tenant_id: record.parsed::<TenantId>("tenant_id")?,
            environment: record.parsed::<Environment>("environment")?,
        },
        member_id: record.parsed("member_id")?,
        status: record.parsed("status")?,
        fingerprint: record.text("fingerprint")?,
        row_count: u64::try_from(record.int("row_count")?).unwrap_or(0),
        column_map: record.text("column_map")?,
        template: record.text("template")?,
        language: record.text("language")?,
        created_at: record.int("created_at")?,
        confirmed_at: record.maybe_int("confirmed_at")?,
        ended_at: record.maybe_int("ended_at")?,
        problem: record.maybe_parsed("problem")?,
        has_file: record.maybe_int("file_deleted_at")?.is_none(),
    })
}

impl Store {
    /// Returns an upload of the scope; `None` if there is none with this id.
    pub async fn find_upload(&self, scope: &TenantScope, id: &UploadId) -> Result<Option<Upload>> {
        let sql =
            format!("SELECT {COLUMNS} FROM uploads WHERE id = $1 AND tenant_id = $2 AND environment = $3");
        let row = sql::query(sql)
            .bind(id.as_str())
            .bind(scope.tenant_id.as_str())
            .bind(scope.environment.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(upload).transpose()
    }

    /// Returns the uploads of the scope before one of them, the newest first, at most `limit`.
    pub async fn list_uploads(
        &self,
        scope: &TenantScope,
        before: Option<&UploadId>,
        limit: u32,
    ) -> Result<Vec<Upload>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM uploads WHERE tenant_id = $1 AND environment = $2 AND id < $3 ORDER BY id DESC LIMIT $4"
        );
        let rows = sql::query(sql)
            .bind(scope.tenant_id.as_str())
            .bind(scope.environment.as_str())
            .bind(before.map_or(AFTER_EVERY_ID, UploadId::as_str))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(upload).collect()
    }
}

async fn confirmed(
    executor: impl Executor,
    scope: &TenantScope,
    fingerprint: &str,
) -> Result<Option<UploadId>> {
    let row = sql::query(
        "SELECT id FROM uploads WHERE tenant_id = $1 AND environment = $2 AND fingerprint = $3 AND status <> 'draft'",
    )
    .bind(scope.tenant_id.as_str())
    .bind(scope.environment.as_str())
    .bind(fingerprint)
    .fetch_optional(executor)
    .await?;
    row.as_ref().map(|row| Record { table: "uploads", row }.parsed("id")).transpose()
}

impl Store {
    /// Returns the confirmed upload of the scope with this fingerprint, if there is one.
    pub async fn find_confirmed_upload(
        &self,
        scope: &TenantScope,
        fingerprint: &str,
    ) -> Result<Option<UploadId>> {
        confirmed(&self.pool, scope, fingerprint).await
    }
}

impl WriteTx {
    /// Returns the confirmed upload of the scope with this fingerprint, if there is one.
    pub async fn find_confirmed_upload(
        &mut self,
        scope: &TenantScope,
        fingerprint: &str,
    ) -> Result<Option<UploadId>> {
        confirmed(self.connection(), scope, fingerprint).await
    }

    /// Deletes the drafts of the scope but the newest ones, which are at most `most`.
    pub async fn limit_drafts(&mut self, scope: &TenantScope, most: u32) -> Result<()> {
        let rows = sql::query(
            "SELECT id FROM uploads WHERE tenant_id = $1 AND environment = $2 AND status = 'draft' ORDER BY id DESC LIMIT 1000 OFFSET $3",
        )
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(i64::from(most))
        .fetch_all(self.connection())
        .await?;
        for row in &rows {
            let id: UploadId = Record { table: "uploads", row }.parsed("id")?;
            self.delete_draft(scope, &id).await?;
        }
        Ok(())
    }

    /// Adds a draft.
    pub async fn insert_upload(&mut self, new: &NewUpload) -> Result<()> {
        sql::query(
            "INSERT INTO uploads (id, tenant_id, environment, member_id, status, fingerprint, row_count, column_map, template, language, created_at)
             VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, $10)",
        )
        .bind(new.id.as_str())
        .bind(new.scope.tenant_id.as_str())
        .bind(new.scope.environment.as_str())
        .bind(new.member_id.as_str())
        .bind(&new.fingerprint)
        .bind(i64::try_from(new.row_count).unwrap_or(i64::MAX))
        .bind(&new.column_map)
        .bind(&new.template)
        .bind(&new.language)
        .bind(new.created_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Changes what a draft is made of. Returns whether there is this draft in the scope.
    pub async fn update_draft(
        &mut self,
        scope: &TenantScope,
        id: &UploadId,
        fingerprint: &str,
        column_map: &str,
        template: &str,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE uploads SET fingerprint = $4, column_map = $5, template = $6
             WHERE id = $1 AND tenant_id = $2 AND environment = $3 AND status = 'draft'",
        )
        .bind(id.as_str())
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(fingerprint)
        .bind(column_map)
        .bind(template)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Confirms a draft that still has this fingerprint, with its parts, on the right of this member. Returns whether there was
    /// one: an upload is confirmed once, and as its report shows it.
    pub async fn confirm_upload(
        &mut self,
        scope: &TenantScope,
        (id, fingerprint): (&UploadId, &str),
        member_id: &MemberId,
        parts: u32,
        now_ms: i64,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE uploads SET status = 'issuing', confirmed_at = $4, member_id = $5
             WHERE id = $1 AND tenant_id = $2 AND environment = $3 AND status = 'draft' AND fingerprint = $6",
        )
        .bind(id.as_str())
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(now_ms)
        .bind(member_id.as_str())
        .bind(fingerprint)
        .execute(self.connection())
        .await?;
        if done.rows_affected() != 1 {
            return Ok(false);
        }
        for number in 0..parts {
            sql::query("INSERT INTO upload_parts (upload_id, number) VALUES ($1, $2)")
                .bind(id.as_str())
                .bind(i64::from(number))
                .execute(self.connection())
                .await?;
        }
        Ok(true)
    }

    /// Lets an upload that stopped go on, on the right of this member. Returns whether it had stopped.
    pub async fn resume_upload(
        &mut self,
        scope: &TenantScope,
        id: &UploadId,
        member_id: &MemberId,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE uploads SET status = 'issuing', problem = NULL, notified_at = NULL, member_id = $4
             WHERE id = $1 AND tenant_id = $2 AND environment = $3 AND status = 'stopped'",
        )
        .bind(id.as_str())
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .bind(member_id.as_str())
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes a draft with its file. Returns whether there was this draft in the scope.
    pub async fn delete_draft(&mut self, scope: &TenantScope, id: &UploadId) -> Result<bool> {
        sql::query(
            "DELETE FROM upload_files WHERE upload_id IN (
                SELECT id FROM uploads WHERE id = $1 AND tenant_id = $2 AND environment = $3 AND status = 'draft')",
        )
            .bind(id.as_str())
            .bind(scope.tenant_id.as_str())
            .bind(scope.environment.as_str())
            .execute(self.connection())
            .await?;
        let done = sql::query(
            "DELETE FROM uploads WHERE id = $1 AND tenant_id = $2 AND environment = $3 AND status = 'draft'",
        )
        .bind(id.as_str())
        .bind(scope.tenant_id.as_str())
        .bind(scope.environment.as_str())
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
