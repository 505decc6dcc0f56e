//! The identifiers of one document.

use std::collections::HashSet;

use crate::api::fields::malformed;
use crate::api::place::Place;
use crate::error::ApiError;

/// The identifiers of one document: two equal ones would merge the statements about each.
pub(super) struct Identifiers {
    pub(super) seen: HashSet<String>,
}

impl Identifiers {
    /// Returns the identifier if it is the first of its kind.
    pub(super) fn claim(&mut self, id: String, place: &Place<'_>) -> Result<String, ApiError> {
        if self.seen.insert(id.clone()) {
            return Ok(id);
        }
        Err(malformed(
            place,
            "an identifier that stands nowhere else in this credential, issuer and recipient included",
        ))
    }
}
