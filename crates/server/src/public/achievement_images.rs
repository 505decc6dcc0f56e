//! The pictures of achievements: fetched after their batch was accepted, and kept small. A badge shows the ornament of its course
//! until its picture is there.
//!
//! - Invariant: an attempt is counted, and the next one set, before the request leaves, so a process that dies repeats nothing at once, and
//!   nodes on one database do not fetch the same picture twice.

use futures_util::future::join_all;
use learncoin_badge::accept_small_picture;
use learncoin_issuance::Issuance;
use learncoin_store::credentials::DueImage;
use learncoin_store::tenants::Logo;
use url::Url;

use crate::public::logos::{MAX_BYTES, fetch_picture};
use crate::state::AppState;

/// The number of pictures that are fetched at the same time.
const AT_ONCE: usize = 8;
/// The number of due pictures that are looked at, so that one tenant's many do not hide those of others.
const LOOKED_AT: u32 = 200;
/// The number of attempts, over two days.
const MOST_ATTEMPTS: u64 = 12;
/// The pause after the first attempt, in milliseconds; each one is four times the one before.
const FIRST_PAUSE_MS: i64 = 60 * 1000;
/// The longest pause.
const LONGEST_PAUSE_MS: i64 = 6 * 60 * 60 * 1000;
/// The bytes of a picture that is kept: there may be one for each credential. Drawings show it no larger than 480 pixels.
const KEPT_BYTES: usize = 64 * 1024;

impl AppState {
    /// Fetches the pictures of achievements that are due, some at a time. Returns whether more may be due. To be called every few
    /// seconds.
    ///
    /// # Errors
    /// If the store fails. What was not fetched is due later.
    pub async fn fetch_achievement_images(&self) -> learncoin_store::Result<bool> {
        let due = self.issuance.store.list_due_images(self.issuance.clock.now_ms(), LOOKED_AT).await?;
        let turn = one_of_each_tenant_first(due);
        let more = turn.len() > AT_ONCE;
        let fetched = turn.into_iter().take(AT_ONCE).map(|image| self.fetch_one(image));
        for outcome in join_all(fetched).await {
            outcome?;
        }
        Ok(more)
    }

    async fn fetch_one(&self, image: DueImage) -> learncoin_store::Result<()> {
        let Issuance { store, clock, .. } = &*self.issuance;
        let next = next_attempt_at(image.attempts, clock.now_ms());
        let mut tx = store.begin().await?;
        if !tx.begin_image_attempt(&image, next).await? {
            return Ok(());
        }
        tx.commit().await?;
        match self.picture(&image.url).await {
            Ok(picture) => {
                let mut tx = store.begin().await?;
                tx.keep_image(&image, &picture).await?;
                tx.commit().await
            }
            // The URL may hold a secret, or a name.
            Err(why) => {
                tracing::info!(tenant.id = %image.tenant_id, attempt = image.attempts.saturating_add(1), is_last = next.is_none(), why,
                    "the picture of an achievement could not be fetched");
                Ok(())
            }
        }
    }

    async fn picture(&self, url: &str) -> Result<Logo, String> {
        let url = Url::parse(url).map_err(|_| "is no URL".to_owned())?;
        fetch_picture(&self.egress, &url, |bytes| accept_small_picture(bytes, MAX_BYTES, KEPT_BYTES)).await
    }
}

/// Returns when the next attempt is due, after one that begins now; `None` if that is the last one.
fn next_attempt_at(attempts: u64, now_ms: i64) -> Option<i64> {
    if attempts.saturating_add(1) >= MOST_ATTEMPTS {
        return None;
    }
    let doublings = u32::try_from(attempts.saturating_mul(2)).unwrap_or(u32::MAX).min(20);
    let pause = FIRST_PAUSE_MS.saturating_mul(1 << doublings).min(LONGEST_PAUSE_MS);
    Some(now_ms.saturating_add(pause))
}

/// Orders pictures so that each tenant's first one comes before any tenant's second one.
fn one_of_each_tenant_first(due: Vec<DueImage>) -> Vec<DueImage> {
    let mut numbered: Vec<(usize, DueImage)> = Vec::with_capacity(due.len());
    for image in due {
        let before = numbered.iter().filter(|(_, other)| other.tenant_id == image.tenant_id).count();
        numbered.push((before, image));
    }
    numbered.sort_by_key(|(before, _)| *before);
    numbered.into_iter().map(|(_, image)| image).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_further_and_further_apart_and_end_after_two_days() {
        let (mut now, mut pauses) = (0, Vec::new());
        for attempts in 0.. {
            let Some(next) = next_attempt_at(attempts, now) else { break };
            pauses.push((next - now) / 60_000);
            now = next;
        }
        assert_eq!(pauses, [1, 4, 16, 64, 256, 360, 360, 360, 360, 360, 360]);
    }
}
