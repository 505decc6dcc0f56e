//! Logos: fetched once when a tenant names one, kept, and served by us, so that a page asks no other host.

use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::Response;
use learncoin_badge::{AcceptedPicture, PictureError, accept_picture};
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

/// Fetches a picture, and decodes it: what is kept is whole, upright, and a PNG or JPEG.
///
/// # Errors
/// Why there is none, in words that follow its URL and "it".
pub(crate) async fn fetch_logo(egress: &Egress, url: &Url) -> Result<Logo, String> {
    fetch_picture(egress, url, |bytes| accept_picture(bytes, MAX_BYTES)).await
}

/// Fetches a picture, and keeps of it what `accept` makes of its bytes.
///
/// # Errors
/// Why there is none, in words that follow its URL and "it".
pub(super) async fn fetch_picture(
    egress: &Egress,
    url: &Url,
    accept: impl FnOnce(&[u8]) -> Result<AcceptedPicture<'_>, PictureError> + Send + 'static,
) -> Result<Logo, String> {
    let bytes = fetch(egress, url, ACCEPT, LIMITS).await.map_err(|error| error.to_string())?;
    // Decoding takes up to a second, and other requests are not to wait for it.
    let accepted = tokio::task::spawn_blocking(move || {
        let picture = accept(&bytes)?;
        Ok(Logo { media_type: picture.media_type.to_owned(), bytes: picture.bytes.into_owned() })
    });
    match accepted.await {
        Ok(accepted) => accepted.map_err(|error: PictureError| error.to_string()),
        Err(_) => Err("could not be decoded".to_owned()),
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
    let media_type = HeaderValue::try_from(logo.media_type).map_err(ApiError::internal)?;
    Ok(picture_response(Body::from(logo.bytes), media_type, FOREVER))
}

/// Responds with a picture under this rule for caches.
pub(super) fn picture_response(body: Body, media_type: HeaderValue, cache_control: HeaderValue) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type);
    headers.insert(CACHE_CONTROL, cache_control);
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    response
}
