//! The deployment's name and mark on its pages: the settings `brand.name` and `brand.logo`.
//!
//! Every page shows them, error pages too, which are made where no state is at hand. So they belong to the request: a layer
//! around all routes sets them, and templates read them.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;
use learncoin_badge::{Brand, BrandMark};
use sha2::{Digest as _, Sha256};

use crate::api::endpoint_not_found;
use crate::error::ApiError;
use crate::public::cross_origin::FOREVER;
use crate::public::logos::picture_response;

tokio::task_local! {
    /// The brand of the deployment that serves the request.
    static BRAND: PageBrand;
}

/// The brand, with the address of its mark. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct PageBrand {
    brand: Brand,
    /// The path of the mark.
    mark: Arc<str>,
}

impl From<Brand> for PageBrand {
    fn from(brand: Brand) -> Self {
        let mark = match brand.mark() {
            Some(mark) => format!("/assets/brand/{}", hex::encode(Sha256::digest(&mark.bytes))).into(),
            None => "/assets/mark.svg".into(),
        };
        Self { brand, mark }
    }
}

impl Default for PageBrand {
    fn default() -> Self {
        Brand::default().into()
    }
}

impl PageBrand {
    /// Returns the brand as drawings show it.
    pub(crate) fn brand(&self) -> &Brand {
        &self.brand
    }
}

/// Sets the brand for everything that serves a request.
pub(crate) async fn with_brand(State(brand): State<PageBrand>, request: Request, next: Next) -> Response {
    BRAND.scope(brand, next.run(request)).await
}

/// Returns the brand of the deployment that serves the request; outside of one, the default.
fn current() -> PageBrand {
    BRAND.try_with(PageBrand::clone).unwrap_or_default()
}

/// Returns the name, for templates.
pub fn name() -> String {
    current().brand.name().to_owned()
}

/// Returns the path of the mark, for templates.
pub fn mark() -> Arc<str> {
    current().mark
}

/// Returns the media type of the mark, for templates.
pub fn mark_type() -> &'static str {
    current().brand.mark().map_or("image/svg+xml", |mark| mark.media_type)
}

/// Serves `GET /assets/brand/{hash}`: the operator's mark by the SHA-256 of its bytes, which therefore never change.
pub(crate) async fn picture(
    State(PageBrand { brand, mark }): State<PageBrand>,
    hash: Result<Path<String>, PathRejection>,
) -> Result<Response, ApiError> {
    let hash = hash.map(|Path(hash)| hash).unwrap_or_default();
    match brand.mark().filter(|_| mark.strip_prefix("/assets/brand/") == Some(&*hash)) {
        Some(mark) => Ok(mark_response(mark, FOREVER)),
        None => Err(endpoint_not_found().await),
    }
}

/// Responds with the mark under this rule for caches.
pub(super) fn mark_response(mark: &BrandMark, cache_control: HeaderValue) -> Response {
    let body = Body::from(Bytes::from_owner(Arc::clone(&mark.bytes)));
    picture_response(body, HeaderValue::from_static(mark.media_type), cache_control)
}
