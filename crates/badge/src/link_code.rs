//! The QR code of a link.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// The QR code of a link, as the path of an SVG with one unit per module. It has no quiet zone: the caller leaves four units around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCode {
    /// The number of modules per side.
    pub side: i32,
    /// The dark modules.
    pub path: String,
}

impl LinkCode {
    /// Encodes a link. Returns `None` if it exceeds the capacity of a QR code.
    pub fn of(link: &str) -> Option<Self> {
        let code = encode(link)?;
        let mut path = String::new();
        for (x, y, length) in runs(&code) {
            // Writing into a string can't fail.
            let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
        }
        Some(Self { side: code.size(), path })
    }
}

/// Encodes a link, so that the code is readable with up to 15 % of it damaged.
pub(crate) fn encode(link: &str) -> Option<QrCode> {
    QrCode::encode_text(link, QrCodeEcc::Medium).ok()
}

/// Returns the dark modules as horizontal runs: `x`, `y` and length.
fn runs(code: &QrCode) -> Vec<(i32, i32, i32)> {
    let mut runs: Vec<(i32, i32, i32)> = Vec::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            match runs.last_mut() {
                Some((start, row, length)) if *row == y && start.saturating_add(*length) == x => {
                    *length = length.saturating_add(1);
                }
                _ => runs.push((x, y, 1)),
            }
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_covers_exactly_the_dark_modules() {
        let link = "https://learncoin.me/c/crd_01KPX4MQ00REJFE5FBD8QX9Y5A";
        let code = encode(link).unwrap();
        let mut dark = std::collections::BTreeSet::new();
        for (x, y, length) in runs(&code) {
            for x in x..x + length {
                assert!(dark.insert((x, y)), "a module is covered twice");
            }
        }
        for (y, x) in (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (y, x))) {
            assert_eq!(dark.contains(&(x, y)), code.get_module(x, y));
        }
        let drawn = LinkCode::of(link).unwrap();
        assert_eq!((drawn.side, drawn.path.matches('M').count()), (code.size(), runs(&code).len()));
        assert!(drawn.path.starts_with("M0 0h7v1h-7z"), "the first finder pattern: {}", drawn.path);
        assert_eq!(LinkCode::of(&"x".repeat(4_000)), None);
    }
}
