//! Faults and warnings of rows, as values: the words are in `learncoin-language`.

use serde::{Deserialize, Serialize};

use crate::cell::column_letters;
use crate::field::Field;
use crate::table::Table;

/// The most characters of a value that a fault repeats.
const SHOWN_CHARS: usize = 100;

/// A cell, or what is missing from a row, that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellFault {
    /// The row as in the file.
    pub row: u32,
    /// The column; `None` if the file has none for the field, as for a text of the template.
    pub column: Option<ColumnName>,
    /// The field; `None` for a cell beyond the headers.
    pub field: Option<Field>,
    /// The value that was found, shortened and without characters that can't be seen.
    pub found: String,
    /// The reason, and what would be right.
    pub problem: Problem,
}

/// A column as a person finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnName {
    /// Its letters, such as `B`.
    pub letters: String,
    /// Its header, shortened.
    pub header: String,
}

impl ColumnName {
    /// Returns the name of a column of a table, from 0.
    pub(crate) fn of(table: &Table, column: usize) -> Self {
        Self { letters: column_letters(column), header: shortened(table.header_of(column)) }
    }
}

/// The reason for which a cell is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Problem {
    /// The cell is empty and must not be.
    Missing,
    /// The text is a formula, not its value. `write` is the text that it states, if it states one.
    Formula {
        /// The text to write.
        write: Option<String>,
    },
    /// The formula's value was not saved.
    UnsavedFormula,
    /// The cell shows an error of a formula.
    FormulaError,
    /// The number lost its digits: `1.23E+15`.
    LostDigits,
    /// The text is no date that is accepted. `write` has what it can mean, in the form to write.
    NotADate {
        /// One if there is no doubt, two for `5/6/2017`, none if it can't be known.
        write: Vec<String>,
    },
    /// The framework is none of those that are accepted, which are [`learncoin_credential::text::FRAMEWORKS`].
    UnknownFramework {
        /// The one that is probably meant.
        meant: Option<String>,
    },
    /// The cell is beyond the last header: a separator within a value is not in quotation marks.
    BeyondHeaders,
    /// A text that only the template has is refused.
    InTemplate,
    /// The API refuses the value by this rule.
    Refused {
        /// The rule.
        rule: Rule,
        /// A value that would pass, if that can be known.
        write: Option<String>,
    },
}

/// The rules of the API's fields, as far as a person needs to keep them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// A name: one line, 1 to 256 characters, one of them visible.
    Name,
    /// An e-mail address.
    Email,
    /// `urn:uuid:` and a version 4 UUID.
    RecipientId,
    /// A text without control characters.
    Text,
    /// A text on one line.
    Line,
    /// A URL of the web.
    WebUrl,
    /// A URL, URN or DID, which is in the row once.
    Identifier,
    /// A date.
    Date,
    /// A date from 1900 on.
    TooEarly,
    /// The last day is before the day of issue.
    EndsBeforeIssue,
    /// Achievement and skills have more than 64 KiB.
    AchievementTooLarge,
    /// Any other rule.
    Other,
}

/// Something that may not be meant. It keeps no row from being issued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// The row as in the file.
    pub row: u32,
    /// The column, if one cell is the reason.
    pub column: Option<ColumnName>,
    /// The value that was found, as in a [`CellFault`].
    pub found: String,
    /// The kind.
    #[serde(flatten)]
    pub kind: WarningKind,
}

/// The kinds of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WarningKind {
    /// Recipient id and achievement are those of an earlier row.
    SameRecipientId {
        /// The number of that row.
        earlier: u32,
    },
    /// Name, address and achievement are those of an earlier row.
    SamePerson {
        /// The number of that row.
        earlier: u32,
    },
    /// The address is that of an earlier row with another name.
    SharedAddress {
        /// The number of that row.
        earlier: u32,
    },
    /// The day of issue is in the future.
    IssuedInFuture,
    /// The last day is past.
    AlreadyExpired,
    /// The name is in capitals.
    NameInCapitals,
    /// The name holds an `@`.
    NameLikeAddress,
    /// The text has signs of a wrong encoding, such as `Ã¼` or `�`.
    BrokenCharacters,
    /// The row is the example of the template file.
    ExampleRow,
}

/// Returns the beginning of a text, with characters that can't be seen as spaces.
pub(crate) fn shortened(text: &str) -> String {
    let mut characters = text.chars();
    let mut shown: String = characters
        .by_ref()
        .take(SHOWN_CHARS)
        .map(|character| match character {
            '\u{200B}'
            | '\u{200E}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{FEFF}' => ' ',
            _ if character.is_control() => ' ',
            _ => character,
        })
        .collect();
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}
