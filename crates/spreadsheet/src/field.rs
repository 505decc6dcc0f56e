//! The fields that a column can hold, by the names of their columns.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A field of a credential request. Its text is the name of its column in the template file: `name`, `skill2_code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Field {
    /// `recipient.name`
    Name,
    /// `recipient.email`
    Email,
    /// `recipient.id`
    RecipientId,
    /// `achievement.name`
    Achievement,
    /// `achievement.description`
    Description,
    /// `achievement.criteria.narrative`
    Criteria,
    /// A member of an entry of `achievement.alignment`
    Skill(SkillNumber, SkillPart),
    /// `issuanceDate`
    Issued,
    /// `expirationDate`
    Expires,
    /// `evidence[0].id`
    EvidenceUrl,
    /// `evidence[0].narrative`
    Evidence,
}

/// The number of a skill in a row, 1 to 9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SkillNumber(u8);

impl SkillNumber {
    /// Returns the number, if it is 1 to 9.
    pub fn new(number: u8) -> Option<Self> {
        (1..=9).contains(&number).then_some(Self(number))
    }

    /// Returns all numbers.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=9).map(Self)
    }

    /// Returns the number.
    pub fn get(self) -> u8 {
        self.0
    }
}

/// A member of a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SkillPart {
    /// `targetFramework`
    Framework,
    /// `targetCode`
    Code,
    /// `targetName`
    Name,
    /// `targetUrl`
    Url,
}

impl SkillPart {
    /// All members, in the order of the columns.
    pub const ALL: [SkillPart; 4] = [SkillPart::Framework, SkillPart::Code, SkillPart::Name, SkillPart::Url];

    fn name(self) -> &'static str {
        match self {
            SkillPart::Framework => "framework",
            SkillPart::Code => "code",
            SkillPart::Name => "name",
            SkillPart::Url => "url",
        }
    }
}

/// No field has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of a field, such as name or skill2_code")]
pub struct UnknownField;

impl Field {
    /// The fields that are no skills, in the order of the template file.
    const SINGLE: [(Field, &'static str); 10] = [
        (Field::Name, "name"),
        (Field::Email, "email"),
        (Field::RecipientId, "recipient_id"),
        (Field::Achievement, "achievement"),
        (Field::Description, "description"),
        (Field::Criteria, "criteria"),
        (Field::Issued, "issued"),
        (Field::Expires, "expires"),
        (Field::EvidenceUrl, "evidence_url"),
        (Field::Evidence, "evidence"),
    ];

    /// Returns every field.
    pub fn all() -> impl Iterator<Item = Field> {
        let skills = SkillNumber::all()
            .flat_map(|number| SkillPart::ALL.into_iter().map(move |part| Field::Skill(number, part)));
        Self::SINGLE.into_iter().map(|(field, _)| field).chain(skills)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Field::Skill(number, part) = self {
            return match number.get() {
                1 => write!(f, "skill_{}", part.name()),
                number => write!(f, "skill{number}_{}", part.name()),
            };
        }
        let single = Self::SINGLE.into_iter().find(|(field, _)| field == self);
        f.write_str(single.map_or("", |(_, name)| name))
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, UnknownField> {
        Self::all().find(|field| field.to_string() == text).ok_or(UnknownField)
    }
}

impl TryFrom<String> for Field {
    type Error = UnknownField;

    fn try_from(text: String) -> Result<Self, UnknownField> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_a_name_of_its_own_and_is_found_by_it() {
        let names: std::collections::BTreeSet<String> = Field::all().map(String::from).collect();
        assert_eq!(names.len(), 10 + 9 * 4);
        for field in Field::all() {
            assert_eq!(field.to_string().parse(), Ok(field));
        }
        for text in ["", "Name", "skill1_code", "skill0_code", "skill10_code", "skill_"] {
            assert_eq!(text.parse::<Field>(), Err(UnknownField), "{text}");
        }
        let code = Field::Skill(SkillNumber::new(2).unwrap(), SkillPart::Code);
        assert_eq!(serde_json::to_string(&code).unwrap(), r#""skill2_code""#);
    }
}
