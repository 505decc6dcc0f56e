//! The scripts that drive a browser wait for the page that an action of theirs leads to.

use crate::support::process::repository;

/// A key that the browser's keyboard sends is not followed by a wait for where it leads; one that is pressed in an element is.
const UNAWAITED: &str = ".keyboard.press('Enter')";

#[test]
fn no_script_sends_a_form_without_waiting_for_the_next_page() {
    let mut read = 0;
    for folder in ["tests/node", "tests/node/lib"] {
        for entry in std::fs::read_dir(repository().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "mjs") {
                continue;
            }
            read += 1;
            let script = std::fs::read_to_string(&path).unwrap();
            let lines = script.lines().enumerate().filter(|(_, line)| line.contains(UNAWAITED));
            let lines: Vec<usize> = lines.map(|(number, _)| number + 1).collect();
            assert!(lines.is_empty(), "{}, lines {lines:?}: press the key in the element", path.display());
        }
    }
    assert!(read > 30, "{read} scripts");
}
