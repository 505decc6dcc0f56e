//! A panic at any point of a batch's life is a failure of one step or one request, and of nothing else.

use learncoin_testkit::Receiver;
use serde_json::json;

use crate::support::deployment::Deployment;
use crate::support::http::wait;
use crate::support::school::{School, one};

/// The points at which the pipeline can be met, and the step that is counted: where a signed batch was is not known.
const POINTS: [(&str, &str); 8] = [
    ("sign.claimed", "sign"),
    ("sign.built", "sign"),
    ("sign.signed", "sign"),
    ("sign.committed", "sign"),
    ("anchor.claimed", "anchor"),
    ("anchor.sent", "anchor"),
    ("anchor.marked", "anchor"),
    ("confirm.seen", "anchor"),
];

#[test]
fn a_step_that_panics_is_tried_again() {
    for (point, step) in POINTS {
        let deployment = Deployment::new()
            .with_metrics()
            .with("LEARNCOIN_PANIC_POINT", point)
            .with("LEARNCOIN_PIPELINE_MAX_BACKOFF_S", "0");
        let server = deployment.serve();
        let school = School::join(&server, "developer");
        school.issue(&one());
        // The one that panicked is no exception: the next one goes through, too.
        school.issue(&one());
        let failed = format!("environment=test,reason=internal,step={step} 1");
        assert_eq!(
            server.metrics().moved("learncoin_pipeline_step_failures_total"),
            [failed].into(),
            "{point}"
        );
        server.ask_to_end();
        let (status, printed) = server.until_ended();
        assert!(status.success(), "{point}");
        assert_eq!(printed.matches("the program panicked").count(), 1, "{point}\n{printed}");
    }
}

#[test]
fn a_server_of_which_a_part_has_ended_ends_and_the_next_one_goes_on() {
    let deployment = Deployment::new().with("LEARNCOIN_WEBHOOKS_ALLOW_PRIVATE_TARGETS", "true");
    let server = deployment.with("LEARNCOIN_PANIC_POINT", "deliver.claimed").serve();
    let school = School::join(&server, "developer");
    let backend = wait(Receiver::start());
    school.create("/webhooks", &json!({ "url": backend.url("/hook"), "events": ["batch.created"] }));
    let batch = school.accepted(&one());
    let (status, printed) = server.until_ended();
    assert_eq!(status.code(), Some(4), "{printed}");
    assert!(printed.contains("task=\"deliveries\"") && printed.contains("to be started again"), "{printed}");
    let again = deployment.serve();
    school.at(&again).anchored(&batch);
    wait(backend.until_seen(1));
    assert!(again.stop().success());
}
