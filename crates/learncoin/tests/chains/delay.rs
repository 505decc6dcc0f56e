//! The time from the 202 to the anchor, by the clock of the deployment: a block every two seconds.

use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_store::clock::Clock as _;
use learncoin_testkit::many;

use crate::support::story::Story;

/// Among 200 batches the one that only one in a hundred is slower than.
const P99: usize = 197;

#[tokio::test]
async fn two_hundred_batches_are_anchored_within_a_minute_of_their_acceptance() {
    let story = Story::begin().await;
    let quota = TenantUpdate { credentials_per_month: Some(Some(1_000_000)), ..TenantUpdate::default() };
    story.app.issuance().tenants.update_tenant(&story.uni.tenant_id, quota).await.unwrap();
    let mut accepted = Vec::new();
    let mut delays = Vec::new();
    let mut open = Vec::new();
    for second in (0..).step_by(2) {
        // Four batches every two seconds, of 1 to 500 credentials.
        for number in 0..4 {
            if accepted.len() < 200 {
                let size = match (accepted.len() + number) % 40 {
                    0 => 500,
                    1..5 => 50,
                    _ => 1,
                };
                let batch = story.uni.post_batch(many(size)).await;
                let id = batch["id"].as_str().unwrap().to_owned();
                accepted.push(id.clone());
                open.push((id, story.app.clock().now_ms()));
            }
        }
        story.pass(1_000).await;
        story.node.mine(1).await;
        story.pass(1_000).await;
        let mut still_open = Vec::new();
        for (id, at) in open {
            match story.status(&id).await.as_str() {
                "anchored" => delays.push(story.app.clock().now_ms() - at),
                _ => still_open.push((id, at)),
            }
        }
        open = still_open;
        assert!(second < 600, "{} are still open", open.len());
        if accepted.len() == 200 && open.is_empty() {
            break;
        }
    }
    delays.sort_unstable();
    assert!(delays[P99] <= 60_000, "{delays:?}");
    story.assert_anchored_once().await;
}
