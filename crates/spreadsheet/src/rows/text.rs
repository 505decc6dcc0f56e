//! The text of a cell, or why what is in it is not what its author meant.

use crate::cell::{Cell, trimmed};
use crate::fault::Problem;
use crate::field::{Field, SkillPart};

/// Returns the text of a cell without the white space around it, `None` if it is empty.
///
/// # Errors
/// If it is an error, a formula, or a number that lost its digits.
pub(super) fn read(cell: &Cell, field: Field) -> Result<Option<String>, Problem> {
    let text = match cell {
        Cell::Empty => return Ok(None),
        Cell::Unsaved => return Err(Problem::UnsavedFormula),
        Cell::Error(_) => return Err(Problem::FormulaError),
        Cell::Text(text) => trimmed(text),
    };
    if is_error(text) {
        return Err(Problem::FormulaError);
    }
    if let Some(formula) = text.strip_prefix('=') {
        return Err(Problem::Formula { write: stated(formula) });
    }
    if is_exact(field) && has_lost_digits(text) {
        return Err(Problem::LostDigits);
    }
    Ok(Some(text.to_owned()))
}

/// Returns whether a number in a field is a name for something, so that each of its digits counts.
fn is_exact(field: Field) -> bool {
    matches!(field, Field::Name | Field::RecipientId | Field::Skill(_, SkillPart::Code | SkillPart::Name))
}

/// Returns whether a text is a number with an exponent, as programs show numbers with more digits than they keep.
fn has_lost_digits(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = digits.split_once(['.', ',']).unwrap_or((digits, "0"));
    exponent.strip_prefix('+').is_some_and(is_number)
        && is_number(whole.trim_start_matches('-'))
        && is_number(part)
}

/// Returns whether a text is an error of a formula, as it is exported to CSV in English, German, French and Spanish.
fn is_error(text: &str) -> bool {
    const ERRORS: [&str; 22] = [
        "#REF!",
        "#N/A",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
        "#BEZUG!",
        "#NV",
        "#WERT!",
        "#ZAHL!",
        "#VALEUR!",
        "#NOM?",
        "#NOMBRE!",
        "#¡REF!",
        "#¡VALOR!",
        "#¿NOMBRE?",
        "#¡DIV/0!",
        "#¡NUM!",
    ];
    ERRORS.contains(&text)
}

/// Returns the text that a formula such as `="00123"` states, which is how some programs keep zeros in CSV.
fn stated(formula: &str) -> Option<String> {
    let text = formula.strip_prefix('"')?.strip_suffix('"')?;
    (!text.contains('"') && !trimmed(text).is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_value_is_a_problem() {
        for (text, expected) in [
            (" 00123 ", Ok(Some("00123".to_owned()))),
            ("=A1&B1", Err(Problem::Formula { write: None })),
            ("=\"00123\"", Err(Problem::Formula { write: Some("00123".to_owned()) })),
            ("=\"a\"&\"b\"", Err(Problem::Formula { write: None })),
            ("#REF!", Err(Problem::FormulaError)),
            ("#WERT!", Err(Problem::FormulaError)),
            ("1.23E+15", Err(Problem::LostDigits)),
            ("1,23E+15", Err(Problem::LostDigits)),
            ("2E+3", Err(Problem::LostDigits)),
            ("2E3", Ok(Some("2E3".to_owned()))),
            ("+49 30 1", Ok(Some("+49 30 1".to_owned()))),
            ("#1 of the year", Ok(Some("#1 of the year".to_owned()))),
        ] {
            assert_eq!(read(&Cell::new(text.to_owned()), Field::RecipientId), expected, "{text}");
        }
        assert_eq!(
            read(&Cell::new("1.23E+15".to_owned()), Field::Description),
            Ok(Some("1.23E+15".to_owned()))
        );
        assert_eq!(read(&Cell::Unsaved, Field::Name), Err(Problem::UnsavedFormula));
    }
}
