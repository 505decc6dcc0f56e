//! The fonts: those that are part of the program, and those of the deployment's folder.
//!
//! A letter is drawn in the first font that has it: the font of the text's style, the font of the letters before it, another
//! shipped font, a font of the folder. No other font of the system is used.

mod face;
mod folder;
mod shipped;

use unicode_normalization::UnicodeNormalization as _;

pub(crate) use face::{Font, FontId};
pub use folder::{FontFolder, FontFolderError, use_font_folder};

use super::letters::{is_ignorable, is_mark};
use super::script::Han;

/// The style of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FontStyle {
    /// Serif, for names and titles.
    Serif,
    /// Sans serif, for sentences.
    Sans,
    /// Bold, for labels and banners.
    Bold,
}

#[cfg(test)]
pub(crate) use shipped::all;

/// Chooses the font of a cluster: a character and what combines with it. Returns `None` if no font has all of it.
pub(crate) fn choose(cluster: &str, style: FontStyle, han: Han, previous: Option<FontId>) -> Option<FontId> {
    let previous = previous.filter(|font| covers_cluster(*font, cluster));
    if follows(cluster) && previous.is_some() {
        return previous;
    }
    let own = shipped::own(style);
    if covers_cluster(own, cluster) {
        return Some(own);
    }
    // A font of the folder has many scripts, and of one text all letters look alike.
    let previous = previous.filter(|font| !font.is_chosen_by_han() || font.suits(han));
    previous.or_else(|| shipped::others(style).find(|font| covers_cluster(*font, cluster))).or_else(|| {
        folder::fonts(cluster, style, han).into_iter().find(|font| covers_cluster(*font, cluster))
    })
}

/// Returns whether a font has the character.
pub(crate) fn is_covered(letter: char) -> bool {
    let mut text = [0; 4];
    choose(letter.encode_utf8(&mut text), FontStyle::Sans, Han::Simplified, None).is_some()
}

/// Returns whether a cluster keeps the font of the one before it. The middle dot joins the parts of a name.
fn follows(cluster: &str) -> bool {
    cluster.chars().all(|letter| matches!(letter, ' ' | '·') || is_mark(letter) || is_ignorable(letter))
}

/// Returns whether a font has a cluster, as it is written, composed or decomposed. Shaping does the same.
fn covers_cluster(font: FontId, cluster: &str) -> bool {
    let covers = |letter| is_ignorable(letter) || font.covers(letter);
    cluster.chars().all(covers) || cluster.nfc().all(covers) || cluster.nfd().all(covers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_font_parses_and_covers_its_scripts() {
        for (letters, name) in [
            ("AzßñőệЖяӘΩώἄ€…’„«–№", "NotoSerif-Regular"),
            ("شهادةپگێ ،؟٣", "NotoNaskhArabic-Regular"),
            ("אבגשׁ״", "NotoSerifHebrew-Regular"),
            ("აბგჰ", "NotoSerifGeorgian-Regular"),
            ("ԱԲաև", "NotoSerifArmenian-Regular"),
            ("ሀለሐ፡", "NotoSerifEthiopic-Regular"),
            ("กขคฯเ", "NotoSerifThai-Regular"),
            ("அஆகஹ", "NotoSerifTamil-Regular"),
            ("अआकह।", "NotoSerifDevanagari-Regular"),
            ("অআকহ", "NotoSerifBengali-Regular"),
            ("កខគហ។", "NotoSerifKhmer-Regular"),
            ("♯①Ⓐ⚖", "NotoSansSymbols-Regular"),
            ("✓★■☑♥", "NotoSansSymbols2-Regular"),
            ("→≥≠∞⇒", "NotoSansMath-Regular"),
        ] {
            let first = choose(
                &letters[..letters.chars().next().unwrap().len_utf8()],
                FontStyle::Serif,
                Han::Simplified,
                None,
            );
            assert_eq!(first.unwrap().name(), name);
            for letter in letters.chars() {
                assert!(first.unwrap().covers(letter), "{name} lacks {letter}");
            }
        }
    }

    #[test]
    fn each_style_has_a_font_of_each_script() {
        for style in [FontStyle::Serif, FontStyle::Sans, FontStyle::Bold] {
            for letter in ["A", "ش", "א", "ა", "Ա", "ሀ", "ก", "அ", "अ", "অ", "ក"] {
                let name = choose(letter, style, Han::Simplified, None).unwrap().name();
                assert_eq!(name.ends_with("Bold"), style == FontStyle::Bold, "{letter}: {name}");
                assert_eq!(
                    name.contains("Serif"),
                    style == FontStyle::Serif && letter != "ش",
                    "{letter}: {name}"
                );
            }
        }
    }

    #[test]
    fn spaces_marks_and_shared_signs_keep_the_font_of_the_letters_before_them() {
        let bengali = choose("অ", FontStyle::Serif, Han::Simplified, None);
        for cluster in [" ", "।", "\u{200d}"] {
            assert_eq!(choose(cluster, FontStyle::Serif, Han::Simplified, bengali), bengali, "{cluster:?}");
        }
        let digit = choose("7", FontStyle::Serif, Han::Simplified, bengali).unwrap();
        assert_eq!(digit.name(), "NotoSerif-Regular");
    }

    #[test]
    fn a_letter_that_no_font_has_has_no_font() {
        for letter in ["\u{e000}", "\u{10330}", "\u{12000}", "\u{ffff}"] {
            assert_eq!(choose(letter, FontStyle::Sans, Han::Simplified, None), None, "{letter:?}");
        }
    }
}
