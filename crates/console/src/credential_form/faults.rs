//! The faults of a form, each at its field, in words.

use std::fmt;

use learncoin_language::{Language, fill};
use learncoin_spreadsheet::{CellFault, Field, Problem};

/// The faults of a form, in the order in which they were found; at most one for each field.
#[derive(Default)]
pub(crate) struct FormFaults(Vec<(String, String)>);

impl FormFaults {
    /// Adds a fault of the field with this id, unless it has one.
    pub(crate) fn add(&mut self, id: String, text: String) {
        if self.of(&id).is_none() {
            self.0.push((id, text));
        }
    }

    /// Returns the fault of the field with this id.
    pub(crate) fn of(&self, id: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == id).map(|(_, text)| text.as_str())
    }

    /// Returns the fault of a field in a row, which is counted from 0.
    pub(crate) fn of_row(&self, name: &str, row: &usize) -> Option<&str> {
        self.of(&row_id(name, row))
    }

    /// Returns whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the faults: the id of the field, and the words.
    pub(crate) fn all(&self) -> &[(String, String)] {
        &self.0
    }
}

/// Returns the id of a field in a row.
pub(crate) fn row_id(name: &str, row: impl fmt::Display) -> String {
    format!("{name}-{row}")
}

/// Returns a fault in words. Those of spreadsheets are used where they do not speak of cells.
pub(crate) fn in_words(fault: &CellFault, language: Language) -> String {
    let words = &language.console().achievement_form;
    let found = |words: &str| fill(words, &[("found", &fault.found)]);
    match (&fault.problem, fault.field) {
        (Problem::Missing, _) => words.missing.clone(),
        (Problem::Refused { .. }, Some(Field::RecipientId)) => found(&words.bad_recipient_id),
        (Problem::Refused { .. }, Some(Field::EvidenceUrl)) => found(&words.bad_identifier),
        _ => fault.sentence(language),
    }
}
