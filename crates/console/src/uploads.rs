//! Spreadsheets of recipients: checked, confirmed by a person, issued batch by batch, and given back with the results.
//!
//! A file waits sealed in the database while a person looks at the report of its dry run: nothing of it is a credential, and it is
//! deleted with the draft. What is issued follows from the file, its columns' uses, the template, the day and the seed of the ids that
//! were made, so that a part that is made again is the same.

pub(crate) mod contents;
pub(crate) mod report;
pub(crate) mod results;
pub(crate) mod stored_file;
pub(crate) mod worker;

use learncoin_issuance::Issuance;

/// The time for which a draft waits for a decision, in milliseconds: a day.
const DRAFT_MS: i64 = 24 * 60 * 60 * 1000;
/// The time for which a file is kept for its results, in milliseconds: 30 days.
const FILE_MS: i64 = 30 * DRAFT_MS;

/// Deletes the drafts that were not decided in time, and the files that are too old.
///
/// # Errors
/// If the store fails.
pub async fn purge(issuance: &Issuance) -> learncoin_store::Result<()> {
    let now = issuance.clock.now_ms();
    let mut tx = issuance.store.begin().await?;
    tx.purge_uploads(now.saturating_sub(DRAFT_MS), now.saturating_sub(FILE_MS), now).await?;
    tx.commit().await
}
