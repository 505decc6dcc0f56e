//! Query parameters that every list has.

use super::limits::MAX_LIMIT;
use crate::error::{ApiError, ErrorCode};

/// Parses the parameter `limit`.
pub(super) fn read_limit(value: &str) -> Result<u32, ApiError> {
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse() {
        Ok(limit) if digits && (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
        _ => Err(malformed("limit", "an integer from 1 to 100")),
    }
}

/// Returns the error for a malformed parameter.
pub(super) fn malformed(parameter: &str, expected: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidFieldFormat, format!("{parameter}: expected {expected}"))
}
