//! Logos: fetched once when a tenant names one, kept, and served by us, so that a page asks no other host.

use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::Response;
use learncoin_http_client::Egress;
use learncoin_http_client::guarded_fetch::{FetchLimits, fetch};
use learncoin_store::Store;
use learncoin_store::tenants::Logo;
use url::Url;

use crate::api::endpoint_not_found;
use crate::error::ApiError;
use crate::public::cross_origin::FOREVER;

/// The largest picture that is kept.
pub(crate) const MAX_BYTES: usize = 512 * 1024;
const LIMITS: FetchLimits = FetchLimits { timeout: Duration::from_secs(10), max_bytes: MAX_BYTES };
const ACCEPT: &str = "image/png, image/jpeg, image/webp, image/gif";
/// Opened by itself, a picture may do nothing either.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox");

/// Fetches a picture.
///
/// # Errors
/// Why there is none, in words that follow its URL.
pub(crate) async fn fetch_logo(egress: &Egress, url: &Url) -> Result<Logo, String> {
    let bytes = fetch(egress, url, ACCEPT, LIMITS).await.map_err(|error| error.to_string())?;
    let media_type = media_type(&bytes).ok_or("answered something else")?;
    Ok(Logo { media_type: media_type.to_owned(), bytes })
}

/// Returns the media type by the bytes, whatever their sender calls them. SVG is not accepted: it can carry programs.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Serves `GET /assets/logo/{hash}`: a picture by the SHA-256 of its bytes, which therefore never change.
pub(crate) async fn logo(
    State(store): State<Store>,
    hash: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let hash = hash.map(|Path(hash)| hash).unwrap_or_default();
    let Some(logo) = store.find_logo(&hash).await? else {
        return Err(endpoint_not_found().await);
    };
    let mut response = Response::new(Body::from(logo.bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::try_from(logo.media_type).map_err(ApiError::internal)?);
    headers.insert(CACHE_CONTROL, FOREVER);
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_first_bytes() {
        for (bytes, expected) in [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"GIF89a....", Some("image/gif")),
            (b"GIF87a....", Some("image/gif")),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"<!DOCTYPE html>", None),
            (b" \x89PNG\r\n\x1a\n", None),
            (b"", None),
        ] {
            assert_eq!(media_type(bytes), expected, "{bytes:?}");
        }
    }
}
