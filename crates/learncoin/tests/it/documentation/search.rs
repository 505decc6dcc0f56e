//! The search in the documentation, as a browser without scripts uses it.

use std::time::{Duration, Instant};

use learncoin_testkit::{Answer, TestApp};

async fn search(app: &TestApp, query: &str) -> Answer {
    let answer = app.get(&format!("/docs/search?q={query}")).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"), "{query}");
    answer
}

/// Returns the addresses of the results, in order.
fn addresses(answer: &Answer) -> Vec<&str> {
    let results =
        answer.text().split("docs-results\">").nth(1).map_or("", |rest| rest.split("</ol>").next().unwrap());
    results.split("<li><a href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[tokio::test]
async fn what_people_look_for_is_found_first() {
    let app = TestApp::start().await;
    for (query, address) in [
        ("rate_limited", "/docs/api/errors#rate_limited"),
        ("idempotency", "/docs/api/authentication#idempotency"),
        ("revoke+a+credential", "/docs/api/credentials#revoke-a-credential"),
        ("create+a+batch", "/docs/api/batches#create-a-batch"),
        ("key+was+stolen", "/docs/keys#a-key-was-stolen"),
        ("backup", "/docs/operations#backup-and-restore"),
        ("quickstart", "/docs/quickstart"),
        ("pricing", "/pricing"),
    ] {
        let answer = search(&app, query).await;
        let found = addresses(&answer);
        assert!(found.iter().take(3).any(|one| *one == address), "{query}: {found:?}");
        let (page, anchor) = address.split_once('#').unwrap_or((address, "text"));
        let page = app.get(page).await;
        assert!(page.text().contains(&format!("id=\"{anchor}\"")), "{address}");
        assert!(answer.text().contains("<mark>"), "{query}");
    }
}

#[tokio::test]
async fn every_result_leads_to_its_section() {
    let app = TestApp::start().await;
    let mut seen = 0;
    for query in ["key", "batch", "credential", "error", "database", "mail", "e", "the", "did:web", "0x", "§"]
    {
        let answer = search(&app, query).await;
        let found = addresses(&answer);
        assert!(found.len() <= 20, "{query}");
        for address in found {
            let (path, anchor) = address.split_once('#').unwrap_or((address, "text"));
            let page = app.get(path).await;
            assert!(page.text().contains(&format!("id=\"{anchor}\"")), "{query}: {address}");
            seen += 1;
        }
    }
    assert!(seen > 80, "{seen}");
}

#[tokio::test]
async fn nothing_typed_and_nothing_found_are_said_in_words() {
    let app = TestApp::start().await;
    for query in ["", "%20%20"] {
        let page = search(&app, query).await;
        assert!(page.text().contains("Type what you look for"), "{}", page.text());
        assert!(addresses(&page).is_empty());
    }
    let page = app.get("/docs/search").await;
    assert!(page.text().contains("Type what you look for"));
    let page = search(&app, "xylophone").await;
    assert!(page.text().contains("Nothing in the documentation matches “xylophone”."), "{}", page.text());
    assert!(page.text().contains("<meta name=\"robots\" content=\"noindex\">"));
}

#[tokio::test]
async fn what_is_typed_is_text_and_nothing_else() {
    let app = TestApp::start().await;
    for query in [
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "%22%3E%3Cimg+src%3Dx+onerror%3Dalert(1)%3E",
        "key%3Cb%3E",
        "%00",
        "%FF%FE",
        "%E2%80%AEkey",
        "{{7*7}}",
    ] {
        let page = search(&app, query).await;
        let html = page.text();
        assert_eq!(html.matches("<script").count(), 1, "{query}");
        for markup in ["<img src=x", "<b>", "onerror=alert(1)>\"", "value=\"\">"] {
            assert!(!html.contains(markup), "{query}: {markup}");
        }
        assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"));
    }
}

#[tokio::test]
async fn a_long_query_costs_no_more_than_a_short_one() {
    let app = TestApp::start().await;
    search(&app, "key").await;
    let words: Vec<String> = ('a'..='z').flat_map(|a| ('a'..='z').map(move |b| format!("{a}{b}"))).collect();
    let long = words.join("+").repeat(30);
    let start = Instant::now();
    let page = search(&app, &long[..60_000]).await;
    let took = start.elapsed();
    println!("{took:?}");
    assert!(took < Duration::from_secs(2), "{took:?}");
    let shown = page.text().split("name=\"q\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(shown.chars().count(), 100, "{shown}");
}
