//! A deployment's public origin, and the identifiers that follow from it.

use std::fmt;

use url::Url;

/// The public origin of one deployment: `https://learncoin.me`, or `http://localhost:8080` on one machine.
///
/// Invariant: the origin is normalized (lower case, no default port, no trailing slash) and its host is a name,
/// never an IP address, because [did:web](https://w3c-ccg.github.io/did-method-web/) allows none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    origin: String,
    /// Name, and `%3A` with the port where there is one.
    did_part: String,
}

/// Why a text is not a public origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// Not an `https` or `http` URL of an origin alone.
    #[error("expected an origin such as https://learncoin.me, without path, query or user")]
    NotAnOrigin,
    /// An IP address.
    #[error("expected a host name: did:web allows no IP addresses")]
    IpAddress,
    /// `http` on a name that another machine could answer for.
    #[error("expected https: http is for localhost alone")]
    InsecureScheme,
}

impl Host {
    /// Reads an origin; one trailing slash, capital letters and a default port are normalized away.
    ///
    /// # Errors
    /// See [`HostError`].
    pub fn parse(origin: &str) -> Result<Self, HostError> {
        let url = Url::parse(origin).map_err(|_| HostError::NotAnOrigin)?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !bare || !matches!(url.scheme(), "https" | "http") {
            return Err(HostError::NotAnOrigin);
        }
        let name = match url.host() {
            Some(url::Host::Domain(name)) if is_host_name(name) => name,
            Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)) => return Err(HostError::IpAddress),
            _ => return Err(HostError::NotAnOrigin),
        };
        if url.scheme() == "http" && !is_loopback(name) {
            return Err(HostError::InsecureScheme);
        }
        let (origin, did_part) = match url.port() {
            Some(port) => (format!("{}://{name}:{port}", url.scheme()), format!("{name}%3A{port}")),
            None => (format!("{}://{name}", url.scheme()), name.to_owned()),
        };
        Ok(Self { origin, did_part })
    }

    /// The host of a URL that must begin with a normalized origin, and what follows the origin (it starts with
    /// `/`). `None` if the origin is spelled in any other way than ours.
    pub(crate) fn of_url(url: &str) -> Option<(Self, &str)> {
        let authority = url.find("://")?.saturating_add(3);
        let slash = url.get(authority..)?.find('/')?.saturating_add(authority);
        let (origin, rest) = url.split_at_checked(slash)?;
        let host = Self::parse(origin).ok()?;
        (host.origin == origin).then_some((host, rest))
    }

    /// `https://learncoin.me`, without a trailing slash.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// `did:web:learncoin.me`; a port is percent-encoded: `did:web:localhost%3A8080`.
    pub fn did(&self) -> String {
        format!("did:web:{}", self.did_part)
    }

    /// The DID of a tenant: `did:web:learncoin.me#tenant-<ULID>`.
    pub fn tenant_did(&self, ulid: &str) -> String {
        format!("did:web:{}#tenant-{ulid}", self.did_part)
    }

    /// The verification method of a tenant's key: `did:web:learncoin.me#tenant-<ULID>-key-<n>`.
    pub fn verification_method(&self, ulid: &str, number: u64) -> String {
        format!("did:web:{}#tenant-{ulid}-key-{number}", self.did_part)
    }

    /// The address of the JSON-LD context that this host serves.
    pub fn context_url(&self) -> String {
        format!("{}/contexts/v1", self.origin)
    }

    /// The verify URL of a credential, which is its `id`.
    pub fn credential_url(&self, credential_id: &str) -> String {
        format!("{}/c/{credential_id}", self.origin)
    }

    /// The profile that lists the keys of every tenant.
    pub fn profile_url(&self) -> String {
        format!("{}/issuer.json", self.origin)
    }

    /// The profile of one tenant.
    pub fn tenant_profile_url(&self, ulid: &str) -> String {
        format!("{}/tenants/{ulid}/issuer.json", self.origin)
    }

    /// The revocation list, without its parameter.
    pub fn revocations_url(&self) -> String {
        format!("{}/revocations", self.origin)
    }

    /// Where the host's DID document is served.
    pub fn did_document_url(&self) -> String {
        format!("{}/.well-known/did.json", self.origin)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.origin)
    }
}

/// `localhost` and the names under it, which resolvers keep on the machine
/// ([RFC 6761](https://www.rfc-editor.org/rfc/rfc6761) section 6.3).
pub(crate) fn is_loopback(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Letters, digits, `-`, `.` and `_`, without empty labels: what a did:web can carry unescaped.
fn is_host_name(name: &str) -> bool {
    name.split('.').all(|label| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// Whether a text is a ULID in upper case, as the ids of tenants and credentials have it.
pub(crate) fn is_ulid(text: &str) -> bool {
    text.len() == 26
        && text.bytes().all(
            |byte| matches!(byte, b'0'..=b'9' | b'A'..=b'H' | b'J' | b'K' | b'M' | b'N' | b'P'..=b'T' | b'V'..=b'Z'),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_gives_its_identifiers() {
        let host = Host::parse("https://learncoin.me").unwrap();
        assert_eq!(host.origin(), "https://learncoin.me");
        assert_eq!(host.did(), "did:web:learncoin.me");
        assert_eq!(host.tenant_did("X"), "did:web:learncoin.me#tenant-X");
        assert_eq!(host.verification_method("X", 2), "did:web:learncoin.me#tenant-X-key-2");
        assert_eq!(host.context_url(), "https://learncoin.me/contexts/v1");
        assert_eq!(host.credential_url("crd_1"), "https://learncoin.me/c/crd_1");
        let local = Host::parse("http://localhost:8080").unwrap();
        assert_eq!(local.did(), "did:web:localhost%3A8080");
        assert_eq!(local.did_document_url(), "http://localhost:8080/.well-known/did.json");
    }

    #[test]
    fn spellings_of_one_origin_are_one_host() {
        let host = Host::parse("https://learncoin.me").unwrap();
        for spelling in ["https://LearnCoin.me/", "https://learncoin.me:443", "HTTPS://learncoin.me"] {
            assert_eq!(Host::parse(spelling), Ok(host.clone()), "{spelling}");
        }
        assert!(Host::of_url("https://learncoin.me:443/c/x").is_none());
        assert!(Host::of_url("https://LEARNCOIN.me/c/x").is_none());
        assert_eq!(Host::of_url("https://learncoin.me/c/x"), Some((host, "/c/x")));
    }

    #[test]
    fn what_cannot_be_a_public_origin_is_refused() {
        for (origin, error) in [
            ("learncoin.me", HostError::NotAnOrigin),
            ("ftp://learncoin.me", HostError::NotAnOrigin),
            ("https://learncoin.me/path", HostError::NotAnOrigin),
            ("https://learncoin.me?x", HostError::NotAnOrigin),
            ("https://user@learncoin.me", HostError::NotAnOrigin),
            ("https://learncoin.me.", HostError::NotAnOrigin),
            ("https://", HostError::NotAnOrigin),
            ("https://127.0.0.1:8080", HostError::IpAddress),
            ("http://[::1]:8080", HostError::IpAddress),
            ("https://2130706433", HostError::IpAddress),
            ("http://learncoin.me", HostError::InsecureScheme),
            ("http://localhost.example", HostError::InsecureScheme),
        ] {
            assert_eq!(Host::parse(origin), Err(error), "{origin}");
        }
        assert!(Host::parse("http://uni.localhost:9").is_ok());
    }
}
