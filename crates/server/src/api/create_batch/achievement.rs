//! The achievement, with its criteria and alignments.

use learncoin_credential::json::Value;
use learncoin_credential::text::{MAX_ACHIEVEMENT_BYTES, UriKind};
use learncoin_issuance::batch::request::{AchievementRequest, AlignmentRequest, EvidenceRequest};

use url::Url;

use super::identifiers::Identifiers;
use super::{BatchRules, evidence};
use crate::api::fault::{Faults, FieldFault};
use crate::api::field_path::FieldPath;
use crate::api::fields::{
    array, line, name, object, optional_text, present, required_text, set, type_names, uri,
};
use crate::api::limits::FRAMEWORKS;
use crate::error::ErrorCode;

/// Reads the achievement, and the evidence within it. Its size is checked before its members. Returns `None` if it has faults,
/// which are recorded.
pub(super) fn read(
    value: &Value,
    path: &FieldPath<'_>,
    rules: &BatchRules,
    identifiers: &mut Identifiers,
    faults: &mut Faults,
) -> Option<(AchievementRequest, Vec<EvidenceRequest>)> {
    let members = faults.take(object(value, path), value)?;
    if value.compact_len() > MAX_ACHIEVEMENT_BYTES {
        let expected = format_args!("at most {MAX_ACHIEVEMENT_BYTES} bytes as compact JSON");
        return faults.take(Err(FieldFault::new(ErrorCode::AchievementTooLarge, path, expected)), value);
    }
    let (mut id, mut title, mut description, mut criteria) = (None, None, None, None);
    let (mut alignments, mut evidence, mut image) = (None, None, None);
    for (member, value) in members.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("name", _) => set(&mut title, faults.take(name(value, &path), value)),
            ("description", _) => set(&mut description, faults.take(required_text(value, &path), value)),
            ("id", Some(value)) => {
                let read = uri(value, &path, UriKind::Identifier);
                set(&mut id, faults.take(read.and_then(|id| identifiers.claim(id, &path)), value));
            }
            ("criteria", Some(value)) => set(&mut criteria, read_criteria(value, &path, faults)),
            ("alignment", Some(value)) => set(&mut alignments, read_alignments(value, &path, faults)),
            ("image", Some(value)) => set(&mut image, faults.take(read_image(value, &path, rules), value)),
            ("evidence", Some(value)) => {
                set(&mut evidence, evidence::read(value, &path, identifiers, faults));
            }
            ("type", Some(value)) => {
                _ = faults.take(type_names(value, &path, &["Achievement"]), value);
            }
            ("id" | "criteria" | "alignment" | "image" | "evidence" | "type", None) => {}
            _ => _ = faults.take::<()>(Err(FieldFault::unknown(&path)), value),
        }
    }
    let title = faults.required(title, &path.member("name"));
    let description = faults.required(description, &path.member("description"));
    let achievement = AchievementRequest {
        id: id.flatten(),
        name: title?,
        description: description?,
        criteria: criteria.flatten().flatten(),
        alignments: alignments.flatten().unwrap_or_default(),
        image: image.flatten(),
    };
    Some((achievement, evidence.flatten().unwrap_or_default()))
}

/// Reads the URL of a picture. What is there is looked at when it is fetched, after the batch was accepted.
fn read_image(value: &Value, path: &FieldPath<'_>, rules: &BatchRules) -> Result<String, FieldFault> {
    let text = uri(value, path, UriKind::Web)?;
    let expected = |why: &dyn std::fmt::Display| {
        FieldFault::malformed(path, format_args!("the https URL of a PNG or JPEG image; it {why}"))
    };
    let url = Url::parse(&text).map_err(|_| expected(&"is no URL"))?;
    rules.egress.check_form(&url).map_err(|error| expected(&error))?;
    Ok(text)
}

fn read_criteria(value: &Value, path: &FieldPath<'_>, faults: &mut Faults) -> Option<Option<String>> {
    let mut narrative = None;
    for (member, value) in faults.take(object(value, path), value)?.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("narrative", Some(value)) => {
                set(&mut narrative, faults.take(optional_text(value, &path), value));
            }
            ("narrative", None) => {}
            _ => _ = faults.take::<()>(Err(FieldFault::unknown(&path)), value),
        }
    }
    Some(narrative.flatten())
}

fn read_alignments(
    value: &Value,
    path: &FieldPath<'_>,
    faults: &mut Faults,
) -> Option<Vec<AlignmentRequest>> {
    let elements = faults.take(array(value, path), value)?;
    let read = elements.iter().enumerate();
    Some(read.filter_map(|(index, element)| read_alignment(element, &path.element(index), faults)).collect())
}

fn read_alignment(value: &Value, path: &FieldPath<'_>, faults: &mut Faults) -> Option<AlignmentRequest> {
    let (mut framework, mut code, mut title, mut url) = (None, None, None, None);
    for (member, value) in faults.take(object(value, path), value)?.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("targetFramework", _) => set(&mut framework, faults.take(read_framework(value, &path), value)),
            ("targetCode", _) => set(&mut code, faults.take(line(value, &path), value)),
            ("targetName", _) => set(&mut title, faults.take(name(value, &path), value)),
            ("targetUrl", Some(value)) => {
                set(&mut url, faults.take(uri(value, &path, UriKind::Web), value));
            }
            ("type", Some(value)) => _ = faults.take(type_names(value, &path, &["Alignment"]), value),
            ("targetUrl" | "type", None) => {}
            _ => _ = faults.take::<()>(Err(FieldFault::unknown(&path)), value),
        }
    }
    let framework = faults.required(framework, &path.member("targetFramework"));
    let code = faults.required(code, &path.member("targetCode"));
    let name = faults.required(title, &path.member("targetName"));
    Some(AlignmentRequest { framework: framework?, code: code?, name: name?, url: url.flatten() })
}

/// Reads a framework. Anything that is none of the four has an error code of its own.
fn read_framework(value: &Value, path: &FieldPath<'_>) -> Result<String, FieldFault> {
    FRAMEWORKS.into_iter().find(|known| value.as_str() == Some(known)).map(str::to_owned).ok_or_else(|| {
        FieldFault::new(ErrorCode::AlignmentFrameworkUnknown, path, "ESCO, O*NET, ISCED-F or CUSTOM")
    })
}
