//! Texts in every language, each read from a file of its own.

use serde::de::DeserializeOwned;

use crate::Language;

/// Texts of one kind in every language.
pub(super) struct PerLanguage<T>([T; 5]);

impl<T: DeserializeOwned> PerLanguage<T> {
    /// Reads the files, which are in the order of [`Language::ALL`].
    #[expect(
        clippy::expect_used,
        reason = "the files are part of the program, and a test reads each of them"
    )]
    pub(super) fn read(files: [&str; 5]) -> Self {
        Self(files.map(|file| toml::from_str(file).expect("a file of words has the shape of its struct")))
    }
}

impl<T> PerLanguage<T> {
    /// Returns the texts of a language.
    pub(super) fn of(&self, language: Language) -> &T {
        let [english, spanish, french, german, arabic] = &self.0;
        match language {
            Language::English => english,
            Language::Spanish => spanish,
            Language::French => french,
            Language::German => german,
            Language::Arabic => arabic,
        }
    }
}
