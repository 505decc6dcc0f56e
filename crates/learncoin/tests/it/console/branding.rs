//! The branding in the console: what is shown of it, the preview, which changes nothing, and the change, which is the API's.

use learncoin_store::members::{Member, Role};
use learncoin_store::requests::AuditRow;
use learncoin_store::tenants::{Branding, Plan};
use learncoin_testkit::{Caller, TestApp, one};

use super::browser::{Browser, member, operator};
use crate::support::site::{Site, app_that_reaches_sites};

const PNG: &[u8] = include_bytes!("../../e2e/support/data/logo.png");

struct Scene {
    app: TestApp,
    uni: Caller,
    owner: Member,
    site: Site,
    page: String,
}

async fn scene() -> Scene {
    let app = app_that_reaches_sites().await;
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    let owner = member(&app, "owner@example.edu", &uni.tenant_id, Role::Owner).await;
    let site = Site::open().await;
    site.put("/logo.png", PNG);
    let page = format!("/console/t/{}/test/branding", uni.tenant_id);
    Scene { app, uni, owner, site, page }
}

impl Scene {
    async fn stored(&self) -> (String, Branding) {
        let store = self.app.issuance().store.clone();
        let tenant = store.find_tenant(&self.uni.tenant_id).await.unwrap().unwrap();
        (tenant.name, store.get_branding(&self.uni.tenant_id).await.unwrap())
    }

    async fn last_row(&self) -> AuditRow {
        let store = self.app.issuance().store.clone();
        let rows = store.list_audit_rows(Some(&self.uni.tenant_id), i64::MIN, i64::MAX, None, 1_000).await;
        let rows = rows.unwrap().into_iter().filter(|row| row.member_id.is_some());
        rows.max_by_key(|row| row.place.as_ref().map(|place| place.sequence)).unwrap()
    }
}

#[tokio::test]
async fn a_preview_draws_what_was_typed_and_changes_nothing() {
    let scene = scene().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.owner).await;
    let before = scene.stored().await;
    let logo = scene.site.url("/logo.png");
    let fields = [
        ("name", "Example University of Tallinn"),
        ("color", "#8b2635"),
        ("logo", &logo),
        ("signer1", "Grace Hopper"),
        ("title1", "Dean"),
        ("number", "1"),
    ];
    let shown = browser.post(&format!("{}/preview", scene.page), &fields).await;
    assert_eq!(shown.status, 200);
    let text = shown.text();
    assert!(text.contains("Ada Lovelace") && text.contains("Introduction to Machine Learning"));
    assert!(text.contains("<bdi class=\"issuer-name short\">Example University of Tallinn</bdi>"));
    assert!(text.contains("class=\"logo\" src=\"data:image/png;base64,"), "the logo that is not saved");
    assert_eq!(text.matches("data:image/svg+xml;base64,").count(), 3, "the badge twice, and the certificate");
    assert!(text.contains("/assets/accent/8B2635.css"));
    assert!(
        text.contains("value=\"Example University of Tallinn\"") && text.contains("value=\"Grace Hopper\"")
    );
    assert!(shown.header("content-security-policy").contains("img-src 'self' data:;"));
    assert_eq!(scene.stored().await, before);
    let row = scene.last_row().await;
    assert!(row.endpoint.ends_with("/branding/preview"), "{}", row.endpoint);
    assert_eq!((row.status, row.subjects), (200, vec![scene.uni.tenant_id.to_string()]));
    let page = browser.get(&scene.page).await;
    assert!(page.text().contains("value=\"Example University\"") && !page.text().contains("data:image"));
    assert!(page.header("content-security-policy").contains("img-src 'self';"), "no other page loosens it");
}

#[tokio::test]
async fn a_change_is_the_one_of_the_api_and_fetches_what_is_new_alone() {
    let scene = scene().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.owner).await;
    let logo = scene.site.url("/logo.png");
    let mut fields = vec![
        ("name", "Example University"),
        ("logo", logo.as_str()),
        ("color", "#8b2635"),
        ("signer1", "Ada"),
    ];
    let saved = browser.post(&scene.page, &fields).await;
    assert_eq!(
        (saved.status, saved.header("location")),
        (303, &*format!("{}?done=branding-saved", scene.page))
    );
    let (_, branding) = scene.stored().await;
    assert_eq!(branding.accent_color.as_deref(), Some("#8B2635"));
    assert_eq!(branding.page_logo.as_ref().map(|logo| logo.url.as_str()), Some(logo.as_str()));
    assert_eq!(branding.certificate.signatures[0].name, "Ada");
    assert_eq!(scene.site.times_asked("/logo.png"), 1);
    let row = scene.last_row().await;
    assert_eq!((row.status, row.subjects), (303, vec![scene.uni.tenant_id.to_string()]));

    fields[2].1 = "#1D4F91";
    assert_eq!(browser.post(&scene.page, &fields).await.status, 303);
    assert_eq!(scene.site.times_asked("/logo.png"), 1, "a logo that stays is not fetched again");
    fields.truncate(1);
    assert_eq!(browser.post(&scene.page, &fields).await.status, 303);
    let (_, cleared) = scene.stored().await;
    assert_eq!((cleared.accent_color, cleared.page_logo, cleared.certificate.is_empty()), (None, None, true));

    for (fields, label) in [
        (vec![("name", "Example University"), ("color", "red")], "<strong>Color:</strong>"),
        (vec![("name", "")], "<strong>Name of the organization:</strong>"),
        (
            vec![("name", "Example University"), ("logo", "http://localhost:1/none.png")],
            "<strong>Address of the logo:</strong>",
        ),
        (vec![("name", "Example University"), ("title2", "Dean")], "<strong>Person 1 who signs:</strong>"),
    ] {
        for path in [scene.page.clone(), format!("{}/preview", scene.page)] {
            let refused = browser.post(&path, &fields).await;
            assert_eq!(refused.status, 422, "{fields:?}");
            assert!(refused.text().contains(label), "{fields:?}");
        }
    }
}

#[tokio::test]
async fn the_page_says_how_many_pages_show_it_and_what_waits_for_the_operator() {
    let scene = scene().await;
    let live = scene.uni.live().await;
    live.post_batch(one("Ada Lovelace")).await;
    scene.uni.post_batch(one("Ada Lovelace")).await;
    scene.uni.post_batch(one("Grace Hopper")).await;
    let mut browser = Browser::signed_in(&scene.app, &scene.owner).await;
    let fields = [("name", "Famous University"), ("color", "#8B2635")];
    let test = browser.get(&scene.page).await;
    assert!(
        test.text().contains("changed in the live environment") && !test.text().contains("name=\"color\"")
    );
    let refused = browser.post(&scene.page, &fields).await;
    assert_eq!(refused.status, 422, "the rule of the API holds here too");
    assert_eq!(scene.stored().await.0, "Example University");

    let page = scene.page.replace("/test/", "/live/");
    let shown = browser.get(&page).await;
    assert!(shown.text().contains("The pages of 1 live and 2 test credentials"));
    assert!(shown.text().contains("Nothing waits for the operator"));
    assert_eq!(browser.post(&page, &fields).await.status, 303);
    let shown = browser.get(&page).await;
    assert!(shown.text().contains("Waits for the operator to confirm it"));
    assert!(shown.text().contains("“Example University” counts as the confirmed name"));
    let mut of_operator =
        Browser::signed_in(&scene.app, &operator(&scene.app, "operator@example.edu").await).await;
    let tenant = format!("/console/operator/tenants/{}", scene.uni.tenant_id);
    assert!(of_operator.get(&tenant).await.text().contains("Confirm the branding"));
    assert_eq!(of_operator.post(&tenant, &[("confirm", "1")]).await.status, 303);
    assert!(browser.get(&page).await.text().contains("Nothing waits for the operator"));
    // Others read it.
    let auditor = member(&scene.app, "auditor@example.edu", &scene.uni.tenant_id, Role::Auditor).await;
    let mut of_auditor = Browser::signed_in(&scene.app, &auditor).await;
    let read = of_auditor.get(&page).await;
    assert!(read.text().contains("Famous University") && read.text().contains("#8B2635"));
    assert!(!read.text().contains("name=\"color\""));
    assert_eq!(of_auditor.post(&page, &fields).await.status, 403);
}

#[tokio::test]
async fn an_owner_alone_decides_whether_wallet_forms_carry_the_hashed_address() {
    let scene = scene().await;
    let store = scene.app.issuance().store.clone();
    let action = format!("{}/wallet-email", scene.page);
    let mut browser = Browser::signed_in(&scene.app, &scene.owner).await;
    let page = browser.get(&scene.page).await;
    for words in
        ["anyone with the credential’s link can test an address", "It is off:", "Add the hashed address"]
    {
        assert!(page.text().contains(words), "{words}");
    }
    for (switch, is_on, words) in
        [("on", true, "It is on:"), ("on", true, "It is on:"), ("off", false, "It is off:")]
    {
        let before = scene.stored().await;
        let saved = browser.post(&action, &[("switch", switch)]).await;
        let to = format!("{}?done=wallet-saved", scene.page);
        assert_eq!((saved.status, saved.header("location")), (303, to.as_str()));
        assert_eq!(store.has_wallet_email(&scene.uni.tenant_id).await.unwrap(), is_on);
        assert_eq!(scene.stored().await, before, "nothing else is changed");
        let page = browser.get(&to).await;
        assert!(page.text().contains("The change was saved.") && page.text().contains(words), "{switch}");
        let row = scene.last_row().await;
        assert_eq!(row.member_id.as_ref(), Some(&scene.owner.id));
        assert!(row.endpoint.ends_with("/branding/wallet-email"), "{}", row.endpoint);
        assert_eq!((row.status, row.subjects), (303, vec![scene.uni.tenant_id.to_string()]));
    }
    for fields in [&[][..], &[("switch", "maybe")]] {
        assert_eq!(browser.post(&action, fields).await.status, 422, "{fields:?}");
    }
    let issuer = member(&scene.app, "issuer@example.edu", &scene.uni.tenant_id, Role::Issuer).await;
    let mut browser = Browser::signed_in(&scene.app, &issuer).await;
    let page = browser.get(&scene.page).await;
    assert!(page.text().contains("It is off:") && !page.text().contains("wallet-email"));
    let refused = browser.post(&action, &[("switch", "on")]).await;
    assert_eq!(refused.status, 403);
    assert!(!store.has_wallet_email(&scene.uni.tenant_id).await.unwrap());
}
