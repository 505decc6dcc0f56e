//! Hostile texts in every field that a tenant controls: each is refused by name, or issued and shown as it is.

use std::collections::BTreeMap;

use learncoin_testkit::{Answer, Caller, Method, TestApp, batch_of, credential};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::pages::browser::{judged, screenshots};
use crate::support::http::wait;

/// A text that should never be more than a text.
#[derive(Deserialize)]
struct Hostile {
    name: String,
    text: String,
}

/// The fields of a request by their paths, with ordinary content at first.
type Fields = BTreeMap<&'static str, String>;

/// The fields of a batch that people read.
const FIELDS: [&str; 9] = [
    "recipient.name",
    "achievement.name",
    "achievement.description",
    "achievement.criteria.narrative",
    "achievement.alignment[0].targetName",
    "achievement.alignment[0].targetCode",
    "achievement.alignment[0].targetUrl",
    "evidence[0].narrative",
    "evidence[0].id",
];
/// The fields that take an address alone.
const ADDRESSES: [&str; 2] = ["achievement.alignment[0].targetUrl", "evidence[0].id"];
/// The fields that are one line.
const LINES: [&str; 5] = [
    "recipient.name",
    "achievement.name",
    "achievement.alignment[0].targetName",
    "achievement.alignment[0].targetCode",
    ISSUER,
];
const UNIVERSITY: &str = "Harmless University";
const ISSUER: &str = "display_name";
const REASON: &str = "reason";

fn harmless(field: &str) -> String {
    match ADDRESSES.iter().position(|address| *address == field) {
        Some(number) => format!("https://yourschool.edu/{number}"),
        None => format!("Harmless {field}"),
    }
}

fn request(fields: &Fields) -> Value {
    let mut request = credential(&fields["recipient.name"]);
    request["achievement"]["name"] = json!(fields["achievement.name"]);
    request["achievement"]["description"] = json!(fields["achievement.description"]);
    request["achievement"]["criteria"]["narrative"] = json!(fields["achievement.criteria.narrative"]);
    request["achievement"]["alignment"] = json!([{
        "targetFramework": "CUSTOM",
        "targetName": fields["achievement.alignment[0].targetName"],
        "targetCode": fields["achievement.alignment[0].targetCode"],
        "targetUrl": fields["achievement.alignment[0].targetUrl"],
    }]);
    request["evidence"] =
        json!([{ "narrative": fields["evidence[0].narrative"], "id": fields["evidence[0].id"] }]);
    request
}

/// Returns the field that an answer refuses, if it refuses one. A refusal names the field, and does not repeat the
/// text.
fn refused_field(answer: &Answer, text: &str, prefix: &str) -> Option<String> {
    if answer.status < 300 {
        return None;
    }
    assert_eq!(answer.status, 400, "{}", answer.text());
    let body = answer.json();
    let message = body["error"]["message"].as_str().unwrap();
    assert!(text.len() < 12 || !message.contains(text), "{message}");
    let (field, _) = message.split_once(": expected ").unwrap_or_else(|| panic!("no field in: {message}"));
    Some(field.strip_prefix(prefix).unwrap_or_else(|| panic!("another field in: {message}")).to_owned())
}

async fn send(caller: &Caller, method: Method, path: &str, body: &Value) -> Answer {
    caller.send(method, path, &[], body.to_string()).await
}

/// Issues two credentials with the text in every field that takes it, and revokes one with the text as its reason. Returns the
/// plans of the first one's page and card and of the second one's page, and the fields that took it.
async fn issue(app: &TestApp, number: usize, hostile: &Hostile) -> ([Value; 3], Vec<&'static str>) {
    let school = app.tenant(UNIVERSITY).await;
    let text = &hostile.text;
    let mut taken = Vec::new();
    let body = json!({ "display_name": text });
    if refused_field(&send(&school, Method::PATCH, "/v1/tenants/me", &body).await, text, "").is_none() {
        taken.push(ISSUER);
    }

    // The text goes into every field, and out of the ones that refuse it, until the rest is accepted.
    let mut fields: Fields = FIELDS.iter().map(|field| (*field, text.clone())).collect();
    let posted = loop {
        let answer =
            send(&school, Method::POST, "/v1/batches", &batch_of(vec![request(&fields), request(&fields)]))
                .await;
        // Both are the same, and the first is judged first.
        let Some(refused) = refused_field(&answer, text, "credentials[0].") else { break answer.json() };
        let (field, value) = fields.iter_mut().find(|(field, _)| **field == refused).unwrap();
        assert_eq!(value, text, "{field} was refused twice");
        *value = harmless(field);
    };
    taken.extend(FIELDS.iter().filter(|field| fields[*field] == *text));
    app.run_until_idle().await;
    let batch = school.batch(posted["id"].as_str().unwrap()).await;
    let ids = [0, 1].map(|index| batch["credentials"][index]["id"].as_str().unwrap());
    let revoke = format!("/v1/credentials/{}/revoke", ids[1]);
    let revocation = |reason: &str| json!({ "reason": reason, "reason_code": "issuer_error" });
    let answer = send(&school, Method::POST, &revoke, &revocation(text)).await;
    match refused_field(&answer, text, "") {
        None => taken.push(REASON),
        Some(_) => {
            send(&school, Method::POST, &revoke, &revocation("Harmless reason")).await.expect(200);
        }
    }
    let [target, evidence] = ADDRESSES.map(|field| fields[field].clone());
    let mut texts: Vec<&String> =
        fields.iter().filter(|(field, _)| **field != ADDRESSES[0]).map(|(_, text)| text).collect();
    let issuer = if taken.contains(&ISSUER) { text.clone() } else { UNIVERSITY.to_owned() };
    let achievement = &fields["achievement.name"];
    texts.push(&issuer);
    let plan = |kind: &str, path: String, texts: &[&String], links: &[String]| {
        json!({
            "name": format!("{number:02} {}{kind}", hostile.name),
            "url": format!("{}{path}", app.public_url()),
            "achievement": achievement,
            "texts": texts,
            "links": links,
            "picture": kind.is_empty(),
        })
    };
    let links = [target, evidence];
    let page = plan("", format!("/c/{}", ids[0]), &texts, &links);
    let card = plan(", card", format!("/c/{}/embed", ids[0]), &[achievement, &issuer], &[]);
    if taken.contains(&REASON) {
        texts.push(text);
    }
    let revoked = plan(", revoked", format!("/c/{}", ids[1]), &texts, &links);
    ([page, card, revoked], taken)
}

#[test]
fn eighty_hostile_texts_in_every_field_stay_texts() {
    let texts: Vec<Hostile> =
        serde_json::from_str(include_str!("../support/data/hostile-texts.json")).unwrap();
    assert_eq!(texts.len(), 80);
    let (app, _) = wait(TestApp::builder().serve());
    let mut pages = Vec::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, hostile) in texts.iter().enumerate() {
        let (plans, taken) = wait(issue(&app, number + 1, hostile));
        pages.extend(plans);
        taken.into_iter().for_each(|field| *counts.entry(field).or_default() += 1);
    }
    // Two texts turn the direction of all that follows, and no field takes them. Three have line breaks, which no name takes. The
    // rest is for texts, not addresses.
    for field in FIELDS.into_iter().chain([ISSUER, REASON]) {
        let is_address = ADDRESSES.contains(&field);
        let is_line = LINES.contains(&field);
        let (least, most) = if is_address {
            (3, 8)
        } else if is_line {
            (75, 75)
        } else {
            (78, 78)
        };
        let count = counts.get(field).copied().unwrap_or_default();
        assert!((least..=most).contains(&count), "{field} took {count} of 80 texts: {counts:?}");
    }
    let harmless = Hostile { name: "harmless".to_owned(), text: "A harmless text".to_owned() };
    let (plans, _) = wait(issue(&app, 0, &harmless));
    let folder = screenshots("hostile");
    judged("hostile.mjs", &json!({ "harmless": plans, "pages": pages }), &["--screenshots", &folder]);
}
