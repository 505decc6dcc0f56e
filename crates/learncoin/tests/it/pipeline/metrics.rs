//! The metrics of the pipeline: steps by their outcome, alarms, ages.

use std::collections::BTreeSet;

use learncoin_issuance::metrics::{ANCHORED_AGE, CREDENTIALS_ACCEPTED, STEP_DURATION, STEP_FAILURES};
use learncoin_testkit::{Counted, TestApp, many, one};

/// Returns the number of batches that each step moved on, as `step count`.
fn moved(counted: &Counted) -> BTreeSet<String> {
    let page = counted.page();
    let count = |step: &str| page.get(&format!("{STEP_DURATION}_count"), &[("step", step)]);
    ["sign", "anchor", "confirm", "watch"]
        .iter()
        .filter_map(|step| count(step).map(|count| format!("{step} {count}")))
        .collect()
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[tokio::test]
async fn each_step_is_counted_by_what_became_of_it() {
    let counted = Counted::begin();
    let app = TestApp::builder().confirmations(2).start().await;
    let uni = app.tenant("Example University").await;
    let live = uni.live().await;
    uni.post_batch(many(3)).await;
    assert_eq!(counted.page().moved(CREDENTIALS_ACCEPTED), set(&["environment=test 3"]));
    assert_eq!(counted.page().moved(STEP_FAILURES), set(&[]));

    app.set_chain_down(true);
    app.run_steps(1).await;
    let by_chain = |step: &str| format!("environment=test,reason=chain,step={step} 1");
    assert_eq!(counted.page().moved(STEP_FAILURES), set(&[&by_chain("sign")]));
    assert_eq!(moved(&counted), set(&[]));

    app.set_chain_down(false);
    app.clock().advance_ms(10_000);
    app.run_steps(1).await;
    assert_eq!(moved(&counted), set(&["sign 1"]));

    app.set_chain_down(true);
    app.run_steps(1).await;
    assert_eq!(counted.page().moved(STEP_FAILURES), set(&[&by_chain("sign"), &by_chain("anchor")]));
    app.set_chain_down(false);
    app.clock().advance_ms(10_000);
    app.run_steps(1).await;
    assert_eq!(moved(&counted), set(&["sign 1", "anchor 1"]));

    app.set_chain_down(true);
    app.clock().advance_ms(10_000);
    app.run_steps(1).await;
    let failed = set(&[&by_chain("sign"), &by_chain("anchor"), &by_chain("confirm")]);
    assert_eq!(counted.page().moved(STEP_FAILURES), failed);
    app.set_chain_down(false);
    app.clock().advance_ms(10_000);
    // In no block yet: a look that finds nothing is neither.
    app.run_steps(1).await;
    assert_eq!(moved(&counted), set(&["sign 1", "anchor 1"]));
    app.mine();
    app.mine();
    app.clock().advance_ms(10_000);
    app.run_steps(1).await;
    assert_eq!(moved(&counted), set(&["sign 1", "anchor 1", "confirm 1"]));
    assert_eq!(counted.page().moved(STEP_FAILURES), failed);

    // Fifty seconds from its acceptance on, by the deployment's own clock.
    let age = |end: &str, environment: &str| {
        counted.page().get(&format!("{ANCHORED_AGE}{end}"), &[("environment", environment)])
    };
    assert_eq!((age("_count", "test"), age("_sum", "test")), (Some(1.0), Some(50.0)));
    assert_eq!(age("_count", "live"), None);
    live.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    assert_eq!((age("_count", "test"), age("_count", "live")), (Some(1.0), Some(1.0)));
    assert_eq!(
        counted.page().moved(CREDENTIALS_ACCEPTED),
        set(&["environment=test 3", "environment=live 1"])
    );
}

#[tokio::test]
async fn a_key_that_can_not_be_used_is_a_reason_of_its_own() {
    let counted = Counted::begin();
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    uni.post_batch(one("Ada Lovelace")).await;
    app.issuance().keys.disable_signing_key(&uni.tenant_id, 1).await.unwrap();
    app.run_steps(1).await;
    let failed = set(&["environment=test,reason=signing_key,step=sign 1"]);
    assert_eq!((counted.page().moved(STEP_FAILURES), moved(&counted)), (failed, set(&[])));
}
