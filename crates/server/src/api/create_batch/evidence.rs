//! Evidence: an array that may be beside the achievement and within it.

use learncoin_credential::json::Value;
use learncoin_credential::text::UriKind;
use learncoin_issuance::batch::request::EvidenceRequest;

use super::identifiers::Identifiers;
use crate::api::field_path::FieldPath;
use crate::api::fields::{array, malformed, object, optional_text, present, set, type_names, unknown, uri};
use crate::api::limits::MAX_EVIDENCE;
use crate::error::ApiError;

/// Reads the entries. Their identifiers join those of the credential.
pub(super) fn read(
    value: &Value,
    path: &FieldPath<'_>,
    identifiers: &mut Identifiers,
) -> Result<Vec<EvidenceRequest>, ApiError> {
    let Some(value) = present(value) else { return Ok(Vec::new()) };
    let entries = array(value, path)?;
    if entries.len() > MAX_EVIDENCE {
        let expected = format_args!("at most {MAX_EVIDENCE} entries, found {}", entries.len());
        return Err(malformed(path, expected));
    }
    entries
        .iter()
        .enumerate()
        .map(|(index, element)| read_one(element, &path.element(index), identifiers))
        .collect()
}

fn read_one(
    value: &Value,
    path: &FieldPath<'_>,
    identifiers: &mut Identifiers,
) -> Result<EvidenceRequest, ApiError> {
    let (mut id, mut narrative) = (None, None);
    for (member, value) in object(value, path)?.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("id", Some(value)) => {
                set(&mut id, identifiers.claim(uri(value, &path, UriKind::Identifier)?, &path)?);
            }
            ("narrative", Some(value)) => set(&mut narrative, optional_text(value, &path)?),
            ("type", Some(value)) => type_names(value, &path, &["Evidence"])?,
            ("id" | "narrative" | "type", None) => {}
            _ => return Err(unknown(&path)),
        }
    }
    Ok(EvidenceRequest { id, narrative })
}
