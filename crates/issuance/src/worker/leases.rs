//! A step of one node among several: the work of a signing key's batches is leased before it begins.
//!
//! The lease saves work and keeps the order of a key's nonces; nothing rests on it. A node that is stopped while it
//! holds one finds, when it goes on, that each transition is a compare-and-set.

use learncoin_store::Result;
use learncoin_store::batches::Batch;
use learncoin_store::id::TenantId;
use learncoin_store::kill;
use learncoin_store::work::KeyLease;

use super::run::Worker;

/// How long a lease lasts, in milliseconds: what a node that died has begun is taken up by another after that.
const LEASE_MS: i64 = 30_000;
/// How much of it must be left when a batch is begun: so many thirds.
const THIRDS_LEFT_AT_LEAST: i64 = 2;

/// Does what is next for these batches, but for those whose key another node works on. Answers whether one moved.
pub(super) async fn step(worker: &Worker, due: Vec<Batch>) -> Result<bool> {
    let mut worked = false;
    for batches in by_key(due) {
        let Some(first) = batches.first() else { continue };
        let Some(lease) = lease(worker, &first.scope.tenant_id, first.signing_key_number).await? else {
            continue;
        };
        let (lease, outcome) = work(worker, lease, &batches).await;
        let mut tx = worker.issuance.store.begin().await?;
        tx.change_lease(&lease, None).await?;
        tx.commit().await?;
        worked |= outcome?;
    }
    Ok(worked)
}

/// The batches of each key, in the order they were in.
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

async fn lease(worker: &Worker, tenant_id: &TenantId, key_number: u64) -> Result<Option<KeyLease>> {
    let now = worker.issuance.clock.now_ms();
    let mut tx = worker.issuance.store.begin().await?;
    let lease =
        tx.lease_key(tenant_id, key_number, now, now.saturating_add(kill::lease_ms(LEASE_MS))).await?;
    tx.commit().await?;
    Ok(lease)
}

/// Works under a lease, which is made longer as need be. Gives it as it is then.
async fn work(worker: &Worker, mut lease: KeyLease, batches: &[Batch]) -> (KeyLease, Result<bool>) {
    let mut worked = false;
    for batch in batches {
        match goes_on(worker, &mut lease, batch).await {
            Ok(Next::Work) => {}
            Ok(Next::Skip) => continue,
            Ok(Next::Stop) => break,
            Err(error) => return (lease, Err(error)),
        }
        match worker.move_on(batch).await {
            Ok(moved) => worked |= moved,
            Err(error) => return (lease, Err(error)),
        }
    }
    (lease, Ok(worked))
}

/// What becomes of the next batch of a lease.
enum Next {
    Work,
    /// Another node moved it since it was read.
    Skip,
    /// The lease is another node's.
    Stop,
}

async fn goes_on(worker: &Worker, lease: &mut KeyLease, batch: &Batch) -> Result<Next> {
    let store = &worker.issuance.store;
    let now = worker.issuance.clock.now_ms();
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
