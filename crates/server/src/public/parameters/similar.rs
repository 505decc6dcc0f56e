//! Whether one name is a near miss of another: letter case, separators, plurals and other endings, abbreviations, words
//! around it, and typing errors.

/// Names longer than this are compared without their letters' order: a typing error does not make a name so long.
const MAX_COMPARED: usize = 64;

/// Returns whether `name`, which is not `known`, is like it.
pub(crate) fn is_similar(name: &str, known: &str) -> bool {
    let (name, known) = (letters(name), letters(known));
    if name.is_empty() {
        return false;
    }
    if name == known {
        return true;
    }
    let length = known.len();
    // A name of one letter has no near misses but its own.
    if length < 3 {
        return false;
    }
    let shared = name.iter().zip(&known).take_while(|(left, right)| left == right).count();
    let is_abbreviated = length >= 5 && shared == name.len() && shared >= 3;
    let has_other_ending = if length >= 6 { shared >= 5 } else { length >= 4 && shared == length };
    let is_within = length >= 5 && name.windows(length).any(|part| part == known);
    let max_distance = if length >= 7 { 2 } else { 1 };
    is_abbreviated
        || has_other_ending
        || is_within
        || (name.len() <= MAX_COMPARED && distance(&name, &known) <= max_distance)
}

/// Returns the letters and digits of a name in lower case. Full-width forms count as what they look like.
fn letters(name: &str) -> Vec<char> {
    let narrow = |character: char| match u32::from(character) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code.saturating_sub(0xFEE0)).unwrap_or(character),
        _ => character,
    };
    name.chars()
        .map(narrow)
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Returns how many letters are to be added, removed, replaced or swapped with their neighbor (optimal string alignment).
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX);
    let mut left_before = None;
    for (row, &letter) in (1_usize..).zip(left) {
        let mut current = vec![row];
        let mut right_before = None;
        for (column, &other) in (0_usize..).zip(right) {
            let replaced = at(&last, column).saturating_add(usize::from(letter != other));
            let removed = at(&last, column.saturating_add(1)).saturating_add(1);
            let added = at(&current, column).saturating_add(1);
            let is_swap = left_before == Some(other) && right_before == Some(letter);
            let swapped = match column.checked_sub(1) {
                Some(column) if is_swap => at(&before_last, column).saturating_add(1),
                _ => usize::MAX,
            };
            current.push(replaced.min(removed).min(added).min(swapped));
            right_before = Some(other);
        }
        before_last = std::mem::replace(&mut last, current);
        left_before = Some(letter);
    }
    at(&last, right.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_near_miss_is_similar() {
        for name in [
            "Redacted",
            "REDACTED",
            "redact",
            "redacte",
            "redaction",
            "redactions",
            "redacting",
            "redacteds",
            "red",
            "redac",
            "re-dacted",
            "re_dacted",
            "redacted[]",
            "redacted[0]",
            "redacted ",
            " redacted",
            "redacted.",
            "?redacted",
            "amp;redacted",
            "%72edacted",
            "is_redacted",
            "redacted_only",
            "unredacted",
            "redcated",
            "erdacted",
            "redactd",
            "reddacted",
            "redakted",
            "retacted",
            "rdcted",
            "r\u{435}dacted",
            "red\u{200b}acted",
            "\u{ff52}\u{ff45}\u{ff44}\u{ff41}\u{ff43}\u{ff54}\u{ff45}\u{ff44}",
            "72edacted",
        ] {
            assert!(is_similar(name, "redacted"), "{name}");
        }
        for (known, names) in [
            ("layout", &["Layout", "layouts", "lay-out", "layuot", "lay", "format_layout"][..]),
            ("plain", &["Plain", "plan", "plainn", "plains", "pla"]),
            ("lang", &["LANG", "language", "langs", "lan", "lnag", "lang_code"]),
            ("url", &["URL", "urls", "ulr", "uri"]),
            ("q", &["Q", "q[]", " q"]),
            ("format", &["Format", "formats", "fromat", "form"]),
            ("maxwidth", &["maxWidth", "max_width", "maxwidht", "max-width"]),
            ("assertionId", &["assertionid", "assertion_id", "assertion", "assertionID"]),
            ("after", &["After", "aftr", "afterwards"]),
        ] {
            for name in names {
                assert!(is_similar(name, known), "{name} is like {known}");
            }
        }
    }

    #[test]
    fn other_names_are_not_similar() {
        for name in
            ["", "_", "ref", "redirect", "edited", "created", "re", "query", "x".repeat(10_000).as_str()]
        {
            assert!(!is_similar(name, "redacted"), "{name}");
        }
        for (name, known) in
            [("s", "q"), ("qq", "q"), ("uid", "url"), ("slang2", "lang"), ("before", "after")]
        {
            assert!(!is_similar(name, known), "{name} {known}");
        }
    }

    #[test]
    fn the_distance_is_that_of_typing_errors() {
        let between = |left: &str, right: &str| distance(&letters(left), &letters(right));
        for (left, right, wanted) in [
            ("", "", 0),
            ("", "ab", 2),
            ("ab", "", 2),
            ("ab", "ba", 1),
            ("abc", "abc", 0),
            ("abc", "axc", 1),
            ("abc", "ac", 1),
            ("ac", "abc", 1),
            ("kitten", "sitting", 3),
            ("abcdef", "badcfe", 3),
        ] {
            assert_eq!(between(left, right), wanted, "{left} {right}");
        }
    }
}
