//! Both signed forms before strangers' software, in one table, of which every cell is run: the stock Blockcerts verifier,
//! `@digitalbazaar/vc`, the verifier of the Digital Credentials Consortium, the schemas of 1EdTech and W3C, LearnCard's and walt.id's
//! parsers, and our own verification. The JWT twin of the wallet form goes before `jose` and our own verification.
//!
//! The judges are in a closed world: what they may look up is what the deployment serves, handed in beside the documents.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::support::deployment::{Deployment, Server};
use crate::support::http::rpc;
use crate::support::own_verifier::OwnVerifier;
use crate::support::process::run;
use crate::support::programs::node;
use crate::support::school::{School, credential_ids, text};
use crate::support::shared::Shared;
use crate::support::twin::take_twin;

const ORIGIN: &str = "https://school.example";
const ODD_DOCUMENTS: usize = 60;

/// The state of a credential of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Erased,
    Revoked,
    Expired,
}

/// A running server, and each credential of the table.
struct Issued {
    server: Server,
    credentials: Vec<(String, State, String)>,
}

impl Issued {
    fn all() -> Arc<Self> {
        static ISSUED: Shared<Issued> = Shared::new();
        ISSUED.get(|| {
            let server = Deployment::new().at_public_url(ORIGIN).serve();
            let school = School::join(&server, "institution");
            let expired = odd(1, ("2020-01-01T00:00:00Z", Some("2021-01-01T00:00:00Z")));
            let mut requests: Vec<Value> = vec![odd(0, ("2020-04-23T12:00:00Z", None)); 3];
            requests.push(expired);
            requests.extend((0..ODD_DOCUMENTS).map(|number| odd(number, dates(number))));
            let batch = school.issue(&json!({ "credentials": requests }));
            let ids = credential_ids(&batch);
            let reason = json!({ "reason": "Issued by mistake.", "reason_code": "issuer_error" });
            school.change(&ids[1], "revoke", &reason);
            let erasure = json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
            school.change(&ids[2], "erase", &erasure);
            let states = [State::Good, State::Revoked, State::Erased, State::Expired];
            let states = states.into_iter().chain(std::iter::repeat(State::Good));
            let credentials = ids.into_iter().zip(states).enumerate();
            let named = credentials.map(|(at, (id, state))| match at {
                0..4 => (id, state, format!("{state:?}").to_lowercase()),
                _ => (id, state, format!("odd {}", at - 4)),
            });
            let credentials = named.collect();
            Self { server, credentials }
        })
    }

    fn document(&self, id: &str, form: &str) -> Value {
        let answer = self.server.get(&format!("/c/{id}/credential.json?{form}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// Returns the JWT twin as a wallet gets it that proves no key, with the credential that it is to hold.
    fn twin(&self, id: &str) -> (String, Value) {
        let mut credential = self.document(id, "form=wallet");
        credential.as_object_mut().unwrap().remove("proof");
        (take_twin(&self.server, ORIGIN, id), credential)
    }

    /// Returns what the judges may look up, by URL.
    fn world(&self, wallet_form: &Value) -> Map<String, Value> {
        let method = text(wallet_form, "/proof/0/verificationMethod");
        let tenant = method.split_once(":t:").unwrap().1.split_once('#').unwrap().0;
        let mut paths = vec![
            "/.well-known/did.json".to_owned(),
            "/issuer.json".to_owned(),
            format!("/tenants/{tenant}/issuer.json"),
            format!("/t/{tenant}/did.json"),
            format!("/t/{tenant}/status/revocation/0"),
        ];
        for (id, _, _) in &self.credentials {
            let credential: String =
                url::form_urlencoded::byte_serialize(format!("{ORIGIN}/c/{id}").as_bytes()).collect();
            paths.push(format!("/revocations?assertionId={credential}"));
        }
        let read = paths.into_iter().map(|path| (format!("{ORIGIN}{path}"), self.server.get(&path).json()));
        read.collect()
    }

    fn transactions(&self, anchored: &Value) -> Value {
        let verification =
            learncoin_credential::verify::ParsedCredential::read(anchored.to_string().as_bytes());
        let hash = format!("0x{}", verification.unwrap().lookups().transaction_hash);
        let found = rpc(&self.server.chain_url(), "eth_getTransactionByHash", &json!([hash]));
        let place = json!([found["blockNumber"], false]);
        let block = rpc(&self.server.chain_url(), "eth_getBlockByNumber", &place);
        let seconds = i64::from_str_radix(text(&block, "/timestamp").trim_start_matches("0x"), 16).unwrap();
        let time = learncoin_issuance::time::iso8601(seconds * 1_000);
        json!({ hash: { "data": found["input"], "from": found["from"], "time": time } })
    }
}

/// Returns the dates of an odd document, whose ends are as far apart as the format allows.
fn dates(number: usize) -> (&'static str, Option<&'static str>) {
    match number % 4 {
        0 => ("2020-04-23T12:00:00Z", None),
        1 => ("1999-12-31T23:59:59Z", Some("2099-12-31T23:59:59Z")),
        2 => ("2020-02-29T00:00:00.123456+00:00", Some("9999-12-31T23:59:59Z")),
        _ => ("2024-03-01T00:30:00.5Z", Some("2030-01-01T00:00:00Z")),
    }
}

/// Returns a request that has texts in many scripts, up to nine skills and three pieces of evidence.
fn odd(number: usize, (issued, expires): (&str, Option<&str>)) -> Value {
    const NAMES: [&str; 15] = [
        "Ada Lovelace",
        "Ngô Bảo Châu",
        "محمد بن موسى الخوارزمي",
        "שלום עליכם",
        "陈省身",
        "りょうこ 😀",
        "ดร. สมชาย",
        "Ἀρχιμήδης",
        "Ольга Ладыженская",
        "श्रीनिवास रामानुजन",
        "𝔐athematik 𐎀",
        "O'Brien \"Bob\" <b>&amp;</b> \\ _:c14n0",
        "e\u{301}te\u{301} / été",
        "Zoë \u{200d}👩‍🔬",
        "한국어 이름",
    ];
    let name = NAMES[number % NAMES.len()];
    let mut achievement = json!({
        "name": format!("{name} · {number}"),
        "description": format!("First line\nsecond \"quoted\" \\ {name} {{}} [] %20"),
        "criteria": { "narrative": format!("≥ 70 % and {name}\r\n<https://example.org/> _:b0 .") },
    });
    if number.is_multiple_of(2) {
        achievement["id"] = json!(format!("https://yourschool.edu/courses/{number}?a=1&b=%C3%A9#x"));
    }
    let frameworks = ["ESCO", "O*NET", "ISCED-F", "CUSTOM"];
    let skills = (0..number % 10).map(|skill| {
        json!({
            "targetFramework": frameworks[skill % frameworks.len()],
            "targetCode": format!("S{}.{}", skill, number),
            "targetName": format!("{name} {skill}"),
            "targetUrl": format!("https://example.org/skills/{skill}?n={number}"),
        })
    });
    let skills: Vec<Value> = skills.collect();
    if !skills.is_empty() {
        achievement["alignment"] = json!(skills);
    }
    let id = format!("urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-{number:012x}");
    let mut request = json!({
        "recipient": { "id": id, "name": name },
        "achievement": achievement,
        "issuanceDate": issued,
    });
    if let Some(expires) = expires {
        request["expirationDate"] = json!(expires);
    }
    let evidence: Vec<Value> = (0..number % 4)
        .map(|piece| match piece {
            0 => json!({ "narrative": format!("{name}: an interview.") }),
            _ => json!({ "id": format!("https://yourschool.edu/evidence/{number}/{piece}"), "narrative": name }),
        })
        .collect();
    if !evidence.is_empty() {
        request["evidence"] = json!(evidence);
    }
    request
}

/// Returns the judges that are to accept a form in a state, by their names in `tests/node/judges.mjs`.
fn expected(form: &str, state: State) -> Value {
    let is_good = matches!(state, State::Good | State::Erased);
    match form {
        // It has no Multikey method alone, nor a list that the stock verifier could read; walt.id reads no array of proofs.
        "wallet" => json!({
            "blockcerts": false, "digitalbazaar": is_good, "verifier-core": is_good, "openbadges-schema": true,
            "w3c-schema": true, "learncard": true, "waltid": false,
        }),
        // Who knows no MerkleProof2019 refuses it, and Open Badges wants an array of proofs, which another layout has.
        _ => json!({
            "blockcerts": is_good, "digitalbazaar": false, "verifier-core": false, "openbadges-schema": false,
            "w3c-schema": true, "learncard": true, "waltid": false,
        }),
    }
}

#[test]
fn every_judge_gives_the_verdict_of_the_table_on_both_forms() {
    let issued = Issued::all();
    let mut cases = Vec::new();
    let mut world = Map::new();
    let mut transactions = Map::new();
    let own = OwnVerifier::new(&issued.server.chain_url()).with_address(ORIGIN, &issued.server.url(""));
    for (id, state, name) in &issued.credentials {
        let wallet = issued.document(id, "form=wallet");
        let anchored = issued.document(id, "form=anchored");
        if world.is_empty() {
            world = issued.world(&wallet);
            transactions = issued.transactions(&anchored).as_object().unwrap().clone();
        }
        for (form, document) in [("wallet", wallet), ("anchored", anchored)] {
            let report = own.judge(document.to_string().as_bytes());
            let is_due = matches!(state, State::Good | State::Erased);
            assert_eq!(report.verdict.is_valid(), is_due, "{form}: {name}: {report:#?}");
            let tamper = form == "wallet" && name == "good";
            cases.push(json!({
                "name": format!("{form}: {name}"), "form": form, "document": document, "expect": expected(form, *state),
                "tamper": tamper,
            }));
        }
        // What is revoked is handed to no wallet.
        if *state != State::Revoked {
            let (twin, credential) = issued.twin(id);
            let report = own.judge(twin.as_bytes());
            let is_good = *state != State::Expired;
            assert_eq!(report.verdict.is_valid(), is_good, "twin: {name}: {report:#?}");
            cases.push(json!({
                "name": format!("jwt: {name}"), "form": "jwt", "document": twin, "credential": credential,
                "expect": { "jose": is_good },
            }));
        }
    }
    assert_eq!(cases.len(), 3 * (ODD_DOCUMENTS + 4) - 1);
    let input = json!({ "documents": world, "transactions": transactions, "cases": cases }).to_string();
    let file = issued.server.deployment.write("judges.json", input);
    let ended = run(&mut node("judges.mjs", &[file.to_str().unwrap()]));
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    let table = ended.json();
    let rows = table["cases"].as_array().unwrap();
    let tampered = rows.iter().filter(|row| row.get("tampering").is_some()).count();
    assert!(tampered >= 30, "{tampered} of {}", rows.len());
    // Judges that accept everything, or refuse everything, would prove nothing; those that read one form alone refuse the other.
    let mut accepted: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.get("tampering").is_none()) {
        for (judge, verdict) in row["verdicts"].as_object().unwrap() {
            *accepted.entry(judge).or_default() += usize::from(verdict["accepted"] == true);
        }
    }
    println!("{accepted:?} of {}", rows.len());
    for judge in ["blockcerts", "digitalbazaar", "verifier-core", "jose"] {
        assert_eq!(accepted[judge], ODD_DOCUMENTS + 2, "{judge}");
    }
}
