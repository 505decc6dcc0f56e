//! Invitations: those who are added get a mail, without a secret, and adding never fails because of it.

use axum::Router;
use learncoin_console::ConsoleState;
use learncoin_delivery::mail::folder::ReadMail;
use learncoin_delivery::mail::member_mail::MemberMailer;
use learncoin_delivery::mail::worker::MailTransport;
use learncoin_delivery::mail::{MailFolder, Sender};
use learncoin_server::router_with;
use learncoin_store::members::{Member, Role};
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Answer, Caller, Method, TestApp};
use serde_json::json;

use super::browser::{Browser, member, operator};

const EVE: &str = "eve@example.edu";

struct Scene {
    app: TestApp,
    uni: Caller,
    owner: Member,
    router: Router,
}

impl Scene {
    /// Starts a deployment whose mails go into this folder; `None` sends none.
    async fn new(folder: impl FnOnce(&TestApp) -> Option<MailFolder>) -> Self {
        let app = TestApp::start().await;
        let uni = app.tenant_on(Plan::Institution, "Example University").await;
        let owner = member(&app, "owner@example.edu", &uni.tenant_id, Role::Owner).await;
        let mut console = ConsoleState::new(&app.state());
        if let Some(folder) = folder(&app) {
            let sender = Sender::new("", "", app.public_url()).unwrap();
            console = console.with_mailer(MemberMailer { sender, transport: MailTransport::Files(folder) });
        }
        let router = router_with(app.state(), learncoin_console::router(&console));
        Self { app, uni, owner, router }
    }

    async fn mailing() -> Self {
        Self::new(|app| Some(app.mail_folder())).await
    }

    async fn browser(&self, member: &Member) -> Browser<'_> {
        let mut browser = Browser::at(&self.app, &self.router);
        browser.cookies = Browser::signed_in(&self.app, member).await.cookies;
        browser
    }

    fn members(&self) -> String {
        format!("/console/t/{}/test/members", self.uni.tenant_id)
    }

    /// Adds a person as the owner does. Returns the page that follows.
    async fn add(&self, email: &str, role: &str) -> Answer {
        let mut browser = self.browser(&self.owner).await;
        let added = browser.post(&self.members(), &[("email", email), ("role", role)]).await;
        assert_eq!(added.status, 303, "{}", added.text());
        browser.get(added.header("location")).await
    }

    async fn remove(&self, email: &str) {
        let store = self.app.issuance().store.clone();
        let found = store.find_member_by_email(&email.parse().unwrap()).await.unwrap().unwrap();
        let mut browser = self.browser(&self.owner).await;
        let path = format!("{}/{}/remove", self.members(), found.id);
        assert_eq!(browser.post(&path, &[]).await.status, 303);
    }

    async fn role_of(&self, email: &str) -> Option<Role> {
        let store = self.app.issuance().store.clone();
        let found = store.find_member_by_email(&email.parse().unwrap()).await.unwrap()?;
        store.find_role(&found.id, &self.uni.tenant_id).await.unwrap()
    }

    async fn mails(&self) -> Vec<ReadMail> {
        let folder = self.app.mail_folder();
        let mut mails = Vec::new();
        for token in folder.list().await.unwrap() {
            mails.push(folder.read(&token).await.unwrap().unwrap());
        }
        mails
    }
}

#[tokio::test]
async fn a_person_who_is_added_is_told_who_added_them_and_where_they_sign_in() {
    let scene = Scene::mailing().await;
    let page = scene.add(EVE, "issuer").await;
    assert!(page.text().contains("and a mail invites them"), "{}", page.text());
    assert_eq!(scene.role_of(EVE).await, Some(Role::Issuer));
    let mails = scene.mails().await;
    assert_eq!(mails.len(), 1);
    let header = |name: &str| mails[0].headers.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(
        (header("To"), header("Subject")),
        (EVE.into(), "You are invited to the console at learncoin.example".into())
    );
    let text = &mails[0].text;
    assert!(text.contains("Example University added you to its console at learncoin.example"), "{text}");
    assert!(text.contains("Your role: Issuer."), "{text}");
    let links: Vec<&str> = text.split_whitespace().filter(|word| word.contains("://")).collect();
    assert_eq!(links, ["https://learncoin.example/console/sign-in"], "no link of it holds a secret");
    // A person who has a role already was here before.
    let page = scene.add(EVE, "auditor").await;
    assert!(page.text().contains("The role was changed"), "{}", page.text());
    assert_eq!(scene.mails().await.len(), 1);
}

#[tokio::test]
async fn an_invitation_is_in_the_language_of_the_organizations_mails() {
    let scene = Scene::mailing().await;
    let store = scene.app.issuance().store.clone();
    let mut settings = store.get_mail_settings(&scene.uni.tenant_id).await.unwrap();
    settings.language = Some("de".into());
    let mut tx = store.begin().await.unwrap();
    tx.put_mail_settings(&scene.uni.tenant_id, &settings).await.unwrap();
    tx.commit().await.unwrap();
    scene.add(EVE, "owner").await;
    let mails = scene.mails().await;
    assert!(mails[0].text.contains("Ihre Rolle: Inhaber."), "{}", mails[0].text);
}

#[tokio::test]
async fn an_owner_whom_an_operator_adds_is_invited_too() {
    let scene = Scene::mailing().await;
    let operator = operator(&scene.app, "operator@example.org").await;
    let mut browser = scene.browser(&operator).await;
    let path = format!("/console/operator/tenants/{}/members", scene.uni.tenant_id);
    let added = browser.post(&path, &[("email", EVE)]).await;
    assert!(browser.get(added.header("location")).await.text().contains("and a mail invites them"));
    assert_eq!(scene.mails().await.len(), 1);
    let added = browser.post(&path, &[("email", EVE)]).await;
    assert!(browser.get(added.header("location")).await.text().contains("The role was changed"));
    assert_eq!(scene.mails().await.len(), 1);
}

#[tokio::test]
async fn without_mails_and_while_they_fail_people_are_added_and_the_page_says_so() {
    let scene = Scene::new(|_| None).await;
    let page = scene.add(EVE, "issuer").await;
    assert!(page.text().contains("This deployment sends no mails"), "{}", page.text());
    assert!(!page.text().contains("A mail invites them"), "the form promises none");
    assert_eq!(scene.role_of(EVE).await, Some(Role::Issuer));
    // The folder can't be made below a file.
    let file = tempfile::NamedTempFile::new().unwrap();
    let scene = Scene::new(|_| Some(MailFolder::new(file.path().join("mails")))).await;
    let page = scene.add(EVE, "issuer").await;
    assert!(page.text().contains("the invitation may not have been mailed"), "{}", page.text());
    assert_eq!(scene.role_of(EVE).await, Some(Role::Issuer));
}

#[tokio::test]
async fn an_address_gets_three_invitations_a_day() {
    let scene = Scene::mailing().await;
    for number in 1..=5 {
        let page = scene.add(EVE, "issuer").await;
        let is_mailed = page.text().contains("and a mail invites them");
        assert_eq!(is_mailed, number <= 3, "{number}");
        scene.remove(EVE).await;
    }
    assert_eq!(scene.mails().await.len(), 3);
    scene.app.clock().advance_ms(24 * 60 * 60 * 1000);
    scene.add(EVE, "issuer").await;
    assert_eq!(scene.mails().await.len(), 4);
}

#[tokio::test]
async fn a_name_that_no_operator_confirmed_leads_no_one_away() {
    let scene = Scene::mailing().await;
    for (name, shown, is_named) in [
        ("Example Academy", "Example Academy added you", true),
        ("Login at paypal.com", "An organization added you", false),
    ] {
        let body = json!({ "display_name": name }).to_string();
        scene.uni.send(Method::PATCH, "/v1/tenants/me", &[], body).await.expect(200);
        scene.add(EVE, "issuer").await;
        let mails = scene.mails().await;
        let mail = mails.iter().find(|mail| mail.text.contains(shown)).unwrap_or_else(|| panic!("{mails:?}"));
        assert_eq!(mail.text.contains("has not confirmed the issuer's name"), is_named, "{}", mail.text);
        assert!(!mail.text.contains("paypal") && !mail.subject.contains("paypal"));
        scene.remove(EVE).await;
    }
}
