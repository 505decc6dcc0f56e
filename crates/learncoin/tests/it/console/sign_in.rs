//! Signing in: by a link of the command, by a link in a mail, and how sessions end.

use axum::Router;
use axum::body::Body;
use axum::http::header::COOKIE;
use learncoin_console::sign_in::{ABSOLUTE_MS, IDLE_MS, LINK_MS, create_link};
use learncoin_console::{ConsoleState, LinkMailer};
use learncoin_delivery::mail::Sender;
use learncoin_delivery::mail::member_mail::MemberMailer;
use learncoin_delivery::mail::worker::MailTransport;
use learncoin_server::router_with;
use learncoin_store::members::{Member, Role, Token};
use learncoin_testkit::{Answer, Request, TestApp, answer_of};

use super::browser::{BROWSER, Browser, SESSION, accounts, form, member, session};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn link(app: &TestApp, member: &Member) -> Token {
    let issuance = app.issuance();
    create_link(&issuance.store, &*issuance.clock, &*issuance.entropy, &member.id, None).await.unwrap()
}

async fn app_with_owner() -> (TestApp, Member) {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let owner = member(&app, "Ada@Example.edu", &uni.tenant_id, Role::Owner).await;
    (app, owner)
}

#[tokio::test]
async fn a_link_of_the_command_signs_in_once_and_reading_it_changes_nothing() {
    let (app, owner) = app_with_owner().await;
    let token = link(&app, &owner).await;
    let path = format!("/console/link/{}", token.expose());
    // Programs that scan mails open links, more than once.
    for _ in 0..3 {
        let mut scanner = Browser::new(&app);
        assert_eq!(scanner.get(&path).await.status, 200);
        assert_eq!(scanner.cookie(SESSION), None);
    }
    let mut browser = Browser::new(&app);
    let page = browser.get(&path).await;
    assert!(page.text().contains(token.expose()) && page.header("referrer-policy") == "same-origin");
    let answer = browser.post("/console/link", &[("token", token.expose())]).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/console"));
    assert!(browser.cookie(SESSION).is_some() && browser.cookie(BROWSER).is_none());
    let overview = browser.get("/console").await;
    assert_eq!(overview.status, 303);
    let overview = browser.get(overview.header("location")).await;
    assert!(overview.text().contains("ada@example.edu") && overview.text().contains("Example University"));
    // The same link again, in any browser.
    for browser in [&mut Browser::new(&app), &mut browser] {
        assert_eq!(browser.post("/console/link", &[("token", token.expose())]).await.status, 403);
    }
    // Signing out ends the session, not only the cookie.
    let kept = browser.cookies.clone();
    assert_eq!(browser.post("/console/sign-out", &[]).await.header("location"), "/console/sign-in");
    assert!(browser.cookie(SESSION).is_none());
    browser.cookies = kept;
    assert_eq!(browser.get("/console").await.header("location"), "/console/sign-in");
}

#[tokio::test]
async fn a_link_works_for_a_quarter_of_an_hour() {
    let (app, owner) = app_with_owner().await;
    let (early, late) = (link(&app, &owner).await, link(&app, &owner).await);
    app.clock().advance_ms(LINK_MS - 1);
    assert_eq!(Browser::new(&app).post("/console/link", &[("token", early.expose())]).await.status, 303);
    app.clock().advance_ms(1);
    assert_eq!(Browser::new(&app).post("/console/link", &[("token", late.expose())]).await.status, 403);
    // A clock that was set back makes no link new.
    app.clock().advance_ms(-3 * DAY_MS);
    assert_eq!(Browser::new(&app).post("/console/link", &[("token", late.expose())]).await.status, 403);
}

#[tokio::test]
async fn a_session_has_a_secret_of_its_own_whatever_the_browser_held() {
    let (app, owner) = app_with_owner().await;
    let planted = Token::parse(&"ab".repeat(32)).unwrap();
    let mut browser = Browser::new(&app);
    browser.cookies = vec![(SESSION.to_owned(), planted.expose().to_owned())];
    let token = link(&app, &owner).await;
    browser.post("/console/link", &[("token", token.expose())]).await;
    assert_ne!(browser.cookie(SESSION), Some(planted.expose()));
    // A session that the browser had ends when another one begins in it.
    let first = browser.cookies.clone();
    let token = link(&app, &owner).await;
    assert_eq!(browser.post("/console/link", &[("token", token.expose())]).await.status, 303);
    let mut old = Browser::new(&app);
    old.cookies = first;
    assert_eq!(old.get("/console/account").await.header("location"), "/console/sign-in");
    assert_eq!(browser.get("/console/account").await.status, 200);
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_after_a_week_in_any_case() {
    let (app, owner) = app_with_owner().await;
    let mut idle = Browser::signed_in(&app, &owner).await;
    app.clock().advance_ms(IDLE_MS - 1);
    assert_eq!(idle.get("/console/account").await.status, 200);
    app.clock().advance_ms(IDLE_MS);
    assert_eq!(idle.get("/console/account").await.status, 303);
    let mut busy = Browser::signed_in(&app, &owner).await;
    let begun = app.now_ms();
    while app.now_ms() - begun + IDLE_MS / 2 < ABSOLUTE_MS {
        app.clock().advance_ms(IDLE_MS / 2);
        assert_eq!(busy.get("/console/account").await.status, 200);
    }
    app.clock().advance_ms(IDLE_MS / 2);
    assert_eq!(busy.get("/console/account").await.status, 303);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_and_go_with_their_member() {
    let (app, owner) = app_with_owner().await;
    let mut here = Browser::signed_in(&app, &owner).await;
    let elsewhere = session(&app, &owner).await;
    let mut other = Browser::new(&app);
    other.cookies = vec![(SESSION.to_owned(), elsewhere.token.expose().to_owned())];
    assert_eq!(other.get("/console/account").await.status, 200);
    let listed = here.get("/console/account").await;
    assert!(listed.text().contains(elsewhere.session.id.as_str()));
    let path = format!("/console/account/sessions/{}/end", elsewhere.session.id);
    assert_eq!(here.post(&path, &[]).await.status, 303);
    assert_eq!(other.get("/console/account").await.status, 303);
    assert_eq!(here.post(&path, &[]).await.status, 404);
    accounts(&app).remove(&owner.id).await.unwrap();
    assert_eq!(here.get("/console/account").await.status, 303);
}

#[tokio::test]
async fn no_address_and_no_secret_is_in_the_database() {
    let (app, owner) = app_with_owner().await;
    let token = link(&app, &owner).await;
    let mut browser = Browser::new(&app);
    browser.post("/console/link", &[("token", token.expose())]).await;
    let secret = browser.cookie(SESSION).unwrap().to_owned();
    let store = app.issuance().store.clone();
    for table in ["members", "memberships", "member_links", "member_sessions", "audit_log"] {
        let rows = format!("{:?}", store.rows(table).await.unwrap());
        for word in ["ada@example.edu", token.expose(), &secret] {
            assert!(!rows.contains(word), "{table}");
        }
    }
}

/// A deployment that mails links.
struct Mailing {
    app: TestApp,
    router: Router,
    mailer: LinkMailer,
}

impl Mailing {
    async fn new() -> (Self, Member) {
        let (app, owner) = app_with_owner().await;
        let (console, requests) = ConsoleState::new(&app.state()).with_link_requests();
        let mailer = MemberMailer {
            sender: Sender::new("", "", app.public_url()).unwrap(),
            transport: MailTransport::Files(app.mail_folder()),
        };
        let mailer = LinkMailer::new(&console, mailer, requests);
        let router = router_with(app.state(), learncoin_console::router(&console));
        (Self { app, router, mailer }, owner)
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        answer_of(self.router.clone(), request).await
    }

    /// Opens the form in a new browser. Returns the browser's cookie and the form's token.
    async fn open(&self) -> (String, String) {
        let page = self.send(Request::get("/console/sign-in").body(Body::empty()).unwrap()).await;
        let cookie = page.header("set-cookie").split(';').next().unwrap().to_owned();
        let csrf = page.text().split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap();
        (cookie, csrf.to_owned())
    }

    async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = form(path, Some(self.app.public_url()), fields);
        request.headers_mut().insert(COOKIE, cookie.parse().unwrap());
        self.send(request).await
    }

    /// Returns the links in the mails that were sent.
    async fn links(&mut self) -> Vec<String> {
        self.mailer.run_until_idle().await;
        let folder = self.app.mail_folder();
        let mut links = Vec::new();
        for token in folder.list().await.unwrap() {
            let mail = folder.read(&token).await.unwrap().unwrap();
            assert!(mail.headers.iter().any(|(name, value)| name == "To" && value == "ada@example.edu"));
            let (_, rest) = mail.text.split_once("/console/link/").unwrap();
            links.push(rest.get(..64).unwrap().to_owned());
        }
        links
    }
}

#[tokio::test]
async fn a_mailed_link_works_in_the_browser_that_asked_for_it_alone() {
    let (mut mailing, _) = Mailing::new().await;
    let (cookie, csrf) = mailing.open().await;
    let fields = [("csrf", csrf.as_str()), ("email", "ADA@example.edu")];
    let asked = mailing.post("/console/sign-in", &cookie, &fields).await;
    assert_eq!(asked.status, 200);
    let links = mailing.links().await;
    assert_eq!(links.len(), 1);
    let (stranger, strangers_csrf) = mailing.open().await;
    let fields = [("csrf", strangers_csrf.as_str()), ("token", links[0].as_str())];
    assert_eq!(mailing.post("/console/link", &stranger, &fields).await.status, 403);
    let fields = [("csrf", csrf.as_str()), ("token", links[0].as_str())];
    let answer = mailing.post("/console/link", &cookie, &fields).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/console"));
    assert_eq!(mailing.post("/console/link", &cookie, &fields).await.status, 403);
}

#[tokio::test]
async fn the_form_answers_the_same_for_every_address() {
    let (mut mailing, _) = Mailing::new().await;
    let (cookie, csrf) = mailing.open().await;
    let mut pages = Vec::new();
    for email in ["ada@example.edu", "eve@example.edu"] {
        let answer = mailing.post("/console/sign-in", &cookie, &[("csrf", &csrf), ("email", email)]).await;
        pages.push((answer.status, answer.text().to_owned()));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(mailing.links().await.len(), 1);
    let answer = mailing.post("/console/sign-in", &cookie, &[("csrf", &csrf), ("email", "ada")]).await;
    assert_eq!(answer.status, 422);
}

#[tokio::test]
async fn an_address_gets_few_links_in_a_quarter_of_an_hour() {
    let (mut mailing, _) = Mailing::new().await;
    let (cookie, csrf) = mailing.open().await;
    let fields = [("csrf", csrf.as_str()), ("email", "ada@example.edu")];
    for _ in 0..10 {
        assert_eq!(mailing.post("/console/sign-in", &cookie, &fields).await.status, 200);
    }
    assert_eq!(mailing.links().await.len(), 5);
    mailing.app.clock().advance_ms(LINK_MS);
    mailing.post("/console/sign-in", &cookie, &fields).await;
    assert_eq!(mailing.links().await.len(), 6);
}
