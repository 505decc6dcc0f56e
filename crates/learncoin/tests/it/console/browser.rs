//! A browser that visits the console: it keeps cookies, and sends the forms that pages have.

use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, ORIGIN};
use axum::http::{Method, Request};
use learncoin_console::accounts::{Grant, LastOwner, MemberAccounts};
use learncoin_console::sign_in::{SignedIn, create_link, sign_in};
use learncoin_store::id::TenantId;
use learncoin_store::members::{Email, Member, Role, Token};
use learncoin_testkit::{Answer, TestApp, answer_of};

/// The name of a session's cookie on a deployment with `https`.
pub(crate) const SESSION: &str = "__Host-learncoin-session";
/// The name of a browser's cookie.
pub(crate) const BROWSER: &str = "__Host-learncoin-browser";
const FORM: &str = "application/x-www-form-urlencoded";

/// Returns the rules of the deployment's members.
pub(crate) fn accounts(app: &TestApp) -> MemberAccounts {
    let issuance = app.issuance();
    MemberAccounts {
        store: issuance.store.clone(),
        clock: issuance.clock.clone(),
        entropy: issuance.entropy.clone(),
    }
}

/// Adds a member to a tenant.
pub(crate) async fn member(app: &TestApp, email: &str, tenant_id: &TenantId, role: Role) -> Member {
    let email: Email = email.parse().unwrap();
    let grant = Grant::Tenant(tenant_id.clone(), role);
    accounts(app).add(&email, &grant, LastOwner::MayGo).await.unwrap().member
}

/// Adds an operator.
pub(crate) async fn operator(app: &TestApp, email: &str) -> Member {
    accounts(app).add(&email.parse().unwrap(), &Grant::Operator, LastOwner::MayGo).await.unwrap().member
}

/// Signs a member in, as a link of the command does.
pub(crate) async fn session(app: &TestApp, member: &Member) -> SignedIn {
    let issuance = app.issuance();
    let (store, clock, entropy) = (&issuance.store, &*issuance.clock, &*issuance.entropy);
    let link = create_link(store, clock, entropy, &member.id, None).await.unwrap();
    let browser = Token::generate(entropy);
    sign_in(store, clock, entropy, &link, &browser, None, "Test/1.0").await.unwrap()
}

/// Returns the token that the forms of a browser with this secret carry, as a page shows it.
fn csrf_of(page: &str) -> Option<String> {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"")?;
    Some(rest.split('"').next().unwrap().to_owned())
}

/// A browser.
pub(crate) struct Browser<'a> {
    app: &'a TestApp,
    /// The routes that it visits, if they are others than the deployment's usual ones.
    router: Option<Router>,
    pub(crate) cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    /// Opens one that was never here.
    pub(crate) fn new(app: &'a TestApp) -> Self {
        Self { app, router: None, cookies: Vec::new() }
    }

    /// Opens one that was never here, and visits these routes.
    pub(crate) fn at(app: &'a TestApp, router: &Router) -> Self {
        Self { app, router: Some(router.clone()), cookies: Vec::new() }
    }

    /// Opens one in which a member is signed in.
    pub(crate) async fn signed_in(app: &'a TestApp, member: &Member) -> Self {
        let signed_in = session(app, member).await;
        Self { app, router: None, cookies: vec![(SESSION.to_owned(), signed_in.token.expose().to_owned())] }
    }

    /// Returns a cookie's value.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Sends a request, and keeps the cookies of the response.
    pub(crate) async fn send(&mut self, request: Request<Body>) -> Answer {
        let (mut parts, body) = request.into_parts();
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            parts.headers.insert(COOKIE, cookies.join("; ").parse().unwrap());
        }
        let request = Request::from_parts(parts, body);
        let answer = match &self.router {
            Some(router) => answer_of(router.clone(), request).await,
            None => self.app.send(request).await,
        };
        for line in answer.headers.get_all("set-cookie") {
            let (pair, attributes) = line.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !attributes.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    /// Opens a page.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a form with the token of a page that the browser sees, and this site's origin.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf().await;
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        let request = form(path, Some(self.app.public_url()), &all);
        self.send(request).await
    }

    /// Sends a spreadsheet. Returns the answer.
    pub(crate) async fn upload(
        &mut self,
        path: &str,
        name: &str,
        bytes: &[u8],
        fields: &[(&str, &str)],
    ) -> Answer {
        let csrf = self.csrf().await;
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        let request = form_with_file(path, Some(self.app.public_url()), &all, Some((name, bytes)));
        self.send(request).await
    }

    /// Returns the token of this browser's forms.
    pub(crate) async fn csrf(&mut self) -> String {
        let link = format!("/console/link/{}", "0".repeat(64));
        for page in ["/console?all=1", &link] {
            if let Some(csrf) = csrf_of(self.get(page).await.text()) {
                return csrf;
            }
        }
        panic!("no page has a form");
    }
}

/// Returns a request that sends a form with a file.
pub(crate) fn form_with_file(
    path: &str,
    origin: Option<&str>,
    fields: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> Request<Body> {
    const BOUNDARY: &str = "----learncoin-test-boundary";
    let part = |name: &str| format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"");
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(format!("{}\r\n\r\n{value}\r\n", part(name)).as_bytes());
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "{}; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n",
            part("file")
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let mut request = Request::builder().method(Method::POST).uri(path).header(CONTENT_TYPE, kind);
    if let Some(origin) = origin {
        request = request.header(ORIGIN, origin);
    }
    request.body(Body::from(body)).unwrap()
}

/// Returns a request that sends a form. That of spreadsheets comes with files, so it has another type.
pub(crate) fn form(path: &str, origin: Option<&str>, fields: &[(&str, &str)]) -> Request<Body> {
    if path.ends_with("/uploads") {
        return form_with_file(path, origin, fields, None);
    }
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let mut request = Request::builder().method(Method::POST).uri(path).header(CONTENT_TYPE, FORM);
    if let Some(origin) = origin {
        request = request.header(ORIGIN, origin);
    }
    request.body(Body::from(body.join("&"))).unwrap()
}

/// Adds an API key to a request.
pub(crate) fn with_key(mut request: Request<Body>, key: &str) -> Request<Body> {
    request.headers_mut().insert(AUTHORIZATION, format!("Bearer {key}").parse().unwrap());
    request
}
