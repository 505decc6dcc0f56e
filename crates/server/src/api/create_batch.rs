//! The body of `POST /v1/batches`: from strict JSON to what is to be issued, or to what is wrong with it.
//!
//! Members are checked in document order; what is missing from an object is noticed at its end. A rule over two members
//! (one date after the other, no identifier twice) is checked at the later one. A member that the contract does not know
//! is refused: a signed document can't be mended, so a typing error must not be dropped in silence.
//!
//! Faults are recorded in the order in which they are met. A request that is to be issued is refused with the first one, after
//! which no more are wanted; a dry run lists them all.

mod achievement;
mod credential;
mod evidence;
mod identifiers;
#[cfg(test)]
mod tests;

use learncoin_credential::json::{Part, Value, read_parts};
use learncoin_http_client::Egress;
use learncoin_issuance::batch::request::CredentialRequest;

use super::fault::{Faults, FieldFault};
use super::field_path::FieldPath;
use super::fields::{array, not_json, object, without_mark};
use super::limits::MAX_FAULTS;
use crate::error::{ApiError, ErrorCode};

/// The most credentials in one batch.
pub const MAX_CREDENTIALS: usize = 500;

/// The most values of a credential that are in memory. A valid one has fewer: achievement and evidence have 65,536 bytes
/// each, so 32,768 values, and the other members a few. In what is left of one that has more, the first fault is where it was:
/// the values before the last one that is kept are complete, and the value that holds it is too large or of the wrong kind.
const MAX_KEPT_VALUES: usize = 70_000;

/// The name of the only member.
const CREDENTIALS: &str = "credentials";

/// The rules for a batch that depend on its tenant and its deployment.
#[derive(Clone)]
pub(crate) struct BatchRules {
    /// The DID of the issuer: no other identifier of a document may be the same.
    pub(crate) issuer_did: String,
    /// The guard of what tenants name, which decides on pictures.
    pub(crate) egress: Egress,
}

/// Reads the body.
///
/// One credential at a time is in memory as JSON. After the first fault the rest is only checked to be JSON.
///
/// # Errors
/// The first fault, with the code and message that the caller gets.
pub(crate) fn read(body: &[u8], rules: &BatchRules) -> Result<Vec<CredentialRequest>, ApiError> {
    let (credentials, faults) = read_with(body, rules, Faults::at_most(1))?;
    match faults.into_first() {
        Some(fault) => Err(fault.into()),
        None => Ok(credentials),
    }
}

/// Reads the body for a dry run: the credentials, which are of use if there is no fault, and the faults, one more than it lists.
///
/// # Errors
/// If the body is not JSON.
pub(crate) fn read_all(
    body: &[u8],
    rules: &BatchRules,
) -> Result<(Vec<CredentialRequest>, Faults), ApiError> {
    read_with(body, rules, Faults::at_most(MAX_FAULTS.saturating_add(1)))
}

/// Reads the body, and records its faults while more are wanted. The credentials are of use if there is none.
///
/// # Errors
/// If the body is not JSON.
fn read_with(
    body: &[u8],
    rules: &BatchRules,
    faults: Faults,
) -> Result<(Vec<CredentialRequest>, Faults), ApiError> {
    let mut reader =
        BatchReader { rules, credentials: Vec::new(), has_array: false, array_begins: None, faults };
    let text = without_mark(body);
    read_parts(text, CREDENTIALS, MAX_KEPT_VALUES, &mut |part| reader.take(part))
        .map_err(|error| not_json(text, &error))?;
    let BatchReader { credentials, has_array, mut faults, .. } = reader;
    if !has_array {
        faults.add(no_credentials(&FieldPath::Root.member(CREDENTIALS)));
    }
    Ok((credentials, faults))
}

/// The reader of a body's parts.
struct BatchReader<'a> {
    rules: &'a BatchRules,
    /// The credentials so far; empty once there is a fault.
    credentials: Vec<CredentialRequest>,
    /// Whether the body has the array, or a fault in its place.
    has_array: bool,
    /// The number of faults before those of the array's elements, once it has begun.
    array_begins: Option<usize>,
    faults: Faults,
}

impl BatchReader<'_> {
    /// Reads a part. Returns whether the following parts are of interest.
    fn take(&mut self, part: Part<'_>) -> bool {
        let root = FieldPath::Root;
        let mut is_of_interest = true;
        match part {
            Part::Other(value) => {
                self.has_array = true;
                self.faults.take(object(&value, &root), &value);
            }
            Part::Member(CREDENTIALS, value) => {
                self.has_array = true;
                self.faults.take(array(&value, &root.member(CREDENTIALS)), &value);
            }
            Part::Member(name, value) => {
                self.faults.take::<()>(Err(FieldFault::unknown(&root.member(name))), &value);
            }
            Part::Element(index, value) => {
                self.read_credential(index, &value);
                // Whatever follows so many, the array is refused at its end.
                is_of_interest = index < MAX_CREDENTIALS;
            }
            Part::End(count) => {
                self.has_array = true;
                // Of faults before the array the first one counts; those inside it have no meaning if it is too long.
                let before = self.array_begins.unwrap_or(self.faults.len());
                if let Some(fault) = wrong_count(count, &root.member(CREDENTIALS)) {
                    self.faults.insert(before, fault);
                }
            }
        }
        if !self.faults.is_empty() {
            // What was read so far is of no use any more.
            self.credentials = Vec::new();
        }
        is_of_interest && !self.faults.is_full()
    }

    fn read_credential(&mut self, index: usize, value: &Value) {
        let before = self.faults.len();
        self.array_begins.get_or_insert(before);
        let path = FieldPath::Root.member(CREDENTIALS);
        let read = credential::read(value, &path.element(index), self.rules, &mut self.faults);
        if self.faults.is_empty() {
            self.credentials.extend(read);
        }
        let first_alone = before.saturating_add(1);
        if self.faults.len() > first_alone && count_values(value) >= MAX_KEPT_VALUES {
            // What follows the first fault may be missing because it was not kept.
            self.faults.truncate(first_alone);
        }
    }
}

/// Returns the number of values in a value, itself included.
fn count_values(value: &Value) -> usize {
    let inside: usize = match value {
        Value::Array(elements) => elements.iter().map(count_values).sum(),
        Value::Object(object) => object.iter().map(|(_, value)| count_values(value)).sum(),
        _ => 0,
    };
    inside.saturating_add(1)
}

/// Returns the fault of an array with so many elements.
fn wrong_count(count: usize, path: &FieldPath<'_>) -> Option<FieldFault> {
    match count {
        0 => Some(no_credentials(path)),
        1..=MAX_CREDENTIALS => None,
        _ => {
            let expected = format_args!("at most {MAX_CREDENTIALS} credentials in one batch");
            Some(FieldFault::new(ErrorCode::BatchTooLarge, path, expected).but_found(count))
        }
    }
}

fn no_credentials(path: &FieldPath<'_>) -> FieldFault {
    FieldFault::missing(path).expecting(format!("an array of 1 to {MAX_CREDENTIALS} credentials"))
}
