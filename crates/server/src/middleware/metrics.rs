//! The counters of requests. The route is the one of the router, not the path: what callers write makes no new series, and
//! no id is in one.

use std::time::Instant;

use axum::http::{Method, StatusCode};

/// `learncoin_http_requests_total{route,method,status}`.
pub const REQUESTS: &str = "learncoin_http_requests_total";
/// `learncoin_http_request_duration_seconds{route,method}`.
pub const DURATION: &str = "learncoin_http_request_duration_seconds";
/// `learncoin_http_requests_in_flight`.
pub const IN_FLIGHT: &str = "learncoin_http_requests_in_flight";
/// `learncoin_http_requests_limited_total`.
pub const LIMITED: &str = "learncoin_http_requests_limited_total";
/// `learncoin_http_panics_total`.
pub const PANICS: &str = "learncoin_http_panics_total";

/// The route of a request that has none.
const NO_ROUTE: &str = "none";

/// Describes what is counted, and begins each count at zero.
pub fn describe() {
    metrics::describe_counter!(REQUESTS, "Requests that were answered, by route and class of status.");
    metrics::describe_histogram!(DURATION, "How long answers took, in seconds.");
    metrics::describe_gauge!(IN_FLIGHT, "Requests that are being answered.");
    metrics::describe_counter!(LIMITED, "Requests that were refused because a tenant had made too many.");
    metrics::describe_counter!(PANICS, "Requests whose handler panicked.");
    metrics::gauge!(IN_FLIGHT).set(0.0);
    metrics::counter!(LIMITED).increment(0);
    metrics::counter!(PANICS).increment(0);
}

/// A request that is being answered. One whose caller hangs up is no longer in flight, and was not answered.
pub(crate) struct Counted {
    route: String,
    method: &'static str,
    began: Instant,
}

impl Counted {
    pub(crate) fn begin(route: Option<&str>, method: &Method) -> Self {
        metrics::gauge!(IN_FLIGHT).increment(1.0);
        Self { route: route.unwrap_or(NO_ROUTE).to_owned(), method: name(method), began: Instant::now() }
    }

    pub(crate) fn method(&self) -> &'static str {
        self.method
    }

    pub(crate) fn answered(self, status: StatusCode) {
        let seconds = self.began.elapsed().as_secs_f64();
        let route = self.route.clone();
        metrics::counter!(REQUESTS, "route" => route.clone(), "method" => self.method, "status" => class(status))
            .increment(1);
        metrics::histogram!(DURATION, "route" => route, "method" => self.method).record(seconds);
        if status == StatusCode::TOO_MANY_REQUESTS {
            metrics::counter!(LIMITED).increment(1);
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        metrics::gauge!(IN_FLIGHT).decrement(1.0);
    }
}

pub(crate) fn panicked() {
    metrics::counter!(PANICS).increment(1);
}

/// Returns the method's name for the metrics. A caller may send any word as a method.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_of_a_fixed_set() {
        let odd = Method::from_bytes(b"BREW").unwrap();
        assert_eq!((name(&odd), name(&Method::PATCH), name(&Method::PUT)), ("other", "PATCH", "other"));
        let classes = [100, 204, 304, 429, 503].map(|status| class(StatusCode::from_u16(status).unwrap()));
        assert_eq!(classes, ["1xx", "2xx", "3xx", "4xx", "5xx"]);
    }
}
