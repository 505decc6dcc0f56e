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

use learncoin_credential::json::Value;
use learncoin_issuance::batch::request::CredentialRequest;

use super::field_path::FieldPath;
use super::fields::{array, object, parse, set, unknown};
use crate::error::{ApiError, ErrorCode};

/// The most credentials in one batch.
pub const MAX_CREDENTIALS: usize = 500;

/// Reads the body. `issuer_did` is the DID of the issuer: no other identifier of a document may be the same.
///
/// # Errors
/// The first fault, with the code and message that the caller gets.
pub(super) fn read(body: &[u8], issuer_did: &str) -> Result<Vec<CredentialRequest>, ApiError> {
    let value = parse(body)?;
    let root = FieldPath::Root;
    let mut credentials = None;
    for (name, member) in object(&value, &root)?.iter() {
        let path = root.member(name);
        match name {
            "credentials" => set(&mut credentials, read_credentials(member, &path, issuer_did)?),
            _ => return Err(unknown(&path)),
        }
    }
    credentials.ok_or_else(|| no_credentials(&root.member("credentials")))
}

fn read_credentials(
    value: &Value,
    path: &FieldPath<'_>,
    issuer_did: &str,
) -> Result<Vec<CredentialRequest>, ApiError> {
    let elements = array(value, path)?;
    if elements.is_empty() {
        return Err(no_credentials(path));
    }
    if elements.len() > MAX_CREDENTIALS {
        return Err(ApiError::new(
            ErrorCode::BatchTooLarge,
            format!(
                "{path}: expected at most {MAX_CREDENTIALS} credentials in one batch, found {}",
                elements.len()
            ),
        ));
    }
    elements
        .iter()
        .enumerate()
        .map(|(index, element)| credential::read(element, &path.element(index), issuer_did))
        .collect()
}

fn no_credentials(path: &FieldPath<'_>) -> ApiError {
    ApiError::new(
        ErrorCode::MissingRequiredField,
        format!("{path}: required; expected an array of 1 to {MAX_CREDENTIALS} credentials"),
    )
}
