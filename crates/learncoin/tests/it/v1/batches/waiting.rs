//! `waiting_for` of a batch: what its last step failed for want of.

use learncoin_testkit::{Caller, KmsFault, KmsServer, TestApp, one};
use serde_json::Value;

async fn posted(uni: &Caller) -> String {
    uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned()
}

fn waits(batch: &Value) -> (&Value, bool) {
    let (what, words) = (batch.get("waiting_for"), batch.get("waiting_for_message"));
    assert_eq!(what.is_some(), words.is_some(), "{batch}");
    (what.unwrap_or(&Value::Null), words.is_some_and(|words| words.as_str().unwrap().ends_with('.')))
}

#[tokio::test]
async fn a_batch_waits_for_the_chain_while_no_node_answers_before_and_after_it_is_signed() {
    let app = TestApp::builder().confirmations(2).start().await;
    let uni = app.tenant("Example University").await;
    app.set_chain_down(true);
    let id = posted(&uni).await;
    assert_eq!(waits(&uni.batch(&id).await), (&Value::Null, false), "nothing was tried yet");
    app.run_steps(1).await;
    let pending = uni.batch(&id).await;
    assert_eq!((&pending["status"], waits(&pending)), (&"pending".into(), (&"chain".into(), true)));
    assert_eq!(uni.all_batches().await, [pending]);
    app.set_chain_down(false);
    app.clock().advance_ms(60_000);
    app.run_steps(1).await;
    let signed = uni.batch(&id).await;
    assert_eq!((&signed["status"], waits(&signed)), (&"signed".into(), (&Value::Null, false)));
    app.set_chain_down(true);
    app.clock().advance_ms(60_000);
    app.run_steps(1).await;
    let signed = uni.batch(&id).await;
    assert_eq!((&signed["status"], waits(&signed)), (&"signed".into(), (&"chain".into(), true)));
    app.set_chain_down(false);
    app.run_until_idle().await;
    let anchored = uni.batch(&id).await;
    assert_eq!((&anchored["status"], waits(&anchored)), (&"anchored".into(), (&Value::Null, false)));
}

#[tokio::test]
async fn a_batch_waits_for_the_signing_key_while_cloud_kms_is_away() {
    let kms = KmsServer::start().await;
    let app = TestApp::builder().kms(&kms).start().await;
    let uni = app.tenant("Example University").await;
    kms.set_fault(KmsFault::Status(503));
    let id = posted(&uni).await;
    app.run_steps(1).await;
    let batch = uni.batch(&id).await;
    assert_eq!((&batch["status"], waits(&batch)), (&"pending".into(), (&"signing_key".into(), true)));
    kms.set_fault(KmsFault::None);
    app.run_until_idle().await;
    assert_eq!(waits(&uni.batch(&id).await), (&Value::Null, false));
}
