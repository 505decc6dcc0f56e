//! Small bodies: read whole, up to the limit of the route.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::error::{ApiError, ErrorCode};

/// The largest body of a request that is not a batch: 64 KiB.
pub(crate) const OTHER_BYTES: usize = 64 * 1024;

/// A body of at most `LIMIT` bytes. It is the last argument of its handler, so that a caller who is not known is
/// refused before a byte is read.
pub(crate) struct LimitedBody<const LIMIT: usize> {
    /// All of it.
    pub(crate) bytes: Bytes,
}

/// The body of a request that is not a batch. A route that has no use for one takes it all the same, so that the limit holds.
pub(crate) type SmallBody = LimitedBody<OTHER_BYTES>;

impl<S: Sync, const LIMIT: usize> FromRequest<S> for LimitedBody<LIMIT> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        let declared = declared_length(request.headers());
        read(request.into_body(), declared, LIMIT).await.map(|bytes| Self { bytes })
    }
}

/// Returns the length that the headers declare, 0 if there is none.
pub(super) fn declared_length(headers: &HeaderMap) -> u64 {
    headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok()).unwrap_or(0)
}

async fn read(body: Body, declared: u64, limit: usize) -> Result<Bytes, ApiError> {
    // A declared length is believed when it is too large; a body without one is counted while it comes in.
    if usize::try_from(declared).unwrap_or(usize::MAX) > limit {
        return Err(too_large(limit));
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Err(_) => Err(broken_off()),
    }
}

/// Returns the error for a body above the limit of its route.
pub(super) fn too_large(limit: usize) -> ApiError {
    ApiError::new(
        ErrorCode::PayloadTooLarge,
        format!("The body is larger than this endpoint takes: expected at most {limit} bytes."),
    )
}

/// Returns the error for a body that does not come to its end.
pub(super) fn broken_off() -> ApiError {
    ApiError::new(ErrorCode::InvalidJson, "The request body could not be read to its end.")
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn chunked(chunks: Vec<&'static [u8]>) -> Body {
        Body::from_stream(stream::iter(chunks.into_iter().map(Ok::<_, std::io::Error>)))
    }

    #[tokio::test]
    async fn the_limit_holds_with_and_without_a_declared_length() {
        assert_eq!(read(Body::from("12345678"), 8, 8).await.unwrap(), "12345678");
        assert_eq!(read(Body::empty(), 9, 8).await.unwrap_err().code, ErrorCode::PayloadTooLarge);
        assert_eq!(read(chunked(vec![b"1234", b"5678"]), 0, 8).await.unwrap(), "12345678");
        let error = read(chunked(vec![b"1234", b"56789"]), 0, 8).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::PayloadTooLarge);
    }

    #[tokio::test]
    async fn a_body_that_breaks_off_is_not_json() {
        let body = Body::from_stream(stream::iter([Err::<&[u8], _>(std::io::Error::other("reset"))]));
        assert_eq!(read(body, 0, 8).await.unwrap_err().code, ErrorCode::InvalidJson);
    }
}
