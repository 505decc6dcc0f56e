//! Warnings about what may not be meant. No warning keeps a row from being issued.

use std::collections::HashMap;

use super::{CheckedRow, PersonRow, RowInputs, dates};
use crate::fault::{ColumnName, Warning, WarningKind, shortened};
use crate::field::Field;
use crate::template_file;

/// The fewest letters of a name that is taken for one in capitals: shorter ones are initials.
const FEWEST_CAPITALS: usize = 4;

/// Returns the warnings about all rows, in their order.
pub(super) fn find(inputs: &RowInputs<'_>, rows: &[CheckedRow]) -> Vec<Warning> {
    let today = dates::CellDate::Day(inputs.today);
    let day = UploadDay { begin: today.first_moment(), end: today.end() };
    let mut seen = Seen::default();
    rows.iter().flat_map(|CheckedRow { row, .. }| of_row(inputs, &day, row, &mut seen)).collect()
}

/// The day of the upload, in the form of dates in rows.
struct UploadDay {
    /// Its first moment.
    begin: String,
    /// The first moment of the day after.
    end: String,
}

/// The rows so far, by what makes them the same.
#[derive(Default)]
struct Seen<'a> {
    ids: HashMap<(&'a str, &'a str), u32>,
    persons: HashMap<(String, String, &'a str), u32>,
    /// The first row of an address, with its name.
    addresses: HashMap<String, (u32, String)>,
}

fn of_row<'a>(
    inputs: &RowInputs<'_>,
    day: &UploadDay,
    row: &'a PersonRow,
    seen: &mut Seen<'a>,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |field: Field, found: &str, kind| {
        let column = inputs.map.column_of(field).map(|column| ColumnName::of(inputs.table, column));
        warnings.push(Warning { row: row.number, column, found: shortened(found), kind });
    };
    let achievement = row.achievement.as_deref().unwrap_or_default();
    let (name, email) = (row.name.as_deref().unwrap_or_default(), row.email.as_deref().unwrap_or_default());
    if let Some(id) = row.recipient_id.as_deref().filter(|_| !row.has_made_id)
        && let Some(earlier) = earlier(&mut seen.ids, (id, achievement), row.number)
    {
        warn(Field::RecipientId, id, WarningKind::SameRecipientId { earlier });
    }
    if !name.is_empty() && !email.is_empty() {
        let (person, address) = (name.to_lowercase(), email.to_lowercase());
        let first = seen.addresses.entry(address.clone()).or_insert_with(|| (row.number, person.clone()));
        if first.1 != person {
            warn(Field::Email, email, WarningKind::SharedAddress { earlier: first.0 });
        }
        if let Some(earlier) = earlier(&mut seen.persons, (person, address, achievement), row.number) {
            warn(Field::Name, name, WarningKind::SamePerson { earlier });
        }
    }
    if template_file::is_example(name, email) {
        warn(Field::Name, name, WarningKind::ExampleRow);
    }
    if is_in_capitals(name) {
        warn(Field::Name, name, WarningKind::NameInCapitals);
    }
    if name.contains('@') {
        warn(Field::Name, name, WarningKind::NameLikeAddress);
    }
    // Dates of one form are in the order of their texts.
    if let Some(issued) = row.issued.as_deref().filter(|issued| *issued >= &*day.end) {
        warn(Field::Issued, day_of(issued), WarningKind::IssuedInFuture);
    }
    if let Some(expires) = row.expires.as_deref().filter(|expires| *expires <= &*day.begin) {
        let column = inputs.map.column_of(Field::Expires);
        let found = column.and_then(|column| inputs.cell_text(row.number, column));
        warn(Field::Expires, found.unwrap_or_else(|| day_of(expires)), WarningKind::AlreadyExpired);
    }
    for (field, text) in [
        (Field::Name, row.name.as_deref()),
        (Field::Achievement, row.achievement.as_deref()),
        (Field::Description, row.description.as_deref()),
    ] {
        if let Some(text) = text.filter(|text| inputs.map.column_of(field).is_some() && is_broken(text)) {
            warn(field, text, WarningKind::BrokenCharacters);
        }
    }
    warnings
}

/// Returns the row that had the key before, or records this one as the first.
fn earlier<K: Eq + std::hash::Hash>(seen: &mut HashMap<K, u32>, key: K, number: u32) -> Option<u32> {
    let first = *seen.entry(key).or_insert(number);
    (first != number).then_some(first)
}

fn day_of(moment: &str) -> &str {
    moment.split_once('T').map_or(moment, |(day, _)| day)
}

fn is_in_capitals(name: &str) -> bool {
    let capitals = name.chars().filter(|character| character.is_uppercase()).count();
    capitals >= FEWEST_CAPITALS && !name.chars().any(char::is_lowercase)
}

/// Returns whether a text has the replacement character, or UTF-8 that was read as Windows-1252: `Ã¼`.
fn is_broken(text: &str) -> bool {
    let mut before = ' ';
    text.chars().any(|character| {
        let is_doubled = matches!(before, 'Ã' | 'Â' | 'Ä' | 'Å' | 'Ø' | 'Ù')
            && matches!(
                character,
                '\u{80}'
                    ..='\u{bf}'
                        | '€'
                        | '‚'
                        | 'ƒ'
                        | '„'
                        | '…'
                        | '†'
                        | '‡'
                        | 'ˆ'
                        | '‰'
                        | '‹'
                        | '‘'
                        | '“'
                        | '”'
                        | '•'
                        | '–'
                        | '—'
                        | '˜'
                        | '™'
                        | '›'
            );
        before = character;
        is_doubled || character == '\u{fffd}'
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_capitals_and_broken_texts_are_noticed() {
        for name in ["ADA LOVELACE", "ŽIŽEK", "ΑΔΑ Λ"] {
            assert!(is_in_capitals(name), "{name}");
        }
        for name in ["Ada Lovelace", "A. L.", "李小龍", "آدا لوفلايس", "", "MCMc"] {
            assert!(!is_in_capitals(name), "{name}");
        }
        for text in ["MÃ¼ller", "Jos\u{fffd}", "Ã‰mile", "Â©"] {
            assert!(is_broken(text), "{text}");
        }
        for text in ["Müller", "São Tomé", "ÃO", "Émile – À", "Åsa"] {
            assert!(!is_broken(text), "{text}");
        }
    }
}
