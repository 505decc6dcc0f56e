//! An HTTP response with its whole body.

use axum::body::Bytes;
use axum::http::HeaderMap;
use learncoin_server::error::ErrorCode;
use serde_json::Value;

/// A response.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// Returns the body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }

    /// Returns the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// Returns a header as text; empty if it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("the header is text"))
    }

    /// Returns the JSON body of a response that must have this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// Asserts that this is exactly the error with that code, in every respect of the contract. Returns its message.
    pub fn expect_error(&self, code: ErrorCode) -> String {
        let body = self.json();
        assert_eq!(body["error"]["code"], code.as_str(), "{body}");
        assert_eq!(self.status, code.status().as_u16(), "{body}");
        let members: Vec<&String> = body["error"].as_object().expect("error is an object").keys().collect();
        assert_eq!(members, ["code", "message", "request_id"]);
        assert_eq!(body.as_object().map(serde_json::Map::len), Some(1));
        let request_id = body["error"]["request_id"].as_str().expect("request_id is a string");
        assert!(request_id.parse::<learncoin_store::id::RequestId>().is_ok(), "{request_id}");
        assert_eq!(self.header("x-request-id"), request_id);
        assert_eq!(self.header("content-type"), "application/json");
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(self.header("link").ends_with(&format!("/docs/api/errors#{code}>; rel=\"help\"")));
        body["error"]["message"].as_str().expect("message is a string").to_owned()
    }
}
