//! The console as the pictures of its guides show it: a university in the middle of a day's work.
//!
//! The clock is the test's, and all random bytes come from one seed, so that every run shows the same ids, times and addresses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use learncoin_console::{ConsoleState, UploadWorker};
use learncoin_issuance::tenant::provision::TenantUpdate;
use learncoin_server::router_with;
use learncoin_store::members::{Member, Role};
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Caller, MailServer, Response, SmtpStage, TestApp};
use serde::Serialize;

use super::console_browser::{Browser, SESSION, member, operator, session};

const SEED: u64 = 20_261_120;
const MINUTE_MS: i64 = 60_000;
/// The longest time that the mail server may take. It is on this machine.
const PATIENCE: Duration = Duration::from_secs(10);
/// The rows of the spreadsheet that is on its way, and how many of them are a batch.
const MANY: u64 = 1_000;
const BATCH: u64 = 500;
/// Longer than a batch may wait before it is an alarm.
const TOO_LONG_MS: i64 = 301_000;

/// The graduates whose mails don't arrive.
const LATECOMERS: usize = 2;
/// Graduates, whose mails arrive.
const GRADUATES: [&str; 6] = [
    "Ada Lovelace",
    "Maria Sibylla Merian",
    "Rosalind Franklin",
    "Agnes Arber",
    "Jeanne Baret",
    "Lise Meitner",
];

/// A page, and who looks at it.
#[derive(Debug, Serialize)]
pub(crate) struct GuidePage {
    path: String,
    /// The session's cookie; `None` of a visitor.
    cookie: Option<[String; 2]>,
}

/// The pages, and what keeps them up.
pub(crate) struct GuideScene {
    /// The origin that the pages name.
    pub(crate) origin: String,
    /// The origin at which they are served.
    pub(crate) served: String,
    /// Each page, by the name of its picture.
    pub(crate) pages: BTreeMap<&'static str, GuidePage>,
    _app: TestApp,
}

/// The university, and its registrar's browser.
struct Desk<'a> {
    app: &'a TestApp,
    uni: Caller,
    base: String,
    browser: Browser<'a>,
    template: String,
}

impl Desk<'_> {
    /// Keeps a template, and chooses it for every spreadsheet from then on. Returns its page.
    async fn keep_template(&mut self) -> String {
        let fields = [
            ("achievement", "Botany"),
            (
                "description",
                "A course of ten weeks on plants: their families, how they grow, and how they are told apart.",
            ),
            ("criteria", "A herbarium of forty plants, and an examination of two hours."),
            ("skill_framework", "ISCED-F"),
            ("skill_code", "0511"),
            ("skill_name", "Biology"),
            ("skill_url", ""),
        ];
        let path = format!("{}/templates", self.base);
        assert_eq!(self.browser.post(&path, &fields).await.status, 303);
        let kept = self.app.issuance().store.list_templates(&self.uni.tenant_id, 1).await.unwrap().remove(0);
        self.template = kept.id.to_string();
        format!("{path}/{}", kept.id)
    }

    /// Uploads a spreadsheet. Returns its page.
    async fn check(&mut self, file: &str, text: &str) -> String {
        let path = format!("{}/uploads", self.base);
        let fields = [("template", self.template.as_str())];
        let answer = self.browser.upload(&path, file, text.as_bytes(), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        answer.header("location").to_owned()
    }

    async fn confirm(&mut self, page: &str) {
        let shown = self.browser.get(page).await;
        let (_, rest) = shown.text().split_once("name=\"report\" value=\"").expect("it can be confirmed");
        let report = rest.split('"').next().unwrap().to_owned();
        assert_eq!(self.browser.post(&format!("{page}/confirm"), &[("report", &report)]).await.status, 303);
    }

    /// Issues a spreadsheet, up to the last mail.
    async fn issue(&mut self, file: &str, text: &str) {
        let page = self.check(file, text).await;
        self.confirm(&page).await;
        self.work_on_uploads().await;
        self.app.run_until_idle().await;
        self.work_on_uploads().await;
        self.app.send_mails_until_idle().await;
        self.app.clock().advance_ms(7 * MINUTE_MS);
    }

    async fn work_on_uploads(&self) {
        UploadWorker::new(&ConsoleState::new(&self.app.state()), None).run_until_idle().await;
    }

    async fn limit(&self, credentials_per_month: Option<u64>) {
        let limits =
            TenantUpdate { credentials_per_month: Some(credentials_per_month), ..TenantUpdate::default() };
        self.app.issuance().tenants.update_tenant(&self.uni.tenant_id, limits).await.unwrap();
    }

    /// Begins to issue a long spreadsheet, of which half is anchored and half waits for the chain. Returns its page.
    async fn begin_a_long_one(&mut self) -> String {
        let rows: String = (1..=MANY).map(|row| format!("Graduate {row},2026-11-20\n")).collect();
        let page = self.check("all-graduates.csv", &format!("name,issued\n{rows}")).await;
        self.confirm(&page).await;
        // The limit stops it between its batches, so that the second one can be held.
        let used = u64::try_from(GRADUATES.len() + LATECOMERS).unwrap();
        self.limit(Some(used + BATCH)).await;
        self.work_on_uploads().await;
        self.app.run_until_idle().await;
        self.limit(None).await;
        self.app.set_chain_down(true);
        assert_eq!(self.browser.post(&format!("{page}/resume"), &[]).await.status, 303);
        self.work_on_uploads().await;
        self.app.run_steps(3).await;
        self.app.clock().advance_ms(TOO_LONG_MS);
        self.app.run_steps(2).await;
        page
    }

    /// Returns the page of the first credential of the newest batch.
    async fn newest_credential(&self) -> String {
        let batches = self.uni.get("/v1/batches?limit=1").await.expect(200);
        let batch = self.uni.batch(batches["data"][0]["id"].as_str().unwrap()).await;
        format!("{}/credentials/{}", self.base, batch["credentials"][0]["id"].as_str().unwrap())
    }
}

/// Creates the pages.
pub(crate) async fn open() -> GuideScene {
    let refuses = Arc::new(AtomicBool::new(false));
    let is_refused = Arc::clone(&refuses);
    let server = MailServer::reacting(move |stage, _| match stage {
        SmtpStage::Recipient if is_refused.load(Ordering::SeqCst) => {
            Response::Line("550 5.1.1 There is no such mailbox")
        }
        _ => Response::Usual,
    })
    .await;
    let app = TestApp::builder().seed(SEED).mail_server(server.port(), PATIENCE).start().await;
    app.tenant("Harbor School of Music").await;
    app.clock().advance_ms(MINUTE_MS);
    app.tenant_on(Plan::Developer, "Institute of Sailing").await;
    app.clock().advance_ms(MINUTE_MS);
    let uni = app.tenant_on(Plan::Institution, "Example University").await;
    // With its first key of an environment, a university gets the key that signs there.
    uni.live().await;
    let registrar = member(&app, "registrar@example.edu", &uni.tenant_id, Role::Owner).await;
    let base = format!("/console/t/{}/test", uni.tenant_id);
    let browser = Browser::signed_in(&app, &registrar).await;
    let mut desk = Desk { app: &app, base: base.clone(), uni, browser, template: String::new() };
    let template = desk.keep_template().await;

    refuses.store(true, Ordering::SeqCst);
    desk.issue(
        "latecomers.csv",
        "name,email,issued\n\
         Grace Hopper,grace@example.org,2026-11-20\n\
         Mary Anning,mary@example.org,2026-11-20\n",
    )
    .await;
    refuses.store(false, Ordering::SeqCst);
    let rows: String =
        GRADUATES.map(|name| format!("{name},{}@example.org,2026-11-20\n", mailbox(name))).concat();
    desk.issue("botany.csv", &format!("name,email,issued\n{rows}")).await;
    let credential = desk.newest_credential().await;

    let faulty = desk
        .check(
            "physics.csv",
            "name,email,issued,expires\n\
             Marie Curie,marie@example.org,2026-11-20,2031-11-20\n\
             Emmy Noether,emmy@example.org,20.11.2026,2031-11-20\n\
             ,chien@example.org,2026-11-20,2031-11-20\n\
             Cecilia Payne,cecilia at example.org,2026-11-20,2031-11-20\n\
             Jocelyn Bell,jocelyn@example.org,2026-11-20,2031-11-20\n",
        )
        .await;
    let right = desk
        .check(
            "physics-mended.csv",
            "name,email,issued,expires\n\
             Marie Curie,marie@example.org,2026-11-20,2031-11-20\n\
             Emmy Noether,emmy@example.org,2026-11-20,2031-11-20\n\
             Chien-Shiung Wu,chien@example.org,2026-11-20,2031-11-20\n\
             Cecilia Payne,cecilia@example.org,2026-11-20,2031-11-20\n\
             Jocelyn Bell,jocelyn@example.org,2026-11-20,2031-11-20\n",
        )
        .await;
    let moving = desk.begin_a_long_one().await;

    let organization = format!("/console/operator/tenants/{}", desk.uni.tenant_id);
    let registrars = [
        ("overview", base.clone()),
        ("sheet-faults", faulty),
        ("sheet-right", right),
        ("sheet-progress", moving),
        ("mails", format!("{base}/mails")),
        ("template", template),
        ("credential", credential),
    ];
    let operators = [
        ("organizations", "/console/operator".to_owned()),
        ("signing-keys", organization),
        ("health", "/console/operator/health".to_owned()),
    ];
    let mut pages = BTreeMap::new();
    pages.insert("sign-in", GuidePage { path: "/console/sign-in".to_owned(), cookie: None });
    let operator = operator(&app, "operator@learncoin.example").await;
    for (member, listed) in [(&registrar, registrars.to_vec()), (&operator, operators.to_vec())] {
        let cookie = cookie(&app, member).await;
        let page = |path| GuidePage { path, cookie: Some(cookie.clone()) };
        pages.extend(listed.into_iter().map(|(name, path)| (name, page(path))));
    }
    GuideScene { origin: app.public_url().to_owned(), served: serve(&app).await, pages, _app: app.clone() }
}

/// Returns the mailbox of a person at their address.
fn mailbox(name: &str) -> String {
    name.split(' ').next().unwrap().to_lowercase()
}

async fn cookie(app: &TestApp, member: &Member) -> [String; 2] {
    [SESSION.to_owned(), session(app, member).await.token.expose().to_owned()]
}

/// Serves the deployment on this machine, and offers links by mail. Returns the origin.
async fn serve(app: &TestApp) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let state = app.state();
    let (console, _) = ConsoleState::new(&state).with_link_requests();
    let router = router_with(state, learncoin_console::router(&console));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}
