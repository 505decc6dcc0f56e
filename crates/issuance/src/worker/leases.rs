//! A step of one node among several: a node leases a signing key before it works on the key's batches.
//!
//! The lease saves work and keeps the order of a key's nonces; correctness does not depend on it. A node that is paused while
//! its lease expires is kept from doing harm by the compare-and-set of each transition.

use learncoin_store::Result;
use learncoin_store::batches::Batch;
use learncoin_store::batches::KeyLease;
use learncoin_store::id::TenantId;
use learncoin_store::kill;

use crate::pipeline::Pipeline;
use crate::worker::batch_step;

/// The duration of a lease, in milliseconds: after that another node takes up the work of a node that died.
const LEASE_MS: i64 = 30_000;
/// The thirds of a lease that must be left when work on a batch begins.
const THIRDS_LEFT_AT_LEAST: i64 = 2;

/// Runs the next step of these batches, except those whose key another node works on. Returns whether one moved.
///
/// # Errors
/// If the store fails.
pub(super) async fn step(pipeline: &Pipeline, due: Vec<Batch>) -> Result<bool> {
    let mut worked = false;
    for batches in by_key(due) {
        let Some(first) = batches.first() else { continue };
        let Some(lease) = lease(pipeline, &first.scope.tenant_id, first.signing_key_number).await? else {
            continue;
        };
        let (lease, outcome) = work(pipeline, lease, &batches).await;
        let mut tx = pipeline.store.begin().await?;
        tx.change_lease(&lease, None).await?;
        tx.commit().await?;
        worked |= outcome?;
    }
    Ok(worked)
}

/// Groups batches by their key, in the order in which they were.
fn by_key(batches: Vec<Batch>) -> Vec<Vec<Batch>> {
    let mut groups: Vec<Vec<Batch>> = Vec::new();
    for batch in batches {
        let is_of = |group: &&mut Vec<Batch>| {
            group.first().is_some_and(|first| {
                (&first.scope.tenant_id, first.signing_key_number)
                    == (&batch.scope.tenant_id, batch.signing_key_number)
            })
        };
        match groups.iter_mut().find(is_of) {
            Some(group) => group.push(batch),
            None => groups.push(vec![batch]),
        }
    }
    groups
}

async fn lease(pipeline: &Pipeline, tenant_id: &TenantId, key_number: u64) -> Result<Option<KeyLease>> {
    let now = pipeline.clock.now_ms();
    let mut tx = pipeline.store.begin().await?;
    let lease =
        tx.lease_key(tenant_id, key_number, now, now.saturating_add(kill::lease_ms(LEASE_MS))).await?;
    tx.commit().await?;
    Ok(lease)
}

/// Works under a lease, and extends it if needed. Returns the lease as it is after that.
async fn work(pipeline: &Pipeline, mut lease: KeyLease, batches: &[Batch]) -> (KeyLease, Result<bool>) {
    let mut worked = false;
    for batch in batches {
        match goes_on(pipeline, &mut lease, batch).await {
            Ok(Next::Work) => {}
            Ok(Next::Skip) => continue,
            Ok(Next::Stop) => break,
            Err(error) => return (lease, Err(error)),
        }
        match batch_step::move_on(pipeline, batch).await {
            Ok(moved) => worked |= moved,
            Err(error) => return (lease, Err(error)),
        }
    }
    (lease, Ok(worked))
}

/// The action for the next batch of a lease.
enum Next {
    Work,
    /// Another node moved it since it was read.
    Skip,
    /// The lease is another node's.
    Stop,
}

async fn goes_on(pipeline: &Pipeline, lease: &mut KeyLease, batch: &Batch) -> Result<Next> {
    let store = &pipeline.store;
    let now = pipeline.clock.now_ms();
    let lasts = kill::lease_ms(LEASE_MS);
    if lease.until.saturating_sub(now) < lasts / 3 * THIRDS_LEFT_AT_LEAST {
        let until = now.saturating_add(lasts);
        let mut tx = store.begin().await?;
        if !tx.change_lease(lease, Some(until)).await? {
            return Ok(Next::Stop);
        }
        tx.commit().await?;
        lease.until = until;
    }
    let is_as_read = store.batch_by_id(&batch.id).await?.as_ref() == Some(batch);
    Ok(if is_as_read { Next::Work } else { Next::Skip })
}
