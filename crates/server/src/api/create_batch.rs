//! The body of `POST /v1/batches`: from strict JSON to what is to be issued, or to the first fault in document order.
//!
//! Members are checked in document order; what is missing from an object is noticed at its end. A rule over two members
//! (one date after the other, no identifier twice) is checked at the later one. A member that the contract does not know
//! is refused: a signed document can't be mended, so a typing error must not be dropped in silence.

mod achievement;
mod credential;
mod evidence;
mod identifiers;
#[cfg(test)]
mod tests;

use learncoin_credential::json::{Part, read_parts};
use learncoin_issuance::batch::request::CredentialRequest;

use super::field_path::FieldPath;
use super::fields::{array, not_json, object, unknown, without_mark};
use crate::error::{ApiError, ErrorCode};

/// The most credentials in one batch.
pub const MAX_CREDENTIALS: usize = 500;

/// The most values of a credential that are in memory. A valid one has fewer: achievement and evidence have 65,536 bytes
/// each, so 32,768 values, and the other members a few. In what is left of one that has more, every fault is where it was:
/// the values before the last one that is kept are complete, and the value that holds it is too large or of the wrong kind.
const MAX_KEPT_VALUES: usize = 70_000;

/// The name of the only member.
const CREDENTIALS: &str = "credentials";

/// Reads the body. `issuer_did` is the DID of the issuer: no other identifier of a document may be the same.
///
/// One credential at a time is in memory as JSON. After the first fault the rest is only checked to be JSON.
///
/// # Errors
/// The first fault, with the code and message that the caller gets.
pub(super) fn read(body: &[u8], issuer_did: &str) -> Result<Vec<CredentialRequest>, ApiError> {
    let mut reader = BatchReader { issuer_did, credentials: None, fault: None };
    let text = without_mark(body);
    read_parts(text, CREDENTIALS, MAX_KEPT_VALUES, &mut |part| reader.take(part))
        .map_err(|error| not_json(text, &error))?;
    match reader.fault {
        Some(Fault::OfCredential(fault) | Fault::Other(fault)) => Err(fault),
        None => reader.credentials.ok_or_else(|| no_credentials(&FieldPath::Root.member(CREDENTIALS))),
    }
}

/// The reader of a body's parts.
struct BatchReader<'a> {
    issuer_did: &'a str,
    /// The credentials so far; `None` until the array begins.
    credentials: Option<Vec<CredentialRequest>>,
    fault: Option<Fault>,
}

/// The first fault.
enum Fault {
    /// A fault inside the array, which has no meaning if the array has too many elements.
    OfCredential(ApiError),
    /// Any other.
    Other(ApiError),
}

impl BatchReader<'_> {
    /// Reads a part. Returns whether the following parts are of interest.
    fn take(&mut self, part: Part<'_>) -> bool {
        let root = FieldPath::Root;
        match part {
            Part::Other(value) => {
                self.fault = object(&value, &root).err().map(Fault::Other);
            }
            Part::Member(CREDENTIALS, value) => {
                self.fault = array(&value, &root.member(CREDENTIALS)).err().map(Fault::Other);
            }
            Part::Member(name, _) => self.fault = Some(Fault::Other(unknown(&root.member(name)))),
            Part::Element(index, value) => {
                let path = root.member(CREDENTIALS);
                match credential::read(&value, &path.element(index), self.issuer_did) {
                    Ok(credential) => self.credentials.get_or_insert_default().push(credential),
                    Err(fault) => self.fault = Some(Fault::OfCredential(fault)),
                }
                // Whatever follows so many, the array is refused at its end.
                return self.fault.is_none() && index < MAX_CREDENTIALS;
            }
            Part::End(count) => {
                if !matches!(self.fault, Some(Fault::Other(_)))
                    && let Some(fault) = wrong_count(count, &root.member(CREDENTIALS))
                {
                    self.fault = Some(Fault::Other(fault));
                }
            }
        }
        if self.fault.is_some() {
            // What was read so far is of no use any more.
            self.credentials = None;
        }
        self.fault.is_none()
    }
}

/// Returns the fault of an array with so many elements.
fn wrong_count(count: usize, path: &FieldPath<'_>) -> Option<ApiError> {
    match count {
        0 => Some(no_credentials(path)),
        1..=MAX_CREDENTIALS => None,
        _ => Some(ApiError::new(
            ErrorCode::BatchTooLarge,
            format!("{path}: expected at most {MAX_CREDENTIALS} credentials in one batch, found {count}"),
        )),
    }
}

fn no_credentials(path: &FieldPath<'_>) -> ApiError {
    ApiError::new(
        ErrorCode::MissingRequiredField,
        format!("{path}: required; expected an array of 1 to {MAX_CREDENTIALS} credentials"),
    )
}
