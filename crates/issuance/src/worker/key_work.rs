//! The work of one key. Where several nodes share a database, a node leases the key before.
//!
//! The lease saves work and keeps the order of a key's nonces; correctness does not depend on it. A node that is paused while
//! its lease expires is kept from doing harm by the compare-and-set of each transition.

use futures_util::{StreamExt as _, stream};
use learncoin_store::Result;
use learncoin_store::anchors::Anchor;
use learncoin_store::keys::KeyLease;
use learncoin_store::kill;

use crate::pipeline::Pipeline;
use crate::worker::due::{Key, KeyWork};
use crate::worker::steps;

/// The duration of a lease, in milliseconds: after that another node takes up the work of a node that died.
const LEASE_MS: i64 = 30_000;
/// The most anchors of a key that are looked at at the same time.
const LOOKS_AT_ONCE: usize = 16;
/// The thirds of a lease that must be left when a step begins.
const THIRDS_LEFT_AT_LEAST: i64 = 2;

/// Steps that are due.
enum Work {
    /// Of an anchor whose transaction may have to be sent: in the order of the nonces, one after the other.
    Anchor(Anchor),
    /// Of anchors whose transactions were seen in blocks: they wait for nothing but the chain, so they are looked at together.
    Mined(Vec<Anchor>),
    /// Of the pending batches.
    Sign,
}

/// Runs the steps of a key that are due, except if another node works on the key. Returns whether one moved something.
///
/// # Errors
/// If the store fails.
pub(super) async fn run(pipeline: &Pipeline, work: KeyWork) -> Result<bool> {
    let key = work.key.clone();
    if !pipeline.store.is_shared() {
        let mut worked = false;
        for steps in in_order(work) {
            worked |= take(pipeline, &key, steps).await?;
        }
        return Ok(worked);
    }
    let Some(mut lease) = lease(pipeline, &key).await? else { return Ok(false) };
    let outcome = under_lease(pipeline, &mut lease, work).await;
    let mut tx = pipeline.store.begin().await?;
    tx.change_lease(&lease, None).await?;
    tx.commit().await?;
    outcome
}

/// Returns the steps in the order in which they are taken: open work is finished before new work begins.
fn in_order(work: KeyWork) -> impl Iterator<Item = Work> + Send {
    let KeyWork { key: _, signed, has_pending, anchored } = work;
    let (mined, unmined): (Vec<Anchor>, Vec<Anchor>) =
        signed.into_iter().partition(|anchor| anchor.seen_in_block.is_some());
    let unmined = unmined.into_iter().map(Work::Anchor);
    let sign = has_pending.then_some(Work::Sign);
    unmined.chain([Work::Mined(mined)]).chain(sign).chain(anchored.into_iter().map(Work::Anchor))
}

async fn take(pipeline: &Pipeline, key: &Key, steps: Work) -> Result<bool> {
    match steps {
        Work::Anchor(anchor) => steps::move_on(pipeline, &anchor).await,
        Work::Sign => steps::sign_pending(pipeline, key).await,
        Work::Mined(anchors) => {
            let moving =
                anchors.into_iter().map(|anchor| async move { steps::move_on(pipeline, &anchor).await });
            let moved: Vec<Result<bool>> = stream::iter(moving).buffered(LOOKS_AT_ONCE).collect().await;
            moved.into_iter().try_fold(false, |worked, moved| Ok(worked | moved?))
        }
    }
}

async fn lease(pipeline: &Pipeline, (tenant_id, key_number): &Key) -> Result<Option<KeyLease>> {
    let now = pipeline.clock.now_ms();
    let mut tx = pipeline.store.begin().await?;
    let lease =
        tx.lease_key(tenant_id, *key_number, now, now.saturating_add(kill::lease_ms(LEASE_MS))).await?;
    tx.commit().await?;
    Ok(lease)
}

/// Takes steps under a lease, and extends it if needed.
async fn under_lease(pipeline: &Pipeline, lease: &mut KeyLease, work: KeyWork) -> Result<bool> {
    let key = work.key.clone();
    let mut worked = false;
    for steps in in_order(work) {
        if !extend(pipeline, lease).await? {
            break;
        }
        let steps = match steps {
            Work::Anchor(anchor) if !is_as_read(pipeline, &anchor).await? => continue,
            Work::Mined(anchors) => {
                let mut as_read = Vec::with_capacity(anchors.len());
                for anchor in anchors {
                    if is_as_read(pipeline, &anchor).await? {
                        as_read.push(anchor);
                    }
                }
                Work::Mined(as_read)
            }
            steps => steps,
        };
        worked |= take(pipeline, &key, steps).await?;
    }
    Ok(worked)
}

/// Checks whether an anchor is as it was read: another node may have moved it since.
async fn is_as_read(pipeline: &Pipeline, anchor: &Anchor) -> Result<bool> {
    Ok(pipeline.store.find_anchor(&anchor.id).await?.as_ref() == Some(anchor))
}

/// Extends a lease of which too little is left. Returns whether the lease is still held.
async fn extend(pipeline: &Pipeline, lease: &mut KeyLease) -> Result<bool> {
    let now = pipeline.clock.now_ms();
    let lasts = kill::lease_ms(LEASE_MS);
    if lease.until.saturating_sub(now) >= lasts / 3 * THIRDS_LEFT_AT_LEAST {
        return Ok(true);
    }
    let until = now.saturating_add(lasts);
    let mut tx = pipeline.store.begin().await?;
    if !tx.change_lease(lease, Some(until)).await? {
        return Ok(false);
    }
    tx.commit().await?;
    lease.until = until;
    Ok(true)
}
