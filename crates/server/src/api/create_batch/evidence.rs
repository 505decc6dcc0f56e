//! Evidence: an array that may be beside the achievement and within it.

use learncoin_credential::json::Value;
use learncoin_credential::text::UriKind;
use learncoin_issuance::batch::request::EvidenceRequest;

use super::identifiers::Identifiers;
use crate::api::fault::{Faults, FieldFault};
use crate::api::field_path::FieldPath;
use crate::api::fields::{array, object, optional_text, present, set, type_names, uri};
use crate::api::limits::MAX_EVIDENCE;

/// Reads the entries. Their identifiers join those of the credential. Returns `None` if the value is no array of entries;
/// faults are recorded.
pub(super) fn read(
    value: &Value,
    path: &FieldPath<'_>,
    identifiers: &mut Identifiers,
    faults: &mut Faults,
) -> Option<Vec<EvidenceRequest>> {
    let entries = faults.take(array(value, path), value)?;
    if entries.len() > MAX_EVIDENCE {
        let fault = FieldFault::malformed(path, format_args!("at most {MAX_EVIDENCE} entries"));
        return faults.take(Err(fault.but_found(entries.len())), value);
    }
    let read = entries.iter().enumerate();
    let read = read.filter_map(|(index, entry)| read_one(entry, &path.element(index), identifiers, faults));
    Some(read.collect())
}

/// Reads an entry. One without contents is refused: a member of it may be misspelled.
fn read_one(
    value: &Value,
    path: &FieldPath<'_>,
    identifiers: &mut Identifiers,
    faults: &mut Faults,
) -> Option<EvidenceRequest> {
    let (mut id, mut narrative) = (None, None);
    let before = faults.len();
    for (member, value) in faults.take(object(value, path), value)?.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("id", Some(value)) => {
                let read = uri(value, &path, UriKind::Identifier);
                set(&mut id, faults.take(read.and_then(|id| identifiers.claim(id, &path)), value));
            }
            ("narrative", Some(value)) => {
                set(&mut narrative, faults.take(optional_text(value, &path), value));
            }
            ("type", Some(value)) => _ = faults.take(type_names(value, &path, &["Evidence"]), value),
            ("id" | "narrative" | "type", None) => {}
            _ => _ = faults.take::<()>(Err(FieldFault::unknown(&path)), value),
        }
    }
    let (id, narrative): (Option<String>, Option<String>) = (id.flatten(), narrative.flatten());
    let is_empty = id.is_none() && narrative.as_deref().unwrap_or_default().is_empty();
    if is_empty && faults.len() == before {
        return faults.take(Err(FieldFault::malformed(path, "an entry with an id or a narrative")), value);
    }
    Some(EvidenceRequest { id, narrative })
}
