//! The achievement, with its criteria and alignments.

use learncoin_credential::json::Value;
use learncoin_credential::text::{MAX_ACHIEVEMENT_BYTES, UriKind};
use learncoin_issuance::batch::request::{AchievementRequest, AlignmentRequest, EvidenceRequest};

use super::evidence;
use super::identifiers::Identifiers;
use crate::api::fields::{
    array, name, object, optional_text, present, required, required_text, set, type_names, unknown, uri,
};
use crate::api::limits::FRAMEWORKS;
use crate::api::place::Place;
use crate::error::{ApiError, ErrorCode};

/// Reads the achievement, and the evidence within it. Its size is checked before its members.
pub(super) fn read(
    value: &Value,
    place: &Place<'_>,
    identifiers: &mut Identifiers,
) -> Result<(AchievementRequest, Vec<EvidenceRequest>), ApiError> {
    let members = object(value, place)?;
    if value.compact_len() > MAX_ACHIEVEMENT_BYTES {
        return Err(ApiError::new(
            ErrorCode::AchievementTooLarge,
            format!("{place}: expected at most {MAX_ACHIEVEMENT_BYTES} bytes as compact JSON"),
        ));
    }
    let (mut id, mut title, mut description, mut criteria) = (None, None, None, None);
    let (mut alignments, mut evidence) = (Vec::new(), Vec::new());
    for (member, value) in members.iter() {
        let place = place.member(member);
        match (member, present(value)) {
            ("name", _) => set(&mut title, name(value, &place)?),
            ("description", _) => set(&mut description, required_text(value, &place)?),
            ("id", Some(value)) => {
                set(&mut id, identifiers.claim(uri(value, &place, UriKind::Identifier)?, &place)?);
            }
            ("criteria", Some(value)) => criteria = read_criteria(value, &place)?,
            ("alignment", Some(value)) => alignments = read_alignments(value, &place)?,
            ("evidence", Some(value)) => evidence = evidence::read(value, &place, identifiers)?,
            ("type", Some(value)) => type_names(value, &place, &["Achievement"])?,
            ("id" | "criteria" | "alignment" | "evidence" | "type", None) => {}
            _ => return Err(unknown(&place)),
        }
    }
    let achievement = AchievementRequest {
        id,
        name: required(title, &place.member("name"))?,
        description: required(description, &place.member("description"))?,
        criteria,
        alignments,
    };
    Ok((achievement, evidence))
}

fn read_criteria(value: &Value, place: &Place<'_>) -> Result<Option<String>, ApiError> {
    let mut narrative = None;
    for (member, value) in object(value, place)?.iter() {
        let place = place.member(member);
        match (member, present(value)) {
            ("narrative", Some(value)) => set(&mut narrative, optional_text(value, &place)?),
            ("narrative", None) => {}
            _ => return Err(unknown(&place)),
        }
    }
    Ok(narrative)
}

fn read_alignments(value: &Value, place: &Place<'_>) -> Result<Vec<AlignmentRequest>, ApiError> {
    array(value, place)?
        .iter()
        .enumerate()
        .map(|(index, element)| read_alignment(element, &place.element(index)))
        .collect()
}

fn read_alignment(value: &Value, place: &Place<'_>) -> Result<AlignmentRequest, ApiError> {
    let (mut framework, mut code, mut title, mut url) = (None, None, None, None);
    for (member, value) in object(value, place)?.iter() {
        let place = place.member(member);
        match (member, present(value)) {
            ("targetFramework", _) => set(&mut framework, read_framework(value, &place)?),
            ("targetCode", _) => set(&mut code, required_text(value, &place)?),
            ("targetName", _) => set(&mut title, name(value, &place)?),
            ("targetUrl", Some(value)) => set(&mut url, uri(value, &place, UriKind::Web)?),
            ("type", Some(value)) => type_names(value, &place, &["Alignment"])?,
            ("targetUrl" | "type", None) => {}
            _ => return Err(unknown(&place)),
        }
    }
    Ok(AlignmentRequest {
        framework: required(framework, &place.member("targetFramework"))?,
        code: required(code, &place.member("targetCode"))?,
        name: required(title, &place.member("targetName"))?,
        url,
    })
}

/// Reads a framework. Anything that is none of the four has an error code of its own.
fn read_framework(value: &Value, place: &Place<'_>) -> Result<String, ApiError> {
    FRAMEWORKS.into_iter().find(|known| value.as_str() == Some(known)).map(str::to_owned).ok_or_else(|| {
        ApiError::new(
            ErrorCode::AlignmentFrameworkUnknown,
            format!("{place}: expected ESCO, O*NET, ISCED-F or CUSTOM"),
        )
    })
}
