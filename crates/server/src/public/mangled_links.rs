//! Links to credentials as people mangle them: with a slash or the end of a sentence behind them, in lower case, in angle
//! brackets. Each page and file has one address, and such a link is redirected to it.

use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use learncoin_credential::link::canonical_path;

use super::{cross_origin, response};

/// Redirects a request for a credential's page or file whose address is misspelled to the right one.
pub(crate) async fn redirect_mangled_links(request: Request, next: Next) -> Response {
    let uri = request.uri();
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let target = Some(uri.path())
        .filter(|path| is_read && path.len() <= 256)
        .and_then(canonical_path)
        .filter(|target| target != uri.path());
    match target {
        Some(target) => {
            let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            let location = [(LOCATION, format!("{target}{query}"))];
            let redirect = (StatusCode::PERMANENT_REDIRECT, location).into_response();
            // A script of another site may follow it, as it may read what is there.
            cross_origin::open(response::private(redirect))
        }
        None => next.run(request).await,
    }
}
