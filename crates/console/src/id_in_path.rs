//! The id in a path, as an argument of a handler.

use std::str::FromStr;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

use crate::access::Visit;
use crate::frame::Failure;

/// The parameter `{id}` of the path. Under a path with none of this kind there is nothing.
pub(crate) struct IdInPath<T>(pub(crate) T);

impl<S: Sync, T: FromStr> FromRequestParts<S> for IdInPath<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let language = Visit::from_request_parts(parts, state).await?.language;
        let missing = || Failure::Missing(language).into_response();
        let params = RawPathParams::from_request_parts(parts, &()).await.map_err(|_| missing())?;
        let id = params.iter().find(|(name, _)| *name == "id").and_then(|(_, text)| text.parse().ok());
        id.map(Self).ok_or_else(missing)
    }
}
