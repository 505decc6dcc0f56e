//! The pictures of achievements. A request names one by its URL, which is stored with the batch; it is fetched afterwards, and
//! again while that fails, up to a number of attempts. It is no part of a document, and nothing of it is signed.
//!
//! - Invariant: a picture that no credential names any more, because the last one was erased, is deleted with its URL.

use std::collections::BTreeMap;

use learncoin_credential::Hash;

use crate::database::sql::{self, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;
use crate::id::TenantId;
use crate::tenants::logos::{Logo, logo};

/// The URL of a picture, with its address within its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageUrl {
    hash: Hash,
    url: String,
}

impl ImageUrl {
    /// Creates it from a URL.
    pub fn new(url: String) -> Self {
        Self { hash: Hash::sha256(url.as_bytes()), url }
    }

    /// Returns its address within its tenant: the SHA-256 of the URL.
    pub fn hash(&self) -> &Hash {
        &self.hash
    }
}

/// A picture that is to be fetched now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueImage {
    /// The tenant whose request named it.
    pub tenant_id: TenantId,
    /// Its URL.
    pub url: String,
    /// The number of attempts so far.
    pub attempts: u64,
    hash: Hash,
    next_attempt_at: i64,
}

fn due_image(row: &Row) -> Result<DueImage> {
    let record = Record { table: "achievement_images", row };
    let url = record.text("url")?;
    Ok(DueImage {
        tenant_id: record.parsed("tenant_id")?,
        hash: Hash::sha256(url.as_bytes()),
        url,
        attempts: record.count("attempts")?,
        next_attempt_at: record.int("next_attempt_at")?,
    })
}

impl Store {
    /// Returns pictures that are due, at most `limit`, those with the fewest attempts first.
    pub async fn list_due_images(&self, now_ms: i64, limit: u32) -> Result<Vec<DueImage>> {
        let rows = sql::query(
            "SELECT tenant_id, url, attempts, next_attempt_at FROM achievement_images
             WHERE next_attempt_at <= $1 ORDER BY attempts, next_attempt_at, url_hash LIMIT $2",
        )
        .bind(now_ms)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(due_image).collect()
    }

    /// Returns the URL of the picture with this address.
    pub async fn find_image_url(&self, tenant_id: &TenantId, hash: &Hash) -> Result<Option<String>> {
        let row = sql::query("SELECT url FROM achievement_images WHERE tenant_id = $1 AND url_hash = $2")
            .bind(tenant_id.as_str())
            .bind(hash.as_bytes().as_slice())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Record { table: "achievement_images", row: &row }.text("url")).transpose()
    }

    /// Returns the picture with this address, once it was fetched.
    pub async fn find_achievement_image(&self, tenant_id: &TenantId, hash: &Hash) -> Result<Option<Logo>> {
        let row = sql::query(
            "SELECT l.hash, l.media_type, l.content FROM achievement_images i JOIN logos l ON l.hash = i.logo_hash
             WHERE i.tenant_id = $1 AND i.url_hash = $2",
        )
        .bind(tenant_id.as_str())
        .bind(hash.as_bytes().as_slice())
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(logo).transpose()
    }
}

impl WriteTx {
    /// Records that these pictures are wanted. One that was given up is tried again.
    pub(super) async fn request_images(
        &mut self,
        tenant_id: &TenantId,
        images: impl Iterator<Item = &ImageUrl>,
    ) -> Result<()> {
        // In one order, so that no two transactions wait for each other.
        let images: BTreeMap<&Hash, &str> = images.map(|image| (&image.hash, image.url.as_str())).collect();
        for (hash, url) in images {
            sql::query(
                "INSERT INTO achievement_images (tenant_id, url_hash, url, attempts, next_attempt_at) VALUES ($1, $2, $3, 0, 0)
                 ON CONFLICT (tenant_id, url_hash) DO UPDATE SET attempts = 0, next_attempt_at = 0
                 WHERE achievement_images.logo_hash IS NULL AND achievement_images.next_attempt_at IS NULL",
            )
            .bind(tenant_id.as_str())
            .bind(hash.as_bytes().as_slice())
            .bind(url)
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }

    /// Counts an attempt that is about to begin, and sets when the next one is due; `None` if this is the last one. Returns whether it may
    /// begin: no other node has begun it.
    pub async fn begin_image_attempt(
        &mut self,
        image: &DueImage,
        next_attempt_at: Option<i64>,
    ) -> Result<bool> {
        let done = sql::query(
            "UPDATE achievement_images SET attempts = attempts + 1, next_attempt_at = $4
             WHERE tenant_id = $1 AND url_hash = $2 AND next_attempt_at = $3",
        )
        .bind(image.tenant_id.as_str())
        .bind(image.hash.as_bytes().as_slice())
        .bind(image.next_attempt_at)
        .bind(next_attempt_at)
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Keeps a picture that was fetched. Nothing is kept if no credential names it any more.
    pub async fn keep_image(&mut self, image: &DueImage, logo: &Logo) -> Result<()> {
        self.keep_logo(logo).await?;
        let done = sql::query(
            "UPDATE achievement_images SET logo_hash = $3, next_attempt_at = NULL
             WHERE tenant_id = $1 AND url_hash = $2 AND logo_hash IS NULL",
        )
        .bind(image.tenant_id.as_str())
        .bind(image.hash.as_bytes().as_slice())
        .bind(logo.hash())
        .execute(self.connection())
        .await?;
        match done.rows_affected() {
            0 => self.release_logo(&logo.hash()).await,
            _ => Ok(()),
        }
    }

    /// Deletes a picture, with its URL, unless a credential still names it.
    pub async fn release_image(&mut self, tenant_id: &TenantId, hash: &Hash) -> Result<()> {
        let deleted = sql::query(
            "DELETE FROM achievement_images WHERE tenant_id = $1 AND url_hash = $2 AND NOT EXISTS (
                 SELECT 1 FROM credentials c WHERE c.achievement_image = $2 AND c.tenant_id = $1)
             RETURNING logo_hash",
        )
        .bind(tenant_id.as_str())
        .bind(hash.as_bytes().as_slice())
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = deleted else { return Ok(()) };
        match (Record { table: "achievement_images", row: &row }).maybe_text("logo_hash")? {
            Some(logo) => self.release_logo(&logo).await,
            None => Ok(()),
        }
    }
}
