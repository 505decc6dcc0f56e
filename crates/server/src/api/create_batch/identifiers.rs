//! The identifiers of one document.

use std::collections::HashSet;

use crate::api::fault::FieldFault;
use crate::api::field_path::FieldPath;

/// The identifiers of one document: two equal ones would merge the statements about each.
pub(super) struct Identifiers {
    pub(super) seen: HashSet<String>,
}

impl Identifiers {
    /// Returns the identifier if it is the first of its kind.
    pub(super) fn claim(&mut self, id: String, path: &FieldPath<'_>) -> Result<String, FieldFault> {
        if self.seen.insert(id.clone()) {
            return Ok(id);
        }
        Err(FieldFault::malformed(
            path,
            "an identifier that stands nowhere else in this credential, issuer and recipient included",
        ))
    }
}
