//! The achievement, with its criteria and alignments.

use learncoin_credential::json::Value;
use learncoin_credential::text::{MAX_ACHIEVEMENT_BYTES, UriKind};
use learncoin_issuance::batch::request::{AchievementRequest, AlignmentRequest, EvidenceRequest};

use super::evidence;
use super::identifiers::Identifiers;
use crate::api::field_path::FieldPath;
use crate::api::fields::{
    array, name, object, optional_text, present, required, required_text, set, type_names, unknown, uri,
};
use crate::api::limits::FRAMEWORKS;
use crate::error::{ApiError, ErrorCode};

/// Reads the achievement, and the evidence within it. Its size is checked before its members.
pub(super) fn read(
    value: &Value,
    path: &FieldPath<'_>,
    identifiers: &mut Identifiers,
) -> Result<(AchievementRequest, Vec<EvidenceRequest>), ApiError> {
    let members = object(value, path)?;
    if value.compact_len() > MAX_ACHIEVEMENT_BYTES {
        return Err(ApiError::new(
            ErrorCode::AchievementTooLarge,
            format!("{path}: expected at most {MAX_ACHIEVEMENT_BYTES} bytes as compact JSON"),
        ));
    }
    let (mut id, mut title, mut description, mut criteria) = (None, None, None, None);
    let (mut alignments, mut evidence) = (Vec::new(), Vec::new());
    for (member, value) in members.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("name", _) => set(&mut title, name(value, &path)?),
            ("description", _) => set(&mut description, required_text(value, &path)?),
            ("id", Some(value)) => {
                set(&mut id, identifiers.claim(uri(value, &path, UriKind::Identifier)?, &path)?);
            }
            ("criteria", Some(value)) => criteria = read_criteria(value, &path)?,
            ("alignment", Some(value)) => alignments = read_alignments(value, &path)?,
            ("evidence", Some(value)) => evidence = evidence::read(value, &path, identifiers)?,
            ("type", Some(value)) => type_names(value, &path, &["Achievement"])?,
            ("id" | "criteria" | "alignment" | "evidence" | "type", None) => {}
            _ => return Err(unknown(&path)),
        }
    }
    let achievement = AchievementRequest {
        id,
        name: required(title, &path.member("name"))?,
        description: required(description, &path.member("description"))?,
        criteria,
        alignments,
    };
    Ok((achievement, evidence))
}

fn read_criteria(value: &Value, path: &FieldPath<'_>) -> Result<Option<String>, ApiError> {
    let mut narrative = None;
    for (member, value) in object(value, path)?.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("narrative", Some(value)) => set(&mut narrative, optional_text(value, &path)?),
            ("narrative", None) => {}
            _ => return Err(unknown(&path)),
        }
    }
    Ok(narrative)
}

fn read_alignments(value: &Value, path: &FieldPath<'_>) -> Result<Vec<AlignmentRequest>, ApiError> {
    array(value, path)?
        .iter()
        .enumerate()
        .map(|(index, element)| read_alignment(element, &path.element(index)))
        .collect()
}

fn read_alignment(value: &Value, path: &FieldPath<'_>) -> Result<AlignmentRequest, ApiError> {
    let (mut framework, mut code, mut title, mut url) = (None, None, None, None);
    for (member, value) in object(value, path)?.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("targetFramework", _) => set(&mut framework, read_framework(value, &path)?),
            ("targetCode", _) => set(&mut code, required_text(value, &path)?),
            ("targetName", _) => set(&mut title, name(value, &path)?),
            ("targetUrl", Some(value)) => set(&mut url, uri(value, &path, UriKind::Web)?),
            ("type", Some(value)) => type_names(value, &path, &["Alignment"])?,
            ("targetUrl" | "type", None) => {}
            _ => return Err(unknown(&path)),
        }
    }
    Ok(AlignmentRequest {
        framework: required(framework, &path.member("targetFramework"))?,
        code: required(code, &path.member("targetCode"))?,
        name: required(title, &path.member("targetName"))?,
        url,
    })
}

/// Reads a framework. Anything that is none of the four has an error code of its own.
fn read_framework(value: &Value, path: &FieldPath<'_>) -> Result<String, ApiError> {
    FRAMEWORKS.into_iter().find(|known| value.as_str() == Some(known)).map(str::to_owned).ok_or_else(|| {
        ApiError::new(
            ErrorCode::AlignmentFrameworkUnknown,
            format!("{path}: expected ESCO, O*NET, ISCED-F or CUSTOM"),
        )
    })
}
