//! The known name that an unknown one was meant to be.

/// The beginning of every variable.
const PREFIX: &str = "learncoin_";
/// The most suggestions for one name.
const MOST: usize = 2;
/// The shortest name whose letters are looked for within others.
const SHORTEST_ABBREVIATION: usize = 4;

/// The likeness of a known name to an unknown one, the closest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    /// So many letters were mistyped.
    Mistyped(usize),
    /// Words are missing in front, such as the section.
    Shortened,
    /// Letters are missing.
    Abbreviated,
}

/// Returns the question `did you mean …?` with the known names that are most like the unknown one; nothing if none is like it.
pub(super) fn did_you_mean<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut like: Vec<(Likeness, &str)> =
        known.filter_map(|known| Some((likeness(unknown, known)?, known))).collect();
    like.sort_unstable();
    let closest = like.first()?.0;
    let names: Vec<&str> = like
        .iter()
        .take_while(|(likeness, _)| *likeness == closest)
        .take(MOST)
        .map(|(_, name)| *name)
        .collect();
    Some(format!("did you mean {}?", names.join(" or ")))
}

fn likeness(unknown: &str, known: &str) -> Option<Likeness> {
    let (unknown, known) = (unknown.to_ascii_lowercase(), known.to_ascii_lowercase());
    // What all of them share makes none of them alike.
    let unknown = unknown.strip_prefix(PREFIX).unwrap_or(&unknown);
    let known = known.strip_prefix(PREFIX).unwrap_or(&known);
    let mistyped = distance(unknown.as_bytes(), known.as_bytes());
    let is_suffix = known.strip_suffix(unknown).is_some_and(|front| front.ends_with(['.', '_']));
    if mistyped <= (known.len() / 6).clamp(1, 3) {
        Some(Likeness::Mistyped(mistyped))
    } else if is_suffix {
        Some(Likeness::Shortened)
    } else {
        let mut letters = known.chars();
        let is_within = unknown.chars().all(|letter| letters.any(|other| other == letter));
        let is_long =
            unknown.len() >= SHORTEST_ABBREVIATION && unknown.len().saturating_mul(2) >= known.len();
        (is_within && is_long).then_some(Likeness::Abbreviated)
    }
}

/// Returns how many letters are to be added, removed or replaced.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, letter) in (1_usize..).zip(left) {
        let mut current = vec![row];
        let mut added = row;
        for (other, pair) in right.iter().zip(last.windows(2)) {
            let &[diagonal, above] = pair else { continue };
            let replaced = diagonal.saturating_add(usize::from(letter != other));
            added = replaced.min(above.saturating_add(1)).min(added.saturating_add(1));
            current.push(added);
        }
        last = current;
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 6] = [
        "LEARNCOIN_DATABASE_URL",
        "LEARNCOIN_PUBLIC_URL",
        "LEARNCOIN_CHAIN_POLL_MS",
        "LEARNCOIN_CHAIN_TEST_RPC_URL",
        "LEARNCOIN_PAGES_TEST_RPC_URL",
        "LEARNCOIN_MAIL_SMTP_HOST",
    ];

    fn meant(unknown: &str) -> Option<String> {
        did_you_mean(unknown, KNOWN.into_iter())
    }

    #[test]
    fn the_name_that_was_meant_is_found() {
        for (unknown, expected) in [
            ("LEARNCOIN_DATABSE_URL", "LEARNCOIN_DATABASE_URL"),
            ("LEARNCOIN_DB_URL", "LEARNCOIN_DATABASE_URL"),
            ("learncoin_database_url", "LEARNCOIN_DATABASE_URL"),
            ("LEARNCOIN_CHAIN_POLL", "LEARNCOIN_CHAIN_POLL_MS"),
            ("LEARNCOIN_SMTP_HOST", "LEARNCOIN_MAIL_SMTP_HOST"),
        ] {
            assert_eq!(meant(unknown), Some(format!("did you mean {expected}?")), "{unknown}");
        }
        let of_file = did_you_mean("poll_ms", ["chain.poll_ms", "chain.watch_s"].into_iter());
        assert_eq!(of_file.as_deref(), Some("did you mean chain.poll_ms?"));
    }

    #[test]
    fn several_that_are_as_close_are_all_named() {
        let both = "did you mean LEARNCOIN_CHAIN_TEST_RPC_URL or LEARNCOIN_PAGES_TEST_RPC_URL?";
        assert_eq!(meant("LEARNCOIN_TEST_RPC_URL").as_deref(), Some(both));
    }

    #[test]
    fn what_is_like_nothing_gets_no_suggestion() {
        assert_eq!(meant("LEARNCOIN_COLOR"), None);
    }
}
