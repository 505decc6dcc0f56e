//! The check of a form: its fields become the body that a caller of the API would send, the API judges it, and each fault is led back to
//! its field.

use learncoin_language::{Language, fill};
use learncoin_server::error::{ApiError, ErrorCode};
use learncoin_server::operations::{BatchCheck, BatchDesk, BatchFault};
use learncoin_spreadsheet::form::{day_of_issue, last_day, read_expires, read_issued, refused};
use learncoin_spreadsheet::{Field, SkillNumber, SkillPart};
use serde_json::{Map, Value, json};

use crate::credential_form::CredentialFields;
use crate::credential_form::faults::{FormFaults, in_words, row_id};

/// The beginning of the paths of the API's faults.
const CREDENTIAL: &str = "credentials[0].";

/// The dates of a credential that is corrected. A day that was not changed keeps its time.
#[derive(Debug, Clone)]
pub(crate) struct OriginalDates {
    /// The date of issue.
    pub(crate) issued: String,
    /// The date of expiration.
    pub(crate) expires: Option<String>,
}

/// A form that was checked.
pub(crate) struct CheckedForm {
    /// The body of `POST /v1/batches`. The same form gives the same bytes.
    pub(crate) body: Vec<u8>,
    /// The faults of the fields.
    pub(crate) faults: FormFaults,
    /// The doubts about values that pass.
    pub(crate) doubts: Vec<&'static str>,
    /// The obstacle to issuing it now.
    pub(crate) obstacle: Option<String>,
}

/// A body, with the rows of the form from which its lists were made.
struct FormBody {
    json: Value,
    skills: Vec<usize>,
    evidence: Vec<usize>,
    issued: Option<String>,
    expires: Option<String>,
    faults: FormFaults,
}

/// Checks a form. Nothing is stored, and nothing counts.
///
/// # Errors
/// If the store fails.
pub(crate) async fn check(
    desk: &BatchDesk,
    fields: &CredentialFields,
    original: Option<&OriginalDates>,
    language: Language,
) -> Result<CheckedForm, ApiError> {
    let mut body = FormBody::of(fields, original, language);
    let bytes = body.json.to_string().into_bytes();
    let BatchCheck { faults, warnings, .. } = desk.check(bytes.clone()).await?;
    for fault in &faults {
        body.add(fields, fault, language);
    }
    let words = &language.words().spreadsheet.warning;
    let (mut doubts, mut obstacle) = (Vec::new(), None);
    for warning in &warnings {
        match warning.path.strip_prefix(CREDENTIAL) {
            Some("issuanceDate") => doubts.push(words.issued_in_future.as_str()),
            Some("expirationDate") => doubts.push(words.already_expired.as_str()),
            Some(_) => {}
            None => {
                let refusal = warning.refusal.as_ref().and_then(|error| refusal_in_words(error, language));
                obstacle = obstacle.or(refusal);
            }
        }
    }
    Ok(CheckedForm { body: bytes, faults: body.faults, doubts, obstacle })
}

/// Returns a refusal of a batch in words; `None` if it is a failure on our side.
pub(crate) fn refusal_in_words(error: &ApiError, language: Language) -> Option<String> {
    let words = &language.console().issue;
    match error.code {
        ErrorCode::MonthlyQuotaExceeded => Some(words.quota.clone()),
        ErrorCode::SigningKeyUnavailable | ErrorCode::AnchoringChainUnavailable => {
            Some(format!("{} {}", words.unavailable, error.message))
        }
        ErrorCode::IdempotencyKeyReused => Some(words.sent_before.clone()),
        ErrorCode::RateLimited => Some(words.busy.clone()),
        ErrorCode::CredentialAlreadyRevoked | ErrorCode::CredentialAlreadyErased => {
            Some(language.console().correct.unchangeable.clone())
        }
        _ => None,
    }
}

impl FormBody {
    fn of(fields: &CredentialFields, original: Option<&OriginalDates>, language: Language) -> Self {
        let mut faults = FormFaults::default();
        let issued = match original.filter(|dates| day_of_issue(&dates.issued) == fields.issued) {
            Some(dates) => Some(dates.issued.clone()),
            None => read_date(&fields.issued, read_issued, "issued", language, &mut faults),
        };
        let same_end =
            |dates: &OriginalDates| dates.expires.clone().filter(|date| last_day(date) == fields.expires);
        let expires = match original.and_then(same_end) {
            Some(date) => Some(date),
            None => read_date(&fields.expires, read_expires, "expires", language, &mut faults),
        };
        let (achievement, skills) = achievement(fields);
        let is_given = |row: &usize| {
            fields.evidence.get(*row).is_some_and(|one| !one.url.is_empty() || !one.text.is_empty())
        };
        let evidence: Vec<usize> = (0..fields.evidence.len()).filter(is_given).collect();
        let entries = evidence.iter().filter_map(|row| fields.evidence.get(*row));
        let entries: Vec<Value> =
            entries.map(|one| object([("id", &one.url), ("narrative", &one.text)])).collect();
        let recipient =
            object([("id", &fields.recipient_id), ("name", &fields.name), ("email", &fields.email)]);
        let mut credential = Map::new();
        credential.insert("recipient".to_owned(), recipient);
        credential.insert("achievement".to_owned(), achievement);
        for (name, date) in [("issuanceDate", &issued), ("expirationDate", &expires)] {
            if let Some(date) = date {
                credential.insert(name.to_owned(), json!(date));
            }
        }
        if !entries.is_empty() {
            credential.insert("evidence".to_owned(), json!(entries));
        }
        Self { json: json!({ "credentials": [credential] }), skills, evidence, issued, expires, faults }
    }

    /// Adds a fault of the API at its field.
    fn add(&mut self, fields: &CredentialFields, fault: &BatchFault, language: Language) {
        let path = fault.path.strip_prefix(CREDENTIAL).unwrap_or_default();
        let words = &language.console().achievement_form;
        let (id, field, value) = match self.field_of(fields, path) {
            Some(found) => found,
            None if path == "achievement.image" => {
                let found = [("found", fields.achievement.image.as_str())];
                return self.faults.add("image".to_owned(), fill(&words.bad_image, &found));
            }
            None => return self.faults.add("form".to_owned(), words.bad_other.clone()),
        };
        let dates = (self.issued.as_deref(), self.expires.as_deref());
        let text = in_words(&refused(field, value, fault.code, dates), language);
        self.faults.add(id, text);
    }

    /// Returns the id of the field that a path is about, what it is, and its text.
    fn field_of<'f>(&self, fields: &'f CredentialFields, path: &str) -> Option<(String, Field, &'f str)> {
        let achievement = &fields.achievement;
        let (id, field, value) = match path {
            "recipient.name" => ("name", Field::Name, &fields.name),
            "recipient.email" => ("email", Field::Email, &fields.email),
            "recipient.id" => ("recipient_id", Field::RecipientId, &fields.recipient_id),
            "issuanceDate" => ("issued", Field::Issued, &fields.issued),
            "expirationDate" => ("expires", Field::Expires, &fields.expires),
            "achievement.name" => ("achievement", Field::Achievement, &achievement.name),
            "achievement" | "achievement.description" => {
                ("description", Field::Description, &achievement.description)
            }
            "achievement.id" => ("achievement_id", Field::EvidenceUrl, &achievement.id),
            _ if path.starts_with("achievement.criteria") => {
                ("criteria", Field::Criteria, &achievement.criteria)
            }
            _ if path.starts_with("achievement.alignment") => return self.skill_of(fields, path),
            _ if path.starts_with("evidence") => return self.evidence_of(fields, path),
            _ => return None,
        };
        Some((id.to_owned(), field, value))
    }

    fn skill_of<'f>(&self, fields: &'f CredentialFields, path: &str) -> Option<(String, Field, &'f str)> {
        let (index, member) = element(path.strip_prefix("achievement.alignment")?)?;
        let row = *self.skills.get(index)?;
        let skill = fields.achievement.skills.get(row)?;
        let (name, part, value) = match member {
            ".targetCode" => ("skill_code", SkillPart::Code, &skill.code),
            ".targetName" => ("skill_name", SkillPart::Name, &skill.name),
            ".targetUrl" => ("skill_url", SkillPart::Url, &skill.url),
            _ => ("skill_framework", SkillPart::Framework, &skill.framework),
        };
        Some((row_id(name, row), Field::Skill(SkillNumber::new(1)?, part), value))
    }

    fn evidence_of<'f>(&self, fields: &'f CredentialFields, path: &str) -> Option<(String, Field, &'f str)> {
        let (index, member) = element(path.strip_prefix("evidence")?).unwrap_or((0, ""));
        let row = *self.evidence.get(index)?;
        let one = fields.evidence.get(row)?;
        match member {
            ".id" => Some((row_id("evidence_url", row), Field::EvidenceUrl, &one.url)),
            _ => Some((row_id("evidence", row), Field::Evidence, &one.text)),
        }
    }
}

/// Returns the achievement, and the rows of the form that its skills are from.
fn achievement(fields: &CredentialFields) -> (Value, Vec<usize>) {
    let from = &fields.achievement;
    let is_given = |row: &usize| from.skills.get(*row).is_some_and(|skill| !skill.is_empty());
    let rows: Vec<usize> = (0..from.skills.len()).filter(is_given).collect();
    let skills = rows.iter().filter_map(|row| from.skills.get(*row)).map(|skill| {
        object([
            ("targetFramework", &skill.framework),
            ("targetCode", &skill.code),
            ("targetName", &skill.name),
            ("targetUrl", &skill.url),
        ])
    });
    let skills: Vec<Value> = skills.collect();
    let mut achievement = object([
        ("id", &from.id),
        ("name", &from.name),
        ("description", &from.description),
        ("image", &from.image),
    ]);
    if let Some(members) = achievement.as_object_mut() {
        if !from.criteria.is_empty() {
            members.insert("criteria".to_owned(), json!({ "narrative": from.criteria }));
        }
        if !skills.is_empty() {
            members.insert("alignment".to_owned(), Value::Array(skills));
        }
    }
    (achievement, rows)
}

/// Returns an object with those texts that are not empty.
fn object<const N: usize>(members: [(&str, &String); N]) -> Value {
    let given = members.into_iter().filter(|(_, text)| !text.is_empty());
    Value::Object(given.map(|(name, text)| (name.to_owned(), json!(text))).collect())
}

/// Returns the index at the beginning of a path such as `[2].targetCode`, with what follows it.
fn element(path: &str) -> Option<(usize, &str)> {
    let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
    Some((index.parse().ok()?, rest))
}

fn read_date(
    text: &str,
    read: fn(&str) -> Result<String, learncoin_spreadsheet::CellFault>,
    id: &str,
    language: Language,
    faults: &mut FormFaults,
) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    read(text).map_err(|fault| faults.add(id.to_owned(), in_words(&fault, language))).ok()
}
