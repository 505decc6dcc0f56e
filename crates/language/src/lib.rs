//! The languages that LearnCoin speaks to people: pages, mails, certificates.
//!
//! In: what a reader prefers (`Accept-Language`, a tenant's setting). Out: that language's words, dates and direction of
//! writing. Not here: what issuers write, which stands as it was given; and what programs read (the API, logs, the
//! evidence of checks), which is English.
//!
//! - Invariant: every language has every text, with the same `{places}` to fill; a test holds the files against each other.
//!
//! The texts stand in `words/`, one file per language, in the shape of [`Words`]. A new language is a new file and a new
//! variant of [`Language`].

mod dates;
mod negotiate;
pub mod words;

pub use words::{Words, fill};

/// A language that LearnCoin speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, spoken where nothing else is asked for.
    #[default]
    English,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// German.
    German,
    /// Arabic, written from right to left.
    Arabic,
}

impl Language {
    /// Every language, English first.
    pub const ALL: [Language; 5] =
        [Language::English, Language::Spanish, Language::French, Language::German, Language::Arabic];

    /// Its tag of [BCP 47](https://www.rfc-editor.org/info/bcp47), as in `lang` and in `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Spanish => "es",
            Language::French => "fr",
            Language::German => "de",
            Language::Arabic => "ar",
        }
    }

    /// The language with exactly this tag, as settings name it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The direction that its lines run in, as in the attribute `dir`.
    pub fn direction(self) -> &'static str {
        match self {
            Language::English | Language::Spanish | Language::French | Language::German => "ltr",
            Language::Arabic => "rtl",
        }
    }
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
