//! A tenant's color in a mail, with enough contrast to be readable.

/// The color for a tenant that has none.
const DEFAULT: &str = "#1f4e8c";
/// The contrast that text must have against its background: WCAG 2.2, success criterion 1.4.3.
const READABLE: f64 = 4.5;

/// A button's colors. Text and border are the same: on white a light button has a dark border, in a dark mail reader a dark
/// button has a light one. So text and button are visible in both, with every color of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paint {
    pub(super) fill: String,
    pub(super) ink: &'static str,
}

impl Paint {
    /// Returns the colors for a tenant's `#RRGGBB`.
    pub(super) fn of(accent: Option<&str>) -> Self {
        let accent = accent.filter(|color| luminance(color).is_some()).unwrap_or(DEFAULT);
        let light = luminance(accent).unwrap_or(0.0);
        let ink = if contrast(1.0, light) >= READABLE { "#ffffff" } else { "#000000" };
        Self { fill: accent.to_owned(), ink }
    }
}

/// Returns the relative luminance of `#RRGGBB`, between 0 and 1.
fn luminance(color: &str) -> Option<f64> {
    let digits = color.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let channel = |at: usize| {
        let value = u8::from_str_radix(digits.get(at..at.checked_add(2)?)?, 16).ok()?;
        let value = f64::from(value) / 255.0;
        Some(if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    Some(0.2126 * channel(0)? + 0.7152 * channel(2)? + 0.0722 * channel(4)?)
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_color_its_words_can_be_read_and_the_button_is_seen() {
        let (white, dark) = (luminance("#ffffff").unwrap(), luminance("#1d2025").unwrap());
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let color = format!("#{red:02x}{green:02X}{blue:02x}");
                    let paint = Paint::of(Some(&color));
                    let (fill, ink) = (luminance(&paint.fill).unwrap(), luminance(paint.ink).unwrap());
                    assert!(contrast(fill, ink) >= READABLE, "{color}");
                    for page in [white, dark] {
                        assert!(contrast(fill, page).max(contrast(ink, page)) >= 3.0, "{color} on {page}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_no_color_is_not_shown() {
        for text in [None, Some("red"), Some("#12345"), Some("#12345g"), Some("#1234567"), Some("#é2345")] {
            assert_eq!(Paint::of(text), Paint { fill: DEFAULT.to_owned(), ink: "#ffffff" });
        }
    }
}
