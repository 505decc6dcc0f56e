//! The bodies of `POST /v1/credentials/{id}/revoke` and `…/erase`.

use learncoin_credential::json::Value;
use learncoin_issuance::credential::change::Change;
use learncoin_store::credentials::{Requester, RevocationCode};
use learncoin_store::id::CredentialId;

use super::field_path::FieldPath;
use super::fields::{date, malformed, object, one_of, parse, present, required, set, short_text, unknown};
use super::limits::MAX_REASON_CHARS;
use crate::error::ApiError;

/// Reads a revocation.
///
/// # Errors
/// The first fault in document order.
pub fn revocation(body: &[u8]) -> Result<Change, ApiError> {
    let (value, root) = (parse(body)?, FieldPath::Root);
    let (mut reason, mut code, mut replaced_by) = (None, None, None);
    for (name, value) in object(&value, &root)?.iter() {
        let path = root.member(name);
        match name {
            "reason" => set(&mut reason, short_text(value, &path, MAX_REASON_CHARS)?),
            "reason_code" => {
                set(&mut code, one_of(value, &path, &RevocationCode::ALL, RevocationCode::as_str)?);
            }
            "replaced_by" => {
                let read = present(value).map(|value| read_successor(value).ok_or_else(no_successor));
                replaced_by = read.transpose()?;
            }
            _ => return Err(unknown(&path)),
        }
    }
    Ok(Change::Revoke {
        reason: required(reason, &root.member("reason"))?,
        code: required(code, &root.member("reason_code"))?,
        replaced_by,
    })
}

fn read_successor(value: &Value) -> Option<CredentialId> {
    value.as_str()?.parse().ok()
}

/// Returns the error for a successor that can't be one. It does not reveal whether another tenant has such a credential.
pub(super) fn no_successor() -> ApiError {
    malformed(
        &FieldPath::Root.member("replaced_by"),
        "the id of another credential of this tenant and environment that was issued and is not revoked",
    )
}

/// Reads an erasure.
///
/// # Errors
/// The first fault in document order.
pub fn erasure(body: &[u8]) -> Result<Change, ApiError> {
    let (value, root) = (parse(body)?, FieldPath::Root);
    let (mut requester, mut verified_at) = (None, None);
    for (name, value) in object(&value, &root)?.iter() {
        let path = root.member(name);
        match name {
            "requester" => set(&mut requester, one_of(value, &path, &Requester::ALL, Requester::as_str)?),
            "verified_at" => set(&mut verified_at, date(value, &path)?),
            _ => return Err(unknown(&path)),
        }
    }
    Ok(Change::Erase {
        requester: required(requester, &root.member("requester"))?,
        verified_at: required(verified_at, &root.member("verified_at"))?,
    })
}
