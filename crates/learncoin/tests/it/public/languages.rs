//! The credential's page in each of the languages, in each state.

use learncoin_language::Language;
use learncoin_testkit::{Answer, Caller, Method, TestApp, batch_of, credential, one};
use serde_json::{Value, json};

use crate::public::credential_page::{expect_page, first_credential, issue, path_of, read, text, title};

/// The attribution, which is the same in every language.
const ATTRIBUTION: &str = "Cryptographically verified by LearnCoin · Powered by Blockcerts";

async fn in_language(app: &TestApp, path: &str, language: Language) -> Answer {
    let page = read(app, "GET", path, &[("Accept-Language", language.tag())]).await;
    expect_language(&page, language);
    page
}

/// Checks that the page declares this language, and contains no other.
fn expect_language(page: &Answer, language: Language) {
    let html = format!("<html lang=\"{}\" dir=\"{}\">", language.tag(), language.direction());
    assert!(page.text().contains(&html), "{}", page.text());
    assert_eq!(page.header("content-language"), language.tag());
    assert_eq!(page.header("vary"), "Accept, Accept-Language");
}

#[tokio::test]
async fn a_reader_is_answered_in_the_language_of_the_browser() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let path = path_of(&issue(&uni, one("Ada Lovelace")).await);
    for (language, issued_by, verdict, day) in [
        (Language::English, "Issued by Example University", "valid, DEVELOPMENT", "23 April 2026"),
        (Language::Spanish, "Emitida por Example University", "válida, DESARROLLO", "23 de abril de 2026"),
        (Language::French, "Délivrée par Example University", "valide, DÉVELOPPEMENT", "23 avril 2026"),
        (Language::German, "Ausgestellt von Example University", "gültig, ENTWICKLUNG", "23. April 2026"),
        (Language::Arabic, "صادرة عن Example University", "صالحة، تطوير", "23 أبريل 2026"),
    ] {
        let page = in_language(&app, &path, language).await;
        expect_page(&page, 200);
        let text = text(&page);
        for words in [issued_by, "Ada Lovelace", verdict, day] {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert_eq!(title(&page), format!("Introduction to Machine Learning · {verdict}"));
        assert!(text.ends_with(ATTRIBUTION), "{text}");
    }
}

#[tokio::test]
async fn what_a_reader_chooses_wins_and_every_language_can_be_chosen() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let path = path_of(&issue(&uni, one("Ada Lovelace")).await);
    for chosen in Language::ALL {
        let address = format!("{path}?lang={}", chosen.tag());
        let page = read(&app, "GET", &address, &[("Accept-Language", "fr")]).await;
        expect_language(&page, chosen);
        for other in Language::ALL {
            let tag = other.tag();
            let link = format!("<a href=\"?lang={tag}\" hreflang=\"{tag}\" lang=\"{tag}\"");
            assert!(page.text().contains(&link), "{}", page.text());
        }
        assert_eq!(page.text().matches("aria-current=\"true\"").count(), 1);
    }
    let page = read(&app, "GET", &format!("{path}?lang=tlh"), &[("Accept-Language", "fr")]).await;
    expect_language(&page, Language::French);
}

#[tokio::test]
async fn technical_details_stay_english_and_are_marked_as_english() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let path = path_of(&issue(&uni, one("Ada Lovelace")).await);
    let page = in_language(&app, &path, Language::Arabic).await;
    assert_eq!(page.text().matches("<div class=\"grounds\" lang=\"en\" dir=\"ltr\">").count(), 5);
    assert!(page.text().contains("<a class=\"hash\" dir=\"ltr\""));
}

/// Issues a credential in each state that the API can bring about. Returns their paths with the state's badge in English.
async fn in_every_state(app: &TestApp) -> Vec<(String, &'static str)> {
    let uni = app.tenant("Example University").await;
    let dated = |issued: &str, expires: Value| {
        let mut credential = credential("Ada Lovelace");
        credential["issuanceDate"] = json!(issued);
        credential["expirationDate"] = expires;
        batch_of(vec![credential])
    };
    let revocation = json!({ "reason": "Superseded.", "reason_code": "reissued" });
    let erasure = json!({ "requester": "recipient", "verified_at": "2026-11-19T13:30:00Z" });
    let mut states = Vec::new();
    for (request, badge, changes) in [
        (one("Ada Lovelace"), "Anchored", vec![]),
        (one("Ada Lovelace"), "Anchored", vec![("erase", &erasure)]),
        (one("Ada Lovelace"), "Status: Revoked", vec![("revoke", &revocation)]),
        (one("Ada Lovelace"), "Status: Revoked", vec![("revoke", &revocation), ("erase", &erasure)]),
        (dated("2020-01-01T00:00:00Z", json!("2021-01-01T00:00:00Z")), "Expired", vec![]),
        (
            dated("2020-01-01T00:00:00Z", json!("2021-01-01T00:00:00Z")),
            "Status: Revoked",
            vec![("revoke", &revocation)],
        ),
        (dated("2199-01-01T00:00:00Z", Value::Null), "Not yet valid", vec![]),
    ] {
        let path = path_of(&issue(&uni, request).await);
        change(&uni, &path, &changes).await;
        states.push((path, badge));
    }
    app.set_chain_down(true);
    for (badge, changes) in [
        ("Failed", vec![]),
        ("Failed", vec![("erase", &erasure)]),
        ("Status: Revoked", vec![("revoke", &revocation)]),
    ] {
        let path = path_of(&issue(&uni, one("Ada Lovelace")).await);
        change(&uni, &path, &changes).await;
        states.push((path, badge));
    }
    app.set_chain_down(false);
    for (badge, changes) in [
        ("Pending", vec![]),
        ("Pending", vec![("erase", &erasure)]),
        ("Status: Revoked", vec![("revoke", &revocation)]),
    ] {
        let batch = uni.post_batch(one("Ada Lovelace")).await;
        let path = path_of(&first_credential(&uni, &batch).await);
        change(&uni, &path, &changes).await;
        states.push((path, badge));
    }
    states
}

async fn change(uni: &Caller, path: &str, changes: &[(&str, &Value)]) {
    let id = path.strip_prefix("/c/").unwrap();
    for (change, body) in changes {
        let path = format!("/v1/credentials/{id}/{change}");
        uni.send(Method::POST, &path, &[], body.to_string()).await.expect(200);
    }
}

#[tokio::test]
async fn every_state_is_shown_in_every_language() {
    let app = TestApp::start().await;
    let states = in_every_state(&app).await;
    let english = &Language::English.words().page.badge;
    for (path, badge) in &states {
        for language in Language::ALL {
            let badges = &language.words().page.badge;
            let expected = [
                (&english.anchored, &badges.anchored),
                (&english.revoked, &badges.revoked),
                (&english.expired, &badges.expired),
                (&english.not_yet_valid, &badges.not_yet_valid),
                (&english.failed, &badges.failed),
                (&english.pending, &badges.pending),
            ];
            let (_, expected) = expected.into_iter().find(|(english, _)| english == badge).unwrap();
            let page = in_language(&app, path, language).await;
            expect_page(&page, 200);
            let (_, status) = page.text().split_once("id=\"status\">").unwrap();
            let (status, _) = status.split_once("</strong>").unwrap();
            assert!(status.ends_with(&format!("<span>{expected}</span>")), "{language:?}: {status}");
            // The script's settings hold the formats of dates, which it fills itself.
            let (before, settings) =
                page.text().split_once(" data-settings=\"").unwrap_or((page.text(), "\""));
            let shown = [before, settings.split_once('"').unwrap().1].concat();
            assert!(!shown.contains("{day}") && !shown.contains("{checks}"));
            let card = in_language_of_card(&app, path, language).await;
            assert!(card.contains(&format!("<span>{expected}</span>")), "{language:?}: {card}");
        }
    }
    // The chain is away: nothing that was anchored can be checked.
    app.set_chain_down(true);
    for language in Language::ALL {
        let page = in_language(&app, &states[0].0, language).await;
        let words = &language.words().page;
        let status = format!("id=\"status\"><span>{}</span>", words.badge.could_not_check);
        assert!(page.text().contains(&status));
        assert!(title(&page).ends_with(&words.verdict.could_not_check));
        assert!(text(&page).ends_with(" Powered by Blockcerts") && !text(&page).ends_with(ATTRIBUTION));
    }
}

async fn in_language_of_card(app: &TestApp, path: &str, language: Language) -> String {
    let card = read(app, "GET", &format!("{path}/embed"), &[("Accept-Language", language.tag())]).await;
    assert_eq!((card.status, card.header("content-language")), (200, language.tag()));
    card.text().to_owned()
}

#[tokio::test]
async fn combined_states_show_each_of_their_parts() {
    let app = TestApp::start().await;
    let states = in_every_state(&app).await;
    let shown = async |number: usize| text(&app.get(&states[number].0).await);
    for (number, words) in [
        (
            1,
            "Redacted on recipient request Erased. The name and any evidence were removed from this credential; everything else stands",
        ),
        (1, "Verdict: valid, DEVELOPMENT"),
        (3, "Redacted on recipient request Erased."),
        (3, "another credential has taken its place. The proof itself still holds"),
        (5, "Its time had an end as well: it expired on 31 December 2020. The proof itself still holds"),
        (
            8,
            "Redacted on recipient request Erased. The name and any evidence were removed from this credential.",
        ),
        (9, "It was never issued: its batch could not be signed, and nothing was anchored."),
        (11, "it will be issued without them."),
        (12, "It is not anchored yet, so there is no proof to check."),
    ] {
        let text = shown(number).await;
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(!shown(3).await.contains("Superseded."), "erasure takes the issuer's words with it");
    for (number, (_, badge)) in states.iter().enumerate() {
        if *badge != "Anchored" {
            let text = shown(number).await;
            assert!(
                !text.contains("Add to LinkedIn") || matches!(*badge, "Expired" | "Not yet valid"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn an_address_that_names_nothing_is_answered_in_the_readers_language() {
    let app = TestApp::start().await;
    for language in Language::ALL {
        let page = in_language(&app, "/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A", language).await;
        expect_page(&page, 404);
        assert!(text(&page).contains(&format!("404 {}", language.words().page.not_found.title)));
    }
}
