//! `POST /v1/batches?dry_run=true`: everything that is wrong with a batch, at once. Nothing is stored or counted.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use learncoin_issuance::Issuance;
use learncoin_issuance::batch::accept::AcceptError;
use learncoin_issuance::batch::rehearse::Rehearsal;
use learncoin_issuance::batch::request::CredentialRequest;
use learncoin_store::scope::TenantScope;
use learncoin_store::tenants::{Branding, Tenant};
use serde::Serialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use crate::api::fault::{Faults, FieldFault};
use crate::api::fields::civil;
use crate::api::limits::{MAX_FAULTS, PLACEHOLDER_ADDRESS};
use crate::api::paging::malformed;
use crate::error::{ApiError, ErrorCode};
use crate::openapi::words;
use crate::public::parameters::similar::is_similar;

/// The parameter that asks for a dry run.
const DRY_RUN: &str = "dry_run";

/// The result of a dry run.
#[derive(Serialize, ToSchema)]
pub struct BatchCheck {
    /// Whether the batch has no fault.
    pub valid: bool,
    /// The faults in the order of the document, at most 1,000.
    #[schema(max_items = 1000)]
    pub faults: Vec<BatchFault>,
    /// The reasons for which the batch would be refused at this moment though it has no fault, and members that may not be meant as
    /// they are. At most 1,000.
    #[schema(max_items = 1000)]
    pub warnings: Vec<BatchWarning>,
}

/// A field that is not as expected.
#[derive(Serialize, ToSchema)]
pub struct BatchFault {
    /// The place of the field, such as `credentials[3].achievement.name`.
    pub path: String,
    /// The code with which the batch would be refused if this were its only fault.
    #[schema(value_type = words::ApiErrorCode)]
    pub code: &'static str,
    /// The value that was found, shortened; `null` for a field that is absent.
    #[schema(required)]
    pub found: Option<String>,
    /// The form that is expected.
    pub expected: String,
}

/// Something about a batch that is no fault.
#[derive(Serialize, ToSchema)]
pub struct BatchWarning {
    /// The place that it is about, such as `credentials[3].expirationDate`.
    pub path: String,
    /// For people. It may change.
    pub message: String,
    /// The error with which the batch would be refused now, if it is that. The API writes it into the message.
    #[serde(skip)]
    pub refusal: Option<ApiError>,
}

impl From<FieldFault> for BatchFault {
    fn from(fault: FieldFault) -> Self {
        let FieldFault { path, code, found, expected, .. } = fault;
        Self { path, code: code.as_str(), found, expected }
    }
}

/// Returns whether the query asks for a dry run. A near miss is refused: the batch would be issued.
pub(super) fn is_asked_for(query: &str) -> Result<bool, ApiError> {
    let mut asked = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name == DRY_RUN {
            let value = match &*value {
                "true" => true,
                "false" => false,
                _ => return Err(malformed(DRY_RUN, "true or false")),
            };
            if asked.replace(value).is_some() {
                return Err(malformed(DRY_RUN, "the parameter once"));
            }
        } else if is_similar(&name, DRY_RUN) {
            return Err(malformed("query", "the parameter dry_run, spelled like this"));
        }
    }
    Ok(asked.unwrap_or_default())
}

/// Returns the result of a dry run: the faults that were found, or what else would keep the batch from being accepted now.
pub(crate) async fn rehearse(
    issuance: &Issuance,
    scope: &TenantScope,
    tenant: &Tenant,
    branding: &Branding,
    (credentials, faults): (Vec<CredentialRequest>, Faults),
) -> Result<BatchCheck, ApiError> {
    let mut faults: Vec<BatchFault> = faults.into_iter().map(BatchFault::from).collect();
    let mut warnings = Vec::new();
    if faults.is_empty() {
        warnings = doubts(&credentials, issuance.clock.now_ms());
        let rehearsal = Rehearsal { scope, tenant, branding, credentials };
        for reason in issuance.acceptor.rehearse(rehearsal).await? {
            match reason {
                AcceptError::Document { index, error } => faults.push(BatchFault {
                    path: format!("credentials[{index}]"),
                    code: ErrorCode::InvalidFieldFormat.as_str(),
                    found: None,
                    expected: format!("a credential that can be signed; {error}"),
                }),
                reason => {
                    let error = ApiError::from(reason);
                    let message = format!("{}: {}", error.code, error.message);
                    let path = "credentials".to_owned();
                    warnings.insert(0, BatchWarning { path, message, refusal: Some(error) });
                }
            }
        }
    }
    if faults.len() > MAX_FAULTS {
        let message = format!("There are more faults than the {MAX_FAULTS} that are listed.");
        warnings.push(BatchWarning { path: "credentials".to_owned(), message, refusal: None });
        faults.truncate(MAX_FAULTS);
    }
    warnings.truncate(MAX_FAULTS);
    Ok(BatchCheck { valid: faults.is_empty(), faults, warnings })
}

/// Returns what may not be meant in credentials without faults.
fn doubts(credentials: &[CredentialRequest], now_ms: i64) -> Vec<BatchWarning> {
    let now = Timestamp::from_millisecond(now_ms).map(|now| TimeZone::UTC.to_datetime(now)).ok();
    let is_before = |date: &str, now: Option<DateTime>| now.is_some_and(|now| civil(date) < Some(now));
    let mut first_with: HashMap<(&str, &str, &str), usize> = HashMap::new();
    let mut warnings = Vec::new();
    for (index, one) in credentials.iter().enumerate() {
        let mut warn = |member: &str, message: String| {
            let path = format!("credentials[{index}]{member}");
            warnings.push(BatchWarning { path, message, refusal: None });
        };
        if one.recipient_email.as_deref() == Some(PLACEHOLDER_ADDRESS) {
            warn(".recipient.email", "This is a placeholder: no mail is sent to it.".to_owned());
        }
        if now.is_some() && !is_before(&one.issuance_date, now) {
            warn(".issuanceDate", "The date is in the future.".to_owned());
        }
        if one.expiration_date.as_deref().is_some_and(|date| is_before(date, now)) {
            warn(
                ".expirationDate",
                "The date is past: the credential would be issued as an expired one.".to_owned(),
            );
        }
        let achievement = &one.achievement;
        let named = (&*one.recipient_id, achievement.id.as_deref().unwrap_or_default(), &*achievement.name);
        match first_with.get(&named) {
            Some(first) => {
                warn("", format!("Recipient and achievement are those of credentials[{first}]."));
            }
            None => _ = first_with.insert(named, index),
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dry_run_is_asked_for_in_one_spelling_and_its_near_misses_are_refused() {
        for (query, expected) in [
            ("", false),
            ("dry_run=true", true),
            ("dry_run=false", false),
            ("utm_source=mail", false),
            ("utm_source=mail&dry_run=true", true),
        ] {
            assert_eq!(is_asked_for(query).unwrap(), expected, "{query}");
        }
        for query in [
            "dry_run",
            "dry_run=1",
            "dry_run=True",
            "dry_run=true&dry_run=true",
            "dryrun=true",
            "dryRun=true",
            "dry-run=true",
            "DRY_RUN=true",
            "dry_runs=true",
            "dry=true",
            "is_dry_run=true",
            "dry_rnu=true",
        ] {
            let error = is_asked_for(query).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidFieldFormat, "{query}");
            assert!(error.message.contains("dry_run"), "{}", error.message);
        }
    }
}
