//! The answers to wallets: JSON that any origin may read and no cache keeps, and the errors of OAuth 2.0 and OpenID4VCI.

use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL,
    CONTENT_TYPE, WWW_AUTHENTICATE,
};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};

use crate::error::ApiError;
use crate::public::cross_origin;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const INVALID_TOKEN: HeaderValue = HeaderValue::from_static("Bearer error=\"invalid_token\"");

/// An error of one of the protocols, or of ours.
#[derive(Debug)]
pub(super) enum WalletError {
    /// The error's code, and words about it that repeat nothing of the request.
    Protocol(ProtocolError),
    /// Another error. It has the form of the API's.
    Other(ApiError),
}

/// An error as OAuth 2.0 and OpenID4VCI write it.
#[derive(Debug)]
pub(super) struct ProtocolError {
    status: StatusCode,
    code: &'static str,
    description: String,
    /// A new nonce, which wallets of Draft 13 take from an error.
    nonce: Option<String>,
}

impl WalletError {
    /// Creates an error with status 400.
    pub(super) fn new(code: &'static str, description: impl Into<String>) -> Self {
        Self::with_status(StatusCode::BAD_REQUEST, code, description)
    }

    /// Creates an error with another status.
    pub(super) fn with_status(
        status: StatusCode,
        code: &'static str,
        description: impl Into<String>,
    ) -> Self {
        Self::Protocol(ProtocolError { status, code, description: description.into(), nonce: None })
    }

    /// Creates the error for a request without a token that is good.
    pub(super) fn no_token() -> Self {
        let description = "The token is missing, unknown, used or too old.";
        Self::with_status(StatusCode::UNAUTHORIZED, "invalid_token", description)
    }

    /// Creates the error for a failure of ours.
    pub(super) fn ours(error: impl std::fmt::Display) -> Self {
        Self::Other(ApiError::internal(error))
    }

    /// Adds a nonce for the next attempt.
    #[must_use]
    pub(super) fn with_nonce(self, nonce: impl FnOnce() -> String) -> Self {
        match self {
            Self::Protocol(error) => Self::Protocol(ProtocolError { nonce: Some(nonce()), ..error }),
            Self::Other(error) => Self::Other(error),
        }
    }

    /// Creates the error for a body that can't be read, which is too large for the most part.
    pub(super) fn unreadable_body(error: &ApiError) -> Self {
        Self::with_status(error.code.status(), "invalid_request", error.message.clone())
    }
}

impl IntoResponse for WalletError {
    fn into_response(self) -> Response {
        let error = match self {
            Self::Protocol(error) => error,
            Self::Other(error) => return never_kept(cross_origin::open(error.into_response())),
        };
        let mut body = json!({ "error": error.code, "error_description": error.description });
        if let (Json::Object(members), Some(nonce)) = (&mut body, error.nonce) {
            members.insert("c_nonce".to_owned(), nonce.into());
            members.insert("c_nonce_expires_in".to_owned(), super::nonce::EXPIRES_IN_S.into());
        }
        let mut response = json_response(&body);
        *response.status_mut() = error.status;
        if error.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, INVALID_TOKEN);
        }
        response
    }
}

/// Responds with JSON that any origin may read and no cache keeps.
pub(super) fn json_response(body: &Json) -> Response {
    never_kept(cross_origin::open(([(CONTENT_TYPE, JSON)], body.to_string()).into_response()))
}

fn never_kept(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, NO_STORE);
    response
}

/// Serves `OPTIONS`: a wallet of any origin may send its token.
pub(crate) async fn preflight() -> Response {
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, OPTIONS"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "Accept, Authorization, Content-Type"),
        (ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    cross_origin::open((StatusCode::NO_CONTENT, headers).into_response())
}
