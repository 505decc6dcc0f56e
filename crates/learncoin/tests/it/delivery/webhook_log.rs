//! The log of deliveries to webhook endpoints.

use learncoin_issuance::time::iso8601;
use learncoin_store::webhooks::Replay;
use learncoin_testkit::{Received, Receiver, one};

use super::webhooks::{DAY_MS, app, attempts, register, replay};

#[tokio::test]
async fn the_log_is_kept_for_thirty_days() {
    let app = app().await;
    let uni = app.tenant("Example University").await;
    let backend = Receiver::start().await;
    let endpoint = register(&uni, &backend.url("/hook"), &["batch.created"]).await;
    uni.post_batch(one("Ada Lovelace")).await;
    app.deliver_until_idle().await;
    for (advance, kept) in [(30 * DAY_MS, 1), (1, 0)] {
        app.clock().advance_ms(advance);
        app.issuance().retention.purge().await.unwrap();
        assert_eq!(attempts(&app, &endpoint).await.len(), kept);
    }
    // What can't be seen any more can still be repeated.
    let all = Replay::Range { endpoint_id: &endpoint.id, from_ms: 0, to_ms: i64::MAX };
    assert_eq!(replay(&app, all, false).await, 1);
    app.deliver_until_idle().await;
    let seen = backend.seen();
    assert_eq!((seen.len(), &seen[1].body), (2, &seen[0].body));
    let at = |request: &Received| request.json()["created_at"].clone();
    assert_eq!(at(&seen[1]), iso8601(app.now_ms() - 30 * DAY_MS - 1));
}
