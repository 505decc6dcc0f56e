//! Achievements that a tenant keeps and issues again. They belong to both environments, and name no person.

use crate::database::sql::{self, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::{TemplateId, TenantId};

/// An achievement that a tenant keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// The achievement's texts and skills, in JSON.
    pub content: String,
    /// When it was made, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was last changed.
    pub changed_at: i64,
}

const COLUMNS: &str = "id, content, created_at, changed_at";

fn template(row: &Row) -> Result<Template> {
    let record = Record { table: "achievement_templates", row };
    Ok(Template {
        id: record.parsed("id")?,
        content: record.text("content")?,
        created_at: record.int("created_at")?,
        changed_at: record.int("changed_at")?,
    })
}

impl Store {
    /// Returns a tenant's templates, the oldest first, at most `limit`.
    pub async fn list_templates(&self, tenant_id: &TenantId, limit: u32) -> Result<Vec<Template>> {
        let sql =
            format!("SELECT {COLUMNS} FROM achievement_templates WHERE tenant_id = $1 ORDER BY id LIMIT $2");
        let rows =
            sql::query(sql).bind(tenant_id.as_str()).bind(i64::from(limit)).fetch_all(&self.pool).await?;
        rows.iter().map(template).collect()
    }

    /// Returns a tenant's template; `None` if the tenant has none with this id.
    pub async fn find_template(&self, tenant_id: &TenantId, id: &TemplateId) -> Result<Option<Template>> {
        let sql = format!("SELECT {COLUMNS} FROM achievement_templates WHERE id = $1 AND tenant_id = $2");
        let row =
            sql::query(sql).bind(id.as_str()).bind(tenant_id.as_str()).fetch_optional(&self.pool).await?;
        row.as_ref().map(template).transpose()
    }
}

impl WriteTx {
    /// Returns how many templates a tenant has.
    pub async fn count_templates(&mut self, tenant_id: &TenantId) -> Result<i64> {
        let row = sql::query("SELECT COUNT(*) AS templates FROM achievement_templates WHERE tenant_id = $1")
            .bind(tenant_id.as_str())
            .fetch_one(self.connection())
            .await?;
        Record { table: "achievement_templates", row: &row }.int("templates")
    }

    /// Adds a template to a tenant.
    pub async fn insert_template(&mut self, tenant_id: &TenantId, new: &Template) -> Result<()> {
        sql::query(
            "INSERT INTO achievement_templates (id, tenant_id, content, created_at, changed_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(new.id.as_str())
        .bind(tenant_id.as_str())
        .bind(&new.content)
        .bind(new.created_at)
        .bind(new.changed_at)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Changes a tenant's template. Returns whether the tenant has one with this id.
    pub async fn update_template(
        &mut self,
        tenant_id: &TenantId,
        id: &TemplateId,
        content: &str,
        now_ms: i64,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE achievement_templates SET content = $3, changed_at = $4 WHERE id = $1 AND tenant_id = $2",
        )
        .bind(id.as_str())
        .bind(tenant_id.as_str())
        .bind(content)
        .bind(now_ms)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Deletes a tenant's template. Returns whether the tenant had one with this id. What was issued by it stays as it is.
    pub async fn delete_template(&mut self, tenant_id: &TenantId, id: &TemplateId) -> Result<bool> {
        let done = sql::query("DELETE FROM achievement_templates WHERE id = $1 AND tenant_id = $2")
            .bind(id.as_str())
            .bind(tenant_id.as_str())
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
