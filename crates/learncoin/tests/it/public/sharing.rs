//! Previews, profiles, cards, buttons and oEmbed, which show a credential elsewhere. None of them names the person.

use learncoin_language::Language;
use learncoin_testkit::{Answer, TestApp, batch_of, credential, one};
use serde_json::{Value, json};

use crate::public::credential_page::{get_as, issue, path_of, read, text, title};

/// Issues a credential to a person whose name occurs nowhere else, and returns its path.
async fn issued(app: &TestApp) -> String {
    let uni = app.tenant("Example University").await;
    path_of(&issue(&uni, one("Ada Lovelace")).await)
}

fn encoded(app: &TestApp, path: &str) -> String {
    format!("{}{path}", app.public_url()).replace(':', "%3A").replace('/', "%2F")
}

#[tokio::test]
async fn a_preview_names_the_achievement_and_never_the_person() {
    let app = TestApp::start().await;
    let path = issued(&app).await;
    for agent in
        ["LinkedInBot/1.0", "Twitterbot/1.0", "facebookexternalhit/1.1", "Slackbot-LinkExpanding 1.0"]
    {
        let page = read(&app, "GET", &path, &[("User-Agent", agent), ("Accept", "*/*")]).await;
        let head = page.text().split_once("<body>").unwrap().0;
        let url = format!("https://learncoin.example{path}");
        for tag in [
            "<meta property=\"og:title\" content=\"Introduction to Machine Learning\">".to_owned(),
            "<meta property=\"og:site_name\" content=\"LearnCoin\">".to_owned(),
            "content=\"A verifiable credential, issued by Example University.".to_owned(),
            format!("<meta property=\"og:url\" content=\"{url}\">"),
            format!("<meta property=\"og:image\" content=\"{url}/card.png\">"),
            "<meta property=\"og:image:width\" content=\"1200\">".to_owned(),
            "<meta property=\"og:image:height\" content=\"630\">".to_owned(),
            "<meta property=\"og:image:alt\" content=\"Badge “Introduction to Machine Learning”\">"
                .to_owned(),
            "<meta name=\"twitter:card\" content=\"summary_large_image\">".to_owned(),
            format!(
                "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"https://learncoin.example/oembed?url={}&amp;format=json\"",
                encoded(&app, &path)
            ),
        ] {
            assert!(head.contains(&tag), "{tag} in {head}");
        }
        assert!(!head.contains("Lovelace"), "{head}");
    }
}

#[tokio::test]
async fn the_card_may_be_framed_by_every_site_and_do_nothing_else() {
    let app = TestApp::start().await;
    let path = issued(&app).await;
    let card = app.get(&format!("{path}/embed")).await;
    assert_eq!(card.status, 200);
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors *; base-uri 'none'; form-action 'none'",
        ),
        ("x-frame-options", ""),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, noarchive"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-opener-policy", ""),
        ("access-control-allow-origin", ""),
        ("vary", "Accept-Language"),
    ] {
        assert_eq!(card.header(name), value, "{name}");
    }
    let html = card.text();
    assert!(!html.contains("<script") && !html.contains(" style=\"") && !html.contains("<form"), "{html}");
    assert!(
        html.contains(&format!("<a href=\"{path}\" target=\"_blank\" rel=\"noopener\">See the proof</a>")),
        "{html}"
    );
    assert_eq!(title(&card), "Introduction to Machine Learning · valid, DEVELOPMENT");
    assert_eq!(
        text(&card),
        "Issued by Example University Introduction to Machine Learning Valid, DEVELOPMENT Anchored See the proof checked 20 November 2026"
    );
    assert!(!html.contains("Lovelace"), "{html}");

    let missing = app.get("/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A/embed").await;
    assert_eq!((missing.status, missing.header("x-frame-options")), (404, ""));
    assert!(missing.header("content-security-policy").contains("frame-ancestors *;"));
    // No site may frame the page itself.
    let page = app.get(&path).await;
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"));
}

async fn oembed(app: &TestApp, query: &str) -> Answer {
    let answer = app.get(&format!("/oembed{query}")).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-robots-tag"), "noindex, noarchive");
    assert!(!answer.text().contains("Lovelace"));
    answer
}

#[tokio::test]
async fn a_site_that_is_given_the_link_is_given_the_card() {
    let app = TestApp::start().await;
    let path = issued(&app).await;
    let url = encoded(&app, &path);
    let answer = oembed(&app, &format!("?url={url}")).await;
    assert_eq!(answer.header("content-type"), "application/json");
    let page = format!("https://learncoin.example{path}");
    assert_eq!(
        answer.expect(200),
        json!({
            "version": "1.0",
            "type": "rich",
            "title": "Introduction to Machine Learning",
            "author_name": "Example University",
            "provider_name": "LearnCoin",
            "provider_url": "https://learncoin.example",
            "html": format!(
                "<iframe src=\"{page}/embed\" title=\"Introduction to Machine Learning · Example University\" width=\"420\" height=\"220\" style=\"border:0;max-width:100%\" loading=\"lazy\" referrerpolicy=\"no-referrer\"></iframe>"
            ),
            "width": 420,
            "height": 220,
            "thumbnail_url": format!("{page}/card.png"),
            "thumbnail_width": 1200,
            "thumbnail_height": 630,
        })
    );

    let narrow =
        oembed(&app, &format!("?format=json&maxwidth=300&maxheight=180&url={url}")).await.expect(200);
    assert_eq!((&narrow["width"], &narrow["height"]), (&json!(300), &json!(180)));
    assert_eq!(narrow["thumbnail_url"], Value::Null, "a picture that has no room is not offered");

    let xml = oembed(&app, &format!("?url={url}&format=xml")).await;
    assert_eq!((xml.status, xml.header("content-type")), (200, "text/xml; charset=utf-8"));
    assert!(
        xml.text().starts_with("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<oembed>")
    );
    assert!(xml.text().contains("<type>rich</type>"), "{}", xml.text());
    assert!(xml.text().contains(&format!("<html>&#60;iframe src=&#34;{page}/embed&#34;")), "{}", xml.text());
}

#[tokio::test]
async fn other_questions_get_the_statuses_of_the_standard() {
    let app = TestApp::start().await;
    let url = encoded(&app, &issued(&app).await);
    for (query, status) in [
        ("".to_owned(), 400),
        ("?format=json".to_owned(), 400),
        (format!("?url={url}&maxwidth=wide"), 400),
        (format!("?url={url}&format=yaml"), 501),
        ("?url=https%3A%2F%2Felsewhere.example%2Fc%2Fx".to_owned(), 404),
        (format!("?url={url}%2Fcredential.json"), 404),
        ("?url=https%3A%2F%2Flearncoin.example%2Fc%2Fcrd_01KPX4MQ00REJFE5FBD8QX9Y5A".to_owned(), 404),
        ("?url=https%3A%2F%2Flearncoin.example%2Fdocs".to_owned(), 404),
    ] {
        let answer = oembed(&app, &query).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text());
    }
}

#[tokio::test]
async fn names_stay_text_in_every_form() {
    let app = TestApp::start().await;
    let uni = app.tenant("R&D <b>University</b>").await;
    let hostile = "</title><script>alert('x')</script>\"><img src=x onerror=alert(1)>]]>";
    let mut request = credential("Ada Lovelace");
    request["achievement"]["name"] = json!(hostile);
    let path = path_of(&issue(&uni, batch_of(vec![request])).await);
    let url = encoded(&app, &path);
    for page in [app.get(&path).await, app.get(&format!("{path}/embed")).await] {
        assert!(!page.text().contains("<script>") && !page.text().contains("<img src=x"), "{}", page.text());
    }
    let json = oembed(&app, &format!("?url={url}")).await.expect(200);
    assert_eq!(json["title"], hostile);
    let html = json["html"].as_str().unwrap();
    assert_eq!((html.matches('<').count(), html.matches('>').count()), (2, 2), "{html}");
    let xml = oembed(&app, &format!("?url={url}&format=xml")).await;
    assert!(!xml.text().contains("<script") && !xml.text().contains("<b>"), "{}", xml.text());
}

#[tokio::test]
async fn a_mails_link_leads_to_linkedin_while_the_credential_can_be_presented() {
    let app = TestApp::start().await;
    let uni = app.tenant("Example University").await;
    let path = path_of(&issue(&uni, one("Ada Lovelace")).await);
    let answer = app.get(&format!("{path}/linkedin")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (303, "no-store"));
    let target = answer.header("location");
    let form = "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&name=Introduction%20to%20Machine%20Learning";
    assert!(target.starts_with(form) && target.contains(&encoded(&app, &path)), "{target}");
    assert!(!target.contains("Lovelace"), "{target}");

    let revocation = json!({ "reason": "Superseded.", "reason_code": "reissued" });
    let id = path.strip_prefix("/c/").unwrap();
    uni.post(&format!("/v1/credentials/{id}/revoke"), revocation.to_string()).await.expect(200);
    let answer = app.get(&format!("{path}/linkedin")).await;
    let page = format!("{}{path}", app.public_url());
    assert_eq!((answer.status, answer.header("location")), (303, page.as_str()));
    assert_eq!(app.get("/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A/linkedin").await.status, 404);
}

#[tokio::test]
async fn the_page_offers_what_shows_it_elsewhere() {
    let app = TestApp::start().await;
    let path = issued(&app).await;
    let page = get_as(&app, &format!("{path}?lang=de"), "text/html").await;
    let html = page.text();
    for part in [
        "https://www.linkedin.com/profile/add?startTask=CERTIFICATION_NAME&#38;name=Introduction%20to%20Machine%20Learning&#38;organizationName=Example%20University&#38;issueYear=2026&#38;issueMonth=4&#38;expirationYear=2031&#38;expirationMonth=4&#38;certUrl=",
        "&#60;iframe src=&#34;https://learncoin.example/c/",
        "https://learncoin.example/assets/button/de.svg",
        "/certificate.pdf?lang=de\" download>Zertifikat</a>",
        "/badge.png\" download>",
        "/badge.svg\" download>",
        "/badge.svg?plain=true\" alt=\"Abzeichen „Introduction to Machine Learning“\"",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    for language in Language::ALL {
        let button = app.get(&format!("/assets/button/{}.svg", language.tag())).await;
        assert_eq!((button.status, button.header("content-type")), (200, "image/svg+xml"));
        assert_eq!(button.header("cross-origin-resource-policy"), "cross-origin");
        assert!(button.text().contains(&language.words().page.share.button_text));
    }
    for path in ["xx.svg", "en", "en.png", "%ff.svg"] {
        assert_eq!(app.get(&format!("/assets/button/{path}")).await.status, 404, "{path}");
    }
}
