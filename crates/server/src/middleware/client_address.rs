//! The origin of a request: the peer of the connection or, if that is a trusted proxy, the client whose request it forwards.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName};
use ipnet::IpNet;
use learncoin_issuance::tenant::allowlist::contains;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address as an argument of a handler; `None` if it is unknown.
pub struct ClientAddress(
    /// The address.
    pub Option<IpAddr>,
);

impl<S: Sync> FromRequestParts<S> for ClientAddress
where
    Arc<[IpNet]>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let trusted_proxies = Arc::<[IpNet]>::from_ref(state);
        Ok(Self(client_address(&parts.extensions, &parts.headers, &trusted_proxies)))
    }
}

/// Returns the client's address, or `None` if it is unknown.
///
/// `X-Forwarded-For` is read from its right end, which the nearest proxy wrote, for as long as the hop before was
/// one of `trusted`. What is further left was written by a host that is not trusted.
pub(crate) fn client_address(
    extensions: &Extensions,
    headers: &HeaderMap,
    trusted: &[IpNet],
) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    forwarded(peer.ip(), headers, trusted)
}

fn forwarded(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let mut hop = peer;
    for value in headers.get_all(X_FORWARDED_FOR).iter().rev() {
        for text in value.to_str().ok()?.rsplit(',') {
            if !contains(trusted, hop) {
                return Some(hop.to_canonical());
            }
            hop = address(text.trim())?;
        }
    }
    Some(hop.to_canonical())
}

/// Returns what counts as one client: an IPv4 address, or the network of 64 bits of an IPv6 address, within which a client
/// chooses its addresses.
pub fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

/// Parses an address as proxies write it: bare, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn client(peer: &str, headers: &[&str]) -> Option<String> {
        let trusted: Vec<IpNet> =
            ["10.0.0.0/8", "::1/128"].iter().map(|text| text.parse().unwrap()).collect();
        let mut map = HeaderMap::new();
        for value in headers {
            map.append(X_FORWARDED_FOR, HeaderValue::from_str(value).unwrap());
        }
        forwarded(peer.parse().unwrap(), &map, &trusted).map(|address| address.to_string())
    }

    #[test]
    fn a_peer_that_is_no_proxy_of_ours_speaks_for_itself() {
        for headers in [[].as_slice(), &["198.51.100.1"], &["10.0.0.1, 10.0.0.2"], &["nonsense"]] {
            assert_eq!(client("203.0.113.7", headers).as_deref(), Some("203.0.113.7"), "{headers:?}");
        }
        assert_eq!(client("::ffff:203.0.113.7", &[]).as_deref(), Some("203.0.113.7"));
    }

    #[test]
    fn a_proxy_of_ours_tells_whom_it_forwards() {
        for (headers, expected) in [
            ([].as_slice(), Some("10.0.0.1")),
            (&["198.51.100.1"], Some("198.51.100.1")),
            (&["192.0.2.1, 198.51.100.1"], Some("198.51.100.1")),
            (&["192.0.2.1", "198.51.100.1"], Some("198.51.100.1")),
            (&["198.51.100.1, 10.1.1.1"], Some("198.51.100.1")),
            (&["198.51.100.1", "10.1.1.1,10.2.2.2"], Some("198.51.100.1")),
            (&["10.1.1.1, 10.2.2.2"], Some("10.1.1.1")),
            (&["198.51.100.1:4711"], Some("198.51.100.1")),
            (&["[2001:db8::7]:4711"], Some("2001:db8::7")),
            (&["[2001:db8::7]"], Some("2001:db8::7")),
            (&["198.51.100.1, unknown"], None),
            (&["198.51.100.1, "], None),
        ] {
            assert_eq!(client("10.0.0.1", headers).as_deref(), expected, "{headers:?}");
        }
    }
}
