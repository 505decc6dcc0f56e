//! The JWT twin of a wallet form, taken as the simplest of wallets takes it: one that proves no key.

use serde_json::{Value, json};

use crate::support::deployment::Server;
use crate::support::http;
use crate::support::school::text;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const GRANT: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/// Waits until the tenant has its document key, and takes the twin of a credential by a code that is made on its page. The server's public URL is `origin`.
pub(crate) fn take_twin(server: &Server, origin: &str, id: &str) -> String {
    let send = |path: &str, headers: &[(&str, &str)], body: String| {
        let answer = http::send(reqwest::Method::POST, &server.url(path), headers, body.into_bytes());
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer
    };
    http::poll("signed", || {
        let answer = server.get(&format!("/c/{id}?form=wallet"));
        if answer.status == 200 { Ok(()) } else { Err(answer.text().to_owned()) }
    });
    let page = send(&format!("/c/{id}/wallet"), &[FORM], "format=jwt_vc_json".to_owned());
    let (_, link) = page.text().split_once("openid-credential-offer://?credential_offer_uri=").unwrap();
    let link = link.split_once('"').unwrap().0.replace("%3A", ":").replace("%2F", "/");
    let offer = server.get(link.strip_prefix(origin).unwrap_or_else(|| panic!("{link}"))).json();
    let issuer = text(&offer, "/credential_issuer");
    let issuer = issuer.strip_prefix(origin).unwrap();
    let code = text(&offer["grants"][GRANT], "/pre-authorized_code");
    let redeemed = send(
        &format!("{issuer}/wallet/token"),
        &[FORM],
        format!("grant_type={GRANT}&pre-authorized_code={code}"),
    );
    let bearer = format!("Bearer {}", text(&redeemed.json(), "/access_token"));
    let request = json!({ "credential_configuration_id": "OpenBadge_jwt_vc_json" });
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let given: Value = send(&format!("{issuer}/wallet/credential"), &headers, request.to_string()).json();
    text(&given, "/credentials/0/credential")
}
