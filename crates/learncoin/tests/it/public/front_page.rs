//! `/`, and the files that programs look for at the top of a site.

use learncoin_server::error::ErrorCode;
use learncoin_testkit::{Answer, Body, Method, Request, TestApp};

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    send(app, Method::GET, path, headers).await
}

/// Asks for an address that must be there.
async fn found(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let answer = get(app, path, headers).await;
    assert_eq!(answer.status, 200, "{path}");
    answer
}

async fn send(app: &TestApp, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = Request::builder().method(method).uri(path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn the_front_page_leads_to_verification_and_documentation() {
    let app = TestApp::start().await;
    let page = found(&app, "/", &[]).await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    for text in [
        "<form action=\"/verify\" method=\"get\">",
        "name=\"q\"",
        "href=\"/docs\"",
        "href=\"/docs/quickstart\"",
        "href=\"/pricing\"",
        "href=\"/console/sign-in\"",
        "<link rel=\"canonical\" href=\"https://learncoin.example/\">",
        "<meta name=\"description\"",
    ] {
        assert!(page.text().contains(text), "{text}");
    }
    assert!(!page.text().contains("<script") && !page.text().contains("noindex"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    // What it is made of is there, and so is what it leads to.
    let own = page.text().split("href=\"").skip(1).chain(page.text().split("src=\"").skip(1));
    let mut targets = 0;
    for target in own.map(|rest| rest.split('"').next().unwrap()).filter(|target| target.starts_with('/')) {
        found(&app, target.split('#').next().unwrap(), &[]).await;
        targets += 1;
    }
    assert!(targets > 12, "{targets}");
    // The form leads to a page, with the language that was read.
    found(&app, "/verify?lang=de&q=nonsense", &[]).await;
}

#[tokio::test]
async fn it_speaks_the_visitors_language() {
    let app = TestApp::start().await;
    for (language, direction, heading) in [
        ("en", "ltr", "Credentials that anyone can verify"),
        ("es", "ltr", "Credenciales que cualquiera puede verificar"),
        ("fr", "ltr", "Des attestations que chacun peut vérifier"),
        ("de", "ltr", "Nachweise, die jeder prüfen kann"),
        ("ar", "rtl", "شهادات يمكن لأي شخص التحقق منها"),
    ] {
        let negotiated = get(&app, "/", &[("accept-language", language)]).await;
        let chosen = get(&app, &format!("/?lang={language}"), &[("accept-language", "en")]).await;
        for page in [negotiated, chosen] {
            assert!(
                page.text().contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")),
                "{language}"
            );
            assert!(page.text().contains(heading), "{heading}");
            assert_eq!(page.header("content-language"), language);
            assert_eq!(page.header("vary"), "Accept, Accept-Language");
        }
    }
}

#[tokio::test]
async fn a_caller_that_asks_for_json_gets_the_error_of_an_address_without_an_endpoint() {
    let app = TestApp::start().await;
    for accept in ["application/json", "application/json, text/plain, */*"] {
        let answer = get(&app, "/", &[("accept", accept)]).await;
        answer.expect_error(ErrorCode::EndpointNotFound);
        assert_eq!(answer.header("vary"), "Accept, Accept-Language");
    }
    for accept in ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8"] {
        found(&app, "/", &[("accept", accept)]).await;
    }
    send(&app, Method::POST, "/", &[]).await.expect_error(ErrorCode::MethodNotAllowed);
}

#[tokio::test]
async fn it_is_sent_once_to_who_has_it_and_head_is_get_without_a_body() {
    let app = TestApp::start().await;
    for path in ["/", "/robots.txt", "/llms.txt", "/assets/front.css"] {
        let got = found(&app, path, &[]).await;
        let tag = got.header("etag").to_owned();
        let again = get(&app, path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.header("etag"), tag, "{path}");
        if path == "/" {
            assert_eq!(again.header("vary"), got.header("vary"));
        }
        let head = send(&app, Method::HEAD, path, &[]).await;
        assert_eq!((head.status, head.body.len(), head.header("etag")), (200, 0, tag.as_str()), "{path}");
    }
    let german = get(&app, "/", &[("accept-language", "de")]).await.header("etag").to_owned();
    found(&app, "/", &[("if-none-match", &german)]).await;
}

#[tokio::test]
async fn crawlers_stay_out_of_the_api_and_may_read_that_a_credential_is_not_to_be_indexed() {
    let app = TestApp::start().await;
    let robots = app.get("/robots.txt").await;
    assert_eq!(robots.header("content-type"), "text/plain; charset=utf-8");
    let rules: Vec<&str> = robots.text().lines().collect();
    assert_eq!(rules, ["User-agent: *", "Disallow: /v1/", "Disallow: /dev/"]);
}

#[tokio::test]
async fn the_icon_and_the_overview_for_language_models_are_there() {
    let app = TestApp::start().await;
    let icon = found(&app, "/favicon.ico", &[]).await;
    assert_eq!(icon.header("content-type"), "image/x-icon");
    assert!(icon.body.starts_with(&[0, 0, 1, 0]) && icon.body.len() < 10_000);
    let overview = app.get("/llms.txt").await;
    let links: Vec<&str> = overview.text().split("](https://learncoin.example").skip(1).collect();
    assert!(links.len() >= 14, "{}", overview.text());
    for path in links.into_iter().map(|rest| rest.split(')').next().unwrap()) {
        found(&app, path, &[]).await;
    }
}
