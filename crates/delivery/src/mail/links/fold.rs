//! The form of a text in which links are looked for: what looks alike is alike, what is not seen is gone.

use unicode_normalization::UnicodeNormalization as _;

/// The brackets that people write around a dot, a colon or an at sign, so that programs do not take the text for a link.
const OPENING: [char; 4] = ['[', '(', '{', '<'];
const CLOSING: [char; 4] = [']', ')', '}', '>'];

/// Letters of other scripts that look like Latin ones, with those.
const LOOK_ALIKES: [(char, char); 28] = [
    ('\u{430}', 'a'),
    ('\u{435}', 'e'),
    ('\u{43e}', 'o'),
    ('\u{440}', 'p'),
    ('\u{441}', 'c'),
    ('\u{443}', 'y'),
    ('\u{445}', 'x'),
    ('\u{455}', 's'),
    ('\u{456}', 'i'),
    ('\u{458}', 'j'),
    ('\u{501}', 'd'),
    ('\u{51b}', 'q'),
    ('\u{51d}', 'w'),
    ('\u{43c}', 'm'),
    ('\u{442}', 't'),
    ('\u{43a}', 'k'),
    ('\u{433}', 'r'),
    ('\u{4bb}', 'h'),
    ('\u{4cf}', 'l'),
    ('\u{432}', 'b'),
    ('\u{3b1}', 'a'),
    ('\u{3bf}', 'o'),
    ('\u{3c1}', 'p'),
    ('\u{3bd}', 'v'),
    ('\u{3b9}', 'i'),
    ('\u{3c5}', 'u'),
    ('\u{3c4}', 't'),
    ('\u{131}', 'i'),
];

/// Returns the text in compatibility form (NFKC) and lower case, without what is not seen. Every character that looks like a dot, a
/// slash or a colon is one, and brackets around a dot, a colon or an at sign, or around their names, are gone.
pub(super) fn fold(text: &str) -> String {
    let seen = text.nfkc().filter(|character| !is_invisible(*character));
    let alike: Vec<char> = seen.flat_map(char::to_lowercase).map(sign).collect();
    let mut out = String::with_capacity(text.len());
    let mut rest = alike.as_slice();
    while let Some((first, after)) = rest.split_first() {
        match bracketed(rest) {
            Some((sign, after)) => {
                out.truncate(out.trim_end().len());
                out.push(sign);
                rest = trimmed(after);
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

/// Returns the letters as the Latin ones that they look like.
pub(super) fn in_latin(label: &str) -> String {
    let latin =
        |letter| LOOK_ALIKES.iter().find(|(other, _)| *other == letter).map_or(letter, |(_, latin)| *latin);
    label.chars().map(latin).collect()
}

/// Returns whether a character of a folded text can be part of a host: no space, no sign but `-`, `_` and `.`, and no
/// punctuation of another script.
pub(super) fn is_of_host(character: char) -> bool {
    let is_sign = matches!(character,
        '\u{a1}'..='\u{a9}' | '\u{ab}'..='\u{b1}' | '\u{b4}' | '\u{b6}' | '\u{b8}' | '\u{bb}' | '\u{bf}'
        | '\u{60c}' | '\u{61b}' | '\u{61f}' | '\u{964}' | '\u{965}' | '\u{2010}'..='\u{205e}' | '\u{3001}'
        | '\u{3003}' | '\u{3008}'..='\u{301f}' | '\u{30fb}');
    !character.is_whitespace()
        && !character.is_control()
        && !is_sign
        && (!character.is_ascii_punctuation() || ['-', '_', '.'].contains(&character))
}

fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

fn sign(character: char) -> char {
    match character {
        '\u{b7}' | '\u{387}' | '\u{589}' | '\u{6d4}' | '\u{701}' | '\u{702}' | '\u{1427}' | '\u{2022}'
        | '\u{2024}' | '\u{2027}' | '\u{2219}' | '\u{22c5}' | '\u{2e31}' | '\u{2e33}' | '\u{3002}'
        | '\u{a4f8}' | '\u{a60e}' | '\u{a78f}' | '\u{ff61}' => '.',
        '\u{2044}' | '\u{2215}' | '\u{29f8}' | '\u{2571}' => '/',
        '\u{2236}' | '\u{2d0}' | '\u{5c3}' | '\u{703}' | '\u{704}' | '\u{a789}' => ':',
        other => other,
    }
}

/// Returns the sign in brackets that a text begins with, and what is behind it.
fn bracketed(text: &[char]) -> Option<(char, &[char])> {
    let inside = trimmed(text.strip_prefix(&[*text.first().filter(|first| OPENING.contains(first))?])?);
    let (sign, behind) = ['.', ':', '@']
        .into_iter()
        .find_map(|sign| Some((sign, inside.strip_prefix(&[sign])?)))
        .or_else(|| Some(('.', inside.strip_prefix(&['d', 'o', 't'])?)))
        .or_else(|| Some(('@', inside.strip_prefix(&['a', 't'])?)))?;
    let (last, behind) = trimmed(behind).split_first()?;
    CLOSING.contains(last).then_some((sign, behind))
}

fn trimmed(text: &[char]) -> &[char] {
    let start = text.iter().position(|character| !character.is_whitespace()).unwrap_or(text.len());
    text.get(start..).unwrap_or_default()
}
