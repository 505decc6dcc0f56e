//! The deployment's own name and mark: on every page, in place of LearnCoin's.

use learncoin_badge::Brand;
use learncoin_testkit::{Body, Request, TestApp, one};

const MARK: &[u8] = include_bytes!("../../../../badge/src/picture/data/mark.png");

async fn school() -> TestApp {
    let brand = Brand::named("Musterschule & Söhne").with_mark(MARK).unwrap();
    TestApp::builder().brand(brand).start().await
}

async fn page(app: &TestApp, path: &str) -> String {
    let request = Request::get(path).header("accept", "text/html");
    app.send(request.body(Body::empty()).unwrap()).await.text().to_owned()
}

/// Returns the addresses of the pictures on a page.
fn pictures(page: &str) -> Vec<&str> {
    page.split("<img ").skip(1).filter_map(|tag| tag.split("src=\"").nth(1)?.split('"').next()).collect()
}

#[tokio::test]
async fn every_page_has_the_name_and_the_mark_of_the_deployment() {
    let app = school().await;
    let uni = app.tenant("Example University").await;
    let batch = uni.post_batch(one("Ada Lovelace")).await;
    app.run_until_idle().await;
    let batch = uni.batch(batch["id"].as_str().unwrap()).await;
    let id = batch["credentials"][0]["id"].as_str().unwrap();
    let paths = [
        "/",
        "/verify",
        "/docs",
        "/docs/quickstart",
        "/pricing",
        "/alignments/esco/S1",
        "/missing",
        "/c/crd_0",
    ];
    for path in paths.map(str::to_owned).into_iter().chain([format!("/c/{id}")]) {
        let page = page(&app, &path).await;
        let header = page.split("class=\"site-home\"").nth(1).unwrap_or_else(|| panic!("a header on {path}"));
        let header = header.split("</a>").next().unwrap();
        assert!(header.contains("Musterschule &#38; Söhne"), "{path}: {header}");
        let [mark] = pictures(header)[..] else { panic!("one mark on {path}: {header}") };
        assert!(mark.starts_with("/assets/brand/"), "{path}: {mark}");
        assert!(page.contains(&format!("<link rel=\"icon\" type=\"image/png\" href=\"{mark}\">")), "{path}");
        assert!(!page.contains("/assets/mark.svg"), "{path}");
    }
    let credential = page(&app, &format!("/c/{id}")).await;
    assert!(credential.contains("<meta property=\"og:site_name\" content=\"Musterschule &#38; Söhne\">"));
    let embedding = app.get(&format!("/oembed?url=https://learncoin.example/c/{id}")).await;
    assert_eq!(embedding.json()["provider_name"], "Musterschule & Söhne");
    assert!(app.get("/llms.txt").await.text().starts_with("# Musterschule & Söhne\n"));
}

#[tokio::test]
async fn the_mark_is_served_by_its_hash_and_kept_by_caches() {
    let app = school().await;
    let page = page(&app, "/").await;
    let mark = pictures(&page)[0].to_owned();
    let answer = app.get(&mark).await;
    assert_eq!((answer.status, &answer.body[..]), (200, MARK));
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    let icon = app.get("/favicon.ico").await;
    assert_eq!((icon.header("content-type"), &icon.body[..]), ("image/png", MARK));
    assert_eq!(app.get("/assets/brand/00").await.status, 404);
    assert_eq!(TestApp::start().await.get(&mark).await.status, 404);
}
