//! The errors of each operation, by status.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::{ContentBuilder, Ref, Response, ResponseBuilder};

use super::words;
use crate::error::ErrorCode::{self, *};

/// The errors of every operation: it has a key to check, a limit to keep, a body to bound, and can break.
const EVERYWHERE: [ErrorCode; 8] = [
    ApiKeyMissing,
    ApiKeyInvalid,
    ApiKeyRevoked,
    IpNotAllowed,
    TierRequired,
    PayloadTooLarge,
    RateLimited,
    InternalError,
];

/// Returns the further errors of one operation, by its `operationId`, or `None` for an operation that is not here.
fn own(operation: &str) -> Option<&'static [ErrorCode]> {
    Some(match operation {
        "createBatch" => &[
            InvalidJson,
            MissingRequiredField,
            InvalidFieldFormat,
            RecipientIdInvalid,
            AchievementTooLarge,
            BatchTooLarge,
            AlignmentFrameworkUnknown,
            IdempotencyKeyReused,
            MonthlyQuotaExceeded,
            SigningKeyUnavailable,
            AnchoringChainUnavailable,
        ],
        "listBatches" | "listWebhooks" => &[InvalidFieldFormat],
        "getBatch" => &[EnvironmentMismatch, BatchNotFound],
        "getCredential" => &[EnvironmentMismatch, CredentialNotFound],
        "revokeCredential" => &[
            InvalidJson,
            MissingRequiredField,
            InvalidFieldFormat,
            EnvironmentMismatch,
            CredentialNotOwned,
            CredentialNotFound,
            IdempotencyKeyReused,
            CredentialAlreadyRevoked,
        ],
        "eraseCredential" => &[
            InvalidJson,
            MissingRequiredField,
            InvalidFieldFormat,
            EnvironmentMismatch,
            CredentialNotOwned,
            CredentialNotFound,
            IdempotencyKeyReused,
            CredentialAlreadyErased,
        ],
        "getOwnTenant" => &[],
        "updateOwnTenant" => &[InvalidJson, InvalidFieldFormat, EnvironmentMismatch],
        "getTenant" => &[TenantNotFound],
        "createWebhook" => &[InvalidJson, MissingRequiredField, InvalidFieldFormat, IdempotencyKeyReused],
        "deleteWebhook" => &[EnvironmentMismatch, WebhookNotFound],
        "testWebhook" => {
            &[InvalidJson, InvalidFieldFormat, EnvironmentMismatch, WebhookNotFound, IdempotencyKeyReused]
        }
        _ => return None,
    })
}

/// Returns the codes of an operation, by status. An operation without an entry has those of all, and a test refuses it.
pub(super) fn of(operation: &str) -> BTreeMap<u16, Vec<ErrorCode>> {
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    let codes = EVERYWHERE.iter().chain(own(operation).unwrap_or_default());
    // In the order of the catalog.
    let codes: Vec<_> = codes.collect();
    for code in ErrorCode::ALL.iter().filter(|code| codes.contains(code)) {
        by_status.entry(code.status().as_u16()).or_default().push(*code);
    }
    by_status
}

/// The extension that lists the codes of a response. A schema that narrows the one of all errors would become a type of its
/// own in each generated client, without the members that it does not repeat.
pub(super) const CODES_EXTENSION: &str = "x-error-codes";

/// Returns the description of the response with one of these codes.
pub(super) fn response(codes: &[ErrorCode]) -> Response {
    let lines: Vec<String> =
        codes.iter().map(|code| format!("`{code}`: {}", code.meaning().trim())).collect();
    let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
    let schema = Ref::from_schema_name("ApiError");
    ResponseBuilder::new()
        .description(lines.join("\n\n"))
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build())
        .extensions(Some(ExtensionsBuilder::new().add(CODES_EXTENSION, words).build()))
        .build()
}

/// The body of every answer that is not a success.
#[derive(ToSchema, Serialize)]
pub(crate) struct ApiError {
    error: ErrorBody,
}

/// The error.
#[derive(ToSchema, Serialize)]
pub(crate) struct ErrorBody {
    #[schema(value_type = words::ApiErrorCode)]
    code: String,
    /// For people: what is wrong, and what is expected. It may change.
    message: String,
    /// The same as in the header `X-Request-Id`.
    #[schema(value_type = words::RequestId)]
    request_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_its_errors_and_every_entry_its_operation() {
        let described = crate::openapi::testing::described_operations();
        for operation in &described {
            assert!(own(operation).is_some(), "{operation}");
        }
        assert_eq!(described.len(), 13);
    }
}
