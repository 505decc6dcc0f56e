//! The languages of everything that people read: pages, mails, certificates.
//!
//! In: a preferred language (`Accept-Language`, a tenant's setting). Out: that language's texts, date formats and
//! direction of writing. Not here: what issuers write, which is never translated; and what programs read (the API,
//! logs, the evidence of checks), which is English.
//!
//! - Invariant: every language has every text with the same placeholders. A test compares the files.
//!
//! The texts are in `words/`, one file per language, in the structure of [`Words`]. A new language is a new file and a
//! new variant of [`Language`].

mod dates;
mod negotiate;
pub mod words;
mod written_dates;

pub use words::{Words, fill};

/// A supported language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English, the default.
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

    /// Returns the language tag of [BCP 47](https://www.rfc-editor.org/info/bcp47), as in `lang` and
    /// `Content-Language`.
    pub fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::Spanish => "es",
            Language::French => "fr",
            Language::German => "de",
            Language::Arabic => "ar",
        }
    }

    /// Returns the language with exactly this tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Returns the direction of writing, as in the attribute `dir`: `ltr` or `rtl`.
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
