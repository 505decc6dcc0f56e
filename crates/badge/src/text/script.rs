//! The scripts that drawings know: what they are called, the language that most of their texts are in, and the forms of
//! ideographs.

/// A script.
pub(crate) struct Script {
    name: &'static str,
    /// The language tag (BCP 47), for the voice of a screen reader. `None` if no language is by far the most frequent one.
    language: Option<&'static str>,
    samples: &'static str,
    ranges: &'static [(char, char)],
}

macro_rules! scripts {
    ($($name:literal $language:expr, $samples:literal, $ranges:expr;)*) => {
        &[$(Script { name: $name, language: $language, samples: $samples, ranges: &$ranges }),*]
    };
}

impl Script {
    /// The scripts whose names a report may hold.
    pub(crate) const ALL: &'static [Self] = scripts! {
        "Arabic" Some("ar"), "عم", [('\u{600}', '\u{6ff}'), ('\u{750}', '\u{77f}'), ('\u{8a0}', '\u{8ff}'), ('\u{fb50}', '\u{fdff}'), ('\u{fe70}', '\u{fefc}')];
        "Armenian" Some("hy"), "Աբ", [('\u{530}', '\u{58f}'), ('\u{fb13}', '\u{fb17}')];
        "Bengali" Some("bn"), "কহ", [('\u{980}', '\u{9ff}')];
        "Burmese" Some("my"), "ကမ", [('\u{1000}', '\u{109f}')];
        "Chinese" None, "国學中", [('\u{2e80}', '\u{2fdf}'), ('\u{3400}', '\u{4dbf}'), ('\u{4e00}', '\u{9fff}'), ('\u{f900}', '\u{faff}'), ('\u{20000}', '\u{323af}')];
        "Cyrillic" None, "Жя", [('\u{400}', '\u{52f}')];
        "Devanagari" Some("hi"), "कह", [('\u{900}', '\u{97f}')];
        "Ethiopic" Some("am"), "ሀለ", [('\u{1200}', '\u{139f}')];
        "Georgian" Some("ka"), "აბ", [('\u{10a0}', '\u{10ff}'), ('\u{1c90}', '\u{1cbf}'), ('\u{2d00}', '\u{2d2f}')];
        "Greek" Some("el"), "Ωώ", [('\u{370}', '\u{3ff}'), ('\u{1f00}', '\u{1fff}')];
        "Gujarati" Some("gu"), "કહ", [('\u{a80}', '\u{aff}')];
        "Gurmukhi" Some("pa"), "ਕਹ", [('\u{a00}', '\u{a7f}')];
        "Hebrew" Some("he"), "אב", [('\u{590}', '\u{5ff}'), ('\u{fb1d}', '\u{fb4f}')];
        "Japanese" Some("ja"), "あア", [('\u{3040}', '\u{30ff}'), ('\u{31f0}', '\u{31ff}'), ('\u{ff66}', '\u{ff9f}')];
        "Kannada" Some("kn"), "ಕಹ", [('\u{c80}', '\u{cff}')];
        "Khmer" Some("km"), "កខ", [('\u{1780}', '\u{17ff}'), ('\u{19e0}', '\u{19ff}')];
        "Korean" Some("ko"), "가힣", [('\u{1100}', '\u{11ff}'), ('\u{3130}', '\u{318f}'), ('\u{ac00}', '\u{d7ff}')];
        "Lao" Some("lo"), "ກຂ", [('\u{e80}', '\u{eff}')];
        "Latin" None, "Az", [('A', 'Z'), ('a', 'z'), ('\u{c0}', '\u{24f}'), ('\u{1e00}', '\u{1eff}')];
        "Malayalam" Some("ml"), "കഹ", [('\u{d00}', '\u{d7f}')];
        "Odia" Some("or"), "କହ", [('\u{b00}', '\u{b7f}')];
        "Sinhala" Some("si"), "කහ", [('\u{d80}', '\u{dff}')];
        "Tamil" Some("ta"), "கஹ", [('\u{b80}', '\u{bff}')];
        "Telugu" Some("te"), "కహ", [('\u{c00}', '\u{c7f}')];
        "Thai" Some("th"), "กข", [('\u{e00}', '\u{e7f}')];
        "Tibetan" Some("bo"), "ཀཧ", [('\u{f00}', '\u{fff}')];
    };

    /// Returns the English name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Returns letters without which a font does not have the script.
    pub(crate) fn samples(&self) -> &'static str {
        self.samples
    }

    /// Returns the script of a character, or `None` if several scripts have it or none of the list.
    pub(crate) fn of(letter: char) -> Option<&'static Self> {
        Self::ALL
            .iter()
            .find(|script| script.ranges.iter().any(|(first, last)| (*first..=*last).contains(&letter)))
    }
}

/// Returns the language that a text is probably in, by its first letter. `None` if many languages share the script.
pub(crate) fn language(text: &str, han: Han) -> Option<&'static str> {
    let script = text.chars().find_map(Script::of)?;
    if script.name == "Chinese" { Some(han.language()) } else { script.language }
}

/// Returns whether the character is an ideograph, or Japanese or Chinese writing around them. Lines may end after it.
pub(crate) fn is_ideographic(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{312f}' | '\u{3190}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff9f}' | '\u{20000}'..='\u{323af}')
}

/// The form of ideographs, which differs between the languages that share them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Han {
    /// Chinese as in China and Singapore.
    Simplified,
    /// Chinese as in Taiwan and Hong Kong.
    Traditional,
    /// Japanese.
    Japanese,
    /// Korean.
    Korean,
}

/// Frequent characters that Japanese alone writes in this form.
const JAPANESE_ONLY: &str = "込辻榊峠畑枠匂雫沢桜広円図駅鉄発経済験検権観変対実満渋斎斉辺竜亀栄労営恵塩姫拡払帰徳県巻弾縄縦総緑戦様気渓滝焼囲団売続薬訳豊転軽遅酔釈銭関闘陥雑霊頼顔騒髪黒黙齢";
/// Frequent characters that traditional Chinese alone writes in this form.
const TRADITIONAL_ONLY: &str =
    "學會國黃吳鄧單與專從來萬們醫證灣臺鄉縣區廣氣經濟發數據腦趙蔣馮蕭鄒賴盧錢嚴龔體關點";
/// Frequent characters that traditional Chinese and Japanese share, and simplified Chinese writes in another form.
const NOT_SIMPLIFIED: &str = "東書馬陳張劉楊鄭許葉蘇陸鍾孫連龍陽風飛鳥業計記設話認護軍農運過達選銀開間隊階雲電韓頭領類顧為個優員語課訓習鎮進術華網絡長門義鳳蘭麗偉傑";

impl Han {
    /// Returns the form of a text. `around` is the form of the texts around it, which counts if the text itself does not show it.
    pub(crate) fn of(text: &str, around: Option<Self>) -> Self {
        let is_traditional = || text.chars().any(|letter| NOT_SIMPLIFIED.contains(letter));
        Self::shown_by(text)
            .or(around)
            .unwrap_or_else(|| if is_traditional() { Self::Traditional } else { Self::Simplified })
    }

    /// Returns the form that only one language has, and `None` if the text has none: most ideographs are shared.
    pub(crate) fn shown_by(text: &str) -> Option<Self> {
        let has =
            |script: &str| text.chars().any(|letter| Script::of(letter).is_some_and(|of| of.name == script));
        let has_one_of = |letters: &str| text.chars().any(|letter| letters.contains(letter));
        if has("Japanese") || has_one_of(JAPANESE_ONLY) {
            Some(Self::Japanese)
        } else if has("Korean") {
            Some(Self::Korean)
        } else if has_one_of(TRADITIONAL_ONLY)
            || text.chars().any(|letter| matches!(letter, '\u{3105}'..='\u{312f}'))
        {
            Some(Self::Traditional)
        } else {
            None
        }
    }

    /// Returns the language tag (BCP 47).
    fn language(self) -> &'static str {
        match self {
            Self::Simplified => "zh-Hans",
            Self::Traditional => "zh-Hant",
            Self::Japanese => "ja",
            Self::Korean => "ko",
        }
    }

    /// Returns the form that the name of a font's family contains, such as `Noto Sans CJK JP`.
    pub(crate) fn of_family(family: &str) -> Option<Self> {
        family.split(' ').rev().find_map(|word| match word {
            "SC" | "GB" => Some(Self::Simplified),
            "TC" | "TW" => Some(Self::Traditional),
            "JP" => Some(Self::Japanese),
            "KR" | "K" => Some(Self::Korean),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ideographs_take_the_form_of_their_text_or_of_the_texts_around() {
        for (text, around, form) in [
            ("机器学习导论", None, Han::Simplified),
            ("機器學習導論", None, Han::Traditional),
            ("陳大文", None, Han::Traditional),
            ("機械学習の入門", None, Han::Japanese),
            ("山田太郎", Some(Han::Japanese), Han::Japanese),
            ("山田太郎", None, Han::Simplified),
            ("金민수", None, Han::Korean),
            ("斉藤", Some(Han::Traditional), Han::Japanese),
            ("Ada", None, Han::Simplified),
        ] {
            assert_eq!(Han::of(text, around), form, "{text}");
        }
    }

    #[test]
    fn the_name_of_a_family_contains_the_form() {
        assert_eq!(Han::of_family("Noto Serif CJK JP"), Some(Han::Japanese));
        assert_eq!(Han::of_family("Noto Sans TC"), Some(Han::Traditional));
        assert_eq!(Han::of_family("Noto Sans"), None);
    }

    #[test]
    fn a_text_has_the_language_that_its_script_is_mostly_used_for() {
        for (text, tag) in [
            ("Ada", None),
            ("12 ", None),
            ("(שלום)", Some("he")),
            ("آدا", Some("ar")),
            ("ខ្មែរ", Some("km")),
            ("한글", Some("ko")),
            ("漢字", Some("zh-Hans")),
        ] {
            assert_eq!(language(text, Han::Simplified), tag, "{text}");
        }
        assert_eq!(language("漢字", Han::Japanese), Some("ja"));
    }

    #[test]
    fn each_script_has_its_own_samples() {
        for script in Script::ALL {
            for letter in script.samples().chars() {
                assert_eq!(Script::of(letter).map(Script::name), Some(script.name()), "{letter}");
            }
        }
    }
}
