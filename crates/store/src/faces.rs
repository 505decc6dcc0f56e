//! A tenant's face: what stands on its credentials and pages, and under which DID.

use sqlx::any::AnyRow;

use crate::error::Result;
use crate::id::TenantId;
use crate::row::{Record, exactly_one};
use crate::store::{AnyExecutor, Store, WriteTx};

/// What a tenant says of itself. `None` where it never said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Face {
    /// The name of the body that awards its credentials.
    pub awarding_body_name: Option<String>,
    /// That body's site.
    pub awarding_body_url: Option<String>,
    /// That body's logo.
    pub awarding_body_logo_url: Option<String>,
    /// `#RRGGBB`, for the verification page.
    pub accent_color: Option<String>,
    /// The logo on the verification page.
    pub page_logo_url: Option<String>,
    /// A DID of its own, under which new credentials are issued.
    pub own_did: Option<String>,
    /// When the tenant last changed this itself, in milliseconds since 1970; `None` once the operator confirmed it.
    pub changed_at: Option<i64>,
    /// The issuer's name that the operator confirmed last, while the tenant's own change waits for that.
    pub confirmed_name: Option<String>,
}

impl Face {
    /// The name that stands as the issuer's on new credentials of a tenant with this display name.
    pub fn issuer_name<'n>(&'n self, display_name: &'n str) -> &'n str {
        self.awarding_body_name.as_deref().unwrap_or(display_name)
    }
}

const COLUMNS: &str = "id, awarding_body_name, awarding_body_url, awarding_body_logo_url, accent_color, page_logo_url, \
     own_did, face_changed_at, confirmed_name";

fn face(row: &AnyRow) -> Result<Face> {
    let record = Record { table: "tenants", row };
    Ok(Face {
        awarding_body_name: record.maybe_text("awarding_body_name")?,
        awarding_body_url: record.maybe_text("awarding_body_url")?,
        awarding_body_logo_url: record.maybe_text("awarding_body_logo_url")?,
        accent_color: record.maybe_text("accent_color")?,
        page_logo_url: record.maybe_text("page_logo_url")?,
        own_did: record.maybe_text("own_did")?,
        changed_at: record.maybe_int("face_changed_at")?,
        confirmed_name: record.maybe_text("confirmed_name")?,
    })
}

async fn get(executor: impl AnyExecutor<'_>, id: &TenantId) -> Result<Face> {
    let row = sqlx::query(sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM tenants WHERE id = $1")))
        .bind(id.as_str())
        .fetch_one(executor)
        .await?;
    face(&row)
}

impl Store {
    /// The tenant's face.
    pub async fn get_face(&self, id: &TenantId) -> Result<Face> {
        get(&self.pool, id).await
    }

    /// Every DID of its own that the tenant's credentials ever named, oldest first.
    pub async fn list_own_dids(&self, id: &TenantId) -> Result<Vec<String>> {
        Ok(sqlx::query_scalar("SELECT did FROM own_dids WHERE tenant_id = $1 ORDER BY since, did")
            .bind(id.as_str())
            .fetch_all(&self.pool)
            .await?)
    }
}

impl WriteTx {
    /// The tenant's face as this transaction sees it.
    pub async fn get_face(&mut self, id: &TenantId) -> Result<Face> {
        get(self.connection(), id).await
    }

    /// Writes the tenant's display name and face.
    pub async fn put_face(&mut self, id: &TenantId, name: &str, face: &Face) -> Result<()> {
        let done = sqlx::query(
            "UPDATE tenants SET name = $2, awarding_body_name = $3, awarding_body_url = $4, awarding_body_logo_url = $5,
                    accent_color = $6, page_logo_url = $7, own_did = $8, face_changed_at = $9, confirmed_name = $10
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(name)
        .bind(&face.awarding_body_name)
        .bind(&face.awarding_body_url)
        .bind(&face.awarding_body_logo_url)
        .bind(&face.accent_color)
        .bind(&face.page_logo_url)
        .bind(&face.own_did)
        .bind(face.changed_at)
        .bind(&face.confirmed_name)
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the tenant")
    }

    /// Remembers a DID of the tenant's own for good: credentials that name it must go on verifying.
    pub async fn remember_own_did(&mut self, id: &TenantId, did: &str, now_ms: i64) -> Result<()> {
        sqlx::query("INSERT INTO own_dids (tenant_id, did, since) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, did) DO NOTHING")
            .bind(id.as_str())
            .bind(did)
            .bind(now_ms)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
