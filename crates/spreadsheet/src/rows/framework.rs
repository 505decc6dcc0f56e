//! The frameworks of skills, as people spell them.

use crate::fault::Problem;

pub use learncoin_credential::text::FRAMEWORKS;

/// Other names of the frameworks, as [`key`] writes them.
const OTHER_NAMES: [(&str, &str); 6] = [
    ("onet", "O*NET"),
    ("onetsoc", "O*NET"),
    ("isced", "ISCED-F"),
    ("iscedf2013", "ISCED-F"),
    ("escov1", "ESCO"),
    ("own", "CUSTOM"),
];

/// Reads a framework, whatever its capitals.
///
/// # Errors
/// If it is none of them, with the one that is probably meant.
pub(super) fn read(text: &str) -> Result<&'static str, Problem> {
    if let Some(known) = FRAMEWORKS.into_iter().find(|known| known.eq_ignore_ascii_case(text)) {
        return Ok(known);
    }
    Err(Problem::UnknownFramework {
        accepted: FRAMEWORKS.map(str::to_owned).to_vec(),
        meant: meant(text).map(str::to_owned),
    })
}

fn meant(text: &str) -> Option<&'static str> {
    let text = key(text);
    if text.is_empty() {
        return None;
    }
    let other = OTHER_NAMES.into_iter().find(|(name, _)| *name == text).map(|(_, known)| known);
    other.or_else(|| {
        let near = FRAMEWORKS.into_iter().map(|known| (distance(&key(known), &text), known));
        // Two typing errors in a name of four letters make it another name.
        near.min_by_key(|(distance, _)| *distance)
            .filter(|(distance, known)| distance * 3 < key(known).len())
            .map(|(_, known)| known)
    })
}

/// Returns the letters and digits of a name, without capitals.
fn key(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .take(32)
        .collect()
}

/// Returns the number of letters that are changed, added, left out or exchanged with their neighbor.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, letter) in from.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, other) in to.iter().enumerate() {
            let at = |line: &[usize], index: usize| line.get(index).copied().unwrap_or(usize::MAX - 1);
            let change = at(&last, column) + usize::from(letter != other);
            let mut least = change.min(at(&last, column + 1) + 1).min(at(&next, column) + 1);
            let neighbors = (
                row.checked_sub(1).and_then(|row| from.get(row)),
                column.checked_sub(1).and_then(|column| to.get(column)),
            );
            if neighbors == (Some(other), Some(letter)) {
                least = least.min(at(&before, column.saturating_sub(1)) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_framework_is_read_or_the_nearest_one_is_named() {
        for (text, expected) in
            [("ESCO", "ESCO"), ("esco", "ESCO"), ("o*net", "O*NET"), ("Isced-F", "ISCED-F")]
        {
            assert_eq!(read(text), Ok(expected));
        }
        for (text, expected) in [
            ("ESC0", Some("ESCO")),
            ("ECSO", Some("ESCO")),
            ("ESCO.", Some("ESCO")),
            ("O-NET", Some("O*NET")),
            ("ONET", Some("O*NET")),
            ("ISCED F", Some("ISCED-F")),
            ("ISCED-F 2013", Some("ISCED-F")),
            ("Custum", Some("CUSTOM")),
            ("EQF", None),
            ("SFIA", None),
            ("*", None),
        ] {
            let Err(Problem::UnknownFramework { accepted, meant }) = read(text) else { panic!("{text}") };
            assert_eq!((accepted.len(), meant.as_deref()), (4, expected), "{text}");
        }
    }
}
