//! A response, whose body is read up to a limit.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::error::HttpError;

/// A response whose status and headers have arrived. Dropping it closes the connection if a body is still to come.
#[derive(Debug)]
pub struct Response {
    inner: reqwest::Response,
}

impl Response {
    pub(crate) fn new(inner: reqwest::Response) -> Response {
        Response { inner }
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.inner.status()
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// Reads the whole body.
    ///
    /// # Errors
    /// [`HttpError::TooLarge`] if it is longer than `max_bytes`, of which no more is read; else see [`HttpError`].
    pub async fn read_bounded(mut self, max_bytes: usize) -> Result<Vec<u8>, HttpError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.inner.chunk().await? {
            if body.len().saturating_add(chunk.len()) > max_bytes {
                return Err(HttpError::TooLarge { max_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// Reads at most the first `max_bytes` of the body, and returns what arrived within the time. The rest is never
    /// read, and an error ends the reading like the end of the body.
    pub async fn read_start(mut self, max_bytes: usize, time_limit: Duration) -> Vec<u8> {
        let mut start = Vec::new();
        let reading = async {
            while start.len() < max_bytes
                && let Ok(Some(chunk)) = self.inner.chunk().await
            {
                let capacity = max_bytes - start.len();
                start.extend(chunk.iter().take(capacity));
            }
        };
        // A body that is still incomplete then is cut there.
        let _ = tokio::time::timeout(time_limit, reading).await;
        start
    }
}
