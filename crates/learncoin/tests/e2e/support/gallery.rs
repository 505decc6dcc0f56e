//! A credential in every state that its page can show, on servers that a browser can open.
//!
//! The servers are whole deployments in this process, because only there a test holds the clock, the line to the chain
//! and the pipeline's next step. What is live or on a test network is anchored on EVM nodes with the chain ids of Base.

mod mails;
mod nodes;
mod texts;
mod wallet_pages;

use std::sync::Arc;

use learncoin_badge::Brand;
use learncoin_store::tenants::Plan;
use learncoin_testkit::{Caller, Method, TestApp, batch_of, credential};
use serde::Serialize;
use serde_json::{Value, json};

use self::mails::mails;
use self::nodes::on_nodes;
use self::texts::{TITLES, texts};
use crate::support::anvil::Anvil;
use crate::support::http::wait;
use crate::support::shared::Shared;
use crate::support::site::{DID_PATH, Site, did_document};

/// 2026-11-20T12:00:00Z, the initial time of the tests' clock, as a node takes a time.
const START: u64 = 1_795_176_000;
/// The text in place of an erased person's name.
const ERASED: &str = "Redacted on recipient request";
const UNKNOWN: &str = "There is no such credential";
const VERIFY: &str = "Verify a credential";
const FRONT: &str = "Credentials that anyone can verify";
const ENGLISH: &str = "en";
/// The address of the crest at the site.
const LOGO_PATH: &str = "/logo.png";
const LOGO: &[u8] = include_bytes!("data/logo.png");
const REASON: &str = "Superseded by a re-issued version, after the examination board had met again.";

/// A page, and what a person must find on it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Shown {
    /// The name of its screenshots.
    pub(crate) name: String,
    /// Its address.
    pub(crate) url: String,
    /// The language that its reader's browser asks for.
    pub(crate) asked_language: &'static str,
    /// The language that it is in.
    pub(crate) language: &'static str,
    /// The HTTP status.
    pub(crate) status: u16,
    /// The title, which contains the verdict.
    pub(crate) title: String,
    /// The badge, where there is one.
    pub(crate) badge: Option<&'static str>,
    /// Texts that the page contains literally.
    pub(crate) texts: Vec<String>,
    /// Whether the signed document can be taken away.
    pub(crate) downloadable: bool,
    /// Whether it is looked at in every width, and not on a phone alone.
    pub(crate) thorough: bool,
    /// The verdict of the visitor's own browser, if the visitor asks it.
    pub(crate) asked_browser: Option<&'static str>,
    /// The page whose own code for other sites shows this one in a frame.
    pub(crate) framed: Option<String>,
    /// The boxes that the visitor checks in the page's form before pressing its button. Then its answer is looked at.
    pub(crate) sends: Option<&'static [&'static str]>,
    /// The link that the visitor gives the page's form, and the verdict that is looked at then.
    pub(crate) checks: Option<(String, &'static str)>,
}

impl Shown {
    /// Returns a page in English that is looked at in every width.
    fn page(name: &str, url: String, title: &str, text: &str) -> Self {
        Self {
            name: name.to_owned(),
            url,
            asked_language: ENGLISH,
            language: ENGLISH,
            status: 200,
            title: title.to_owned(),
            badge: None,
            texts: vec![text.to_owned()],
            downloadable: false,
            thorough: true,
            asked_browser: None,
            framed: None,
            sends: None,
            checks: None,
        }
    }
}

/// All the pages, and what keeps them up.
pub(crate) struct Gallery {
    pub(crate) pages: Vec<Shown>,
    /// Their data directories last as long as they do.
    _apps: [TestApp; 3],
    _nodes: [Anvil; 2],
    _site: Site,
}

static GALLERY: Shared<Gallery> = Shared::new();

/// Returns the gallery, which is made once for the stories that look at it.
pub(crate) fn gallery() -> Arc<Gallery> {
    GALLERY.get(open)
}

impl Gallery {
    /// Returns the pages of credentials, found or not.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = &Shown> {
        let is_own = |page: &&Shown| !page.url.ends_with("/embed") && !page.url.ends_with("/wallet");
        self.pages.iter().filter(|page| page.url.contains("/c/")).filter(is_own)
    }

    /// Returns the page in a state.
    pub(crate) fn page(&self, name: &str) -> Shown {
        named(&self.pages, name)
    }
}

fn open() -> Gallery {
    let site = Site::open();
    site.put(LOGO_PATH, LOGO);
    let (on_nodes, live, nodes) = on_nodes(&site);
    let (development, in_development) = wait(on_the_development_chain(&site));
    let (cut_off, behind_the_cut) = wait(behind_a_line_that_is_cut());
    let pages = [live, in_development, behind_the_cut].concat();
    let variants = [translated(&pages), framed(&pages), asked(&pages)].concat().into_iter();
    let variants = variants.map(|page| Shown { thorough: false, ..page }).collect();
    Gallery {
        pages: [wallet_pages::wallets(&pages), pages, variants].concat(),
        _apps: [on_nodes, development, cut_off],
        _nodes: nodes,
        _site: site,
    }
}

fn named(pages: &[Shown], name: &str) -> Shown {
    pages.iter().find(|page| page.name == name).unwrap_or_else(|| panic!("no page is called {name}")).clone()
}

/// Returns the cards that other sites frame.
fn framed(pages: &[Shown]) -> Vec<Shown> {
    let names = [
        "valid",
        "valid-test",
        "valid-development",
        "revoked",
        "expired",
        "erased",
        "pending",
        "failed",
        "could-not-check",
        "not-valid",
        "re-confirming",
        "unconfirmed-name",
        "branded",
        "long-texts",
        "arabic",
        "unknown",
    ];
    let card = |name: &str| {
        let page = named(pages, name);
        let text = page.badge.unwrap_or(UNKNOWN).to_owned();
        let framed = Some(page.url.clone()).filter(|_| page.status == 200);
        let (name, url) = (format!("{name}-card"), format!("{}/embed", page.url));
        Shown { name, url, badge: None, texts: vec![text], downloadable: false, framed, ..page }
    };
    let titled = TITLES.iter().flat_map(|(size, _)| ["plain", "logo"].map(|brand| format!("{brand}-{size}")));
    let names = names.into_iter().map(str::to_owned).chain(titled);
    names.map(|name| card(&name)).collect()
}

/// Returns pages whose visitors let their own browsers verify. No node of Base is configured for them here.
fn asked(pages: &[Shown]) -> Vec<Shown> {
    let ask = |name: &str, found: &'static str| {
        let page = named(pages, name);
        Shown { name: format!("{name}-asked"), asked_browser: Some(found), ..page }
    };
    let arabic = ask("valid-development", "valid_development");
    let arabic = Shown {
        name: format!("{}-in-ar", arabic.name),
        asked_language: "ar",
        language: "ar",
        title: String::new(),
        badge: None,
        ..arabic
    };
    vec![
        ask("valid-development", "valid_development"),
        ask("erased", "valid_development"),
        ask("revoked", "not_valid"),
        ask("valid", "could_not_check"),
        arabic,
    ]
}

/// Returns some of the pages as readers of other languages see them. The documentation is in English for everybody.
fn translated(pages: &[Shown]) -> Vec<Shown> {
    let credential = |name: &str, language: &'static str| {
        let page = named(pages, name);
        // What a tenant wrote stays as it is; our own words are in the language.
        let title = page.title.split_once(" · ").filter(|_| page.badge.is_some());
        let title = title.map(|(achievement, _)| achievement.to_owned());
        Shown {
            name: format!("{name}-in-{language}"),
            asked_language: language,
            language,
            title: title.unwrap_or_default(),
            badge: None,
            texts: page
                .texts
                .into_iter()
                .filter(|text| ![ERASED, UNKNOWN, VERIFY, FRONT].contains(&text.as_str()))
                .collect(),
            ..page
        }
    };
    let chosen = |name: &str, language: &'static str| {
        let page = credential(name, language);
        let (name, url) = (format!("{name}-chosen-in-{language}"), format!("{}?lang={language}", page.url));
        Shown { name, url, asked_language: ENGLISH, ..page }
    };
    let english =
        |name: &str| Shown { name: format!("{name}-in-ar"), asked_language: "ar", ..named(pages, name) };
    let in_arabic = [
        "valid",
        "revoked",
        "erased",
        "not-yet-valid",
        "could-not-check",
        "not-valid",
        "pending",
        "failed",
        "re-confirming",
        "unconfirmed-name",
        "long-texts",
        "unknown",
        "verify",
        "front",
    ];
    let others = ["es", "fr", "de"].map(|language| credential("valid", language));
    let arabic = in_arabic.map(|name| credential(name, "ar"));
    let choices = [
        chosen("valid", "ar"),
        chosen("revoked", "de"),
        chosen("unconfirmed-name", "fr"),
        chosen("verify", "es"),
    ];
    let site = ["docs", "pricing", "dev-chain"].map(english);
    others.into_iter().chain(arabic).chain(choices).chain(site).collect()
}

/// A user with a key, and the pages of what was issued under it.
struct Registrar {
    caller: Caller,
    pages: Vec<Shown>,
}

impl Registrar {
    fn new(caller: Caller) -> Self {
        Self { caller, pages: Vec::new() }
    }

    /// Posts one credential, and gives its id.
    async fn post(&self, request: Value) -> String {
        let posted = self.caller.post_batch(batch_of(vec![request])).await;
        let batch = self.caller.batch(posted["id"].as_str().unwrap()).await;
        batch["credentials"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Issues one credential, and gives its id.
    async fn issue(&self, request: Value) -> String {
        let id = self.post(request).await;
        self.caller.app.run_until_idle().await;
        id
    }

    async fn change(&self, id: &str, change: &str, body: Value) {
        self.caller.post(&format!("/v1/credentials/{id}/{change}"), body.to_string()).await.expect(200);
    }

    async fn revoke(&self, id: &str) {
        self.change(id, "revoke", json!({ "reason": REASON, "reason_code": "reissued" })).await;
    }

    async fn erase(&self, id: &str) {
        let body = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" });
        self.change(id, "erase", body).await;
    }

    async fn patch(&self, body: Value) {
        let answer = self.caller.send(Method::PATCH, "/v1/tenants/me", &[], body.to_string()).await;
        answer.expect(200);
    }

    /// Hangs a credential's page up. `state` is what follows the achievement in the title.
    async fn show(&mut self, name: &str, id: &str, badge: &'static str, state: &str, texts: &[&str]) {
        let credential = self.caller.credential(id).await;
        let achievement = credential["signed_credential"]["credentialSubject"]["achievement"]["name"]
            .as_str()
            .unwrap_or("Introduction to Machine Learning");
        let url = credential["verify_url"].as_str().unwrap().to_owned();
        self.pages.push(Shown {
            badge: Some(badge),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            downloadable: credential["signed_credential"].is_object(),
            ..Shown::page(name, url, &format!("{achievement} · {state}"), "")
        });
    }
}

/// Returns a credential that is valid whenever the tests run, because the browser reads its own clock.
fn ada() -> Value {
    dated("2026-04-23T12:00:00Z", Some("2099-04-23T12:00:00Z"))
}

fn dated(issued: &str, expires: Option<&str>) -> Value {
    let mut request = credential("Ada Lovelace");
    request["issuanceDate"] = json!(issued);
    request["expirationDate"] = json!(expires);
    request
}

fn expired() -> Value {
    dated("2020-01-01T00:00:00Z", Some("2021-01-01T00:00:00Z"))
}

/// Creates every state that needs no chain but our own.
async fn on_the_development_chain(site: &Site) -> (TestApp, Vec<Shown>) {
    let (app, url) = TestApp::builder().private_targets().serve().await;
    let mut uni = Registrar::new(app.tenant("Example University").await);

    let id = uni.issue(ada()).await;
    uni.show("valid-development", &id, "Anchored", "valid, DEVELOPMENT", &["Ada Lovelace"]).await;

    let id = uni.issue(ada()).await;
    uni.revoke(&id).await;
    uni.show("revoked", &id, "Status: Revoked", "Status: Revoked, not valid", &["Ada Lovelace", REASON])
        .await;

    let id = uni.issue(expired()).await;
    uni.show("expired", &id, "Expired", "expired", &["Ada Lovelace"]).await;
    let id = uni.issue(expired()).await;
    uni.revoke(&id).await;
    uni.show("expired-revoked", &id, "Status: Revoked", "Status: Revoked, not valid", &[REASON]).await;

    let id = uni.issue(dated("2199-01-01T00:00:00Z", None)).await;
    uni.show("not-yet-valid", &id, "Not yet valid", "not yet valid", &[]).await;

    let mut request = ada();
    request["evidence"] = json!([{ "narrative": "A classifier for bird song." }]);
    let id = uni.issue(request).await;
    uni.erase(&id).await;
    uni.show("erased", &id, "Anchored", "valid, DEVELOPMENT", &[ERASED]).await;
    let id = uni.issue(ada()).await;
    uni.erase(&id).await;
    uni.revoke(&id).await;
    uni.show("erased-revoked", &id, "Status: Revoked", "Status: Revoked, not valid", &[ERASED]).await;

    texts(&mut uni).await;

    let mut branded = Registrar::new(app.tenant("Example University").await);
    let logo = format!("{}{LOGO_PATH}", site.origin());
    branded.patch(json!({ "verify_page_branding": { "accent_color": "#8B2635", "logo_url": logo } })).await;
    let id = branded.issue(ada()).await;
    branded.show("branded", &id, "Anchored", "valid, DEVELOPMENT", &["Ada Lovelace"]).await;
    let mails = mails(&app, &uni, &branded).await;
    branded.show_titles("logo").await;
    uni.show_titles("plain").await;
    let mut pale = Registrar::new(app.tenant("Example University").await);
    pale.patch(json!({ "verify_page_branding": { "accent_color": "#FFF200" } })).await;
    let id = pale.issue(ada()).await;
    pale.show("branded-pale", &id, "Anchored", "valid, DEVELOPMENT", &["Ada Lovelace"]).await;

    let mut school = Registrar::new(app.tenant_on(Plan::Institution, "Example University").await);
    disown(&app, &mut school, site).await;

    // From here on no block is made.
    let id = uni.post(ada()).await;
    while uni.caller.credential(&id).await["status"] == "pending" {
        app.run_steps(1).await;
    }
    uni.show("signed", &id, "Pending", "Pending", &["Ada Lovelace"]).await;
    let id = uni.post(ada()).await;
    uni.show("pending", &id, "Pending", "Pending", &["Ada Lovelace"]).await;
    let id = uni.post(ada()).await;
    uni.revoke(&id).await;
    uni.show("pending-revoked", &id, "Status: Revoked", "Status: Revoked, not valid", &[REASON]).await;

    let nowhere = format!("{url}/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A");
    let unknown = Shown { status: 404, ..Shown::page("unknown", nowhere, UNKNOWN, UNKNOWN) };
    let tenants = [uni, branded, pale, school];
    let mut pages: Vec<Shown> = tenants.into_iter().flat_map(|tenant| tenant.pages).collect();
    pages.extend([unknown].into_iter().chain(pages_of_the_site(&url)));
    pages.extend(checked(&pages));
    pages.extend(mails);
    (app, pages)
}

/// Returns the pages that show no credential.
fn pages_of_the_site(url: &str) -> impl Iterator<Item = Shown> {
    let pages = [
        ("front", "/", "Verify a digital credential · LearnCoin", FRONT),
        ("docs", "/docs", "Documentation · LearnCoin", "One call to a REST API"),
        ("docs-page", "/docs/api/endpoints", "Endpoints · LearnCoin", "Idempotency"),
        ("docs-resource", "/docs/api/batches", "Batches · LearnCoin", "Replace the ids with your own."),
        (
            "docs-guide",
            "/docs/console/registrars",
            "The console for registrars · LearnCoin",
            "There is no password.",
        ),
        ("docs-operations", "/docs/operations", "Operations · LearnCoin", "Backup and restore"),
        ("docs-search", "/docs/search?q=key", "key · Search · LearnCoin", "sections for"),
        ("pricing", "/pricing", "Pricing · LearnCoin", "What each plan includes"),
        ("dev-chain", "/dev/chain", "Development chain", "block"),
        ("verify", "/verify", VERIFY, VERIFY),
    ];
    pages.map(|(name, path, title, text)| Shown::page(name, format!("{url}{path}"), title, text)).into_iter()
}

/// Returns the form after it was given links to credentials.
fn checked(pages: &[Shown]) -> Vec<Shown> {
    let form = named(pages, "verify");
    let check = |name: &str, found: &'static str| Shown {
        name: format!("verify-{name}"),
        checks: Some((named(pages, name).url, found)),
        ..form.clone()
    };
    let plain = [
        check("valid-development", "valid_development"),
        check("revoked", "not_valid"),
        check("expired", "not_valid"),
        check("erased", "valid_development"),
        check("long-texts", "valid_development"),
    ];
    let arabic = Shown {
        name: "verify-arabic-in-ar".to_owned(),
        asked_language: "ar",
        language: "ar",
        title: String::new(),
        texts: Vec::new(),
        thorough: false,
        ..check("arabic", "valid_development")
    };
    plain.into_iter().chain([arabic]).collect()
}

/// Makes a credential invalid without revoking it: the school's own DID document no longer lists the key
/// that signed it, but another.
async fn disown(app: &TestApp, school: &mut Registrar, site: &Site) {
    let hosted = app.get(DID_PATH).await.expect(200);
    let own = did_document(&hosted, school.caller.tenant_id.as_str(), app.public_url(), &site.did());
    site.put(DID_PATH, own.to_string());
    school.patch(json!({ "did": site.did() })).await;
    let id = school.issue(ada()).await;
    let other = app.tenant("Another School").await;
    let hosted = app.get(DID_PATH).await.expect(200);
    let others = did_document(&hosted, other.tenant_id.as_str(), app.public_url(), &site.did());
    site.put(DID_PATH, others.to_string());
    // Longer than a document of another host is remembered.
    app.clock().advance_ms(120_000);
    school.show("not-valid", &id, "Not valid", "not valid", &["Ada Lovelace"]).await;
}

/// Creates the pages shown while the chain can't be reached, and of credentials that could not be signed because of it. The
/// deployment has a name and a mark of its own.
async fn behind_a_line_that_is_cut() -> (TestApp, Vec<Shown>) {
    let brand = Brand::named("Example Trust").with_mark(LOGO).unwrap();
    let (app, url) = TestApp::builder().brand(brand).serve().await;
    let mut uni = Registrar::new(app.tenant("Example University").await);
    let unchecked = uni.issue(ada()).await;
    app.set_chain_down(true);
    let failed = uni.issue(ada()).await;
    uni.show("could-not-check", &unchecked, "Could not check", "could not check", &["Ada Lovelace"]).await;
    uni.show("failed", &failed, "Failed", "Failed", &["Ada Lovelace"]).await;
    let own_brand = pages_of_the_site(&url).filter(|page| page.name == "front").map(|page| Shown {
        name: "front-own-brand".to_owned(),
        title: "Verify a digital credential · Example Trust".to_owned(),
        ..page
    });
    (app, uni.pages.into_iter().chain(own_brand).collect())
}
