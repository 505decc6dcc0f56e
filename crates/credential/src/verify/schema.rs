//! Steps 1 and 2: size, JSON, the closed member list, the rules of sections 2 and 3, contexts and layout.

use super::MAX_DOCUMENT_BYTES;
use super::report::{Check, CheckName};
use crate::credential::{Layout, SignedCredential};
use crate::host::Host;
use crate::json::{self, Value};

/// Begins the check with the size.
pub(super) fn begin(bytes: &[u8]) -> Result<Check, Check> {
    let mut check = Check::new(CheckName::Schema);
    check.add_evidence("size", format!("{} bytes", bytes.len()));
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(check.failed(format!("the document is longer than {MAX_DOCUMENT_BYTES} bytes")));
    }
    Ok(check)
}

/// Parses the JSON, and returns it with the check as far as it was made.
pub(super) fn parse(bytes: &[u8], check: Check) -> Result<(Value, Check), Check> {
    match json::parse(bytes) {
        Ok(value) => Ok((value, check)),
        Err(error) => Err(check.failed(error.to_string())),
    }
}

/// Reads the credential of the anchored form, and returns it with the host of its id and contexts and the passed check.
pub(super) fn check(value: &Value, mut check: Check) -> Result<(SignedCredential, Host, Check), Check> {
    let read = SignedCredential::from_json(value).and_then(|credential| {
        credential.validate()?;
        Ok(credential)
    });
    let credential = match read {
        Ok(credential) => credential,
        Err(error) => return Err(check.failed(error.to_string())),
    };
    // `validate` guarantees a host, but verification does not rely on it.
    let Some(host) = credential.document.host() else {
        return Err(check.failed("@context: names no host"));
    };
    check.add_evidence("id", &credential.document.id);
    check.add_evidence("document", if credential.document.is_redacted() { "redacted" } else { "full" });
    check.add_evidence("contexts", credential.document.contexts.urls().join(" "));
    check.add_evidence(
        "proof",
        match credential.layout {
            Layout::Default => "MerkleProof2019",
            Layout::OpenBadges => "MerkleProof2019, Open Badges layout",
            Layout::DataIntegrity => "DataIntegrityProof merkle-proof-2019",
        },
    );
    Ok((credential, host, check))
}
