//! The parameters of public addresses: near misses are refused, and what asks for less of a person never answers with more.

use learncoin_server::public_parameters;
use learncoin_testkit::{Answer, TestApp, one};
use serde_json::Value;

use crate::public::credential_page::{get_as, issue};

const PERSON: &str = "Ada Lovelace";

/// A deployment with one anchored credential.
struct Issued {
    app: TestApp,
    id: String,
}

impl Issued {
    async fn new() -> Self {
        let app = TestApp::start().await;
        let uni = app.tenant("Example University").await;
        let credential = issue(&uni, one(PERSON)).await;
        Self { id: credential["id"].as_str().unwrap().to_owned(), app }
    }

    /// Returns the address with what it needs to answer.
    fn address(&self, route: &str) -> String {
        let link = format!("{}/c/{}", self.app.public_url(), self.id).replace(':', "%3A").replace('/', "%2F");
        let needed = match route {
            "/oembed" => format!("url={link}&"),
            "/revocations" => format!("assertionId={link}&"),
            _ => String::new(),
        };
        format!("{}?{needed}", route.replace("{id}", &self.id))
    }

    /// Gets the answers to a person's browser and to a program.
    async fn get(&self, address: &str) -> [Answer; 2] {
        [get_as(&self.app, address, "text/html").await, get_as(&self.app, address, "application/json").await]
    }

    async fn assert_refused(&self, address: &str) {
        for answer in self.get(address).await {
            assert_eq!(answer.status, 400, "{address}: {}", answer.text());
            assert!(!names_person(&answer), "{address}: {}", answer.text());
        }
    }
}

fn names_person(answer: &Answer) -> bool {
    answer.body.windows(PERSON.len()).any(|part| part == PERSON.as_bytes())
}

/// Returns a name's near misses: typing errors, letter case, separators, endings, abbreviations, escapes.
fn near_misses(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut found = vec![
        name.to_uppercase(),
        format!("{}{}", name[..1].to_uppercase(), &name[1..]),
        format!("{name}%5B%5D"),
        format!("{name}%20"),
        format!("+{name}"),
        format!("%3F{name}"),
        format!("{name}%00"),
    ];
    if letters.len() >= 3 {
        found.push(format!("{name}s"));
        for place in 0..letters.len() {
            let mut dropped = letters.clone();
            dropped.remove(place);
            let mut doubled = letters.clone();
            doubled.insert(place, letters[place]);
            let mut replaced = letters.clone();
            replaced[place] = 'x';
            found.extend([dropped, doubled, replaced].map(String::from_iter));
            if place > 0 {
                let mut swapped = letters.clone();
                swapped.swap(place - 1, place);
                let mut separated = letters.clone();
                separated.insert(place, '-');
                found.extend([swapped, separated].map(String::from_iter));
            }
        }
    }
    if letters.len() >= 5 {
        found.extend([format!("is_{name}"), format!("amp;{name}"), name[..name.len() - 2].to_owned()]);
    }
    // `from` is near to `form`, and messengers add it to links.
    found.retain(|near| near != name && near != "from");
    found
}

#[tokio::test]
async fn near_misses_of_every_parameter_are_refused_at_every_public_address() {
    let issued = Issued::new().await;
    let mut tried = 0;
    for (route, names) in public_parameters() {
        for name in names {
            for near in near_misses(name).iter().filter(|near| !names.contains(&near.as_str())) {
                issued.assert_refused(&format!("{}{near}=true", issued.address(route))).await;
                tried += 1;
            }
        }
    }
    assert!(tried > 1_000, "{tried}");
}

#[tokio::test]
async fn near_misses_of_values_are_refused_and_so_is_a_parameter_given_twice() {
    let issued = Issued::new().await;
    for (route, names) in public_parameters() {
        for name in names.iter().filter(|name| **name != "lang") {
            issued.assert_refused(&format!("{}{name}=true&{name}=true", issued.address(route))).await;
        }
        if !names.contains(&"redacted") {
            continue;
        }
        for value in [
            "",
            "1",
            "0",
            "True",
            "TRUE",
            "yes",
            "on",
            "tru",
            "treu",
            "true%20",
            "+true",
            "true,",
            "null",
            "%22true%22",
            "true%00",
            "false%20",
            "true?utm_source=x",
            "true;utm_source=x",
            "true&redacted=false",
        ] {
            issued.assert_refused(&format!("{}redacted={value}", issued.address(route))).await;
        }
        for query in ["redacted", "layout=OpenBadges", "layout=", "plain=1", "utm_source=x?redacted=true"] {
            issued.assert_refused(&format!("{}{query}", issued.address(route))).await;
        }
    }
}

#[tokio::test]
async fn parameters_of_strangers_change_nothing() {
    let issued = Issued::new().await;
    for (route, _) in public_parameters() {
        let address = issued.address(route);
        let plain = issued.get(&address).await;
        let others = issued
            .get(&format!("{address}utm_source=mail&utm_id=7&fbclid=IwAR0x&gclid=1&ref=a&from=x"))
            .await;
        for (plain, other) in plain.iter().zip(&others) {
            assert!(plain.status < 400, "{address}: {}", plain.status);
            assert_eq!(
                (plain.status, plain.header("content-type")),
                (other.status, other.header("content-type"))
            );
        }
    }
}

#[tokio::test]
async fn what_asks_for_less_of_the_person_never_answers_with_more() {
    let issued = Issued::new().await;
    let Issued { app, id } = &issued;
    for (route, names) in public_parameters().filter(|(_, names)| names.contains(&"redacted")) {
        for layout in ["", "&layout=open-badges", "&lang=de&utm_source=x"] {
            for answer in issued.get(&format!("{}redacted=true{layout}", issued.address(route))).await {
                assert!(!names_person(&answer), "{route} {names:?}");
            }
        }
    }
    // The page names the person, so it is not for such a request. It names the file that is.
    let page = get_as(app, &format!("/c/{id}?redacted=true"), "text/html").await;
    assert_eq!((page.status, page.header("content-type")), (400, "text/html; charset=utf-8"));
    assert!(page.text().contains(&format!("/c/{id}/credential.json?redacted=true")), "{}", page.text());
    assert!(get_as(app, &format!("/c/{id}?redacted=false"), "text/html").await.text().contains(PERSON));
    let unknown = get_as(app, "/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A?redacted=true", "text/html").await;
    assert_eq!(unknown.status, 404);

    // The form hands a link on with what it asks for.
    let asked = format!("/verify?q={}/c/{id}?redacted%3Dtrue", app.public_url());
    let found = get_as(app, &asked, "text/html").await;
    assert_eq!((found.status, found.header("location")), (303, format!("/c/{id}?redacted=true").as_str()));
}

#[tokio::test]
async fn the_page_of_an_erased_credential_is_as_little_as_is_asked_for() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let id = issue(&uni, one(PERSON)).await["id"].as_str().unwrap().to_owned();
    let body = serde_json::json!({ "requester": "recipient", "verified_at": "2026-04-23T13:30:00Z" });
    let erased: Value = uni.post(&format!("/v1/credentials/{id}/erase"), body.to_string()).await.expect(200);
    assert_eq!(erased["erased"], true);
    let page = get_as(&app, &format!("/c/{id}?redacted=true"), "text/html").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Redacted on recipient request"));
}
