//! The credentials of an achievement: its name is looked for among the names that a tenant's documents have, then the batches in which it
//! is, then the credentials of these.

use std::collections::{BTreeMap, BTreeSet};

use learncoin_credential::Hash;

use crate::credentials::credential::{COLUMNS, Credential, credential};
use crate::credentials::document::StoredDocument;
use crate::credentials::listing::{ListPlace, ListedCredentials};
use crate::database::sql::{self, Record};
use crate::database::store::{Store, WriteTx};
use crate::database::values::{self, ROWS_PER_STATEMENT};
use crate::error::Result;
use crate::id::{AFTER_EVERY_ID, BatchId, CredentialId, TenantId};
use crate::scope::{Environment, TenantScope};
use crate::settings::Setting;

/// The most names that a search may match.
pub const MOST_NAMES: usize = 50;
/// The most credentials that are looked at for one page. Batches that mix achievements may have few of the one that is looked for.
const MOST_LOOKED_AT: usize = 2_000;
/// The number of credentials that are read at a time.
const READ_AT_ONCE: usize = 100;
/// The number of bytes of a name's hash that are kept.
const HASH_BYTES: usize = 16;
/// The place of a search for earlier batches that is over.
const DONE: &str = "";

/// A search by the name of the achievement.
#[derive(Debug, Clone, Copy)]
pub struct AchievementSearch<'a> {
    /// A part of the name, in any case of letters.
    pub text: &'a str,
    /// The place after which credentials are wanted.
    pub after: Option<&'a ListPlace>,
    /// The time from which on their batches were accepted, in milliseconds since 1970.
    pub from_ms: i64,
    /// The time before which they were.
    pub to_ms: i64,
    /// The most credentials that are wanted.
    pub limit: usize,
}

/// The credentials that a search by achievement found.
pub enum FoundByAchievement {
    /// A page of them.
    Page(ListedCredentials),
    /// More than [`MOST_NAMES`] names match.
    TooManyNames,
}

/// Returns a name as it is looked for.
fn folded(name: &str) -> String {
    name.to_lowercase()
}

fn hash_of(folded: &str) -> Vec<u8> {
    Hash::sha256(folded.as_bytes()).as_bytes().iter().take(HASH_BYTES).copied().collect()
}

/// Returns the pattern of LIKE for texts that contain this one.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for character in folded(text).chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

impl Store {
    /// Returns the scope's credentials of the achievements whose name contains a text, newest batch first.
    pub async fn page_credentials_of_achievement(
        &self,
        scope: &TenantScope,
        search: &AchievementSearch<'_>,
    ) -> Result<FoundByAchievement> {
        let hashes = self.find_achievements(&scope.tenant_id, search.text).await?;
        if hashes.len() > MOST_NAMES {
            return Ok(FoundByAchievement::TooManyNames);
        }
        let wanted = folded(search.text);
        let mut page = ListedCredentials { credentials: Vec::new(), next: None };
        let mut looked_at = 0;
        for batch_id in self.batches_of_achievements(scope, &hashes, search).await? {
            let mut position =
                search.after.filter(|place| place.batch_id == batch_id).map_or(-1, |place| place.position);
            loop {
                let rows = sql::query(format!(
                    "SELECT {COLUMNS}, position FROM credentials WHERE batch_id = $1 AND position > $2 ORDER BY position LIMIT $3"
                ))
                .bind(batch_id.as_str())
                .bind(position)
                .bind(i64::try_from(READ_AT_ONCE).unwrap_or(i64::MAX))
                .fetch_all(&self.pool)
                .await?;
                for row in &rows {
                    if page.credentials.len() >= search.limit || looked_at >= MOST_LOOKED_AT {
                        return Ok(FoundByAchievement::Page(page));
                    }
                    looked_at += 1;
                    position = Record { table: "credentials", row }.int("position")?;
                    page.next = Some(ListPlace { batch_id: batch_id.clone(), position });
                    let one = credential(row, &self.sealer)?;
                    if is_of(&one, &wanted) {
                        page.credentials.push(one);
                    }
                }
                if rows.len() < READ_AT_ONCE {
                    break;
                }
            }
        }
        page.next = None;
        Ok(FoundByAchievement::Page(page))
    }

    /// Returns the hashes of the names that contain a text: at most one more than [`MOST_NAMES`].
    async fn find_achievements(&self, tenant_id: &TenantId, text: &str) -> Result<Vec<Vec<u8>>> {
        let rows = sql::query(
            "SELECT hash FROM achievement_names WHERE tenant_id = $1 AND name LIKE $2 ESCAPE '\\' LIMIT $3",
        )
        .bind(tenant_id.as_str())
        .bind(containing(text))
        .bind(i64::try_from(MOST_NAMES + 1).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Record { table: "achievement_names", row }.bytes("hash")).collect()
    }

    /// Returns the batches in which one of the achievements is, newest first: as many as may be needed for a page.
    async fn batches_of_achievements(
        &self,
        scope: &TenantScope,
        hashes: &[Vec<u8>],
        search: &AchievementSearch<'_>,
    ) -> Result<Vec<BatchId>> {
        let (lowest, highest) = (BatchId::first_at(search.from_ms), BatchId::first_at(search.to_ms));
        let begin =
            search.after.map_or(highest.as_str(), |place| place.batch_id.as_str().min(highest.as_str()));
        // Each of them has one such credential at least, except that the first one may have none after the place.
        let most = search.limit.saturating_add(2);
        let mut found = Vec::new();
        // One by one, so that each is read in the order of its index.
        for hash in hashes {
            let rows = sql::query(
                "SELECT batch_id FROM achievement_batches
                 WHERE tenant_id = $1 AND environment = $2 AND hash = $3 AND batch_id <= $4 AND batch_id >= $5
                 ORDER BY batch_id DESC LIMIT $6",
            )
            .bind(scope.tenant_id.as_str())
            .bind(scope.environment.as_str())
            .bind(hash.as_slice())
            .bind(begin)
            .bind(lowest.as_str())
            .bind(i64::try_from(most).unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
            for row in &rows {
                found.push(Record { table: "achievement_batches", row }.parsed::<BatchId>("batch_id")?);
            }
        }
        found.sort_by(|one, other| other.as_str().cmp(one.as_str()));
        found.dedup();
        Ok(found)
    }

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

fn is_of(credential: &Credential, wanted: &str) -> bool {
    credential.redacted().is_ok_and(|document| folded(&document.subject.achievement.name).contains(wanted))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_means_its_text_and_no_pattern() {
        assert_eq!(containing("Data Analysis"), "%data analysis%");
        assert_eq!(containing("100 %_\\"), "%100 \\%\\_\\\\%");
        assert_eq!(folded("ÉCOLE"), "école");
    }
}
