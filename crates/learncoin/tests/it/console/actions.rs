//! The actions of members: each does what the API or the command does, and has its row in the audit log under the member's id.

use learncoin_store::members::{Member, Role};
use learncoin_store::requests::AuditRow;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Caller, Receiver, TestApp, one};

use super::browser::{Browser, member, operator};

struct Scene {
    app: TestApp,
    uni: Caller,
    owner: Member,
    base: String,
}

async fn scene() -> Scene {
    let app = TestApp::builder().private_targets().start().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let owner = member(&app, "owner@example.edu", &uni.tenant_id, Role::Owner).await;
    let base = format!("/console/t/{}/test", uni.tenant_id);
    Scene { app, uni, owner, base }
}

impl Scene {
    /// Returns the rows of members in the order in which they were written: the clock does not move.
    async fn rows(&self) -> Vec<AuditRow> {
        let store = self.app.issuance().store.clone();
        let all = store.list_audit_rows(Some(&self.uni.tenant_id), i64::MIN, i64::MAX, None, 1_000).await;
        let mut rows: Vec<AuditRow> =
            all.unwrap().into_iter().filter(|row| row.member_id.is_some()).collect();
        rows.sort_by_key(|row| row.place.as_ref().map(|place| place.sequence));
        rows
    }

    /// Asserts that the newest action has this row.
    async fn assert_row(&self, endpoint: &str, status: u16, subject: &str) {
        let row = self.rows().await.pop().unwrap();
        assert_eq!(row.member_id.as_ref(), Some(&self.owner.id));
        assert!(row.endpoint.ends_with(endpoint), "{}", row.endpoint);
        assert_eq!((row.method.as_str(), row.status), ("POST", status), "{endpoint}");
        assert_eq!(row.subjects, [subject], "{endpoint}");
    }

    async fn credential(&self) -> String {
        let batch = self.uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
        self.app.run_until_idle().await;
        self.uni.batch(&batch).await["credentials"][0]["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_credential_is_found_revoked_and_erased() {
    let scene = scene().await;
    let id = scene.credential().await;
    let recipient = scene.uni.credential(&id).await["signed_credential"]["credentialSubject"]["id"].clone();
    let mut browser = Browser::signed_in(&scene.app, &scene.owner).await;
    let base = &scene.base;
    let list = browser.get(&format!("{base}/credentials")).await;
    assert!(list.text().contains("Ada Lovelace") && list.text().contains(&id));
    let found = browser.get(&format!("{base}/credentials?q={}", recipient.as_str().unwrap())).await;
    assert!(found.text().contains(&id));
    let found = browser.get(&format!("{base}/credentials?q={id}")).await;
    assert_eq!(found.header("location"), format!("{base}/credentials/{id}"));
    let found = browser.get(&format!("{base}/credentials?from=2026-11-20&to=2026-11-20")).await;
    assert!(found.text().contains(&id));
    let found = browser.get(&format!("{base}/credentials?to=2026-11-19")).await;
    assert!(!found.text().contains(&id));
    let page = format!("{base}/credentials/{id}");
    assert!(browser.get(&page).await.text().contains("Ada Lovelace"));

    let revoke = format!("{page}/revoke");
    assert_eq!(browser.post(&revoke, &[("reason_code", "other")]).await.status, 422, "a reason is required");
    scene.assert_row("/revoke", 422, &id).await;
    let fields = [("reason_code", "issuer_error"), ("reason", "Wrong grade")];
    assert_eq!(browser.post(&revoke, &fields).await.status, 303);
    scene.assert_row("/credentials/{id}/revoke", 303, &id).await;
    assert!(scene.uni.credential(&id).await["revoked"].as_bool().unwrap());
    assert_eq!(browser.post(&revoke, &fields).await.status, 422);

    let erase = format!("{page}/erase");
    let mut fields = [("requester", "recipient"), ("verified_at", "2026-11-19"), ("confirmation", "XXXXXX")];
    assert_eq!(browser.post(&erase, &fields).await.status, 422);
    assert!(!scene.uni.credential(&id).await["erased"].as_bool().unwrap());
    fields[2].1 = &id[id.len() - 6..];
    assert_eq!(browser.post(&erase, &fields).await.status, 303);
    scene.assert_row("/credentials/{id}/erase", 303, &id).await;
    assert!(scene.uni.credential(&id).await["erased"].as_bool().unwrap());
    for page in [
        page.clone(),
        format!("{base}/credentials?state=erased"),
        format!("{base}/credentials?state=revoked"),
    ] {
        let text = browser.get(&page).await;
        assert!(text.text().contains(&id) && !text.text().contains("Ada Lovelace"), "{page}");
    }
}

#[tokio::test]
async fn a_key_is_created_restricted_and_revoked() {
    let scene = scene().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.owner).await;
    let base = &scene.base;
    let created = browser.post(&format!("{base}/keys"), &[("label", "Registrar")]).await;
    assert_eq!(created.status, 201);
    let (_, secret) = created.text().split_once("value=\"lrn_test_").unwrap();
    let secret = format!("lrn_test_{}", secret.split('"').next().unwrap());
    assert!(created.header("content-encoding").is_empty() && created.header("cache-control") == "no-store");
    let key = scene.rows().await.pop().unwrap().subjects.pop().unwrap();
    scene.assert_row("/keys", 201, &key).await;
    let mut caller = scene.uni.clone();
    caller.key = secret.clone();
    assert_eq!(caller.get("/v1/tenants/me").await.status, 200);
    assert!(!browser.get(&format!("{base}/keys")).await.text().contains(&secret));
    let networks = format!("{base}/keys/{key}/networks");
    assert_eq!(browser.post(&networks, &[("networks", "everyone")]).await.status, 422);
    assert_eq!(
        browser.post(&networks, &[("networks", "203.0.113.0/24\r\n198.51.100.0/24")]).await.status,
        303
    );
    scene.assert_row("/keys/{id}/networks", 303, &key).await;
    assert_eq!(caller.get("/v1/tenants/me").await.expect(401)["error"]["code"], "ip_not_allowed");
    assert_eq!(browser.post(&networks, &[]).await.status, 303);
    assert_eq!(caller.get("/v1/tenants/me").await.status, 200);
    assert_eq!(browser.post(&format!("{base}/keys/{key}/revoke"), &[]).await.status, 303);
    scene.assert_row("/keys/{id}/revoke", 303, &key).await;
    assert_eq!(caller.get("/v1/tenants/me").await.expect(401)["error"]["code"], "api_key_revoked");
}

#[tokio::test]
async fn a_webhook_is_added_tested_replayed_rotated_and_deleted() {
    let scene = scene().await;
    let receiver = Receiver::start().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.owner).await;
    let base = &scene.base;
    let url = receiver.url("/hook");
    let fields = [("url", url.as_str()), ("event", "batch.anchored"), ("event", "credential.revoked")];
    let created = browser.post(&format!("{base}/webhooks"), &fields).await;
    assert_eq!(created.status, 201);
    assert!(created.text().contains("value=\"whsec_"));
    let id = scene.rows().await.pop().unwrap().subjects.pop().unwrap();
    scene.assert_row("/webhooks", 201, &id).await;
    assert_eq!(browser.post(&format!("{base}/webhooks"), &[("url", "ftp://x")]).await.status, 422);
    let page = format!("{base}/webhooks/{id}");
    let tested = browser.post(&format!("{page}/test"), &[]).await;
    assert_eq!((tested.status, receiver.seen().len()), (200, 1));
    scene.credential().await;
    scene.app.deliver_until_idle().await;
    assert_eq!(receiver.seen().len(), 2);
    assert!(browser.get(&page).await.text().contains("evt_"));
    browser.post(&format!("{page}/replay"), &[]).await;
    scene.app.deliver_until_idle().await;
    assert_eq!(receiver.seen().len(), 2, "only what failed is sent again by default");
    browser.post(&format!("{page}/replay"), &[("which", "all")]).await;
    scene.assert_row("/replay", 303, &id).await;
    scene.app.deliver_until_idle().await;
    assert_eq!(receiver.seen().len(), 3);
    assert!(browser.get(&page).await.text().contains("/replay\""));
    let mut tx = scene.app.issuance().store.begin().await.unwrap();
    tx.disable_webhook(&id.parse().unwrap(), 1).await.unwrap();
    tx.commit().await.unwrap();
    let refused = browser.post(&format!("{page}/replay"), &[("which", "all")]).await;
    assert_eq!((refused.status, refused.header("location")), (303, page.as_str()));
    assert!(!browser.get(&page).await.text().contains("/replay\""), "an endpoint that is off gets nothing");
    assert_eq!(browser.post(&format!("{page}/activate"), &[]).await.status, 303);
    scene.app.deliver_until_idle().await;
    assert_eq!(receiver.seen().len(), 3);
    let rotated = browser.post(&format!("{page}/rotate"), &[]).await;
    assert!(rotated.status == 201 && rotated.text().contains("value=\"whsec_"));
    assert_eq!(browser.post(&format!("{page}/delete"), &[]).await.status, 303);
    scene.assert_row("/delete", 303, &id).await;
    assert_eq!(browser.get(&page).await.status, 404);
}

#[tokio::test]
async fn members_are_added_and_removed_and_an_owner_stays() {
    let scene = scene().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.owner).await;
    let members = format!("{}/members", scene.base);
    let own = format!("{members}/{}", scene.owner.id);
    for (path, fields) in [
        (format!("{own}/remove"), vec![]),
        (format!("{own}/role"), vec![("role", "auditor")]),
        (members.clone(), vec![("email", "owner@example.edu"), ("role", "auditor")]),
        (members.clone(), vec![("email", "no address"), ("role", "auditor")]),
        (members.clone(), vec![("email", "eve@example.edu"), ("role", "king")]),
    ] {
        assert_eq!(browser.post(&path, &fields).await.status, 422, "{path} {fields:?}");
    }
    let fields = [("email", "Ben@example.edu"), ("role", "issuer")];
    assert_eq!(browser.post(&members, &fields).await.status, 303);
    let store = scene.app.issuance().store.clone();
    let ben = store.find_member_by_email(&"ben@example.edu".parse().unwrap()).await.unwrap().unwrap();
    scene.assert_row("/members", 303, ben.id.as_str()).await;
    let mut of_ben = Browser::signed_in(&scene.app, &ben).await;
    assert_eq!(of_ben.get(&members).await.status, 200);
    assert_eq!(of_ben.post(&members, &[("email", "eve@example.edu"), ("role", "owner")]).await.status, 403);
    assert_eq!(browser.post(&format!("{members}/{}/remove", ben.id), &[]).await.status, 303);
    scene.assert_row("/members/{id}/remove", 303, ben.id.as_str()).await;
    assert_eq!(of_ben.get(&members).await.status, 303, "the session went with the member");
    assert!(store.find_member(&ben.id).await.unwrap().is_none());
}

#[tokio::test]
async fn the_audit_log_shows_and_exports_the_actions() {
    let scene = scene().await;
    let id = scene.credential().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.owner).await;
    let fields = [("reason_code", "other"), ("reason", "Because")];
    browser.post(&format!("{}/credentials/{id}/revoke", scene.base), &fields).await;
    let page = browser.get(&format!("{}/audit", scene.base)).await;
    assert!(page.text().contains(scene.owner.id.as_str()) && page.text().contains(&id));
    let page = browser.get(&format!("{}/audit?who={}", scene.base, scene.owner.id)).await;
    assert!(page.text().contains(&id) && !page.text().contains("/v1/batches"));
    let page = browser.get(&format!("{}/audit?to=2026-11-19", scene.base)).await;
    assert!(!page.text().contains(scene.owner.id.as_str()));
    let file = browser.get(&format!("{}/audit.csv?who={}", scene.base, scene.owner.id)).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<&str> = file.text().lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("at,request_id,member_id,") && lines[1].contains(&id));
    // The chains of the log hold rows of members, too.
    assert!(
        scene.app.issuance().store.find_audit_row(&scene.rows().await[0].request_id).await.unwrap().is_some()
    );
}

#[tokio::test]
async fn an_operator_creates_a_tenant_and_adds_its_owner() {
    let scene = scene().await;
    let operator = operator(&scene.app, "operator@example.edu").await;
    let mut browser = Browser::signed_in(&scene.app, &operator).await;
    let fields = [("name", "New School"), ("plan", "starter")];
    let created = browser.post("/console/operator/tenants", &fields).await;
    assert_eq!(created.status, 303);
    let path = created.header("location").split('?').next().unwrap().to_owned();
    assert!(browser.get(&path).await.text().contains("New School"));
    assert_eq!(browser.post(&path, &[("plan", "institution"), ("quota", "many")]).await.status, 422);
    assert_eq!(browser.post(&path, &[("plan", "institution"), ("quota", "1234")]).await.status, 303);
    assert!(browser.get(&path).await.text().contains("value=\"1234\""));
    assert_eq!(browser.post(&format!("{path}/members"), &[("email", "head@example.edu")]).await.status, 303);
    let store = scene.app.issuance().store.clone();
    let head = store.find_member_by_email(&"head@example.edu".parse().unwrap()).await.unwrap().unwrap();
    let memberships = store.list_memberships(&head.id).await.unwrap();
    assert_eq!((memberships.len(), memberships[0].role), (1, Role::Owner));
    // An operator reads a tenant's pages, and issues nothing in its name.
    let base = format!("/console/t/{}/test", scene.uni.tenant_id);
    assert_eq!(browser.get(&format!("{base}/credentials")).await.status, 200);
    assert_eq!(browser.post(&format!("{base}/keys"), &[]).await.status, 403);
    let actions = store.list_audit_rows(None, i64::MIN, i64::MAX, None, 100).await.unwrap();
    let actions: Vec<&AuditRow> =
        actions.iter().filter(|row| row.member_id.as_ref() == Some(&operator.id)).collect();
    assert_eq!(actions.len(), 4);
}

#[tokio::test]
async fn the_overview_shows_the_month_and_what_waits() {
    let scene = scene().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.owner).await;
    let empty = browser.get(&scene.base).await;
    assert!(empty.text().contains("Nothing has been issued here yet"));
    scene.app.set_chain_down(true);
    let batch = scene.uni.post_batch(one("Ada Lovelace")).await["id"].as_str().unwrap().to_owned();
    scene.app.run_steps(3).await;
    let page = browser.get(&scene.base).await;
    assert!(page.text().contains(&batch) && page.text().contains("1 of 25\u{202f}000 credentials"));
    let german = browser.get(&format!("{}?lang=de", scene.base)).await;
    assert!(german.text().contains("lang=\"de\"") && german.text().contains("Übersicht"));
    assert!(
        browser.get(&scene.base).await.text().contains("Übersicht"),
        "the choice of the language is kept"
    );
    let live = browser.get(&scene.base.replace("/test", "/live")).await;
    assert!(!live.text().contains(&batch));
}
