//! The revocation list of a host, which is queried for one credential at a time.

use serde_json::{Value as Json, json};
use url::Url;

use crate::did::{ReadError, objects};
use crate::host::Host;
use crate::json::{self, Value};

/// The reason that a host returns for an id that it never issued. It makes the stock verifier reject forged ids.
pub const NOT_ISSUED: &str = "not issued by this host";

/// A revocation list. The credentials that it names are revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList {
    /// The entries. In a response to `?assertionId=` there is at most one.
    pub revoked: Vec<RevokedAssertion>,
}

/// A revoked credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedAssertion {
    /// The credential's `id`.
    pub id: String,
    /// The reason, as text for people.
    pub reason: Option<String>,
}

impl RevocationList {
    /// Parses a response.
    ///
    /// # Errors
    /// If the bytes are not JSON, or not an object with an array `revokedAssertions` of objects that each have an `id`.
    /// An entry that cannot be parsed could be the one in question.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        let value = json::parse_limited(bytes, json::MAX_HOST_VALUES)?;
        let form = ReadError::Form("expected a revocation list: an object with the array revokedAssertions");
        let entries = value
            .as_object()
            .and_then(|list| list.get("revokedAssertions"))
            .filter(|v| v.as_array().is_some());
        let Some(entries) = entries else { return Err(form) };
        let revoked: Vec<_> = objects(Some(entries))
            .filter_map(|entry| {
                let id = entry.get("id").and_then(Value::as_str)?.to_owned();
                let reason = entry.get("revocationReason").and_then(Value::as_str).map(str::to_owned);
                Some(RevokedAssertion { id, reason })
            })
            .collect();
        if revoked.len() != entries.as_array().map_or(0, <[Value]>::len) {
            return Err(form);
        }
        Ok(Self { revoked })
    }

    /// Returns the entry of a credential.
    pub fn entry(&self, credential_id: &str) -> Option<&RevokedAssertion> {
        self.revoked.iter().find(|entry| entry.id == credential_id)
    }
}

/// Builds the query URL for one credential: the list's URL with `assertionId=` and the percent-encoded id.
pub fn query_url(list: &Url, credential_id: &str) -> Url {
    let mut url = list.clone();
    url.query_pairs_mut().append_pair("assertionId", credential_id);
    url
}

/// Builds the response of `/revocations`.
pub fn list(host: &Host, revoked: &[RevokedAssertion]) -> Json {
    let entry = |entry: &RevokedAssertion| match &entry.reason {
        Some(reason) => json!({ "id": entry.id, "revocationReason": reason }),
        None => json!({ "id": entry.id }),
    };
    json!({
        "@context": "https://w3id.org/openbadges/v2",
        "id": host.revocations_url(),
        "type": "RevocationList",
        "issuer": host.did(),
        "revokedAssertions": revoked.iter().map(entry).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_lists_are_parsed() {
        let host = Host::parse("https://learncoin.me").unwrap();
        let entry = |reason: Option<&str>| RevokedAssertion {
            id: host.credential_url("crd_1"),
            reason: reason.map(str::to_owned),
        };
        for revoked in [vec![], vec![entry(Some("Superseded"))], vec![entry(None)]] {
            let json = list(&host, &revoked);
            let read = RevocationList::read(json.to_string().as_bytes()).unwrap();
            assert_eq!(read.revoked, revoked);
            assert_eq!(read.entry("https://learncoin.me/c/crd_1").is_some(), !revoked.is_empty());
            assert_eq!(read.entry("https://learncoin.me/c/crd_2"), None);
        }
        let json = list(&host, &[entry(Some("Superseded"))]).to_string();
        assert_eq!(
            json,
            r#"{"@context":"https://w3id.org/openbadges/v2","id":"https://learncoin.me/revocations","type":"RevocationList","issuer":"did:web:learncoin.me","revokedAssertions":[{"id":"https://learncoin.me/c/crd_1","revocationReason":"Superseded"}]}"#
        );
    }

    #[test]
    fn malformed_responses_are_errors() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"revokedAssertions":null}"#,
            r#"{"revokedAssertions":[{}]}"#,
            r#"{"revokedAssertions":["x"]}"#,
        ] {
            assert!(RevocationList::read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_query_contains_the_credential_id() {
        let list = Url::parse("https://learncoin.me/revocations").unwrap();
        assert_eq!(
            query_url(&list, "https://learncoin.me/c/crd_1").as_str(),
            "https://learncoin.me/revocations?assertionId=https%3A%2F%2Flearncoin.me%2Fc%2Fcrd_1"
        );
    }
}
