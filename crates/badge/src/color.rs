//! Colors and their contrast.

/// An opaque sRGB color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    /// The red component.
    pub red: u8,
    /// The green component.
    pub green: u8,
    /// The blue component.
    pub blue: u8,
}

pub(crate) const PAPER: Color = Color::new(0xff, 0xfe, 0xfb);
pub(crate) const LINE: Color = Color::new(0xd9, 0xd2, 0xc2);
pub(crate) const INK: Color = Color::new(0x1d, 0x1b, 0x18);
pub(crate) const MUTED: Color = Color::new(0x5d, 0x58, 0x50);
pub(crate) const LINK: Color = Color::new(0x1d, 0x4f, 0x91);
pub(crate) const GOLD: Color = Color::new(0xb8, 0x86, 0x2b);
pub(crate) const PALE_GOLD: Color = Color::new(0xe9, 0xc4, 0x6a);
pub(crate) const BRIGHT_GOLD: Color = Color::new(0xf6, 0xe3, 0xb4);
pub(crate) const BROWN: Color = Color::new(0x5b, 0x3f, 0x0c);
pub(crate) const TEST_NETWORK: Color = Color::new(0x46, 0x3b, 0x9c);
pub(crate) const PENDING: Color = Color::new(0x6b, 0x4a, 0x06);
pub(crate) const INVALID: Color = Color::new(0x9b, 0x1c, 0x1c);
/// The accent color of tenants without a color, or with one of too little contrast.
pub(crate) const NAVY: Color = Color::new(0x1f, 0x2f, 0x4d);

/// The contrast that large shapes and large text need, [WCAG 2.2](https://www.w3.org/TR/WCAG22/#non-text-contrast)
/// 1.4.11.
const MIN_CONTRAST: f64 = 3.0;

impl Color {
    /// Creates a color from its components.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Parses `#RRGGBB`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
        Some(Self::new(part(0)?, part(2)?, part(4)?))
    }

    /// Returns the color if its contrast with the background is sufficient, and else the default accent.
    pub(crate) fn accent(color: Option<Self>) -> Self {
        color.filter(|color| contrast(*color, PAPER) >= MIN_CONTRAST).unwrap_or(NAVY)
    }

    /// Returns the color with its hue turned by so many degrees. It is darkened until its contrast with the background is sufficient.
    pub(crate) fn turned(self, degrees: f32) -> Self {
        let [red, green, blue] = [self.red, self.green, self.blue].map(|part| f32::from(part) / 255.0);
        // The rotation around the gray axis keeps the sum of the components.
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let (same, next) = (cosine + (1.0 - cosine) / 3.0, (1.0 - cosine) / 3.0);
        let shift = sine / 3.0_f32.sqrt();
        let mut parts = [
            red * same + green * (next - shift) + blue * (next + shift),
            red * (next + shift) + green * same + blue * (next - shift),
            red * (next - shift) + green * (next + shift) + blue * same,
        ];
        loop {
            let [red, green, blue] = parts.map(to_byte);
            let turned = Self { red, green, blue };
            if contrast(turned, PAPER) >= MIN_CONTRAST {
                return turned;
            }
            parts = parts.map(|part| part * 0.94);
        }
    }

    /// Formats the color as `#rrggbb`.
    pub(crate) fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// Computes the relative luminance of [WCAG 2.2](https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

/// Converts a component from 0 to 1, of which those beyond are cut.
#[expect(clippy::as_conversions, reason = "the value is from 0 to 255, and there is no other way")]
fn to_byte(part: f32) -> u8 {
    (part.clamp(0.0, 1.0) * 255.0).round() as u8
}

/// Computes the contrast ratio of two colors, from 1 to 21.
pub(crate) fn contrast(one: Color, other: Color) -> f64 {
    let (one, other) = (one.luminance(), other.luminance());
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_parsed_from_six_hex_digits() {
        assert_eq!(Color::parse("#0a1B2c"), Some(Color::new(0x0a, 0x1b, 0x2c)));
        for text in ["", "#", "0a1b2c", "#0a1b2", "#0a1b2c0", "#0a1b2g", "#+a1b2c", "#äöü"] {
            assert_eq!(Color::parse(text), None, "{text}");
        }
        assert_eq!(Color::new(1, 2, 255).hex(), "#0102ff");
    }

    #[test]
    fn colors_of_too_little_contrast_are_replaced() {
        let (yellow, green) = (Color::new(0xff, 0xee, 0x00), Color::new(0x0b, 0x5c, 0x33));
        assert_eq!(Color::accent(Some(yellow)), NAVY);
        assert_eq!(Color::accent(Some(green)), green);
        assert_eq!(Color::accent(None), NAVY);
    }

    #[test]
    fn text_colors_have_enough_contrast_on_their_backgrounds() {
        for (text, ground) in [
            (INK, PAPER),
            (MUTED, PAPER),
            (LINK, PAPER),
            (PAPER, TEST_NETWORK),
            (PAPER, PENDING),
            (PAPER, INVALID),
            (PAPER, NAVY),
        ] {
            assert!(contrast(text, ground) >= 4.5, "{text:?} on {ground:?}");
        }
    }
}
