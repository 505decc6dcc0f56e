//! The public origin of a deployment, and the identifiers that are derived from it.

use std::fmt;

use url::Url;

/// The public origin of a deployment, such as `https://learncoin.me`, or `http://localhost:8080` on a development
/// machine.
///
/// Invariant: the origin is normalized (lower case, no default port, no trailing slash), and its host is a name, never
/// an IP address, which [did:web](https://w3c-ccg.github.io/did-method-web/) does not allow.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Host {
    origin: String,
    /// The host name, followed by `%3A` and the port if there is one.
    did_part: String,
}

/// The reasons why a text is not a public origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// Not an `https` or `http` URL of an origin only.
    #[error("expected an origin such as https://learncoin.me, without path, query or user")]
    NotAnOrigin,
    /// An IP address.
    #[error("expected a host name: did:web allows no IP addresses")]
    IpAddress,
    /// An `http` URL of a host other than localhost.
    #[error("expected https: http is for localhost alone")]
    InsecureScheme,
}

impl Host {
    /// Parses an origin. A trailing slash, capital letters and a default port are normalized.
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

    /// Splits a URL into its host and the rest, which starts with `/`. Returns `None` unless the URL begins with an
    /// origin in normalized form.
    pub(crate) fn of_url(url: &str) -> Option<(Self, &str)> {
        let authority = url.find("://")?.saturating_add(3);
        let slash = url.get(authority..)?.find('/')?.saturating_add(authority);
        let (origin, rest) = url.split_at_checked(slash)?;
        let host = Self::parse(origin).ok()?;
        (host.origin == origin).then_some((host, rest))
    }

    /// Returns the origin, such as `https://learncoin.me`, without a trailing slash.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns whether the name is `localhost` or below it, which leads to the visitor's own machine.
    pub fn is_loopback(&self) -> bool {
        let name = self.did_part.split("%3A").next().unwrap_or_default();
        is_loopback(name)
    }

    /// Returns the DID, such as `did:web:learncoin.me`. A port is percent-encoded: `did:web:localhost%3A8080`.
    pub fn did(&self) -> String {
        format!("did:web:{}", self.did_part)
    }

    /// Returns the DID of a tenant: `did:web:learncoin.me#tenant-<ULID>`.
    pub fn tenant_did(&self, ulid: &str) -> String {
        format!("did:web:{}#tenant-{ulid}", self.did_part)
    }

    /// Returns the DID of a tenant's wallet forms: `did:web:learncoin.me:t:<ULID>`.
    pub fn tenant_wallet_did(&self, ulid: &str) -> String {
        format!("did:web:{}:t:{ulid}", self.did_part)
    }

    /// Returns the URL that the DID of a tenant's wallet forms resolves to.
    pub fn tenant_wallet_did_document_url(&self, ulid: &str) -> String {
        format!("{}/t/{ulid}/did.json", self.origin)
    }

    /// Returns the URL of a tenant's lists of revoked credentials, up to the number of a list.
    pub fn status_lists_url(&self, ulid: &str) -> String {
        format!("{}/t/{ulid}/status/revocation/", self.origin)
    }

    /// Returns the verification method of a tenant's key: `did:web:learncoin.me#tenant-<ULID>-key-<n>`.
    pub fn verification_method(&self, ulid: &str, number: u64) -> String {
        format!("did:web:{}#tenant-{ulid}-key-{number}", self.did_part)
    }

    /// Returns the URL of the JSON-LD context that this host serves.
    pub fn context_url(&self) -> String {
        format!("{}/contexts/v1", self.origin)
    }

    /// Returns the URL of a credential's page, which is its `id`.
    pub fn credential_url(&self, credential_id: &str) -> String {
        format!("{}/c/{credential_id}", self.origin)
    }

    /// Returns the URL of the issuer profile with the keys of every tenant.
    pub fn profile_url(&self) -> String {
        format!("{}/issuer.json", self.origin)
    }

    /// Returns the URL of a tenant's issuer profile.
    pub fn tenant_profile_url(&self, ulid: &str) -> String {
        format!("{}/tenants/{ulid}/issuer.json", self.origin)
    }

    /// Returns the URL of the revocation list, without its parameter.
    pub fn revocations_url(&self) -> String {
        format!("{}/revocations", self.origin)
    }

    /// Returns the URL of the host's DID document.
    pub fn did_document_url(&self) -> String {
        format!("{}/.well-known/did.json", self.origin)
    }
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.origin)
    }
}

/// Returns whether a name is `localhost` or below it. Resolvers map these names to the loopback interface ([RFC
/// 6761](https://www.rfc-editor.org/rfc/rfc6761) section 6.3).
pub(crate) fn is_loopback(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Returns whether a name consists of nonempty labels of letters, digits, `-` and `_`, which did:web needs no escapes
/// for.
fn is_host_name(name: &str) -> bool {
    name.split('.').all(|label| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// Returns whether a text is a ULID in upper case, as in the ids of tenants and credentials.
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
    fn identifiers_are_derived_from_the_origin() {
        let host = Host::parse("https://learncoin.me").unwrap();
        assert_eq!(host.origin(), "https://learncoin.me");
        assert_eq!(host.did(), "did:web:learncoin.me");
        assert_eq!(host.tenant_did("X"), "did:web:learncoin.me#tenant-X");
        assert_eq!(host.tenant_wallet_did("X"), "did:web:learncoin.me:t:X");
        assert_eq!(host.tenant_wallet_did_document_url("X"), "https://learncoin.me/t/X/did.json");
        assert_eq!(host.verification_method("X", 2), "did:web:learncoin.me#tenant-X-key-2");
        assert_eq!(host.context_url(), "https://learncoin.me/contexts/v1");
        assert_eq!(host.credential_url("crd_1"), "https://learncoin.me/c/crd_1");
        let local = Host::parse("http://localhost:8080").unwrap();
        assert_eq!(local.did(), "did:web:localhost%3A8080");
        assert_eq!(local.did_document_url(), "http://localhost:8080/.well-known/did.json");
        assert_eq!(local.tenant_wallet_did("X"), "did:web:localhost%3A8080:t:X");
        for host in [host, local] {
            let resolved = crate::did::did_web_url(&host.tenant_wallet_did("X")).unwrap();
            assert_eq!(resolved.as_str(), host.tenant_wallet_did_document_url("X"));
        }
    }

    #[test]
    fn a_host_is_on_its_own_machine_by_its_name() {
        for (origin, expected) in [
            ("http://localhost", true),
            ("http://localhost:8080", true),
            ("https://localhost:8443", true),
            ("http://uni.localhost:9", true),
            ("https://learncoin.me", false),
            ("https://learncoin.me:8443", false),
            ("https://localhost.example", false),
            ("https://notlocalhost", false),
        ] {
            assert_eq!(Host::parse(origin).unwrap().is_loopback(), expected, "{origin}");
        }
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
    fn other_texts_are_not_public_origins() {
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
