//! The way into a wallet, taken by the wallets of strangers: each makes all of its requests to the real binary.
//!
//! They are npm `@openid4vc/openid4vci` of the OpenWallet Foundation and `@learncard/openid4vc-plugin` of LearnCard, as released.

use serde_json::{Value, json};

use crate::support::deployment::{Deployment, Server};
use crate::support::http;
use crate::support::process::run;
use crate::support::programs::{node, succeeds};
use crate::support::school::{School, credential_ids, one, text};

const ORIGIN: &str = "https://learncoin.example";
const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];

/// A server with a credential.
struct Scene {
    server: Server,
    school: School,
    id: String,
}

impl Scene {
    fn new() -> Self {
        let server = Deployment::new().at_public_url(ORIGIN).serve();
        let school = School::join(&server, "developer");
        let id = credential_ids(&school.issue(&one())).remove(0);
        Self { server, school, id }
    }

    /// Makes an offer on the page. Returns its link and its number.
    fn offer(&self, form: &str) -> (String, Option<String>) {
        let url = self.server.url(&format!("/c/{}/wallet", self.id));
        let page = http::send(reqwest::Method::POST, &url, &FORM, form.into());
        assert_eq!(page.status, 200, "{}", page.text());
        let between = |before: &str, after: char| {
            let (_, rest) = page.text().split_once(before)?;
            Some(rest.split_once(after)?.0.to_owned())
        };
        let link = between("href=\"openid-credential-offer:", '"').unwrap();
        (format!("openid-credential-offer:{link}"), between("class=\"wallet-number\" dir=\"ltr\">", '<'))
    }

    /// Takes an offer, so many times at once. Returns whether each taking got its credential, and what became of each.
    fn take(&self, arguments: &[&str], link: &str) -> (bool, Vec<Value>) {
        let map = format!("{ORIGIN}={}", self.server.url(""));
        let arguments = [arguments, &["--map", &map, link]].concat();
        let ended = run(&mut node("wallet.mjs", &arguments));
        assert!(matches!(ended.status, Some(0 | 1)), "{}{}", ended.stdout, ended.stderr);
        let lines = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap());
        (ended.status == Some(0), lines.collect())
    }

    /// Takes an offer once. Returns the credential, and the holder's DID.
    fn taken(&self, arguments: &[&str], link: &str) -> (Value, String) {
        let (is_taken, takings) = self.take(arguments, link);
        let [taking] = takings.try_into().unwrap();
        assert!(is_taken, "{taking:#}");
        let [credential] = taking["credentials"].as_array().unwrap().clone().try_into().unwrap();
        (credential, text(&taking, "/holder"))
    }

    /// Returns what judges may look up.
    fn documents(&self) -> Value {
        let tenant = self.school.tenant_id.split_once('_').unwrap().1;
        let did = self.server.get(&format!("/t/{tenant}/did.json")).json();
        json!({ format!("{ORIGIN}/t/{tenant}/did.json"): did })
    }
}

#[test]
fn two_strangers_wallets_take_the_credential_in_both_formats() {
    let scene = Scene::new();
    let public = scene.server.get(&format!("/c/{}?form=wallet", scene.id)).json();
    let mut tokens = Vec::new();
    for client in ["openid4vci", "learncard"] {
        for (format, holder, tx_code) in [
            ("ldp_vc", "did:key", ""),
            ("jwt_vc_json", "did:key", "&tx_code=on"),
            ("ldp_vc", "did:jwk", "&tx_code=on"),
            ("jwt_vc_json", "did:jwk", ""),
        ] {
            let (link, number) = scene.offer(&format!("format={format}{tx_code}"));
            let mut arguments = vec!["--client", client, "--format", format, "--holder", holder];
            arguments.extend(number.as_deref().map(|number| ["--tx-code", number]).into_iter().flatten());
            let (credential, did) = scene.taken(&arguments, &link);
            let mut expected = public.clone();
            expected["credentialSubject"]["id"] = json!(did);
            if format == "ldp_vc" {
                expected["proof"] = credential["proof"].clone();
                assert_eq!(credential, expected, "{client}");
            } else {
                expected.as_object_mut().unwrap().remove("proof");
                tokens.push(json!({
                    "name": format!("{client} {holder}"), "form": "jwt", "document": credential, "credential": expected,
                    "expect": { "jose": true },
                }));
            }
            // What was taken is taken.
            let (is_taken, again) = scene.take(&arguments, &link);
            assert!(!is_taken, "{again:?}");
        }
    }
    let input = json!({ "documents": scene.documents(), "cases": tokens });
    let file = scene.server.deployment.write("judged.json", input.to_string());
    succeeds(&mut node("judges.mjs", &[file.to_str().unwrap()]));
    assert!(scene.server.stop().success());
}

#[test]
fn of_64_wallets_at_once_one_gets_the_credential() {
    let scene = Scene::new();
    let (link, _) = scene.offer("format=ldp_vc");
    let (are_all_taken, takings) = scene.take(&["--times", "64"], &link);
    assert!(!are_all_taken);
    let given = takings.iter().filter(|taking| taking["credentials"] != json!([])).count();
    assert_eq!((takings.len(), given), (64, 1));
    // A wrong number gets nothing, and a wallet without a proof a credential that is bound to no key.
    let (link, number) = scene.offer("format=ldp_vc&tx_code=on");
    let wrong = if number.as_deref() == Some("000000") { "000001" } else { "000000" };
    assert!(!scene.take(&["--tx-code", wrong], &link).0);
    let (credential, _) = scene.taken(&["--tx-code", &number.unwrap(), "--no-proof"], &link);
    assert!(text(&credential, "/credentialSubject/id").starts_with("urn:uuid:"));
    assert!(scene.server.stop().success());
}
