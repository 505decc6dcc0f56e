//! The pages as a browser shows them: in every state, at three widths, in light and dark, and without scripts.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::gallery::gallery;
use crate::support::process::{Ended, repository};
use crate::support::programs::{node, succeeds};

/// Lets a program of `tests/node` judge what is in this plan, which must be as it should be.
pub(crate) fn judged(program: &str, plan: &Value, arguments: &[&str]) -> Ended {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("plan.json");
    std::fs::write(&file, plan.to_string()).unwrap();
    let ended = succeeds(&mut node(program, &[&[file.to_str().unwrap()], arguments].concat()));
    println!("{}", ended.stdout);
    ended
}

/// Returns a folder for pictures.
pub(crate) fn screenshots(of: &str) -> String {
    repository().join("target/screenshots").join(of).to_str().unwrap().to_owned()
}

#[test]
fn every_state_is_whole_and_open_to_everybody_at_every_width_in_light_and_dark() {
    let gallery = gallery();
    judged("pages.mjs", &json!({ "pages": gallery.pages }), &["--screenshots", &screenshots("")]);
}

#[test]
fn without_scripts_every_page_has_the_same_text_and_files() {
    let gallery = gallery();
    judged("plain.mjs", &json!({ "pages": gallery.credentials().collect::<Vec<_>>() }), &[]);
}

#[test]
fn lighthouse_finds_the_page_open_to_everybody_well_made_and_light() {
    let gallery = gallery();
    let ended = succeeds(&mut node("lighthouse.mjs", &[&gallery.page("valid").url, "--bytes", "60000"]));
    println!("{}", ended.stdout);
}
