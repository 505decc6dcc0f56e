//! A tenant's face: what stands on its credentials and pages, and under which DID.

use sqlx::any::AnyRow;

use crate::error::Result;
use crate::id::TenantId;
use crate::row::{Record, exactly_one};
use crate::scope::Environment;
use crate::store::{AnyExecutor, Store, WriteTx};
use crate::tenants::Plan;

/// What a tenant says of itself. `None` where it never said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Face {
    /// The name of the body that awards its credentials.
    pub awarding_body_name: Option<String>,
    /// That body's site.
    pub awarding_body_url: Option<String>,
    /// That body's logo.
    pub awarding_body_logo: Option<NamedLogo>,
    /// `#RRGGBB`, for the verification page.
    pub accent_color: Option<String>,
    /// The logo on the verification page.
    pub page_logo: Option<NamedLogo>,
    /// A DID of its own, under which new credentials are issued while the plan includes that.
    pub own_did: Option<String>,
    /// When the tenant last changed itself what a page shows, in milliseconds since 1970; `None` once the operator
    /// confirmed it.
    pub changed_at: Option<i64>,
    /// What the operator confirmed last, while the tenant's own change waits for that.
    pub confirmed: Option<Shown>,
}

/// A logo as its tenant named it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLogo {
    /// Where it was fetched.
    pub url: String,
    /// The hash under which it is kept.
    pub hash: String,
}

/// What a page shows of a face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The name that stands as the issuer's on new credentials.
    pub issuer_name: String,
    /// `#RRGGBB`.
    pub accent_color: Option<String>,
    /// The hash of the logo.
    pub logo_hash: Option<String>,
}

impl Face {
    /// The name that stands as the issuer's on new credentials of a tenant with this display name.
    pub fn issuer_name<'n>(&'n self, display_name: &'n str) -> &'n str {
        self.awarding_body_name.as_deref().unwrap_or(display_name)
    }

    /// What a page shows of a tenant with this display name, confirmed or not. The awarding body's logo stands in for
    /// one of the page's own.
    pub fn shown(&self, display_name: &str) -> Shown {
        let logo = self.page_logo.as_ref().or(self.awarding_body_logo.as_ref());
        Shown {
            issuer_name: self.issuer_name(display_name).to_owned(),
            accent_color: self.accent_color.clone(),
            logo_hash: logo.map(|logo| logo.hash.clone()),
        }
    }

    /// What may be shown of a tenant with this display name: in live what the operator confirmed last, in test what
    /// the tenant says of itself now.
    pub fn stands(&self, environment: Environment, display_name: &str) -> Shown {
        match (environment, &self.confirmed) {
            (Environment::Live, Some(confirmed)) => confirmed.clone(),
            (Environment::Live, None) | (Environment::Test, _) => self.shown(display_name),
        }
    }

    /// The hashes of every logo that must be kept for it.
    pub fn logo_hashes(&self) -> impl Iterator<Item = &str> {
        let named = [&self.awarding_body_logo, &self.page_logo].into_iter().flatten().map(|logo| &logo.hash);
        let confirmed = self.confirmed.as_ref().and_then(|shown| shown.logo_hash.as_ref());
        named.chain(confirmed).map(String::as_str)
    }

    /// The DID of its own that a tenant on this plan issues under. After a downgrade there is none, though the tenant
    /// had named one; after an upgrade it is back.
    pub fn own_did_on(&self, plan: Plan) -> Option<&str> {
        self.own_did.as_deref().filter(|_| plan.allows_own_did())
    }
}

const COLUMNS: &str = "id, awarding_body_name, awarding_body_url, awarding_body_logo_url, awarding_body_logo_hash, \
     accent_color, page_logo_url, page_logo_hash, own_did, face_changed_at, confirmed_name, confirmed_accent_color, \
     confirmed_logo_hash";

fn face(row: &AnyRow) -> Result<Face> {
    let record = Record { table: "tenants", row };
    let logo = |url, hash| -> Result<Option<NamedLogo>> {
        let (url, hash) = (record.maybe_text(url)?, record.maybe_text(hash)?);
        Ok(url.zip(hash).map(|(url, hash)| NamedLogo { url, hash }))
    };
    let confirmed = match record.maybe_text("confirmed_name")? {
        Some(issuer_name) => Some(Shown {
            issuer_name,
            accent_color: record.maybe_text("confirmed_accent_color")?,
            logo_hash: record.maybe_text("confirmed_logo_hash")?,
        }),
        None => None,
    };
    Ok(Face {
        awarding_body_name: record.maybe_text("awarding_body_name")?,
        awarding_body_url: record.maybe_text("awarding_body_url")?,
        awarding_body_logo: logo("awarding_body_logo_url", "awarding_body_logo_hash")?,
        accent_color: record.maybe_text("accent_color")?,
        page_logo: logo("page_logo_url", "page_logo_hash")?,
        own_did: record.maybe_text("own_did")?,
        changed_at: record.maybe_int("face_changed_at")?,
        confirmed,
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
}

impl WriteTx {
    /// The tenant's face as this transaction sees it.
    pub async fn get_face(&mut self, id: &TenantId) -> Result<Face> {
        get(self.connection(), id).await
    }

    /// Writes the tenant's display name and face, in place of `old`. Logos that it no longer shows are not kept.
    pub async fn put_face(&mut self, id: &TenantId, name: &str, old: &Face, face: &Face) -> Result<()> {
        let url = |logo: &Option<NamedLogo>| logo.as_ref().map(|logo| logo.url.clone());
        let hash = |logo: &Option<NamedLogo>| logo.as_ref().map(|logo| logo.hash.clone());
        let confirmed = face.confirmed.as_ref();
        let done = sqlx::query(
            "UPDATE tenants SET name = $2, awarding_body_name = $3, awarding_body_url = $4,
                    awarding_body_logo_url = $5, awarding_body_logo_hash = $6, accent_color = $7, page_logo_url = $8,
                    page_logo_hash = $9, own_did = $10, face_changed_at = $11, confirmed_name = $12,
                    confirmed_accent_color = $13, confirmed_logo_hash = $14
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(name)
        .bind(&face.awarding_body_name)
        .bind(&face.awarding_body_url)
        .bind(url(&face.awarding_body_logo))
        .bind(hash(&face.awarding_body_logo))
        .bind(&face.accent_color)
        .bind(url(&face.page_logo))
        .bind(hash(&face.page_logo))
        .bind(&face.own_did)
        .bind(face.changed_at)
        .bind(confirmed.map(|shown| shown.issuer_name.clone()))
        .bind(confirmed.and_then(|shown| shown.accent_color.clone()))
        .bind(confirmed.and_then(|shown| shown.logo_hash.clone()))
        .execute(self.connection())
        .await?;
        exactly_one(done.rows_affected(), "the tenant")?;
        for hash in old.logo_hashes() {
            self.release_logo(hash).await?;
        }
        Ok(())
    }
}
