//! The health check of another process: whether it responds, and with which status.

use std::time::Duration;

use learncoin_http_client::{BoundedClient, ClientOptions, HttpError, Method};
use url::Url;

/// The limit for a response that costs the process nothing.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Why there is no status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HealthError {
    /// Nothing responds there, or not as HTTP.
    #[error("no server answers there")]
    Unreachable,
    /// It took more than five seconds.
    #[error("there is no answer within five seconds")]
    Timeout,
    /// The client could not be set up.
    #[error("the HTTP client could not be set up")]
    Setup,
}

/// Returns the status of `path` on the server at `address` (`127.0.0.1:8080`).
///
/// # Errors
/// See [`HealthError`].
pub async fn status(address: &str, path: &str) -> Result<u16, HealthError> {
    let url = Url::parse(&format!("http://{address}{path}")).map_err(|_| HealthError::Unreachable)?;
    let options = ClientOptions { timeout: TIMEOUT, connect_timeout: None, user_agent: None };
    let client = BoundedClient::new(options).map_err(|_| HealthError::Setup)?;
    match client.request(Method::GET, &url).send().await {
        Ok(response) => Ok(response.status().as_u16()),
        Err(HttpError::Timeout) => Err(HealthError::Timeout),
        Err(_) => Err(HealthError::Unreachable),
    }
}
