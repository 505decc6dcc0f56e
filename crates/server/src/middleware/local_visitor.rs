//! The visitor on the deployment's own machine, for pages of development that show people.
//!
//! The address of the connection alone proves nothing: a page of any site can point its own name at 127.0.0.1 and have the visitor's
//! browser ask there (DNS rebinding), and a proxy on this machine forwards the requests of others. A browser that was led here by another
//! name sends that name in `Host`, and a proxy usually names its client.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{FORWARDED, HOST, VIA};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use learncoin_credential::Host;
use learncoin_language::Language;

use crate::public::response;

/// Lets the request go on if it comes from this machine and names the public URL's host; else there is nothing here.
pub(crate) async fn local_visitor(State(host): State<Host>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_loopback = peer.is_some_and(|ConnectInfo(peer)| peer.ip().to_canonical().is_loopback());
    if is_loopback
        && !is_forwarded(request.headers())
        && names_host(request.headers(), request.uri(), host.origin())
    {
        return next.run(request).await;
    }
    response::apology(
        StatusCode::NOT_FOUND,
        Language::English,
        "Nothing to see here",
        "What this deployment keeps for development is shown on its own machine alone, under the host of its public URL.",
    )
}

/// Returns whether a header states that a proxy forwards the request.
fn is_forwarded(headers: &HeaderMap) -> bool {
    let others = ["x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip", "x-cluster-client-ip"];
    headers.contains_key(FORWARDED)
        || headers.contains_key(VIA)
        || headers.keys().any(|name| name.as_str().starts_with("x-forwarded"))
        || others.iter().any(|name| headers.contains_key(*name))
}

/// Returns whether the request names the origin's host and port, and no other one.
fn names_host(headers: &HeaderMap, uri: &Uri, origin: &str) -> bool {
    let Some((scheme, expected)) = origin.split_once("://") else { return false };
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let in_full =
        if expected.contains(':') { expected.to_owned() } else { format!("{expected}{default_port}") };
    let is_expected =
        |named: &str| named.eq_ignore_ascii_case(expected) || named.eq_ignore_ascii_case(&in_full);
    let mut named = headers.get_all(HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else { return false };
    host.to_str().is_ok_and(is_expected)
        && uri.authority().is_none_or(|authority| is_expected(authority.as_str()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn names(origin: &str, hosts: &[&str], uri: &str) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap());
        }
        names_host(&headers, &uri.parse().unwrap(), origin)
    }

    #[test]
    fn the_public_urls_own_host_is_one_text_in_any_case() {
        let local = "http://localhost:8080";
        for host in ["localhost:8080", "LOCALHOST:8080", "LocalHost:8080"] {
            assert!(names(local, &[host], "/dev/mail"), "{host}");
        }
        assert!(names(local, &["localhost:8080"], "http://localhost:8080/dev/mail"));
        assert!(names("http://localhost", &["localhost"], "/dev/mail"));
        assert!(names("http://localhost", &["localhost:80"], "/dev/mail"));
        assert!(names("http://uni.localhost:9", &["uni.localhost:9"], "/"));
        assert!(names("https://localhost", &["localhost:443"], "/"));
    }

    #[test]
    fn every_other_host_is_another() {
        for host in [
            "",
            " ",
            "localhost",
            "localhost:",
            "localhost:80",
            "localhost:8081",
            "localhost:08080",
            "localhost.:8080",
            "localhost.evil.example:8080",
            "evil.example:8080",
            "evil.example",
            "127.0.0.1:8080",
            "127.1:8080",
            "[::1]:8080",
            "[::ffff:127.0.0.1]:8080",
            "0.0.0.0:8080",
            "user@localhost:8080",
            "localhost:8080@evil.example",
            "localhost:8080,evil.example",
            "localhost:8080 ",
            "localhost:8080:80",
            ":8080",
            "localhost:8080/",
            "http://localhost:8080",
            "l\u{f6}calhost:8080",
        ] {
            assert!(!names("http://localhost:8080", &[host], "/dev/mail"), "{host:?}");
        }
        let two = ["localhost:8080", "localhost:8080"];
        assert!(!names("http://localhost:8080", &two, "/dev/mail"));
        assert!(!names("http://localhost:8080", &[], "/dev/mail"));
        assert!(!names("http://localhost:8080", &["localhost:8080"], "http://evil.example/dev/mail"));
        assert!(!names("http://localhost:8080", &["evil.example"], "http://localhost:8080/dev/mail"));
    }

    #[test]
    fn a_proxy_that_names_its_client_is_no_visitor() {
        let forwarded = |name: &'static str| {
            is_forwarded(&HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static("x"))]))
        };
        for name in ["x-forwarded-for", "x-forwarded-host", "X-Forwarded", "forwarded", "via", "x-real-ip"] {
            assert!(forwarded(name), "{name}");
        }
        assert!(!forwarded("accept") && !is_forwarded(&HeaderMap::new()));
    }
}
