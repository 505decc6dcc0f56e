//! The pictures in the guides of the console: each file is shown, each that is shown is there, small, and has its words.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use learncoin_testkit::{Body, Request, TestApp};

use super::pages::attributes;

/// The most bytes of a picture.
const MOST_BYTES: usize = 60_000;
/// The most bytes of all of them.
const MOST_BYTES_OF_ALL: usize = 600_000;
const GUIDES: [&str; 2] = ["registrars", "operators"];

/// Returns the contents of every file in the folder of the pictures, by its name.
fn files() -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/console/pictures");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|file| (file.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(file).unwrap()))
        .collect()
}

#[tokio::test]
async fn each_picture_is_in_a_guide_and_each_in_a_guide_is_a_file_and_has_words() {
    let app = TestApp::start().await;
    let mut shown = BTreeSet::new();
    for guide in GUIDES {
        let markdown = app.get(&format!("/docs/console/{guide}.md")).await.text().to_owned();
        let page = app.get(&format!("/docs/console/{guide}")).await.text().to_owned();
        let named: Vec<(&str, &str)> = markdown
            .split("![")
            .skip(1)
            .map(|rest| rest.split_once("](").expect("an address"))
            .map(|(words, rest)| (words, rest.split(')').next().unwrap()))
            .collect();
        assert!(named.len() >= 3, "{guide}: {named:?}");
        for (words, address) in &named {
            assert!(words.split_whitespace().count() >= 4, "{guide}: {address} has no words: {words:?}");
            let name = address.strip_prefix("pictures/").and_then(|name| name.strip_suffix(".webp"));
            let name = name.unwrap_or_else(|| panic!("{guide}: {address}"));
            assert!(shown.insert(name.to_owned()), "{name} is shown twice");
            let light = format!("<img src=\"/docs/console/{address}\" alt=\"{words}\" width=\"");
            assert!(page.contains(&light), "{guide} does not show {address} with {words:?}");
            let dark = format!(
                "<source media=\"(prefers-color-scheme: dark)\" srcset=\"/docs/console/pictures/{name}-dark.webp\" width=\""
            );
            assert!(page.contains(&dark), "{guide} does not show {address} in the dark");
        }
        assert_eq!(page.matches("<img src=\"/docs/").count(), named.len(), "{guide}");
        let text =
            page.split_once("class=\"doc-text\"").unwrap().1.split("class=\"docs-turn\"").next().unwrap();
        assert_eq!(attributes(text, "alt").len(), named.len(), "{guide} shows what the file does not name");
        assert_eq!(text.matches("<img ").count(), named.len(), "{guide} has a picture without words");
    }
    // Of each picture: in light, in dark, and what was on it when it was taken.
    let expected: BTreeSet<String> = shown
        .iter()
        .flat_map(|name| [".webp", "-dark.webp", ".txt"].map(|end| format!("{name}{end}")))
        .collect();
    assert_eq!(files().into_keys().collect::<BTreeSet<_>>(), expected);
}

#[tokio::test]
async fn pictures_are_small_and_served_as_such() {
    let app = TestApp::start().await;
    let mut total = 0;
    for (name, file) in files() {
        let path = format!("/docs/console/pictures/{name}");
        if !name.ends_with(".webp") {
            assert_eq!(app.get(&path).await.status, 404, "{name}");
            continue;
        }
        total += file.len();
        assert!(file.len() <= MOST_BYTES, "{name}: {} bytes", file.len());
        let request = Request::get(&path).header("Accept-Encoding", "gzip");
        let served = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((served.status, served.header("content-type")), (200, "image/webp"), "{name}");
        assert_eq!(
            (served.header("cache-control"), served.header("content-encoding")),
            ("no-cache", ""),
            "{name}"
        );
        assert_eq!(served.header("x-content-type-options"), "nosniff");
        assert!(served.body == file, "{name}");
        let request = Request::get(&path).header("If-None-Match", served.header("etag"));
        let again = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{name}");
    }
    assert!((1..=MOST_BYTES_OF_ALL).contains(&total), "{total}");
    for nothing in ["", "unknown.webp", "../registrars.webp", "sign-in"] {
        assert_eq!(app.get(&format!("/docs/console/pictures/{nothing}")).await.status, 404, "{nothing}");
    }
}
