//! The `Idempotency-Key` header.

use axum::http::{HeaderMap, HeaderName};

use crate::error::{ApiError, ErrorCode};

/// Marks an answer that was given before.
pub(super) const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// A key has at most this many characters.
const MAX_CHARS: usize = 255;

/// The caller's key, without the white space around it. `None` where there is no such header.
pub(super) fn key(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut values = headers.get_all("idempotency-key").iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = std::str::from_utf8(value.as_bytes()).map(str::trim).unwrap_or_default();
    if values.next().is_some() || key.is_empty() || key.chars().count() > MAX_CHARS {
        return Err(ApiError::new(
            ErrorCode::InvalidFieldFormat,
            format!("Idempotency-Key: expected one header of 1 to {MAX_CHARS} characters"),
        ));
    }
    Ok(Some(key))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(values: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("Idempotency-Key", HeaderValue::from_bytes(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_key_has_1_to_255_characters_after_trimming() {
        assert_eq!(key(&headers(&[])).unwrap(), None);
        assert_eq!(key(&headers(&[b" a b "])).unwrap(), Some("a b"));
        assert_eq!(key(&headers(&["é".repeat(255).as_bytes()])).unwrap().map(str::len), Some(510));
        let long = "k".repeat(256);
        let refused: [&[&[u8]]; 5] = [&[b""], &[b"  "], &[long.as_bytes()], &[b"\xff"], &[b"a", b"a"]];
        for values in refused {
            let error = key(&headers(values)).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidFieldFormat);
            assert!(error.message.contains("Idempotency-Key"));
        }
    }
}
