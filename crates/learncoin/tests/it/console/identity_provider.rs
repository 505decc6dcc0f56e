//! A real OpenID Connect provider on this machine, and a deployment whose members sign in there.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use learncoin_console::ConsoleState;
use learncoin_console::oidc::{CALLBACK, GroupRoles, IdentityProvider, ProviderOptions};
use learncoin_http_client::{BoundedClient, ClientOptions, Method};
use learncoin_server::router_with;
use learncoin_store::members::{Member, Role};
use learncoin_testkit::{Answer, TestApp};
use serde_json::{Value, json};
use url::Url;

use super::browser::{Browser, member};

/// The secret of the registration at the provider.
const SECRET: &str = "a secret of the registration";
/// The longest body that is read, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// A running provider, ended when dropped.
pub(crate) struct LocalProvider {
    process: Child,
    client: BoundedClient,
    /// Its issuer.
    pub(crate) issuer: String,
}

impl LocalProvider {
    /// Starts one whose clock is that of the deployment.
    pub(crate) fn start(app: &TestApp) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/node");
        assert!(folder.join("node_modules").exists(), "run `./test`, which installs the provider");
        let mut process = Command::new("node")
            .arg(folder.join("identity-provider.mjs"))
            .args([format!("{}{CALLBACK}", app.public_url()), app.now_ms().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let issuer = lines.next().unwrap().unwrap();
        // It writes advice, and a pipe that no one reads would end it.
        std::thread::spawn(move || lines.for_each(drop));
        let options =
            ClientOptions { timeout: Duration::from_secs(20), connect_timeout: None, user_agent: None };
        Self { process, client: BoundedClient::new(options).unwrap(), issuer }
    }

    /// Changes its state. Returns how often each of its documents was asked for.
    pub(crate) async fn set(&self, state: &Value) -> Value {
        let url = format!("{}/test", self.issuer).parse().unwrap();
        let request = self.client.request(Method::POST, &url).body(state.to_string());
        let body = request.send().await.unwrap().read_bounded(MAX_BYTES).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Sets the person who signs in there.
    pub(crate) async fn account(&self, sub: &str, email: &str, groups: &[&str]) {
        let account = json!({ "sub": sub, "email": email, "email_verified": true, "groups": groups });
        self.set(&json!({ "account": account })).await;
    }

    /// Visits it in a new browser, until it sends that back to the deployment. Returns the path and query there.
    pub(crate) async fn visit(&self, url: &str) -> String {
        let mut url: Url = url.parse().unwrap();
        let mut cookies: Vec<(String, String)> = Vec::new();
        for _ in 0..8 {
            if url.path() == CALLBACK {
                return format!("{}?{}", url.path(), url.query().unwrap());
            }
            let line: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = self.client.request(Method::GET, &url).header("cookie", &line.join("; "));
            let response = request.send().await.unwrap();
            for line in response.headers().get_all("set-cookie") {
                let pair = line.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                cookies.retain(|(known, _)| known != name);
                cookies.push((name.to_owned(), value.to_owned()));
            }
            let location = response.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
            let Some(location) = location else {
                let body = response.read_bounded(MAX_BYTES).await.unwrap();
                panic!("the provider shows a page: {}", String::from_utf8_lossy(&body));
            };
            url = url.join(&location).unwrap();
        }
        panic!("the provider leads nowhere");
    }
}

impl Drop for LocalProvider {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A deployment whose members sign in at a provider.
pub(crate) struct Federation {
    pub(crate) app: TestApp,
    pub(crate) provider: LocalProvider,
    pub(crate) router: Router,
}

impl Federation {
    /// Starts both.
    pub(crate) async fn start() -> Self {
        let app = TestApp::start().await;
        let provider = LocalProvider::start(&app);
        let router = router(&app, options(&provider.issuer));
        Self { app, provider, router }
    }

    /// Lets groups at the provider grant rights.
    pub(crate) fn with_groups(mut self, groups: &[String]) -> Self {
        let mut options = options(&self.provider.issuer);
        options.scopes.push("groups".into());
        options.groups_claim = "groups".into();
        options.groups = GroupRoles::parse(groups).unwrap();
        self.router = router(&self.app, options);
        self
    }

    /// Uses another registration at the provider.
    pub(crate) fn with_client(mut self, client_id: &str) -> Self {
        let options = ProviderOptions { client_id: client_id.into(), ..options(&self.provider.issuer) };
        self.router = router(&self.app, options);
        self
    }

    /// Opens a browser that was never here.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser::at(&self.app, &self.router)
    }

    /// Signs in, from the button to the way back. Returns the answer to the latter.
    pub(crate) async fn sign_in(&self, browser: &mut Browser<'_>) -> Answer {
        let url = begin(browser).await;
        let back = self.provider.visit(&url).await;
        browser.get(&back).await
    }
}

/// Presses the button. Returns the address of the provider to which the page leads.
pub(crate) async fn begin(browser: &mut Browser<'_>) -> String {
    let page = browser.post("/console/oidc", &[]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let url = page.header("refresh").strip_prefix("0; url=").unwrap().to_owned();
    let link = format!("href=\"{}\"", url.replace('&', "&#38;"));
    assert!(page.text().contains(&link), "{link}\n{}", page.text());
    url
}

/// Returns the settings of a provider with this issuer.
pub(crate) fn options(issuer: &str) -> ProviderOptions {
    ProviderOptions {
        issuer: issuer.to_owned(),
        client_id: "learncoin".into(),
        client_secret: Some(SECRET.to_owned().into()),
        scopes: vec!["email".into()],
        name: "Example ID".into(),
        groups_claim: String::new(),
        groups: GroupRoles::default(),
    }
}

/// Returns the routes of a deployment whose members sign in at this provider. It asks for mails with links too.
pub(crate) fn router(app: &TestApp, options: ProviderOptions) -> Router {
    let provider = IdentityProvider::new(options, app.issuance().host.origin(), None).unwrap();
    let (console, _) = ConsoleState::new(&app.state()).with_link_requests();
    let console = console.with_identity_provider(provider);
    router_with(app.state(), learncoin_console::router(&console))
}

/// Starts a deployment with a member who has not signed in at its provider yet.
pub(crate) async fn federation_with_ada() -> (Federation, Member) {
    let federation = Federation::start().await;
    let uni = federation.app.tenant("Example University").await;
    let ada = member(&federation.app, "ada@example.edu", &uni.tenant_id, Role::Owner).await;
    federation.provider.account("ada-1", "Ada@Example.edu", &[]).await;
    (federation, ada)
}

/// Returns whether a page states that no one was signed in, and offers the other ways.
pub(crate) fn is_refusal(answer: &Answer, status: u16, part: &str) -> bool {
    let text = answer.text();
    answer.status == status
        && text.contains("You are not signed in")
        && text.contains(part)
        && text.contains("href=\"/console/sign-in\"")
}

/// Returns the number of rows of a table.
pub(crate) async fn count(federation: &Federation, table: &'static str) -> usize {
    federation.app.issuance().store.rows(table).await.unwrap().len()
}
