//! The way back from a fault of the API to the cell that it is about.
//!
//! The API judges the JSON of [`crate::rows::PersonRow::to_json`] and names places in it: `credentials[17].recipient.email`. No rule is written
//! down twice; here is only which words a person gets for it.

use learncoin_credential::text::{EARLIEST_YEAR, UriKind, check_new_name, check_uri};

use crate::fault::{CellFault, ColumnName, Problem, Rule, shortened};
use crate::field::{Field, SkillPart};
use crate::rows::{CheckedRow, PersonRow, RowInputs, write_address};

/// The code of the API for a field that is absent.
const MISSING: &str = "missing_required_field";
/// The code of the API for an achievement that is too large.
const TOO_LARGE: &str = "achievement_too_large";

/// A fault of the API, as a dry run of `POST /v1/batches` lists it.
#[derive(Debug, Clone, Copy)]
pub struct ApiFault<'a> {
    /// The place, such as `credentials[17].recipient.email`.
    pub path: &'a str,
    /// The code, such as `invalid_field_format`.
    pub code: &'a str,
}

/// Returns the fault of a cell for a fault of the API. `batch` are the rows that the body was made of, in its order. Returns `None` if the
/// row has a fault for the field already, since a field with a fault is left out of the body; and for a place that no row has.
pub fn refused(inputs: &RowInputs<'_>, batch: &[CheckedRow], fault: ApiFault<'_>) -> Option<CellFault> {
    let (index, path) = fault.path.strip_prefix("credentials[")?.split_once(']')?;
    let CheckedRow { row, faults } = batch.get(index.parse::<usize>().ok()?)?;
    let path = path.trim_start_matches('.');
    let Some(field) = row.field_of(path) else {
        return Some(CellFault {
            row: row.number,
            column: None,
            field: None,
            found: String::new(),
            problem: Problem::InTemplate,
        });
    };
    if faults.iter().any(|known| known.field == Some(field)) {
        return None;
    }
    let column = inputs.map.column_of(field);
    let value = value_of(row, field).unwrap_or_default();
    let shown = column.and_then(|column| inputs.cell_text(row.number, column)).unwrap_or(value);
    let problem = problem(field, value, fault.code, (row.issued.as_deref(), row.expires.as_deref()));
    Some(CellFault {
        row: row.number,
        column: column.map(|column| ColumnName::of(inputs.table, column)),
        field: Some(field),
        found: shortened(shown),
        problem,
    })
}

/// Returns what a person reads about a value that the API refuses with this code. `dates` are those of issue and expiration, in the form of
/// a document.
pub(crate) fn problem(field: Field, value: &str, code: &str, dates: (Option<&str>, Option<&str>)) -> Problem {
    match code {
        MISSING => Problem::Missing,
        TOO_LARGE => Problem::Refused { rule: Rule::AchievementTooLarge, write: None },
        _ => refusal(field, value, dates),
    }
}

fn refusal(field: Field, value: &str, dates: (Option<&str>, Option<&str>)) -> Problem {
    let (rule, write) = match field {
        Field::Name | Field::Achievement | Field::Skill(_, SkillPart::Name) => (Rule::Name, one_line(value)),
        Field::Email => (Rule::Email, write_address(value)),
        Field::RecipientId => (Rule::RecipientId, None),
        Field::Description | Field::Criteria | Field::Evidence => (Rule::Text, None),
        Field::Skill(_, SkillPart::Code) => (Rule::Line, None),
        Field::Skill(_, SkillPart::Url) => (Rule::WebUrl, with_scheme(value)),
        Field::EvidenceUrl => (Rule::Identifier, with_scheme(value)),
        Field::Issued | Field::Expires => (date_rule(dates, value), None),
        Field::Skill(_, SkillPart::Framework) => (Rule::Other, None),
    };
    Problem::Refused { rule, write }
}

fn date_rule(dates: (Option<&str>, Option<&str>), value: &str) -> Rule {
    let year = value.get(..4).and_then(|year| year.parse::<i16>().ok());
    match dates {
        _ if year.is_some_and(|year| year < EARLIEST_YEAR) => Rule::TooEarly,
        // Texts of dates are in the order of the dates: both were accepted in form.
        (Some(issued), Some(expires)) if expires <= issued => Rule::EndsBeforeIssue,
        _ => Rule::Date,
    }
}

/// Returns a name of several lines on one, if that passes.
fn one_line(value: &str) -> Option<String> {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    (line != value && check_new_name(&line).is_ok()).then_some(line)
}

/// Returns an address of the web with `https://` before it, if that passes.
fn with_scheme(value: &str) -> Option<String> {
    let url = format!("https://{value}");
    let has_host =
        value.split('/').next().is_some_and(|host| host.contains('.') && !host.contains([':', '@']));
    (has_host && check_uri(&url, UriKind::Web).is_ok()).then_some(url)
}

fn value_of(row: &PersonRow, field: Field) -> Option<&str> {
    match field {
        Field::Achievement => return row.achievement.as_deref(),
        Field::Description => return row.description.as_deref(),
        Field::Criteria => return row.criteria.as_deref(),
        Field::Name => &row.name,
        Field::Email => &row.email,
        Field::RecipientId => &row.recipient_id,
        Field::Issued => &row.issued,
        Field::Expires => &row.expires,
        Field::EvidenceUrl => &row.evidence_url,
        Field::Evidence => &row.evidence,
        Field::Skill(number, part) => {
            let skill = row.skills.iter().find(|skill| skill.number == Some(number))?;
            match part {
                SkillPart::Framework => &skill.skill.framework,
                SkillPart::Code => &skill.skill.code,
                SkillPart::Name => &skill.skill.name,
                SkillPart::Url => &skill.skill.url,
            }
        }
    }
    .as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_pass_is_written_if_there_is_no_doubt() {
        assert_eq!(one_line("Ada\nLovelace").as_deref(), Some("Ada Lovelace"));
        assert_eq!(one_line("Ada"), None);
        assert_eq!(with_scheme("www.example.org/a").as_deref(), Some("https://www.example.org/a"));
        for value in ["example", "mailto:a@b.example", "ftp://example.org", "www.bücher.example", ""] {
            assert_eq!(with_scheme(value), None, "{value}");
        }
    }
}
