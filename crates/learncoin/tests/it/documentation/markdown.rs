//! The Markdown of the documentation's pages, beside them.

use std::collections::BTreeSet;

use learncoin_testkit::{Answer, Body, Request, TestApp};

use super::pages::PAGES;

/// Returns the addresses of the pages' Markdown, from the list for language models.
async fn listed(app: &TestApp) -> Vec<String> {
    let overview = app.get("/llms.txt").await.text().to_owned();
    let start = format!("]({}", app.public_url());
    let links = overview.split(&start).skip(1).map(|rest| rest.split(')').next().unwrap().to_owned());
    links.filter(|link| link.starts_with("/docs") || link.starts_with("/pricing")).collect()
}

async fn compressed(app: &TestApp, path: &str) -> Answer {
    app.send(Request::get(path).header("Accept-Encoding", "gzip").body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn each_page_has_its_markdown_and_names_it() {
    let app = TestApp::start().await;
    let listed = listed(&app).await;
    let known = PAGES.map(|(path, _)| format!("{path}.md"));
    assert_eq!(
        BTreeSet::from_iter(listed.iter().map(String::as_str)),
        BTreeSet::from_iter(known.iter().map(String::as_str))
    );
    for address in listed {
        let path = address.strip_suffix(".md").unwrap_or_else(|| panic!("{address} is no Markdown"));
        let (page, markdown) = (app.get(path).await, app.get(&address).await);
        assert_eq!((page.status, markdown.status), (200, 200), "{address}");
        assert_eq!(page.header("link"), format!("<{address}>; rel=\"alternate\"; type=\"text/markdown\""));
        let alternate = format!("<link rel=\"alternate\" type=\"text/markdown\" href=\"{address}\">");
        assert!(page.text().contains(&alternate), "{path}");
        assert_eq!(markdown.header("content-type"), "text/markdown; charset=utf-8");
        assert_eq!(markdown.header("cache-control"), "no-cache");
        let title = markdown.text().lines().next().unwrap().strip_prefix("# ").unwrap();
        assert!(page.text().contains(&format!("<h1>{title}</h1>")), "{address}: {title}");
        for mark in ["<!--", "https://learncoin.invalid"] {
            assert!(!markdown.text().contains(mark), "{address}");
        }
        let request = Request::get(&address).header("If-None-Match", markdown.header("etag"));
        let again = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{address}");
    }
}

#[tokio::test]
async fn every_link_in_the_markdown_works_where_it_is_served() {
    let app = TestApp::start().await;
    let listed = listed(&app).await;
    let mut targets = BTreeSet::new();
    for address in &listed {
        let text = app.get(address).await.text().to_owned();
        let mut prose = String::new();
        for (index, part) in text.split("```").enumerate() {
            prose.push_str(if index % 2 == 0 { part } else { "" });
        }
        for link in prose.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let link = link.strip_prefix(app.public_url()).unwrap_or(link);
            if link.starts_with('#') || link.starts_with("https://") {
                continue;
            }
            // Pictures lie beside the page on the site as they do in the repository, so their addresses stay as they are written.
            if let Some(picture) = link.strip_prefix("pictures/") {
                let folder = address.rsplit_once('/').unwrap().0;
                assert_eq!(
                    app.get(&format!("{folder}/pictures/{picture}")).await.status,
                    200,
                    "{address}: {link}"
                );
                continue;
            }
            assert!(link.starts_with('/'), "{address} links to {link}");
            targets.insert(link.split('#').next().unwrap().to_owned());
        }
    }
    assert!(targets.len() > 20, "{targets:?}");
    for target in &targets {
        assert_eq!(app.get(target).await.status, 200, "{target}");
        let is_page = target.starts_with("/docs") || target.starts_with("/pricing");
        assert!(!is_page || listed.contains(target), "{target} leads out of the Markdown");
    }
}

#[tokio::test]
async fn large_pages_are_compressed() {
    let app = TestApp::start().await;
    for path in
        ["/docs/operations", "/docs/operations.md", "/docs/promises", "/assets/docs.js", "/assets/docs.css"]
    {
        let (plain, gzip) = (app.get(path).await, compressed(&app, path).await);
        assert_eq!(
            (plain.header("content-encoding"), gzip.header("content-encoding")),
            ("", "gzip"),
            "{path}"
        );
        println!("{path}: {} bytes, {} compressed", plain.body.len(), gzip.body.len());
        assert!(gzip.body.len() * 2 < plain.body.len(), "{path}");
        assert!(gzip.body.len() < 60_000, "{path}");
    }
}
