//! The script that adds the reader's own time: a file of ours, which the policy allows, on pages that are whole without it.

use learncoin_store::members::Role;
use learncoin_testkit::{TestApp, one};

use super::browser::{Browser, member};

#[tokio::test]
async fn pages_have_times_in_utc_and_one_script_of_ours_that_adds_to_them() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let auditor = member(&app, "auditor@example.edu", &uni.tenant_id, Role::Auditor).await;
    let mut browser = Browser::signed_in(&app, &auditor).await;
    let base = format!("/console/t/{}/test", uni.tenant_id);
    for path in [
        format!("{base}/batches"),
        format!("{base}/members"),
        format!("{base}/audit"),
        "/console/account".into(),
    ] {
        let page = browser.get(&path).await;
        let policy = page.header("content-security-policy").to_owned();
        assert!(policy.contains("; script-src 'self';") && !policy.contains("unsafe"), "{policy}");
        let scripts: Vec<&str> = page.text().split("<script").skip(1).collect();
        assert_eq!(scripts.len(), 1, "{path}");
        assert!(
            scripts[0].starts_with(" src=\"/console/assets/local-times.js\" defer"),
            "{}",
            &scripts[0][..80]
        );
        assert!(scripts[0].contains("></script>"), "it has no text of its own");
        let times: Vec<&str> = page.text().split("<time datetime=\"").skip(1).collect();
        assert!(!times.is_empty(), "{path} has times");
        for time in times {
            let (machine, rest) = time.split_once("\">").unwrap();
            assert!(
                machine.ends_with('Z') && rest.split("</time>").next().unwrap().ends_with(" UTC"),
                "{time}"
            );
        }
    }
    let script = browser.get("/console/assets/local-times.js").await;
    assert_eq!((script.status, script.header("content-type")), (200, "text/javascript; charset=utf-8"));
    assert!(!script.header("etag").is_empty() && script.text().contains("querySelectorAll"));
}
