//! The accounts that may call: a service account, authenticated by its signature, and the machine itself,
//! authenticated by its metadata server.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD as BASE64URL};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::wire::answer;

const EMAIL: &str = "learncoin@example.iam.gserviceaccount.com";
const KEY_ID: &str = "0123456789abcdef";
const SCOPE: &str = "https://www.googleapis.com/auth/cloudkms";
/// Google's own client asks for this one.
const WIDE_SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
const METADATA: &str = "/computeMetadata/v1/";

pub(super) struct Accounts {
    key: KeyPair,
    token_uri: String,
    tokens: Vec<String>,
    given: usize,
    pub(super) life_s: i64,
    pub(super) refuses: bool,
}

impl Accounts {
    pub(super) fn new(origin: &str) -> Self {
        Self {
            key: KeyPair::generate(KeySize::Rsa2048).expect("an RSA key"),
            token_uri: format!("{origin}/token"),
            tokens: Vec::new(),
            given: 0,
            life_s: 3_599,
            refuses: false,
        }
    }

    pub(super) fn key_file(&self) -> String {
        let der = self.key.as_der();
        let der: Pkcs8V1Der<'_> = der.expect("an RSA key has a form");
        let text = BASE64.encode(der.as_ref());
        let lines: Vec<&str> =
            text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).expect("base64")).collect();
        json!({
            "type": "service_account",
            "project_id": "example",
            "private_key_id": KEY_ID,
            "private_key": format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")),
            "client_email": EMAIL,
            "client_id": "1",
            "token_uri": self.token_uri,
            "universe_domain": "googleapis.com",
        })
        .to_string()
    }

    pub(super) fn given(&self) -> usize {
        self.given
    }

    pub(super) fn withdraw(&mut self) {
        self.tokens.clear();
    }

    /// Returns whether a request carries a token that was issued.
    pub(super) fn knows(&self, headers: &HeaderMap) -> bool {
        let token = headers.get("authorization").and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer "));
        token.is_some_and(|token| self.tokens.iter().any(|given| given == token))
    }

    /// Returns the response to a request for a token.
    pub(super) fn answer(
        &mut self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Option<Response> {
        if path == "/token" && method == Method::POST {
            return Some(match !self.refuses && self.believes(body) {
                true => self.issue_token(),
                false => answer(400, &json!({ "error": "invalid_grant" }), false),
            });
        }
        let asked = path.strip_prefix(METADATA)?;
        if headers.get("metadata-flavor").is_none_or(|flavor| flavor != "Google") || self.refuses {
            return Some(answer(403, &Value::Null, false));
        }
        Some(match asked {
            "instance/service-accounts/default/token" => self.issue_token(),
            // What Google's own client asks first.
            "instance/service-accounts/default/" => {
                let account = json!({ "aliases": ["default"], "email": EMAIL, "scopes": [WIDE_SCOPE] });
                answer(200, &account, false)
            }
            _ => answer(404, &Value::Null, false),
        })
    }

    fn issue_token(&mut self) -> Response {
        self.given += 1;
        let token = format!("ya29.token-{}", self.given);
        self.tokens.push(token.clone());
        let body = json!({ "access_token": token, "expires_in": self.life_s, "token_type": "Bearer" });
        answer(200, &body, false)
    }

    /// Returns whether a form holds an assertion that this account signed, for this server and this purpose.
    fn believes(&self, form: &[u8]) -> bool {
        let field = |name: &str| {
            form_urlencoded::parse(form).find(|(field, _)| field == name).map(|(_, value)| value.into_owned())
        };
        if field("grant_type").as_deref() != Some("urn:ietf:params:oauth:grant-type:jwt-bearer") {
            return false;
        }
        let assertion = field("assertion").unwrap_or_default();
        let Some((signed, signature)) = assertion.rsplit_once('.') else { return false };
        let Ok(signature) = BASE64URL.decode(signature) else { return false };
        let public_key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.key.public_key().as_ref());
        if public_key.verify(signed.as_bytes(), &signature).is_err() {
            return false;
        }
        let part = |index| -> Option<Value> {
            let bytes = BASE64URL.decode(signed.split('.').nth(index)?).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        let (Some(header), Some(claims)) = (part(0), part(1)) else { return false };
        let lasts = claims["exp"].as_i64().unwrap_or(0) - claims["iat"].as_i64().unwrap_or(0);
        header["alg"] == "RS256"
            && header["typ"] == "JWT"
            && header["kid"] == KEY_ID
            && claims["iss"] == EMAIL
            // Google's own client names Google's server, wherever it sends the assertion.
            && (claims["aud"] == self.token_uri || claims["aud"] == "https://oauth2.googleapis.com/token")
            && claims["scope"].as_str().is_some_and(|scope| scope == SCOPE || scope.contains(WIDE_SCOPE))
            && (1..=3_600).contains(&lasts)
    }
}
