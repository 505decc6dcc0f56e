//! The status of a wallet form: its entry in the status list is not set, and today is between its dates.

use jiff::Timestamp;

use super::super::report::{Check, CheckName};
use super::super::{Lookup, status as dates};
use super::issuer::authorized_key;
use super::signature::KeyForm;
use super::{ParsedWalletForm, WalletInputs};
use crate::wallet::{SignedStatusList, StatusBits, StatusListError};

pub(super) fn check(parsed: &ParsedWalletForm, inputs: &WalletInputs, now: Timestamp) -> Check {
    let mut check = Check::new(CheckName::Revocation);
    let document = &parsed.document;
    check.add_evidence("checked at", now);
    check.add_evidence("valid from", &document.valid_from);
    if let Some(date) = &document.valid_until {
        check.add_evidence("valid until", date);
    }
    check.add_evidence("status list", &document.status.list);
    check.add_evidence("index", document.status.index);
    let found = find(parsed, inputs, now);
    if let Ok(is_revoked) = found {
        check.add_evidence("status", if is_revoked { "revoked" } else { "not revoked" });
        if is_revoked {
            return check.failed("revoked");
        }
    }
    if let Some(fault) = dates::fault_of_dates(&document.valid_from, document.valid_until.as_deref(), now) {
        return check.failed(fault);
    }
    match found {
        Ok(_) => check,
        Err(reason) => check.could_not_check(reason),
    }
}

/// Returns whether the credential is revoked according to the list, or the reason why that is unknown.
fn find(parsed: &ParsedWalletForm, inputs: &WalletInputs, now: Timestamp) -> Result<bool, String> {
    let list = match &inputs.status_list {
        Lookup::Found(list) => list,
        Lookup::Absent => return Err("the issuer's host has no such status list".to_owned()),
        Lookup::Unreachable(why) => return Err(format!("the status list could not be read: {why}")),
    };
    let Lookup::Found(document) = &inputs.did_document else {
        let reason = "the status list's signature could not be checked without the issuer's DID document";
        return Err(reason.to_owned());
    };
    let did = &parsed.document.issuer.id;
    let method = (list.options.verification_method.as_str(), KeyForm::Multikey);
    let key = authorized_key(document, did, method, now);
    let is_signed = key.is_ok_and(|key| list.is_signed_by(&key));
    is_set(parsed, list, is_signed, now).map_err(|error| format!("the status list says nothing: {error}"))
}

/// Returns whether the credential's entry is set.
fn is_set(
    parsed: &ParsedWalletForm,
    list: &SignedStatusList,
    is_signed: bool,
    now: Timestamp,
) -> Result<bool, StatusListError> {
    let document = &parsed.document;
    if list.list.id != document.status.list {
        return Err(StatusListError::OtherList(list.list.id.clone()));
    }
    if list.list.issuer != document.issuer.id {
        return Err(StatusListError::OtherIssuer(list.list.issuer.clone()));
    }
    if !is_signed {
        return Err(StatusListError::Signature);
    }
    if !list.is_valid_at(now) {
        return Err(StatusListError::Time);
    }
    StatusBits::decode(list.list.encoded())?.is_set(document.status.index)
}
