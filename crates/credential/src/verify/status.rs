//! Step 8: the credential is not revoked, and within its dates.

use jiff::Timestamp;

use super::Lookup;
use super::report::{Check, CheckName};
use crate::document::Document;
use crate::revocation::RevocationList;
use crate::text;

/// The reason of a credential whose time is over.
pub(super) const EXPIRED: &str = "expired";
/// The reason of a credential whose time has not begun.
pub(super) const NOT_YET_VALID: &str = "not yet valid";

pub(super) fn check(document: &Document, revocation: &Lookup<RevocationList>, now: Timestamp) -> Check {
    let mut check = Check::new(CheckName::Revocation);
    check.add_evidence("checked at", now);
    check.add_evidence("valid from", &document.issuance_date);
    if let Some(date) = &document.expiration_date {
        check.add_evidence("valid until", date);
    }
    if let Lookup::Found(list) = revocation {
        if let Some(entry) = list.entry(&document.id) {
            check.add_evidence("status", "revoked");
            return check.failed(match &entry.reason {
                Some(reason) => format!("revoked: {reason}"),
                None => "revoked".to_owned(),
            });
        }
        check.add_evidence("status", "not revoked");
    }
    if let Some(fault) = fault_of_dates(&document.issuance_date, document.expiration_date.as_deref(), now) {
        return check.failed(fault);
    }
    match revocation {
        Lookup::Found(_) => check,
        Lookup::Absent => {
            check.could_not_check("the host has no revocation list where its profile names one")
        }
        Lookup::Unreachable(why) => {
            check.could_not_check(format!("the revocation list could not be read: {why}"))
        }
    }
}

/// Returns the reason why a credential with these dates is not valid at a time; `None` if it is.
pub(super) fn fault_of_dates(from: &str, until: Option<&str>, now: Timestamp) -> Option<&'static str> {
    let instant = |date: &str| text::parse_timestamp(date).ok();
    // Reading guarantees both dates. A date that could not be parsed would not count as past.
    if instant(from).is_none_or(|from| now < from) {
        return Some(NOT_YET_VALID);
    }
    let is_over = until.is_some_and(|date| instant(date).is_none_or(|until| until <= now));
    is_over.then_some(EXPIRED)
}
