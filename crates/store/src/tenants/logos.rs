//! Logos: pictures that tenants named, kept under the hash of their bytes as long as a branding or an achievement shows them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

use crate::database::sql::{self, Record, Row};
use crate::database::store::{Store, WriteTx};
use crate::error::Result;

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// The media type of its bytes.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Logo {
    /// Returns the name under which it is kept: SHA-256 over its bytes, lower-case hex.
    pub fn hash(&self) -> String {
        hex::encode(Sha256::digest(&self.bytes))
    }
}

pub(crate) fn logo(row: &Row) -> Result<Logo> {
    let record = Record { table: "logos", row };
    let bytes = BASE64.decode(record.text("content")?).map_err(|_| record.unreadable("content"))?;
    Ok(Logo { media_type: record.text("media_type")?, bytes })
}

impl Store {
    /// Returns the picture with this hash.
    pub async fn find_logo(&self, hash: &str) -> Result<Option<Logo>> {
        let row = sql::query("SELECT hash, media_type, content FROM logos WHERE hash = $1")
            .bind(hash)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(logo).transpose()
    }
}

impl WriteTx {
    /// Keeps a picture. To be called in the transaction that makes a branding show it.
    pub async fn keep_logo(&mut self, logo: &Logo) -> Result<()> {
        sql::query(
            // The same bytes: written again only to hold the row, so that no other transaction deletes it meanwhile.
            "INSERT INTO logos (hash, media_type, content) VALUES ($1, $2, $3)
             ON CONFLICT (hash) DO UPDATE SET media_type = excluded.media_type",
        )
        .bind(logo.hash())
        .bind(&logo.media_type)
        .bind(BASE64.encode(&logo.bytes))
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Deletes a picture unless a branding or an achievement still shows it.
    pub async fn release_logo(&mut self, hash: &str) -> Result<()> {
        // A transaction that is about to use it is waited for first: only the statement after this one sees what that wrote.
        let sql = format!("SELECT hash FROM logos WHERE hash = $1 {}", self.dialect.hold_alone());
        sql::query(sql).bind(hash).execute(self.connection()).await?;
        sql::query(
            "DELETE FROM logos WHERE hash = $1 AND NOT EXISTS (
                 SELECT 1 FROM tenants
                 WHERE awarding_body_logo_hash = $1 OR page_logo_hash = $1 OR confirmed_logo_hash = $1
                    OR certificate LIKE '%' || $1 || '%' OR confirmed_certificate LIKE '%' || $1 || '%')
             AND NOT EXISTS (SELECT 1 FROM achievement_images i WHERE i.logo_hash = $1)",
        )
        .bind(hash)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
