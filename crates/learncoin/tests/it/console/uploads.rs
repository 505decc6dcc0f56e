//! Spreadsheets: checked without a trace, confirmed once, issued once, and given back with the results.

use learncoin_console::{ConsoleState, UploadWorker, uploads};
use learncoin_delivery::mail::Sender;
use learncoin_delivery::mail::member_mail::MemberMailer;
use learncoin_delivery::mail::worker::MailTransport;
use learncoin_store::id::UploadId;
use learncoin_store::members::{Member, Role};
use learncoin_store::tenants::Plan;
use learncoin_store::uploads::UploadStatus;
use learncoin_testkit::{Caller, TestApp, one};

use super::browser::{Browser, accounts, member};

const HEADERS: &str = "name;email;achievement;description;issued;shoe size";

/// Confirms the spreadsheet of a page as its form does.
pub(crate) async fn confirm(browser: &mut Browser<'_>, page: &str) {
    let shown = browser.get(page).await;
    let (_, rest) =
        shown.text().split_once("name=\"report\" value=\"").unwrap_or_else(|| panic!("{}", shown.text()));
    let report = rest.split('"').next().unwrap().to_owned();
    assert_eq!(browser.post(&format!("{page}/confirm"), &[("report", &report)]).await.status, 303);
}

struct Scene {
    app: TestApp,
    uni: Caller,
    issuer: Member,
    base: String,
}

impl Scene {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let uni = app.tenant_on(Plan::Institution, "Example University").await;
        let issuer = member(&app, "issuer@example.edu", &uni.tenant_id, Role::Issuer).await;
        let base = format!("/console/t/{}/test/uploads", uni.tenant_id);
        Self { app, uni, issuer, base }
    }

    fn worker(&self) -> UploadWorker {
        UploadWorker::new(&ConsoleState::new(&self.app.state()), None)
    }

    /// Uploads a file, and skips the column that is for no field. Returns the page.
    async fn upload(&self, browser: &mut Browser<'_>, text: &str) -> String {
        let answer = browser.upload(&self.base, "graduates.csv", text.as_bytes(), &[]).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let page = answer.header("location").to_owned();
        if text.contains("shoe size") {
            let fields = [("template", "kept"), ("use", "5=skip")];
            assert_eq!(browser.post(&format!("{page}/columns"), &fields).await.status, 303);
        }
        page
    }

    fn rows(&self, count: usize) -> String {
        let rows = (0..count)
            .map(|row| format!("Ada Lovelace {row};ada{row}@example.org;Botany;Plants;2026-05-31;{row}\n"));
        format!("\u{feff}{HEADERS}\n{}", rows.collect::<String>())
    }

    async fn status(&self, page: &str) -> UploadStatus {
        self.find(page).await.unwrap().status
    }

    async fn find(&self, page: &str) -> Option<learncoin_store::uploads::Upload> {
        let id: UploadId = page.rsplit_once('/').unwrap().1.parse().unwrap();
        let scope = learncoin_store::scope::TenantScope {
            tenant_id: self.uni.tenant_id.clone(),
            environment: learncoin_store::scope::Environment::Test,
        };
        self.app.issuance().store.find_upload(&scope, &id).await.unwrap()
    }

    async fn batches(&self) -> usize {
        self.uni.get("/v1/batches?limit=100").await.expect(200)["data"].as_array().unwrap().len()
    }

    async fn issued(&self) -> u64 {
        let used = self.uni.get("/v1/tenants/me").await.expect(200);
        used["credentials_issued_this_month"].as_u64().unwrap()
    }
}

#[tokio::test]
async fn planted_faults_are_named_in_their_cells_and_nothing_is_issued() {
    let scene = Scene::new().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.issuer).await;
    let file = format!(
        "\u{feff}{HEADERS}\n\
         Ada Lovelace;ada@example.org;Botany;Plants;31.5.2017;1\n\
         ;bob@example.org;Botany;Plants;2026-05-31;2\n\
         Carol;carol at example.org;Botany;Plants;2026-05-31;3\n\
         =HYPERLINK(1);dora@example.org;Botany;Plants;2026-05-31;4\n\
         EVE;eve@example.org;Botany;Plants;2026-05-31;5\n"
    );
    let answer = browser.upload(&scene.base, "graduates.csv", file.as_bytes(), &[]).await;
    let page = answer.header("location").to_owned();
    let undecided = browser.get(&page).await;
    assert!(undecided.text().contains("shoe size") && !undecided.text().contains("/confirm\""));
    let fields = [("template", "kept"), ("use", "5=skip")];
    assert_eq!(browser.post(&format!("{page}/columns"), &fields).await.status, 303);
    let report = browser.get(&page).await;
    let cell = |number: u32, fault: &str| {
        let row = report
            .text()
            .split_once(&format!("<th scope=\"row\">{number}"))
            .unwrap_or_else(|| panic!("row {number}"));
        let row = row.1.split("</tr>").next().unwrap();
        assert!(row.contains(fault), "row {number}: {row}");
    };
    cell(2, "31.5.2017 is not a date we accept; write 2017-05-31.");
    cell(3, "data-label=\"name\"><bdi></bdi><span class=\"console-cell-fault\">");
    cell(4, "carol at example.org");
    cell(5, "=HYPERLINK(1)");
    assert!(!report.text().contains("<th scope=\"row\">6"), "a warning is no fault");
    assert!(report.text().contains("Please look (1)"));
    assert!(!report.text().contains("/confirm\""));
    // A form that a browser kept confirms nothing.
    let fingerprint = scene.find(&page).await.unwrap().fingerprint;
    let refused = browser.post(&format!("{page}/confirm"), &[("report", &fingerprint)]).await;
    assert_eq!(refused.status, 422);
    scene.worker().run_until_idle().await;
    assert_eq!(
        (scene.status(&page).await, scene.batches().await, scene.issued().await),
        (UploadStatus::Draft, 0, 0)
    );
}

#[tokio::test]
async fn a_spreadsheet_is_issued_once_and_comes_back_with_its_results() {
    let scene = Scene::new().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.issuer).await;
    let page = scene.upload(&mut browser, &scene.rows(501)).await;
    assert_eq!(scene.issued().await, 0);
    confirm(&mut browser, &page).await;
    // Two nodes work on it at the same time, and one of them once more.
    let (mut first, mut second) = (scene.worker(), scene.worker());
    tokio::join!(first.run_until_idle(), second.run_until_idle());
    first.run_until_idle().await;
    assert_eq!((scene.batches().await, scene.issued().await), (2, 501));
    assert_eq!(scene.status(&page).await, UploadStatus::Issued);
    assert!(browser.get(&page).await.text().contains("http-equiv=\"refresh\""));
    scene.app.run_until_idle().await;
    first.run_until_idle().await;
    assert_eq!(scene.status(&page).await, UploadStatus::Ended);
    let ended = browser.get(&page).await;
    assert!(ended.text().contains("501 / 501") && !ended.text().contains("http-equiv=\"refresh\""));

    let file = browser.get(&format!("{page}/result.csv")).await;
    assert!(file.header("content-disposition").starts_with("attachment;"));
    let lines: Vec<&str> = file.text().trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 502);
    assert!(lines[0].starts_with(HEADERS), "{}", lines[0]);
    for (row, line) in [(0, lines[1]), (500, lines[501])] {
        assert!(line.starts_with(&format!("Ada Lovelace {row};ada{row}@example.org;Botany;")), "{line}");
        assert!(line.contains(";anchored;"), "{line}");
        let id = line.split(';').find(|cell| cell.starts_with("crd_")).unwrap();
        let credential = scene.uni.credential(id).await;
        assert_eq!(
            credential["signed_credential"]["credentialSubject"]["name"],
            format!("Ada Lovelace {row}")
        );
        let recipient = credential["signed_credential"]["credentialSubject"]["id"].as_str().unwrap();
        assert!(line.contains(recipient), "{line}");
    }

    // The same file again is the same upload.
    let again = scene.upload(&mut browser, &scene.rows(501)).await;
    let shown = browser.get(&again).await;
    assert!(
        shown.text().contains("was issued before") && shown.text().contains(page.rsplit_once('/').unwrap().1)
    );
    let fingerprint = scene.find(&again).await.unwrap().fingerprint;
    assert_eq!(browser.post(&format!("{again}/confirm"), &[("report", &fingerprint)]).await.status, 422);
    // A second press of the same button leads to the same page.
    assert_eq!(
        browser.post(&format!("{page}/confirm"), &[("report", &fingerprint)]).await.header("location"),
        page
    );
    scene.worker().run_until_idle().await;
    assert_eq!((scene.batches().await, scene.issued().await), (2, 501));
}

#[tokio::test]
async fn an_upload_stops_with_its_reason_and_goes_on_without_loss() {
    let scene = Scene::new().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.issuer).await;
    let page = scene.upload(&mut browser, &scene.rows(3)).await;
    confirm(&mut browser, &page).await;
    accounts(&scene.app)
        .set_role(
            &scene.issuer.id,
            &scene.uni.tenant_id,
            Role::Auditor,
            learncoin_console::accounts::LastOwner::MayGo,
        )
        .await
        .unwrap();
    scene.worker().run_until_idle().await;
    assert_eq!((scene.status(&page).await, scene.batches().await), (UploadStatus::Stopped, 0));
    let other = member(&scene.app, "other@example.edu", &scene.uni.tenant_id, Role::Issuer).await;
    let mut browser = Browser::signed_in(&scene.app, &other).await;
    assert!(browser.get(&page).await.text().contains("may not issue any more"));
    assert_eq!(browser.post(&format!("{page}/resume"), &[]).await.status, 303);
    scene.worker().run_until_idle().await;
    assert_eq!((scene.status(&page).await, scene.issued().await), (UploadStatus::Issued, 3));
    assert_eq!(browser.post(&format!("{page}/resume"), &[]).await.status, 303);
    assert_eq!(scene.status(&page).await, UploadStatus::Issued);
}

#[tokio::test]
async fn more_rows_than_the_month_has_left_are_refused_before_any_is_issued() {
    let scene = Scene::new().await;
    let store = scene.app.issuance().store.clone();
    let mut tenant = store.find_tenant(&scene.uni.tenant_id).await.unwrap().unwrap();
    tenant.exceptions.credentials_per_month = Some(2);
    let mut tx = store.begin().await.unwrap();
    tx.update_tenant(&tenant).await.unwrap();
    tx.commit().await.unwrap();
    let mut browser = Browser::signed_in(&scene.app, &scene.issuer).await;
    let page = scene.upload(&mut browser, &scene.rows(3)).await;
    assert!(browser.get(&page).await.text().contains("more rows than credentials left this month"));
    let fingerprint = scene.find(&page).await.unwrap().fingerprint;
    assert_eq!(browser.post(&format!("{page}/confirm"), &[("report", &fingerprint)]).await.status, 422);
    // Something else took the last ones since it was confirmed.
    let page = scene.upload(&mut browser, &scene.rows(2)).await;
    confirm(&mut browser, &page).await;
    scene.uni.post_batch(one("Grace Hopper")).await;
    scene.worker().run_until_idle().await;
    assert_eq!((scene.status(&page).await, scene.batches().await), (UploadStatus::Stopped, 1));
}

#[tokio::test]
async fn a_file_goes_with_a_person_in_it_with_its_draft_and_with_time() {
    let scene = Scene::new().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.issuer).await;
    let store = scene.app.issuance().store.clone();
    let files = async || format!("{:?}", store.rows("upload_files").await.unwrap());
    let discarded = scene.upload(&mut browser, &scene.rows(1)).await;
    assert!(!files().await.contains("Lovelace") && files().await.len() > 100, "it is sealed");
    assert_eq!(browser.post(&format!("{discarded}/discard"), &[]).await.status, 303);
    assert!(scene.find(&discarded).await.is_none() && files().await == "[]");

    let page = scene.upload(&mut browser, &scene.rows(2)).await;
    confirm(&mut browser, &page).await;
    scene.worker().run_until_idle().await;
    scene.app.run_until_idle().await;
    scene.worker().run_until_idle().await;
    let file = browser.get(&format!("{page}/result.csv")).await.text().to_owned();
    let id = file.split(';').find(|cell| cell.starts_with("crd_")).unwrap().to_owned();
    let erase = format!("/console/t/{}/test/credentials/{id}/erase", scene.uni.tenant_id);
    let fields = [
        ("requester", "recipient"),
        ("verified_at", "2026-04-01"),
        ("confirmation", id.get(id.len() - 6..).unwrap()),
    ];
    assert_eq!(browser.post(&erase, &fields).await.status, 303);
    assert_eq!(files().await, "[]");
    assert_eq!(browser.get(&format!("{page}/result.csv")).await.status, 404);
    assert!(browser.get(&page).await.text().contains("The file was deleted"));

    let draft = scene.upload(&mut browser, &scene.rows(3)).await;
    let kept = scene.upload(&mut browser, &scene.rows(4)).await;
    confirm(&mut browser, &kept).await;
    scene.worker().run_until_idle().await;
    scene.app.run_until_idle().await;
    scene.worker().run_until_idle().await;
    scene.app.clock().advance_ms(25 * 60 * 60 * 1000);
    uploads::purge(&scene.app.issuance()).await.unwrap();
    assert!(scene.find(&draft).await.is_none());
    assert!(scene.find(&kept).await.unwrap().has_file);
    scene.app.clock().advance_ms(30 * 24 * 60 * 60 * 1000);
    uploads::purge(&scene.app.issuance()).await.unwrap();
    assert!(!scene.find(&kept).await.unwrap().has_file && files().await == "[]");
}

#[tokio::test]
async fn a_member_is_mailed_once_at_the_end() {
    let scene = Scene::new().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.issuer).await;
    let page = scene.upload(&mut browser, &scene.rows(2)).await;
    confirm(&mut browser, &page).await;
    let mailer = MemberMailer {
        sender: Sender::new("", "", scene.app.public_url()).unwrap(),
        transport: MailTransport::Files(scene.app.mail_folder()),
    };
    let mut worker = UploadWorker::new(&ConsoleState::new(&scene.app.state()), Some(mailer));
    worker.run_until_idle().await;
    scene.app.run_until_idle().await;
    worker.run_until_idle().await;
    worker.run_until_idle().await;
    let folder = scene.app.mail_folder();
    let mut mails = Vec::new();
    for token in folder.list().await.unwrap() {
        let mail = folder.read(&token).await.unwrap().unwrap();
        if mail.headers.iter().any(|(name, value)| name == "To" && value == "issuer@example.edu") {
            mails.push(mail.text);
        }
    }
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("Of 2 credentials 2 are anchored") && mails[0].contains(&page), "{}", mails[0]);
    assert!(!mails[0].contains("Lovelace"));
}

#[tokio::test]
async fn files_that_cannot_be_read_say_how_to_save_them_and_leave_nothing() {
    let scene = Scene::new().await;
    let mut browser = Browser::signed_in(&scene.app, &scene.issuer).await;
    let pdf = browser.upload(&scene.base, "people.pdf", b"%PDF-1.7\n", &[]).await;
    assert!(pdf.status == 422 && pdf.text().contains("PDF"), "{}", pdf.text());
    let none = browser.upload(&scene.base, "", b"", &[]).await;
    assert!(none.status == 422 && none.text().contains("Choose a file first."));
    let large = vec![b'a'; 10 * 1024 * 1024 + 1];
    assert_eq!(browser.upload(&scene.base, "large.csv", &large, &[]).await.status, 413);
    let store = scene.app.issuance().store.clone();
    assert!(store.rows("uploads").await.unwrap().is_empty());
    // An older draft gives way to new ones.
    for number in 0..25 {
        scene.upload(&mut browser, &scene.rows(number + 1)).await;
    }
    assert_eq!(store.rows("uploads").await.unwrap().len(), 20);
}

#[tokio::test]
async fn an_organization_without_an_api_key_issues_too() {
    let app = TestApp::start().await;
    let tenant = app.issuance().tenants.create_tenant("Example University", Plan::Institution).await.unwrap();
    let issuer = member(&app, "issuer@example.edu", &tenant.id, Role::Issuer).await;
    let mut browser = Browser::signed_in(&app, &issuer).await;
    let base = format!("/console/t/{}/test/uploads", tenant.id);
    let file = b"name,achievement,description\nAda Lovelace,Botany,Plants\n";
    let page = browser.upload(&base, "people.csv", file, &[]).await.header("location").to_owned();
    confirm(&mut browser, &page).await;
    UploadWorker::new(&ConsoleState::new(&app.state()), None).run_until_idle().await;
    app.run_until_idle().await;
    assert!(browser.get(&page).await.text().contains("Anchored: 1 / 1"));
}
