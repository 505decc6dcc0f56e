//! The names of achievements, and the batches in which they are: recorded when a batch is accepted, and for those of earlier releases
//! afterwards.

use std::collections::{BTreeMap, BTreeSet};

use learncoin_credential::Hash;

use crate::credentials::document::StoredDocument;
use crate::database::sql::{self, Record};
use crate::database::store::{Store, WriteTx};
use crate::database::values::{self, ROWS_PER_STATEMENT};
use crate::error::Result;
use crate::id::{AFTER_EVERY_ID, BatchId, CredentialId};
use crate::scope::{Environment, TenantScope};
use crate::settings::Setting;

/// The number of bytes of a name's hash that are kept.
const HASH_BYTES: usize = 16;
/// The place of a search for earlier batches that is over.
const DONE: &str = "";

/// Returns a name as it is looked for.
pub(super) fn folded(name: &str) -> String {
    name.to_lowercase()
}

fn hash_of(folded: &str) -> Vec<u8> {
    Hash::sha256(folded.as_bytes()).as_bytes().iter().take(HASH_BYTES).copied().collect()
}

impl Store {
    /// Records the achievements of batches that earlier releases accepted: of `most` batches at a time, newest first. Returns whether there
    /// may be more.
    ///
    /// # Errors
    /// If the database fails, or a row can't be read.
    pub async fn record_earlier_achievements(&self, most: u32) -> Result<bool> {
        let place = self.find_setting(Setting::AchievementsFrom).await?;
        let place = place.as_deref().unwrap_or(AFTER_EVERY_ID);
        if place == DONE {
            return Ok(false);
        }
        let rows = sql::query(
            "SELECT id, tenant_id, environment FROM batches WHERE id < $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(place)
        .bind(i64::from(most))
        .fetch_all(&self.pool)
        .await?;
        let mut earlier = Vec::with_capacity(rows.len());
        for row in &rows {
            let record = Record { table: "batches", row };
            let scope = TenantScope {
                tenant_id: record.parsed("tenant_id")?,
                environment: record.parsed::<Environment>("environment")?,
            };
            let batch_id: BatchId = record.parsed("id")?;
            let names = self.achievements_of(&batch_id).await?;
            earlier.push((scope, batch_id, names));
        }
        let mut tx = self.begin().await?;
        for (scope, batch_id, names) in &earlier {
            tx.insert_achievements(scope, batch_id, names.iter().map(String::as_str)).await?;
        }
        let next = earlier.last().map_or(DONE, |(_, batch_id, _)| batch_id.as_str());
        tx.put_setting(Setting::AchievementsFrom, next).await?;
        tx.commit().await?;
        Ok(!earlier.is_empty())
    }

    /// Returns the names of the achievements of a batch's credentials. One whose document is damaged has none; the doctor reports it.
    async fn achievements_of(&self, batch_id: &BatchId) -> Result<Vec<String>> {
        let rows = sql::query(
            "SELECT c.id, c.recipient_id, c.document, c.document_own, p.content AS document_shared
             FROM credentials c LEFT JOIN document_parts p ON p.tenant_id = c.tenant_id AND p.hash = c.document_hash
             WHERE c.batch_id = $1 ORDER BY c.position",
        )
        .bind(batch_id.as_str())
        .fetch_all(&self.pool)
        .await?;
        let mut names: Vec<String> = Vec::new();
        for row in &rows {
            let record = Record { table: "credentials", row };
            let id: CredentialId = record.parsed("id")?;
            let document = StoredDocument::read(&record)?.document(&id, &record.text("recipient_id")?);
            let Ok(document) = document else { continue };
            let name = document.subject.achievement.name;
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        Ok(names)
    }
}

impl WriteTx {
    /// Records the achievements that are in a batch, by their names.
    pub(super) async fn insert_achievements(
        &mut self,
        scope: &TenantScope,
        batch_id: &BatchId,
        names: impl Iterator<Item = &str>,
    ) -> Result<()> {
        const NAMES: &str = "INSERT INTO achievement_names (tenant_id, hash, name)";
        const BATCHES: &str = "INSERT INTO achievement_batches (tenant_id, environment, hash, batch_id)";
        // In one order, so that no two transactions wait for each other.
        let names: BTreeSet<&str> = names.collect();
        let names: BTreeMap<Vec<u8>, String> =
            names.into_iter().map(folded).map(|folded| (hash_of(&folded), folded)).collect();
        let names: Vec<(Vec<u8>, String)> = names.into_iter().collect();
        for rows in names.chunks(ROWS_PER_STATEMENT) {
            let sql = format!("{} ON CONFLICT DO NOTHING", values::insert(NAMES, rows.len(), 3));
            let mut query = sql::query(sql);
            for (hash, name) in rows {
                query = query.bind(scope.tenant_id.as_str()).bind(hash.as_slice()).bind(name.as_str());
            }
            query.execute(self.connection()).await?;
            let sql = format!("{} ON CONFLICT DO NOTHING", values::insert(BATCHES, rows.len(), 4));
            let mut query = sql::query(sql);
            for (hash, _) in rows {
                query = query
                    .bind(scope.tenant_id.as_str())
                    .bind(scope.environment.as_str())
                    .bind(hash.as_slice())
                    .bind(batch_id.as_str());
            }
            query.execute(self.connection()).await?;
        }
        Ok(())
    }
}
