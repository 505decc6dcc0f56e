//! The moment between a POST's commit and its answer, and the one just before the commit.

use serde_json::Value;

use crate::support::client::Posted;
use crate::support::deployment::{Deployment, PLAIN, Start};
use crate::support::judge::judge;

const KEY: &str = "the one request";

#[tokio::test]
async fn what_was_committed_but_not_answered_is_answered_when_asked_again() {
    let mut deployment = Deployment::new();
    let uni = deployment.tenant("Example University").await;
    deployment.start(Start { kill_point: Some("accept.committed"), ..PLAIN }).await;
    let request = learncoin_testkit::many(3).to_string();
    let address = uni.door.address().await;
    let broken = uni.door.attempt(&address, &uni.post_call(KEY, &request)).await;
    assert!(broken.is_err(), "the process must die before it answers: {broken:?}");
    deployment.until_aborted("accept.committed").await;

    deployment.start(PLAIN).await;
    let page = uni.get("/v1/batches").await;
    let first = uni.send(KEY, &request).await;
    assert_eq!((first.status, first.replayed), (202, true), "{}", first.body);
    let answer: Value = serde_json::from_str(&first.body).unwrap();
    assert_eq!(answer["status"], "pending", "as it would have been answered then");
    assert_eq!(answer["credentials_count"], 3);
    for member in ["id", "created_at"] {
        assert_eq!(answer[member], page["data"][0][member], "it is the batch that was there already");
    }
    assert_eq!(uni.send(KEY, &request).await, first, "and again, byte for byte");

    let other = uni.send(KEY, &learncoin_testkit::many(3).to_string()).await;
    assert_eq!(other.status, 409, "{}", other.body);
    assert!(other.body.contains("idempotency_key_reused"), "{}", other.body);

    let posted = Posted {
        api_key: uni.api_key.clone(),
        idempotency_key: KEY.to_owned(),
        request,
        answer: first.body,
        answered_late: true,
    };
    let seen = judge(&mut deployment, &[uni], &[posted]).await;
    assert_eq!(seen.accounts[0].batches.len(), 1);
}

#[tokio::test]
async fn what_was_not_committed_never_was() {
    for point in ["accept.begun", "accept.key_claimed", "accept.inserted"] {
        let mut deployment = Deployment::new();
        let uni = deployment.tenant("Example University").await;
        deployment.start(Start { kill_point: Some(point), ..PLAIN }).await;
        let request = learncoin_testkit::many(3).to_string();
        let address = uni.door.address().await;
        uni.door
            .attempt(&address, &uni.post_call(KEY, &request))
            .await
            .expect_err("it dies before it answers");
        deployment.until_aborted(point).await;

        deployment.start(PLAIN).await;
        assert_eq!(uni.get("/v1/batches").await["data"], Value::Array(Vec::new()), "{point}");
        assert_eq!(uni.get("/v1/tenants/me").await["credentials_issued_this_month"], 0, "{point}");
        let posted = uni.post(KEY, 3).await;
        assert!(!posted.answered_late, "{point}: the key is free");
        judge(&mut deployment, &[uni], &[posted]).await;
    }
}
