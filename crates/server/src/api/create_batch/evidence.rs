//! Evidence: an array that may be beside the achievement and within it.

use learncoin_credential::json::Value;
use learncoin_credential::text::UriKind;
use learncoin_issuance::batch::request::EvidenceRequest;

use super::identifiers::Identifiers;
use crate::api::fields::{array, object, optional_text, present, set, type_names, unknown, uri};
use crate::api::place::Place;
use crate::error::ApiError;

/// Reads the entries. Their identifiers join those of the credential.
pub(super) fn read(
    value: &Value,
    place: &Place<'_>,
    identifiers: &mut Identifiers,
) -> Result<Vec<EvidenceRequest>, ApiError> {
    let Some(value) = present(value) else { return Ok(Vec::new()) };
    array(value, place)?
        .iter()
        .enumerate()
        .map(|(index, element)| read_one(element, &place.element(index), identifiers))
        .collect()
}

fn read_one(
    value: &Value,
    place: &Place<'_>,
    identifiers: &mut Identifiers,
) -> Result<EvidenceRequest, ApiError> {
    let (mut id, mut narrative) = (None, None);
    for (member, value) in object(value, place)?.iter() {
        let place = place.member(member);
        match (member, present(value)) {
            ("id", Some(value)) => {
                set(&mut id, identifiers.claim(uri(value, &place, UriKind::Identifier)?, &place)?);
            }
            ("narrative", Some(value)) => set(&mut narrative, optional_text(value, &place)?),
            ("type", Some(value)) => type_names(value, &place, &["Evidence"])?,
            ("id" | "narrative" | "type", None) => {}
            _ => return Err(unknown(&place)),
        }
    }
    Ok(EvidenceRequest { id, narrative })
}
