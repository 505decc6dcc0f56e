//! The rules of `learncoin doctor`, after a story.

use learncoin_issuance::credential::examine;

use crate::app::TestApp;

/// Checks that the database breaks none of the rules of `learncoin doctor`.
///
/// # Panics
/// If it breaks one.
pub async fn assert_doctor_is_content(app: &TestApp) {
    let store = app.issuance().store.clone();
    let mut findings = store.examine().await.expect("the rules are examined");
    findings.push(examine::trees(&store).await.expect("the trees are examined"));
    for finding in findings {
        assert_eq!(finding.broken_by, [""; 0], "{}", finding.rule);
    }
}
