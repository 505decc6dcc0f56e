//! Bodies that are too many, too slow, or of unknown length.

use std::task::Poll;

use futures_util::FutureExt as _;
use futures_util::stream::{self, StreamExt as _};

use super::*;

const MIB: usize = 1024 * 1024;

fn tenant(number: u8) -> TenantId {
    format!("tnt_01KPX4MRGJZZZZZZZZZZZZZZZ{number}").parse().unwrap()
}

/// Returns limits at which nothing is slow, and nothing waits.
fn limits() -> BodyLimits {
    BodyLimits { of_process: 3 * MIB, of_tenant: 2 * MIB, wait: Duration::ZERO, ..BodyLimits::default() }
}

fn of_length(bytes: usize) -> (Body, u64) {
    (Body::from(vec![b' '; bytes]), bytes.try_into().unwrap())
}

/// Returns a body that sends this many bytes and then nothing more.
fn hanging(bytes: usize) -> Body {
    let first = stream::iter([Ok::<_, std::io::Error>(vec![b' '; bytes])]);
    Body::from_stream(first.chain(stream::pending()))
}

async fn read(budget: &BodyBudget, tenant_id: u8, bytes: usize) -> Result<Option<BodyShare>, ErrorCode> {
    let (body, declared) = of_length(bytes);
    let (read, share) = budget.read(&tenant(tenant_id), body, declared).await.map_err(|error| error.code)?;
    assert_eq!(read.len(), bytes);
    Ok(share)
}

#[tokio::test]
async fn bodies_take_their_bytes_until_their_requests_are_answered() {
    let budget = BodyBudget::new(limits());
    let first = read(&budget, 1, 2 * MIB).await.unwrap();
    // The tenant has no more, another one has what is left for all.
    assert_eq!(read(&budget, 1, OTHER_BYTES + 1).await.err(), Some(ErrorCode::RateLimited));
    let second = read(&budget, 2, MIB).await.unwrap();
    assert_eq!(read(&budget, 3, OTHER_BYTES + 1).await.err(), Some(ErrorCode::RateLimited));
    // A small body needs none.
    assert!(read(&budget, 3, OTHER_BYTES).await.unwrap().is_none());
    assert!(read(&budget, 1, OTHER_BYTES).await.unwrap().is_none());
    drop((first, second));
    assert!(read(&budget, 1, 2 * MIB).await.unwrap().is_some());
    assert!(budget.tenants.lock().unwrap().len() <= 1, "pools without a body are forgotten");
}

#[tokio::test]
async fn a_refused_body_is_told_when_to_come_again_and_is_not_read() {
    let budget = BodyBudget::new(limits());
    let _all = read(&budget, 1, 2 * MIB).await.unwrap();
    let body = Body::from_stream(stream::poll_fn(|_| -> Poll<Option<Result<Vec<u8>, std::io::Error>>> {
        panic!("it was read")
    }));
    let error = budget.read(&tenant(1), body, 1_000_000).await.err().unwrap();
    assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(RETRY_AFTER)));
    assert!(error.message.contains("Retry in 10 s"), "{}", error.message);
}

#[tokio::test]
async fn a_body_waits_its_turn() {
    let budget = BodyBudget::new(BodyLimits { wait: Duration::from_secs(60), ..limits() });
    let first = read(&budget, 1, 2 * MIB).await.unwrap();
    let mut second = Box::pin(read(&budget, 1, MIB));
    assert!((&mut second).now_or_never().is_none());
    drop(first);
    assert!(second.await.unwrap().is_some());
}

#[tokio::test]
async fn a_body_of_unknown_length_takes_the_most_and_gives_back_what_it_does_not_need() {
    let (of_process, of_tenant) = (BATCH_BYTES + MIB, BATCH_BYTES);
    let budget = BodyBudget::new(BodyLimits { of_process, of_tenant, ..limits() });
    let mut unknown = Box::pin(async {
        let (body, _) = of_length(3 * MIB);
        budget.read(&tenant(1), body, 0).await
    });
    let share = unknown.as_mut().await.unwrap().1;
    assert!(read(&budget, 1, BATCH_BYTES - 3 * MIB).await.is_ok());
    assert_eq!(read(&budget, 1, BATCH_BYTES - 3 * MIB + 1).await.err(), Some(ErrorCode::RateLimited));
    drop(share);
    // While it is read, it may become the largest.
    let tenant_id = tenant(2);
    let mut unknown = Box::pin(budget.read(&tenant_id, hanging(OTHER_BYTES + 1), 0));
    assert!((&mut unknown).now_or_never().is_none());
    assert_eq!(read(&budget, 1, 2 * MIB).await.err(), Some(ErrorCode::RateLimited));
    // One that is small after all takes nothing.
    drop(unknown);
    let (body, _) = of_length(OTHER_BYTES);
    assert!(budget.read(&tenant(2), body, 0).await.unwrap().1.is_none());
}

#[tokio::test]
async fn a_slow_body_gives_way_once_others_wait() {
    let patient = BodyLimits { wait: Duration::from_secs(60), grace: Duration::ZERO, ..limits() };
    let budget = BodyBudget::new(BodyLimits { slow: usize::MAX, ..patient });
    let (tenant_id, declared) = (tenant(1), u64::try_from(2 * MIB).unwrap());
    let mut slow = Box::pin(budget.read(&tenant_id, hanging(OTHER_BYTES), declared));
    assert!((&mut slow).now_or_never().is_none());
    // One that has what it needs pushes no one out; one that waits does.
    assert!(read(&budget, 2, MIB).await.unwrap().is_some());
    let waiting = read(&budget, 3, 2 * MIB);
    let (slow, waiting) = tokio::join!(slow, waiting);
    assert_eq!(slow.err().map(|error| error.code), Some(ErrorCode::RateLimited));
    assert!(waiting.unwrap().is_some());
}

#[tokio::test]
async fn the_size_has_a_limit_with_and_without_a_declared_length() {
    let budget = BodyBudget::default();
    for (body, declared) in [(Body::empty(), BATCH_BYTES + 1), (Body::from(vec![0; BATCH_BYTES + 1]), 0)] {
        let error = budget.read(&tenant(1), body, declared.try_into().unwrap()).await.err().unwrap();
        assert_eq!(error.code, ErrorCode::PayloadTooLarge);
    }
    assert!(read(&budget, 1, BATCH_BYTES).await.unwrap().is_some());
    let broken = Body::from_stream(stream::iter([Err::<&[u8], _>(std::io::Error::other("reset"))]));
    let error = budget.read(&tenant(1), broken, 0).await.err().unwrap();
    assert_eq!(error.code, ErrorCode::InvalidJson);
}

#[tokio::test]
async fn small_bodies_do_not_wait_for_the_work_on_large_ones() {
    let work = BodyWork::default();
    let held = Arc::clone(&work.large).acquire_many_owned(work.large.available_permits().try_into().unwrap());
    let held = held.await.unwrap();
    let mut large = Box::pin(work.run(OTHER_BYTES + 1, || 1));
    assert!((&mut large).now_or_never().is_none());
    assert_eq!(work.run(OTHER_BYTES, || 2).await.unwrap(), 2);
    drop(held);
    assert_eq!(large.await.unwrap(), 1);
}

#[tokio::test]
async fn a_request_that_takes_more_memory_than_its_body_takes_more_bytes() {
    let budget = BodyBudget::new(limits());
    let tenant_id = tenant(1);
    let mut share = None;
    budget.cover(&tenant_id, &mut share, FREE_MEMORY).await.unwrap();
    assert!(share.is_none(), "so little is free");
    budget.cover(&tenant_id, &mut share, 6 * MIB).await.unwrap();
    assert_eq!(read(&budget, 1, MIB + 1024).await.err(), Some(ErrorCode::RateLimited));
    assert!(read(&budget, 1, MIB).await.is_ok());
    // What the body has counts.
    let mut other = read(&budget, 2, MIB).await.unwrap();
    budget.cover(&tenant(2), &mut other, 6 * MIB).await.unwrap();
    assert_eq!(other.as_ref().unwrap().of_process.num_permits() * UNIT, MIB);
    budget.cover(&tenant(2), &mut other, 12 * MIB).await.unwrap();
    let error = budget.cover(&tenant(2), &mut other, 18 * MIB).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::RateLimited);
    drop((share, other));
    assert!(read(&budget, 1, 2 * MIB).await.is_ok());
}
