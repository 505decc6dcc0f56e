//! The file that people download to fill in: the headers, and an example row.

use learncoin_language::Language;

use crate::field::{Field, SkillNumber, SkillPart};
use crate::result_file::{CsvWriter, separator_of};
use crate::template::AchievementTemplate;

/// The name and the address of the example row: the person of the documentation.
const EXAMPLE: (&str, &str) = ("Ada Lovelace", "ada@example.org");

/// Returns the template file, as CSV that Excel opens in the reader's language. It has no columns for what the achievement's template
/// fills in. The headers are the English names of the fields in every language: they are what the guide explains.
pub fn write(template: &AchievementTemplate, language: Language) -> Vec<u8> {
    let columns = columns(template);
    let mut file = CsvWriter::new(separator_of(language));
    let headers: Vec<String> = columns.iter().map(|(field, _)| field.to_string()).collect();
    file.row(headers.iter().map(String::as_str));
    file.row(columns.iter().map(|(_, example)| *example));
    file.finish()
}

/// Returns whether a row is still the example.
pub(crate) fn is_example(name: &str, email: &str) -> bool {
    (name, email) == EXAMPLE
}

fn columns(template: &AchievementTemplate) -> Vec<(Field, &'static str)> {
    let mut columns = vec![(Field::Name, EXAMPLE.0), (Field::Email, EXAMPLE.1), (Field::RecipientId, "")];
    let texts = [
        (template.name.is_none(), Field::Achievement, "Introduction to Machine Learning"),
        (template.description.is_none(), Field::Description, "A course of ten weeks with a final project."),
        (template.criteria.is_none(), Field::Criteria, "Passed the final project."),
    ];
    columns.extend(
        texts.into_iter().filter(|(is_needed, ..)| *is_needed).map(|(_, field, example)| (field, example)),
    );
    if let Some(number) = SkillNumber::new(1).filter(|_| template.skills.is_empty()) {
        // "" leaves the skill out. A code that is plainly no entry of ESCO would be signed as one.
        columns.extend(SkillPart::ALL.map(|part| (Field::Skill(number, part), "")));
    }
    columns.extend([
        (Field::Issued, "2026-05-31"),
        (Field::Expires, ""),
        (Field::EvidenceUrl, ""),
        (Field::Evidence, ""),
    ]);
    columns
}
