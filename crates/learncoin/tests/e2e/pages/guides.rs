//! The pictures of the console's guides: taken by this test, and held against the console as it is.

use serde_json::json;
use tempfile::TempDir;

use crate::support::guides;
use crate::support::http::wait;
use crate::support::process::repository;
use crate::support::programs::{node, succeeds};

#[test]
fn the_pictures_of_the_guides_show_the_console_as_it_is() {
    let scene = wait(guides::open());
    let folder = TempDir::new().unwrap();
    let plan = folder.path().join("plan.json");
    let pages = json!({ "origin": scene.origin, "served": scene.served, "pages": scene.pages });
    std::fs::write(&plan, pages.to_string()).unwrap();
    let pictures = repository().join("docs/console/pictures");
    let arguments = [plan.to_str().unwrap(), "--pictures", pictures.to_str().unwrap()];
    // As snapshots are.
    let anew = std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always").then_some("--anew");
    let arguments: Vec<&str> = arguments.into_iter().chain(anew).collect();
    println!("{}", succeeds(&mut node("guide-pictures.mjs", &arguments)).stdout);
}
