//! A look at another process: does it answer, and does it say that it is ready.

use std::time::Duration;

use reqwest::redirect::Policy;

/// How long a process may take for an answer that costs it nothing.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HealthError {
    /// Nobody answers there, or not as HTTP.
    #[error("nobody answers there")]
    Unreachable,
    /// It took more than five seconds.
    #[error("there is no answer within five seconds")]
    Timeout,
    /// The client could not be set up.
    #[error("the HTTP client could not be set up")]
    Setup,
}

/// The status that `path` has on the server at `address` (`127.0.0.1:8080`).
///
/// # Errors
/// See [`HealthError`].
pub async fn status(address: &str, path: &str) -> Result<u16, HealthError> {
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .timeout(TIMEOUT)
        .build()
        .map_err(|_| HealthError::Setup)?;
    let answer = client.get(format!("http://{address}{path}")).send().await;
    match answer {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) if error.is_timeout() => Err(HealthError::Timeout),
        Err(_) => Err(HealthError::Unreachable),
    }
}
