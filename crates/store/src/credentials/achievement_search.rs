//! The credentials of an achievement: its name is looked for among the names that a tenant's documents have, then the batches in which it
//! is, then the credentials of these.

use crate::credentials::achievements::folded;
use crate::credentials::credential::{COLUMNS, Credential, credential};
use crate::credentials::listing::{ListPlace, ListedCredentials};
use crate::database::sql::{self, Record};
use crate::database::store::Store;
use crate::error::Result;
use crate::id::{BatchId, TenantId};
use crate::scope::TenantScope;

/// The most names that a search may match.
pub const MOST_NAMES: usize = 50;
/// The most credentials that are looked at for one page. Batches that mix achievements may have few of the one that is looked for.
const MOST_LOOKED_AT: usize = 2_000;
/// The number of credentials that are read at a time.
const READ_AT_ONCE: usize = 100;

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
}

fn is_of(credential: &Credential, wanted: &str) -> bool {
    credential.redacted().is_ok_and(|document| folded(&document.subject.achievement.name).contains(wanted))
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
