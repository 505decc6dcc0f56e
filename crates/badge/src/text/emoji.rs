//! Leaves out emoji, which have colors and no place in a line of letters.

use unicode_properties::UnicodeEmoji as _;
use unicode_properties::emoji::EmojiStatus;
use unicode_segmentation::UnicodeSegmentation as _;

use super::fonts::is_covered;

/// The frame of a key around a digit.
const KEYCAP: char = '\u{20e3}';

/// Removes each emoji with its joiners, selectors, skin tones and flags. A digit in a key stays as a digit, and a sign that is
/// text by default and that a font has, such as `✔`, stays as that sign.
pub(super) fn without_emoji(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        if cluster.contains(KEYCAP) {
            rest.extend(cluster.chars().filter(|letter| *letter != KEYCAP));
        } else if !is_emoji(cluster) {
            // A skin tone joins whatever is before it.
            rest.extend(cluster.chars().filter(|letter| !is_shown_as_emoji(*letter)));
        }
    }
    rest
}

fn is_emoji(cluster: &str) -> bool {
    let Some(first) = cluster.chars().next() else { return false };
    let is_emoji = first.is_emoji_char() && !first.is_ascii();
    is_emoji && (cluster.chars().any(is_shown_as_emoji) || !is_covered(first))
}

/// Returns whether the character is an emoji by default, as flags and skin tones are (property `Emoji_Presentation`).
fn is_shown_as_emoji(letter: char) -> bool {
    matches!(
        letter.emoji_status(),
        EmojiStatus::EmojiPresentation
            | EmojiStatus::EmojiPresentationAndModifierBase
            | EmojiStatus::EmojiPresentationAndEmojiComponent
            | EmojiStatus::EmojiPresentationAndModifierAndEmojiComponent
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_left_out_whole() {
        for emoji in [
            "🎓",
            "👩🏽\u{200d}🎓",
            "🇫🇷",
            "❤\u{fe0f}\u{200d}🔥",
            "🏳\u{fe0f}\u{200d}🌈",
            "🏴\u{e0067}\u{e0062}\u{e007f}",
            "🏽",
            "🕸\u{fe0f}",
        ] {
            assert_eq!(without_emoji(&format!("a {emoji}b")), "a b", "{emoji}");
        }
    }

    #[test]
    fn signs_that_are_text_stay() {
        for text in ["C# * 12 © ™ ✔ ★ → ① ♥", "漢字", "a\u{301}"] {
            assert_eq!(without_emoji(text), text);
        }
        assert_eq!(without_emoji("Level 1\u{fe0f}\u{20e3}"), "Level 1\u{fe0f}");
    }
}
