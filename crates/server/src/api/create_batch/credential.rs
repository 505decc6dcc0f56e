//! One credential of the batch: the recipient, the dates, and what they are joined with.

use std::collections::HashSet;

use learncoin_credential::json::Value;
use learncoin_credential::text::{self, MAX_ACHIEVEMENT_BYTES};
use learncoin_delivery::mail;
use learncoin_issuance::batch::request::CredentialRequest;

use super::identifiers::Identifiers;
use super::{BatchRules, achievement, evidence};
use crate::api::fault::{Faults, FieldFault, Slot};
use crate::api::field_path::FieldPath;
use crate::api::fields::{civil, credential_date, name, object, present, set, string, type_names};
use crate::api::limits::{MAX_EMAIL_CHARS, PLACEHOLDER_ADDRESS};
use crate::error::ErrorCode;

/// Reads one credential. Returns `None` if it has faults, which are recorded.
pub(super) fn read(
    value: &Value,
    path: &FieldPath<'_>,
    rules: &BatchRules,
    faults: &mut Faults,
) -> Option<CredentialRequest> {
    let mut identifiers = Identifiers { seen: HashSet::from([rules.issuer_did.clone()]) };
    let (mut recipient, mut achieved, mut issuance, mut expiration) = (None, None, None, None);
    let mut evidence = None;
    for (member, value) in faults.take(object(value, path), value)?.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("recipient", _) => set(&mut recipient, read_recipient(value, &path, &mut identifiers, faults)),
            ("achievement", _) => {
                set(&mut achieved, achievement::read(value, &path, rules, &mut identifiers, faults));
            }
            ("issuanceDate", _) => {
                set(&mut issuance, faults.take(credential_date(value, &path), value));
                faults.take(in_order(&issuance, &expiration, &path), value);
            }
            ("expirationDate", Some(value)) => {
                set(&mut expiration, faults.take(credential_date(value, &path), value));
                faults.take(in_order(&issuance, &expiration, &path), value);
            }
            ("evidence", Some(value)) if value.compact_len() > MAX_ACHIEVEMENT_BYTES => {
                let expected = format_args!("at most {MAX_ACHIEVEMENT_BYTES} bytes as compact JSON");
                set(&mut evidence, faults.take(Err(FieldFault::malformed(&path, expected)), value));
            }
            ("evidence", Some(value)) => {
                set(&mut evidence, evidence::read(value, &path, &mut identifiers, faults));
            }
            ("type", Some(value)) => {
                let names = ["VerifiableCredential", "OpenBadgeCredential"];
                _ = faults.take(type_names(value, &path, &names), value);
            }
            ("expirationDate" | "evidence" | "type", None) => {}
            _ => _ = faults.take::<()>(Err(FieldFault::unknown(&path)), value),
        }
    }
    let recipient = faults.required(recipient, &path.member("recipient"));
    let achieved = faults.required(achieved, &path.member("achievement"));
    let issuance = faults.required(issuance, &path.member("issuanceDate"));
    let (recipient, (achievement, within)): (Recipient, _) = (recipient?, achieved?);
    let mut evidence: Vec<_> = evidence.flatten().unwrap_or_default();
    evidence.extend(within);
    Some(CredentialRequest {
        recipient_id: recipient.id,
        recipient_name: recipient.name,
        recipient_email: recipient.email,
        achievement,
        issuance_date: issuance?,
        expiration_date: expiration.flatten(),
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
    faults: &mut Faults,
) -> Option<Recipient> {
    let (mut id, mut shown, mut email) = (None, None, None);
    for (member, value) in faults.take(object(value, path), value)?.iter() {
        let path = path.member(member);
        match (member, present(value)) {
            ("id", _) => {
                let read = read_recipient_id(value, &path).and_then(|id| identifiers.claim(id, &path));
                set(&mut id, faults.take(read, value));
            }
            ("name", _) => set(&mut shown, faults.take(name(value, &path), value)),
            ("email", Some(value)) => set(&mut email, faults.take(read_email(value, &path), value)),
            ("type", Some(value)) => {
                _ = faults.take(type_names(value, &path, &["AchievementSubject"]), value);
            }
            ("email" | "type", None) => {}
            _ => _ = faults.take::<()>(Err(FieldFault::unknown(&path)), value),
        }
    }
    let id = faults.required(id, &path.member("id"));
    let name = faults.required(shown, &path.member("name"));
    Some(Recipient { id: id?, name: name?, email: email.flatten() })
}

/// Reads the recipient's id. Anything that is no pseudonym has an error code of its own.
fn read_recipient_id(value: &Value, path: &FieldPath<'_>) -> Result<String, FieldFault> {
    value.as_str().filter(|id| text::check_uuid_urn(id).is_ok()).map(str::to_owned).ok_or_else(|| {
        FieldFault::new(ErrorCode::RecipientIdInvalid, path, "urn:uuid: followed by a version 4 UUID")
    })
}

/// Reads an e-mail address that a mail server could take.
fn read_email(value: &Value, path: &FieldPath<'_>) -> Result<String, FieldFault> {
    let email = string(value, path)?;
    let fits = (1..=MAX_EMAIL_CHARS).contains(&email.chars().count());
    if !fits || text::check_line(email).is_err() {
        let limits = format_args!("one line of 1 to {MAX_EMAIL_CHARS} characters without control characters");
        return Err(FieldFault::malformed(path, limits));
    }
    if email == PLACEHOLDER_ADDRESS || mail::is_recipient_address(email) {
        return Ok(email.to_owned());
    }
    Err(FieldFault::malformed(
        path,
        "one e-mail address such as ada@example.org, without white space around it",
    ))
}

/// Checks the order of the dates as soon as both are known, at the place of the later one.
fn in_order(
    issuance: &Slot<String>,
    expiration: &Slot<String>,
    path: &FieldPath<'_>,
) -> Result<(), FieldFault> {
    match (issuance, expiration) {
        (Some(Some(issuance)), Some(Some(expiration))) if civil(expiration) <= civil(issuance) => {
            Err(FieldFault::malformed(path, "an expirationDate after the issuanceDate"))
        }
        _ => Ok(()),
    }
}
