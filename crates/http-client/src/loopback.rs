//! The loopback rule: plain `http` is for this machine alone.

use url::{Host, Url};

/// Returns whether the URL's host is this machine, so that what is sent there does not leave it.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Returns whether a request to the URL can be read by its receiver alone: `https`, or `http` to this machine.
pub fn is_confidential(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_confidential_on_this_machine_alone() {
        for url in [
            "https://learncoin.example/",
            "https://127.0.0.1/",
            "http://127.0.0.1:1/",
            "http://127.9.9.9/",
            "http://[::1]:1/",
            "http://localhost:1/",
            "http://node.localhost/",
        ] {
            assert!(is_confidential(&url.parse().unwrap()), "{url}");
        }
        for url in [
            "http://learncoin.example/",
            "http://10.0.0.1/",
            "http://localhost.example/",
            "http://notlocalhost/",
            "ftp://127.0.0.1/",
            "file:///etc/hostname",
        ] {
            assert!(!is_confidential(&url.parse().unwrap()), "{url}");
        }
    }
}
