//! The frameworks of skills, as people spell them.

use learncoin_credential::text::FRAMEWORKS;

use crate::fault::Problem;

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
    Err(Problem::UnknownFramework { meant: meant(text).map(str::to_owned) })
}

fn meant(text: &str) -> Option<&'static str> {
    let text = key(text);
    if text.is_empty() {
        return None;
    }
    let other = OTHER_NAMES.into_iter().find(|(name, _)| *name == text).map(|(_, known)| known);
    // Two typing errors in a name of four letters make it another name.
    other.or_else(|| FRAMEWORKS.into_iter().find(|known| is_near(&key(known), &text)))
}

/// Returns the letters and digits of a name, without capitals.
fn key(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .take(32)
        .collect()
}

/// Returns whether two names differ in nothing, or in one letter that is changed, added or left out, or in two neighbors that are exchanged.
fn is_near(from: &str, to: &str) -> bool {
    let (mut from, mut to) = (from.as_bytes(), to.as_bytes());
    while let ([first, from_rest @ ..], [other, to_rest @ ..]) = (from, to)
        && first == other
    {
        (from, to) = (from_rest, to_rest);
    }
    while let ([from_rest @ .., last], [to_rest @ .., other]) = (from, to)
        && last == other
    {
        (from, to) = (from_rest, to_rest);
    }
    match (from, to) {
        ([] | [_], [] | [_]) => true,
        ([first, second], [other_first, other_second]) => first == other_second && second == other_first,
        _ => false,
    }
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
            let Err(Problem::UnknownFramework { meant }) = read(text) else { panic!("{text}") };
            assert_eq!(meant.as_deref(), expected, "{text}");
        }
    }
}
