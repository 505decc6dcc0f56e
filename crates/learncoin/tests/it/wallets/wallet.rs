//! A wallet as a test holds it: it makes an offer as a person does on the page, and takes it as a wallet does.

use learncoin_testkit::{Answer, Body, Caller, Holder, Request, TestApp, one};
use serde_json::{Value, json};

use crate::public::credential_page::{issue, path_of};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
pub(crate) const CODE_MS: i64 = 10 * 60 * 1000;
pub(crate) const TOKEN_MS: i64 = 5 * 60 * 1000;

/// An offer: its path, its JSON, and the number that its page shows.
pub(crate) struct Offer {
    pub(crate) path: String,
    pub(crate) json: Value,
    pub(crate) tx_code: Option<String>,
}

/// A tenant with a credential, and where a wallet asks.
pub(crate) struct Scene {
    pub(crate) app: TestApp,
    pub(crate) uni: Caller,
    pub(crate) credential: Value,
}

pub(crate) async fn send(
    app: &TestApp,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(body.into()).unwrap()).await
}

pub(crate) async fn post(app: &TestApp, path: &str, form: &str) -> Answer {
    send(app, "POST", path, &[("content-type", FORM)], form.to_owned()).await
}

/// Returns the part of a page between two texts, with the entities of attributes resolved.
pub(crate) fn between(page: &Answer, before: &str, after: &str) -> Option<String> {
    let (_, rest) = page.text().split_once(before)?;
    Some(rest.split_once(after)?.0.replace("&#38;", "&"))
}

/// Returns the path of the offer that a page shows.
pub(crate) fn offer_path(app: &TestApp, page: &Answer) -> String {
    let link = between(page, "openid-credential-offer://?credential_offer_uri=", "\"").unwrap();
    let address = link.replace("%3A", ":").replace("%2F", "/");
    address.strip_prefix(app.public_url()).unwrap().to_owned()
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::of(TestApp::start().await).await
    }

    pub(crate) async fn of(app: TestApp) -> Self {
        let uni = app.tenant("Example University").await;
        let credential = issue(&uni, one("Ada Lovelace")).await;
        Self { app, uni, credential }
    }

    /// Returns the path of the tenant as an issuer: `/t/ULID`.
    pub(crate) fn tenant(&self) -> String {
        format!("/t/{}", self.uni.tenant_id.ulid())
    }

    /// Returns the identifier of the tenant as an issuer.
    pub(crate) fn issuer(&self) -> String {
        format!("{}{}", self.app.public_url(), self.tenant())
    }

    pub(crate) fn page(&self) -> String {
        format!("{}/wallet", path_of(&self.credential))
    }

    /// Makes an offer on the page.
    pub(crate) async fn offer(&self, form: &str) -> Offer {
        let page = post(&self.app, &self.page(), form).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let path = offer_path(&self.app, &page);
        let json = self.app.get(&path).await.expect(200);
        let tx_code = between(&page, "<strong class=\"wallet-number\" dir=\"ltr\">", "</strong>");
        Offer { path, json, tx_code }
    }

    pub(crate) async fn code(&self, form: &str) -> String {
        self.offer(form).await.code()
    }

    pub(crate) async fn redeem(&self, code: &str, tx_code: Option<&str>) -> Answer {
        let tx_code = tx_code.map(|tx_code| format!("&tx_code={tx_code}")).unwrap_or_default();
        let form = format!("grant_type={GRANT}&pre-authorized_code={code}{tx_code}");
        post(&self.app, &format!("{}/wallet/token", self.tenant()), &form).await
    }

    /// Makes an offer and redeems it.
    pub(crate) async fn token(&self, format: &str) -> String {
        let code = self.code(&format!("format={format}")).await;
        text(&self.redeem(&code, None).await.expect(200)["access_token"])
    }

    pub(crate) async fn nonce(&self) -> String {
        let answer = post(&self.app, &format!("{}/wallet/nonce", self.tenant()), "").await;
        assert_eq!(answer.header("cache-control"), "no-store");
        text(&answer.expect(200)["c_nonce"])
    }

    /// Returns the claims of a proof with a new nonce.
    pub(crate) async fn claims(&self) -> Value {
        json!({ "aud": self.issuer(), "iat": self.app.now_ms() / 1000, "nonce": self.nonce().await })
    }

    pub(crate) async fn proof(&self, holder: &Holder) -> String {
        holder.sign(&holder.header(), &self.claims().await)
    }

    pub(crate) async fn ask(&self, token: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let path = format!("{}/wallet/credential", self.tenant());
        send(&self.app, "POST", &path, &headers, body.to_string()).await
    }

    pub(crate) async fn change(&self, what: &str) {
        let id = self.credential["id"].as_str().unwrap();
        let body = match what {
            "revoke" => json!({ "reason_code": "issuer_error", "reason": "Issued by mistake." }),
            _ => json!({ "requester": "recipient", "verified_at": "2026-04-01T00:00:00Z" }),
        };
        self.uni.post(&format!("/v1/credentials/{id}/{what}"), body.to_string()).await.expect(200);
    }
}

impl Offer {
    pub(crate) fn code(&self) -> String {
        text(&self.json["grants"][GRANT]["pre-authorized_code"])
    }
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Returns the request of 1.0 for a format with this proof.
pub(crate) fn request(format: &str, proof: &str) -> Value {
    json!({ "credential_configuration_id": format!("OpenBadge_{format}"), "proofs": { "jwt": [proof] } })
}

/// Asserts that this is the error of the protocol with that code.
pub(crate) fn expect_refusal(answer: &Answer, status: u16, code: &str) {
    let body = answer.expect(status);
    assert_eq!(body["error"], code, "{body}");
    assert!(body["error_description"].as_str().is_some_and(|text| !text.is_empty()), "{body}");
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
}
