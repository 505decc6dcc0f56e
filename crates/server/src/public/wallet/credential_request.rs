//! The request for a credential: of OpenID4VCI 1.0 (section 8.2), and of Draft 13, which wallets still send.

use learncoin_credential::json::{self, Object, Value};
use learncoin_store::wallets::OfferedFormat;

use super::answer::WalletError;
use super::issuer::configuration_id;

/// The most values in a request.
const MAX_VALUES: usize = 1_000;

/// The version of a request, in which it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// 1.0 and the drafts before it that name a configuration.
    Final,
    /// Draft 13 and 14, which name a format.
    Draft13,
}

/// A request for a credential.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CredentialRequest {
    /// The version.
    pub(super) version: Version,
    /// The format asked for.
    pub(super) format: OfferedFormat,
    /// The proof of the holder's key, if one came.
    pub(super) proof: Option<String>,
}

impl CredentialRequest {
    /// Reads a body. Members that mean nothing here are passed over, which section 8.2 demands.
    ///
    /// # Errors
    /// The error of the protocol, which names the member.
    pub(super) fn read(body: &[u8]) -> Result<Self, WalletError> {
        let value = json::parse_limited(body, MAX_VALUES).ok();
        let members = value.as_ref().and_then(Value::as_object);
        let members = members.ok_or_else(|| invalid("The body is no JSON object."))?;
        if members.get("credential_response_encryption").is_some() {
            let description = "credential_response_encryption: expected none";
            return Err(WalletError::new("invalid_encryption_parameters", description));
        }
        let (version, format) = asked(members)?;
        Ok(Self { version, format, proof: proof(members)? })
    }
}

fn asked(members: &Object) -> Result<(Version, OfferedFormat), WalletError> {
    let text = |name: &str| members.get(name).map(|value| value.as_str());
    if members.get("credential_identifier").is_some() {
        let description = "credential_identifier: expected none, but credential_configuration_id";
        return Err(WalletError::new("unknown_credential_identifier", description));
    }
    if let Some(id) = text("credential_configuration_id") {
        let known = OfferedFormat::ALL.into_iter().find(|format| id == Some(configuration_id(*format)));
        let unknown = || {
            let description = "credential_configuration_id: expected one of the issuer's metadata";
            WalletError::new("unknown_credential_configuration", description)
        };
        return Ok((Version::Final, known.ok_or_else(unknown)?));
    }
    match text("format") {
        Some(format) => {
            let unknown = || {
                WalletError::new(
                    "unsupported_credential_format",
                    "format: expected `ldp_vc` or `jwt_vc_json`",
                )
            };
            let format = format.and_then(|format| format.parse().ok()).ok_or_else(unknown)?;
            Ok((Version::Draft13, format))
        }
        None => Err(invalid("credential_configuration_id: expected one of the issuer's metadata")),
    }
}

/// Returns the one proof: `proofs.jwt[0]`, or in drafts `proof.jwt`.
fn proof(members: &Object) -> Result<Option<String>, WalletError> {
    let found = match (members.get("proofs"), members.get("proof")) {
        (None, None) => return Ok(None),
        (Some(proofs), None) => {
            let of_kind = proofs.as_object().filter(|kinds| kinds.len() == 1);
            match of_kind.and_then(|kinds| kinds.get("jwt")).and_then(Value::as_array) {
                Some([one]) => one.as_str(),
                _ => None,
            }
        }
        (None, Some(proof)) => {
            let is_jwt = |proof: &&Object| proof.get("proof_type").and_then(Value::as_str) == Some("jwt");
            let proof = proof.as_object().filter(is_jwt);
            proof.and_then(|proof| proof.get("jwt")).and_then(Value::as_str)
        }
        (Some(_), Some(_)) => None,
    };
    let unclear = || WalletError::new("invalid_proof", "proofs: expected one proof of the type `jwt`");
    Ok(Some(found.ok_or_else(unclear)?.to_owned()))
}

fn invalid(description: &str) -> WalletError {
    WalletError::new("invalid_credential_request", description)
}
