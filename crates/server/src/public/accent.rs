//! A tenant's color on its pages: used where it can be seen, and nowhere else.
//!
//! The measure is the contrast of [WCAG 2.2](https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio) against the page's own
//! backgrounds, separately for the light and the dark ones. If the color is too weak, the sheet leaves it out, and the page
//! keeps its own.

/// A color of sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Color([u8; 3]);

/// The backgrounds behind the color, as `palette.css` has them.
const LIGHT: [Color; 2] = [Color([0xf6, 0xf4, 0xee]), Color([0xff, 0xfe, 0xfb])];
const DARK: [Color; 2] = [Color([0x13, 0x13, 0x15]), Color([0x1b, 0x1c, 0x1f])];

/// From which contrast on a border or a graphic can be seen (success criterion 1.4.11).
const GRAPHIC: f64 = 3.0;
/// From which contrast on a text can be read (success criterion 1.4.3).
const TEXT: f64 = 4.5;

/// Returns the style sheet of a color that is given as six hexadecimal digits, or `None` for anything else.
pub(crate) fn sheet(digits: &str) -> Option<String> {
    let color = Color::read(digits)?;
    let light = properties(digits, color, LIGHT);
    let dark = properties(digits, color, DARK);
    Some(format!(
        "@media (prefers-color-scheme: light), print {{ :root {{{light} }} }}\n\
         @media screen and (prefers-color-scheme: dark) {{ :root {{{dark} }} }}\n"
    ))
}

/// Returns the properties that use the color on these backgrounds.
fn properties(digits: &str, color: Color, backgrounds: [Color; 2]) -> String {
    let weakest = backgrounds.map(|background| color.contrast(background)).into_iter().fold(21.0, f64::min);
    let names: &[&str] = match weakest {
        TEXT.. => &["edge", "accent", "accent-link"],
        GRAPHIC.. => &["edge"],
        _ => &[],
    };
    names.iter().map(|name| format!(" --{name}: #{digits};")).collect()
}

impl Color {
    fn read(digits: &str) -> Option<Self> {
        let mut color = [0; 3];
        hex::decode_to_slice(digits, &mut color).ok()?;
        Some(Self(color))
    }

    /// Returns the contrast: between 1, for the same lightness, and 21, for black on white.
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// Returns the [relative luminance](https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let channel = f64::from(channel) / 255.0;
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public::assets::{EMBED_STYLE, STYLE};

    fn color(digits: &str) -> Color {
        Color::read(digits).unwrap()
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        let white = color("FFFFFF");
        for (digits, expected) in
            [("000000", 21.0), ("FFFFFF", 1.0), ("767676", 4.54), ("FF0000", 4.0), ("0000ff", 8.59)]
        {
            assert!((color(digits).contrast(white) - expected).abs() < 0.01, "{digits}");
            assert!((white.contrast(color(digits)) - expected).abs() < 0.01, "{digits}");
        }
    }

    /// Counts the uses of a color: on the light backgrounds, on the dark ones.
    fn uses(digits: &str) -> (usize, usize) {
        let sheet = sheet(digits).unwrap();
        let (light, dark) = sheet.split_once('\n').unwrap();
        let count = |theme: &str| theme.matches(&format!("#{digits};")).count();
        (count(light), count(dark))
    }

    #[test]
    fn a_color_is_used_only_where_it_can_be_seen() {
        for (digits, expected) in [
            ("8B2635", (3, 0)),
            ("000000", (3, 0)),
            ("FFFFFF", (0, 3)),
            ("FFE600", (0, 3)),
            ("767676", (1, 1)),
            ("1D4F91", (3, 0)),
            ("B8862B", (0, 3)),
            ("C0392B", (3, 1)),
        ] {
            assert_eq!(uses(digits), expected, "{digits}");
        }
    }

    #[test]
    fn every_color_has_a_use_somewhere() {
        for gray in 0..=255_u8 {
            let digits = hex::encode_upper([gray; 3]);
            assert_ne!(uses(&digits), (0, 0), "{digits}");
        }
    }

    #[test]
    fn what_is_no_color_has_no_sheet() {
        for digits in ["", "8B263", "8B26355", "8B263G", "red", "#8B263", "8B2635;", "８B2635"] {
            assert_eq!(sheet(digits), None, "{digits}");
        }
    }

    #[test]
    fn the_backgrounds_are_those_of_the_style_sheets() {
        for style in [STYLE, EMBED_STYLE] {
            let (light, dark) = style.split_once("prefers-color-scheme: dark").unwrap();
            for (theme, [paper, card]) in [(light, LIGHT), (dark, DARK)] {
                assert!(theme.contains(&format!("--paper: #{};", hex::encode(paper.0))));
                assert!(theme.contains(&format!("--card: #{};", hex::encode(card.0))));
            }
        }
    }
}
