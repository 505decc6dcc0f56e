//! A row as a credential request: the JSON that a caller of `POST /v1/batches` would send.

use std::sync::Arc;

use learncoin_credential::text::check_uuid_urn;
use serde_json::{Map, Value, json};

use crate::cell::trimmed;
use crate::field::{Field, SkillNumber, SkillPart};
use crate::template::TemplateSkill;

/// The beginning of a recipient's id.
const URN: &str = "urn:uuid:";

/// The request of a row. A field that is empty, or that has a fault, is `None`. Rows share the texts of the template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The number of the row as in the file.
    pub number: u32,
    /// Whether the id was made, since the row has none.
    pub has_made_id: bool,
    /// The recipient's id, `urn:uuid:` and a UUID.
    pub recipient_id: Option<String>,
    /// The recipient's name.
    pub name: Option<String>,
    /// The recipient's e-mail address.
    pub email: Option<String>,
    /// The URI of the achievement's definition, which only a template has.
    pub achievement_id: Option<Arc<str>>,
    /// The achievement's name.
    pub achievement: Option<Arc<str>>,
    /// The achievement's description.
    pub description: Option<Arc<str>>,
    /// The narrative of the achievement's criteria.
    pub criteria: Option<Arc<str>>,
    /// The URL of the achievement's picture, which only a template has.
    pub image: Option<Arc<str>>,
    /// The skills of the template and then those of the row.
    pub skills: Vec<RowSkill>,
    /// The date of issue, in the form of a document.
    pub issued: Option<String>,
    /// The date of expiration, in the form of a document: the first moment after the last day.
    pub expires: Option<String>,
    /// The URI of the evidence.
    pub evidence_url: Option<String>,
    /// The narrative of the evidence.
    pub evidence: Option<String>,
}

/// A skill of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSkill {
    /// The number in the headers of its columns; `None` for a skill of the template.
    pub number: Option<SkillNumber>,
    /// The skill.
    pub skill: Arc<TemplateSkill>,
}

impl PersonRow {
    /// Returns the element of `credentials` in the body of `POST /v1/batches`.
    pub fn to_json(&self) -> Value {
        let recipient = object([
            ("id", self.recipient_id.as_deref()),
            ("name", self.name.as_deref()),
            ("email", self.email.as_deref()),
        ]);
        let mut achievement = object([
            ("id", self.achievement_id.as_deref()),
            ("name", self.achievement.as_deref()),
            ("description", self.description.as_deref()),
            ("image", self.image.as_deref()),
        ]);
        if let Some(criteria) = self.criteria.as_deref() {
            achievement.insert("criteria".to_owned(), json!({"narrative": criteria}));
        }
        if !self.skills.is_empty() {
            let skills = self.skills.iter().map(|RowSkill { skill, .. }| {
                Value::Object(object([
                    ("targetFramework", skill.framework.as_deref()),
                    ("targetCode", skill.code.as_deref()),
                    ("targetName", skill.name.as_deref()),
                    ("targetUrl", skill.url.as_deref()),
                ]))
            });
            achievement.insert("alignment".to_owned(), skills.collect());
        }
        let mut credential = Map::new();
        credential.insert("recipient".to_owned(), Value::Object(recipient));
        credential.insert("achievement".to_owned(), Value::Object(achievement));
        let dates = [("issuanceDate", self.issued.as_deref()), ("expirationDate", self.expires.as_deref())];
        credential.extend(object(dates));
        if self.evidence_url.is_some() || self.evidence.is_some() {
            let entry =
                object([("id", self.evidence_url.as_deref()), ("narrative", self.evidence.as_deref())]);
            credential.insert("evidence".to_owned(), json!([entry]));
        }
        Value::Object(credential)
    }

    /// Returns the field of a path within the row's JSON, such as `achievement.alignment[1].targetCode`; `None` for a text that only the
    /// template has.
    pub fn field_of(&self, path: &str) -> Option<Field> {
        if let Some(rest) = path.strip_prefix("achievement.alignment") {
            let Some((index, rest)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
                return Some(Field::Skill(SkillNumber::all().next()?, SkillPart::Framework));
            };
            let number = self.skills.get(index.parse::<usize>().ok()?)?.number?;
            return Some(Field::Skill(number, skill_part(rest)));
        }
        Some(match path {
            "recipient.id" => Field::RecipientId,
            "recipient.email" => Field::Email,
            "achievement" | "achievement.name" => Field::Achievement,
            "achievement.description" => Field::Description,
            "achievement.criteria" | "achievement.criteria.narrative" => Field::Criteria,
            "achievement.id" | "achievement.image" => return None,
            "issuanceDate" => Field::Issued,
            "expirationDate" => Field::Expires,
            "evidence[0].id" => Field::EvidenceUrl,
            _ if path.starts_with("evidence") => Field::Evidence,
            _ => Field::Name,
        })
    }
}

fn skill_part(path: &str) -> SkillPart {
    match path {
        ".targetCode" => SkillPart::Code,
        ".targetName" => SkillPart::Name,
        ".targetUrl" => SkillPart::Url,
        _ => SkillPart::Framework,
    }
}

fn object<const N: usize>(members: [(&str, Option<&str>); N]) -> Map<String, Value> {
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?.to_owned()))))
        .collect()
}

/// Returns a recipient's id with `urn:uuid:` before it if it is a version 4 UUID alone, as other programs write it; otherwise as it is.
pub(super) fn recipient_id(text: String) -> String {
    let uuid = trimmed(&text).trim_matches(['{', '}']);
    let urn = format!("{URN}{uuid}");
    if check_uuid_urn(&urn).is_ok() { urn } else { text }
}
