//! Why a request has no usable response.

use std::error::Error;

use crate::printable::printable_reason;
use crate::target::TargetError;

/// Why a request has no usable response. No variant contains the URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The client could not be created: no TLS on this machine.
    #[error("the HTTP client could not be set up: {reason}")]
    Setup {
        /// The innermost cause.
        reason: String,
    },
    /// The name resolved to an address that the egress guard refuses.
    #[error("the target {0}")]
    Target(#[from] TargetError),
    /// The time limit passed.
    #[error("no response in time")]
    Timeout,
    /// No connection: the port is closed, the name does not resolve, or TLS failed.
    #[error("no connection: {reason}")]
    Unreachable {
        /// The innermost cause.
        reason: String,
    },
    /// The connection broke, or what came was not HTTP.
    #[error("the connection broke: {reason}")]
    Broken {
        /// The innermost cause.
        reason: String,
    },
    /// The body is longer than the caller's limit.
    #[error("the response has more than {max_bytes} bytes")]
    TooLarge {
        /// The limit.
        max_bytes: usize,
    },
}

impl HttpError {
    /// Creates the error of a client that could not be built.
    pub(crate) fn setup(error: reqwest::Error) -> HttpError {
        HttpError::Setup { reason: innermost_cause(&error.without_url()) }
    }

    /// Returns what went wrong in the words of the operating system, TLS or HTTP.
    pub fn reason(&self) -> String {
        match self {
            HttpError::Setup { reason }
            | HttpError::Unreachable { reason }
            | HttpError::Broken { reason } => reason.clone(),
            HttpError::Target(_) | HttpError::Timeout | HttpError::TooLarge { .. } => self.to_string(),
        }
    }
}

impl From<reqwest::Error> for HttpError {
    /// Sorts the HTTP library's error and drops the URL that it carries.
    fn from(error: reqwest::Error) -> HttpError {
        if let Some(refused) = refused_target(&error) {
            return HttpError::Target(refused);
        }
        if error.is_timeout() {
            return HttpError::Timeout;
        }
        let is_connect = error.is_connect();
        let reason = innermost_cause(&error.without_url());
        if is_connect { HttpError::Unreachable { reason } } else { HttpError::Broken { reason } }
    }
}

/// Finds what the guarded resolver refused, among the causes.
fn refused_target(error: &reqwest::Error) -> Option<TargetError> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<TargetError>() {
            return Some(*refused);
        }
        cause = inner.source();
    }
    None
}

fn innermost_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    printable_reason(&cause.to_string())
}
