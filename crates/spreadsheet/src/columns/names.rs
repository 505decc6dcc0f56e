//! The recognition of a column by its header.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::headers::{FILLERS, NAMES, SKILL, SKILL_PARTS};
use crate::cell::ascii_digit;
use crate::field::{Field, SkillNumber, SkillPart};

/// Returns the field that a header names.
pub(super) fn field_of(header: &str) -> Option<Field> {
    let header = normalized(header);
    let single = NAMES.iter().find(|(_, names)| names.iter().any(|name| normalized(name) == header));
    single.map(|(field, _)| *field).or_else(|| skill_of(&header))
}

/// Returns the member of a skill that a normalized header names: the word for a skill, its number and the member, the first or the last
/// of them at the beginning.
fn skill_of(header: &str) -> Option<Field> {
    for word in SKILL.map(normalized) {
        let Some((before, after)) = header.split_once(&word) else { continue };
        let (number, after) = number_at_start(after);
        let (last, after) = number_at_end(after);
        let part = if before.is_empty() { after } else { before };
        if !before.is_empty() && !after.is_empty() {
            continue;
        }
        let bare = FILLERS.iter().find_map(|filler| part.strip_suffix(&normalized(filler)));
        if let Some(part) =
            skill_part(part).or_else(|| bare.filter(|rest| !rest.is_empty()).and_then(skill_part))
        {
            return Some(Field::Skill(SkillNumber::new(number.or(last).unwrap_or(1))?, part));
        }
    }
    None
}

/// Returns the member of a skill that a normalized word names.
fn skill_part(word: &str) -> Option<SkillPart> {
    let part = SKILL_PARTS.iter().find(|(_, names)| names.iter().any(|name| normalized(name) == word));
    part.map(|(part, _)| *part)
}

/// Takes digits from the beginning. A number that no skill has becomes 0.
fn number_at_start(text: &str) -> (Option<u8>, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end).unwrap_or(("", text));
    ((!digits.is_empty()).then(|| digits.parse().unwrap_or(0)), rest)
}

/// Takes digits from the end, as [`number_at_start`] does.
fn number_at_end(text: &str) -> (Option<u8>, &str) {
    let rest = text.trim_end_matches(|character: char| character.is_ascii_digit());
    let digits = text.get(rest.len()..).unwrap_or_default();
    ((!digits.is_empty()).then(|| digits.parse().unwrap_or(0)), rest)
}

/// Returns a header as it is compared: letters and digits alone, without capitals and accents. Arabic letters that are written with and
/// without a hamza become one, and digits are those of ASCII.
fn normalized(header: &str) -> String {
    header
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .flat_map(char::to_lowercase)
        .map(|character| match character {
            'ß' => 's',
            'ى' => 'ي',
            _ => ascii_digit(character),
        })
        .filter(|character| character.is_alphanumeric() && *character != 'ـ')
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skill(number: u8, part: SkillPart) -> Option<Field> {
        Some(Field::Skill(SkillNumber::new(number).unwrap(), part))
    }

    #[test]
    fn each_field_is_recognized_by_its_own_name() {
        for field in Field::all() {
            assert_eq!(field_of(&field.to_string()), Some(field), "{field}");
            assert_eq!(
                field_of(&field.to_string().to_uppercase().replace('_', " - ")),
                Some(field),
                "{field}"
            );
        }
    }

    #[test]
    fn no_header_is_for_two_fields() {
        let mut seen = std::collections::BTreeMap::new();
        for (field, names) in NAMES {
            for name in names {
                let name = normalized(name);
                assert!(!name.is_empty());
                if let Some(other) = seen.insert(name.clone(), field) {
                    assert_eq!(other, field, "{name}");
                }
                assert_eq!(skill_of(&name), None, "{name}");
            }
        }
    }

    #[test]
    fn similar_names_are_recognized_in_five_languages() {
        for (header, expected) in [
            ("  Full_Name ", Some(Field::Name)),
            ("E‑Mail", Some(Field::Email)),
            ("Vor- und Nachname", Some(Field::Name)),
            ("Gueltig bis", None),
            ("GÜLTIG BIS:", Some(Field::Expires)),
            ("Adresse électronique", Some(Field::Email)),
            ("adresse electronique", Some(Field::Email)),
            ("Date d’émission", Some(Field::Issued)),
            ("Correo electrónico", Some(Field::Email)),
            ("البَرِيد الالكتروني", Some(Field::Email)),
            ("تاريخ الاصدار", Some(Field::Issued)),
            ("Skill 2 Code", skill(2, SkillPart::Code)),
            ("skill", skill(1, SkillPart::Name)),
            ("skill3", skill(3, SkillPart::Name)),
            ("Skill name 4", skill(4, SkillPart::Name)),
            ("Kompetenz-Code", skill(1, SkillPart::Code)),
            ("Code de la compétence 2", skill(2, SkillPart::Code)),
            ("référentiel de compétence", skill(1, SkillPart::Framework)),
            ("رمز المهارة ٣", skill(3, SkillPart::Code)),
            ("skill0_code", None),
            ("skill10_code", None),
            ("skill_level", None),
            ("first name", None),
            ("Vorname", None),
            ("id", None),
            ("", None),
            ("-", None),
        ] {
            assert_eq!(field_of(header), expected, "{header}");
        }
    }
}
