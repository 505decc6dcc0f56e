//! The issuer of a wallet form: the tenant's DID document lists the key that signed.

use jiff::Timestamp;

use super::super::Lookup;
use super::super::report::{Check, CheckName};
use super::signature::{FormSignature, KeyForm};
use super::{KEY_WITHDRAWN, ParsedWalletForm};
use crate::did::DidDocument;
use crate::wallet::DocumentPublicKey;

pub(super) fn check(parsed: &ParsedWalletForm, document: &Lookup<DidDocument>, now: Timestamp) -> Check {
    let mut check = Check::new(CheckName::Issuer);
    let (issuer, signature) = (&parsed.document.issuer, &parsed.signature);
    check.add_evidence("issuer", &issuer.name);
    check.add_evidence("DID", &issuer.id);
    check.add_evidence("verification method", signature.key_id());
    check.add_evidence("DID document", &parsed.did_url);
    let document = match document {
        Lookup::Found(document) => document,
        Lookup::Absent => return check.failed("the issuer's host answers that it has no DID document"),
        Lookup::Unreachable(why) => {
            return check.could_not_check(format!("the issuer's DID document could not be read: {why}"));
        }
    };
    match (authorized_key(document, &issuer.id, (signature.key_id(), signature.key_form()), now), signature) {
        (Ok(found), FormSignature::Proof { key, .. }) if found != *key => {
            check.failed("the DID document gives another key than the one that signed")
        }
        (Ok(_), _) => check,
        (Err(reason), _) => check.failed(reason),
    }
}

/// Returns the key with this id, if the DID document authorizes it for assertions at this time.
pub(super) fn authorized_key(
    document: &DidDocument,
    did: &str,
    (method, form): (&str, KeyForm),
    now: Timestamp,
) -> Result<DocumentPublicKey, &'static str> {
    if document.id != did {
        return Err("the DID document is that of another DID");
    }
    let listed = document
        .verification_method(method)
        .ok_or("the DID document does not list the key under verificationMethod exactly once")?;
    let key = form.key_in(listed).ok_or(form.missing())?;
    if listed.controller.as_deref() != Some(did) {
        return Err("the DID document gives the key to another controller");
    }
    if listed.ended.is_some_and(|end| end <= now) {
        return Err(KEY_WITHDRAWN);
    }
    match document.may_assert(method) {
        true => Ok(key),
        false => Err("the DID document does not list the key under assertionMethod"),
    }
}
