//! The documentation's pages, used in a browser with scripts and without.

use crate::support::deployment::Deployment;
use crate::support::programs::{node, succeeds};

#[test]
fn code_is_copied_samples_are_chosen_and_words_are_found_with_a_script_and_without() {
    let server = Deployment::new().serve();
    println!("{}", succeeds(&mut node("docs-pages.mjs", &[&server.url("")])).stdout);
}
