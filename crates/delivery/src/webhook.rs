//! One attempt to deliver an event to a tenant's endpoint.

use std::time::Duration;

use reqwest::Method;
use url::Url;

use crate::egress::{Egress, TargetError};
use crate::signature;

/// How long an endpoint may take to answer.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// What is sent, and where.
pub struct Attempt<'a> {
    /// The endpoint.
    pub url: &'a Url,
    /// Its signing secret.
    pub secret: &'a str,
    /// The event's id, the same on every attempt.
    pub event_id: &'a str,
    /// The id that the attempt goes by in logs.
    pub request_id: &'a str,
    /// Which attempt this is; the first is 1.
    pub number: u32,
    /// When, in seconds since 1970.
    pub unix_seconds: i64,
    /// The event as JSON.
    pub body: String,
}

/// Why no endpoint answered.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// The target is none that is reached.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// The client could not be set up.
    #[error("the HTTP client could not be set up")]
    Setup,
    /// No connection, no answer in time, or a name that leads where nothing is delivered.
    #[error("the endpoint did not answer")]
    NoAnswer,
}

/// Delivers once, and gives the status of the answer. Its body is not read.
///
/// # Errors
/// See [`AttemptError`].
pub async fn deliver(egress: &Egress, attempt: Attempt<'_>) -> Result<u16, AttemptError> {
    let client = egress.client(TIMEOUT).map_err(|_| AttemptError::Setup)?;
    let signed = signature::sign(attempt.secret, attempt.event_id, attempt.unix_seconds, &attempt.body);
    let answer = client
        .request(Method::POST, attempt.url)?
        .header("content-type", "application/json")
        .header("x-learncoin-event-id", attempt.event_id)
        .header("x-learncoin-signature", signed.learncoin)
        .header("x-learncoin-delivery-attempt", attempt.number)
        .header("x-request-id", attempt.request_id)
        .header("webhook-id", attempt.event_id)
        .header("webhook-timestamp", attempt.unix_seconds)
        .header("webhook-signature", signed.standard)
        .body(attempt.body)
        .send()
        .await
        .map_err(|_| AttemptError::NoAnswer)?;
    Ok(answer.status().as_u16())
}
