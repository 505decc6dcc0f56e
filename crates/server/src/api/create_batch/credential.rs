//! One credential of the batch: the recipient, the dates, and what they are joined with.

use std::collections::HashSet;

use learncoin_credential::json::Value;
use learncoin_credential::text::{self, MAX_ACHIEVEMENT_BYTES};
use learncoin_issuance::batch::request::CredentialRequest;

use super::identifiers::Identifiers;
use super::{achievement, evidence};
use crate::api::field_path::FieldPath;
use crate::api::fields::{
    civil, date, malformed, name, object, present, required, set, string, type_names, unknown,
};
use crate::api::limits::MAX_EMAIL_CHARS;
use crate::error::{ApiError, ErrorCode};

/// Reads one credential.
pub(super) fn read(
    value: &Value,
    path: &FieldPath<'_>,
    issuer_did: &str,
) -> Result<CredentialRequest, ApiError> {
    let mut identifiers = Identifiers { seen: HashSet::from([issuer_did.to_owned()]) };
    let (mut recipient, mut achieved, mut issuance, mut expiration) = (None, None, None, None);
    let mut evidence = Vec::new();
    for (member, value) in object(value, path)?.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("recipient", _) => set(&mut recipient, read_recipient(value, &path, &mut identifiers)?),
            ("achievement", _) => set(&mut achieved, achievement::read(value, &path, &mut identifiers)?),
            ("issuanceDate", _) => {
                set(&mut issuance, date(value, &path)?);
                in_order(issuance.as_deref(), expiration.as_deref(), &path)?;
            }
            ("expirationDate", Some(value)) => {
                set(&mut expiration, date(value, &path)?);
                in_order(issuance.as_deref(), expiration.as_deref(), &path)?;
            }
            ("evidence", Some(value)) => {
                if value.compact_len() > MAX_ACHIEVEMENT_BYTES {
                    let expected = format!("at most {MAX_ACHIEVEMENT_BYTES} bytes as compact JSON");
                    return Err(malformed(&path, expected));
                }
                evidence = evidence::read(value, &path, &mut identifiers)?;
            }
            ("type", Some(value)) => {
                type_names(value, &path, &["VerifiableCredential", "OpenBadgeCredential"])?;
            }
            ("expirationDate" | "evidence" | "type", None) => {}
            _ => return Err(unknown(&path)),
        }
    }
    let recipient: Recipient = required(recipient, &path.member("recipient"))?;
    let (achievement, within) = required(achieved, &path.member("achievement"))?;
    evidence.extend(within);
    Ok(CredentialRequest {
        recipient_id: recipient.id,
        recipient_name: recipient.name,
        recipient_email: recipient.email,
        achievement,
        issuance_date: required(issuance, &path.member("issuanceDate"))?,
        expiration_date: expiration,
        evidence,
    })
}

struct Recipient {
    id: String,
    name: String,
    email: Option<String>,
}

fn read_recipient(
    value: &Value,
    path: &FieldPath<'_>,
    identifiers: &mut Identifiers,
) -> Result<Recipient, ApiError> {
    let (mut id, mut shown, mut email) = (None, None, None);
    for (member, value) in object(value, path)?.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("id", _) => set(&mut id, identifiers.claim(read_recipient_id(value, &path)?, &path)?),
            ("name", _) => set(&mut shown, name(value, &path)?),
            ("email", Some(value)) => set(&mut email, read_email(value, &path)?),
            ("type", Some(value)) => type_names(value, &path, &["AchievementSubject"])?,
            ("email" | "type", None) => {}
            _ => return Err(unknown(&path)),
        }
    }
    Ok(Recipient {
        id: required(id, &path.member("id"))?,
        name: required(shown, &path.member("name"))?,
        email,
    })
}

/// Reads the recipient's id. Anything that is no pseudonym has an error code of its own.
fn read_recipient_id(value: &Value, path: &FieldPath<'_>) -> Result<String, ApiError> {
    value.as_str().filter(|id| text::check_uuid_urn(id).is_ok()).map(str::to_owned).ok_or_else(|| {
        ApiError::new(
            ErrorCode::RecipientIdInvalid,
            format!("{path}: expected urn:uuid: followed by a version 4 UUID"),
        )
    })
}

/// Reads an e-mail address. The contract gives an address no form, and its own example is none that a mail system would
/// take: so the rules of texts hold, on one line, and the mail system has the last word.
fn read_email(value: &Value, path: &FieldPath<'_>) -> Result<String, ApiError> {
    let email = string(value, path)?;
    let fits = (1..=MAX_EMAIL_CHARS).contains(&email.chars().count());
    if fits && text::check_written(email).is_ok() && !email.contains(['\n', '\r']) {
        return Ok(email.to_owned());
    }
    Err(malformed(
        path,
        format_args!("one line of 1 to {MAX_EMAIL_CHARS} characters without control characters"),
    ))
}

/// Checks the order of the dates as soon as both are known, at the place of the later one.
fn in_order(issuance: Option<&str>, expiration: Option<&str>, path: &FieldPath<'_>) -> Result<(), ApiError> {
    match (issuance, expiration) {
        (Some(issuance), Some(expiration)) if civil(expiration) <= civil(issuance) => {
            Err(malformed(path, "an expirationDate after the issuanceDate"))
        }
        _ => Ok(()),
    }
}
