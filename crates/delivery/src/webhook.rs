//! One attempt to deliver an event to a tenant's endpoint.

use std::error::Error as _;
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::{Method, Response};
use url::Url;
use zeroize::Zeroizing;

use crate::egress::{GuardedClient, TargetError};
use crate::signature;

/// How long an endpoint may take to answer.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// How much of an answer is read.
pub const EXCERPT_BYTES: usize = 512;
/// How long the reading of it may take: the status has come, so the outcome is known, and one who trickles is not slow.
const EXCERPT_TAKES_AT_MOST: Duration = Duration::from_millis(250);

/// What is sent, and where.
pub struct Attempt<'a> {
    /// The endpoint.
    pub url: &'a Url,
    /// The secrets that sign for it, the newest first.
    pub secrets: &'a [Zeroizing<String>],
    /// The event's id, the same on every attempt.
    pub event_id: &'a str,
    /// The id that the attempt goes by in logs.
    pub request_id: &'a str,
    /// Which attempt this is; the first is 1.
    pub number: u64,
    /// When, in seconds since 1970.
    pub unix_seconds: i64,
    /// The event as JSON.
    pub body: &'a str,
}

/// What an endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The first bytes of the body as text, made harmless to print; `None` where there are none.
    pub excerpt: Option<String>,
}

impl Answer {
    /// Whether the endpoint took the event.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why no endpoint answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttemptError {
    /// The target, or what its name leads to, is nothing that is reached.
    #[error("the target {0}")]
    Target(#[from] TargetError),
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// No connection: nobody is there, the name leads nowhere, or TLS failed.
    #[error("no connection")]
    Unreachable,
    /// The connection broke, or what came was not HTTP.
    #[error("the connection broke before an answer")]
    Broken,
}

/// Delivers once.
///
/// # Errors
/// See [`AttemptError`]; a status that is no success is an [`Answer`].
pub async fn deliver(client: &GuardedClient, attempt: Attempt<'_>) -> Result<Answer, AttemptError> {
    let signed =
        signature::sign_with_each(attempt.secrets, attempt.event_id, attempt.unix_seconds, attempt.body);
    let response = client
        .request(Method::POST, attempt.url)?
        .header("content-type", "application/json")
        .header("x-learncoin-event-id", attempt.event_id)
        .header("x-learncoin-signature", signed.learncoin)
        .header("x-learncoin-delivery-attempt", attempt.number)
        .header("x-request-id", attempt.request_id)
        .header("webhook-id", attempt.event_id)
        .header("webhook-timestamp", attempt.unix_seconds)
        .header("webhook-signature", signed.standard)
        .body(attempt.body.to_owned())
        .send()
        .await
        .map_err(|error| kind(&error))?;
    Ok(Answer { status: response.status().as_u16(), excerpt: excerpt(response).await })
}

fn kind(error: &reqwest::Error) -> AttemptError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<TargetError>() {
            return AttemptError::Target(*refused);
        }
        cause = inner.source();
    }
    if error.is_timeout() {
        AttemptError::Timeout
    } else if error.is_connect() {
        AttemptError::Unreachable
    } else {
        AttemptError::Broken
    }
}

/// The first bytes of an answer. The rest is never read: a connection with a rest on it is dropped.
async fn excerpt(response: Response) -> Option<String> {
    let mut bytes = Vec::new();
    let mut stream = response.bytes_stream();
    let reading = async {
        while bytes.len() < EXCERPT_BYTES
            && let Some(Ok(chunk)) = stream.next().await
        {
            let room = EXCERPT_BYTES - bytes.len();
            bytes.extend(chunk.iter().take(room));
        }
    };
    // What came until then is what is kept.
    let _ = tokio::time::timeout(EXCERPT_TAKES_AT_MOST, reading).await;
    (!bytes.is_empty()).then(|| harmless(&String::from_utf8_lossy(&bytes)))
}

/// A stranger's text for an operator's terminal: what moves the cursor, turns the line around or can't be seen is
/// escaped.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let is_invisible = matches!(character,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
        if character.is_control() || is_invisible {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_is_made_harmless() {
        let hostile = "ok\u{1b}[2J\r\n\0\u{202e}\u{200b}é字";
        assert_eq!(harmless(hostile), "ok\\u{1b}[2J\\u{d}\\u{a}\\u{0}\\u{202e}\\u{200b}é字");
    }
}
