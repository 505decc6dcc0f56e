//! Step 6: the issuer, and its authorized key on the anchor's chain.

use jiff::Timestamp;
use url::Url;

use super::report::{Check, CheckName};
use super::{Lookup, ParsedCredential, VerificationInputs};
use crate::address::Address;
use crate::credential::SignedCredential;
use crate::did::{DidDocument, did_web_url};
use crate::host::{Host, is_loopback, is_ulid};

/// The kinds of issuer DIDs.
#[derive(Debug, Clone)]
pub(super) enum IssuerDid {
    /// `did:web:H#tenant-ULID`, with the host H of the credential's id.
    Tenant { did_url: Url, ulid: String },
    /// A DID of the tenant's own, which the tenant's profile on H must list.
    OwnDid { did_url: Url },
}

/// The key of `verificationMethod`.
#[derive(Debug, Clone, Copy)]
pub(super) struct AuthorizedKey {
    pub(super) address: Address,
    /// The end of its validity in the DID document, if there is one.
    pub(super) ended: Option<Timestamp>,
}

/// The reasons why a document does not lead to the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The DID document has neither an `IssuerProfile` service nor a service of the tenant.
    #[error("the DID document names no issuer profile")]
    NoProfile,
    /// The profile is not one of the credential's host or, for an own DID, not a tenant's profile there.
    #[error("the DID document names an issuer profile that is not the credential host's")]
    ForeignProfile,
    /// The issuer profile has no `revocationList`.
    #[error("the issuer profile names no revocation list")]
    NoRevocationList,
    /// The URL is neither `https` nor `http` on a loopback host.
    #[error("the revocation list is not an https URL")]
    InsecureUrl,
}

/// Checks the form of the identifiers, as far as no lookup is needed.
pub(super) fn identify(credential: &SignedCredential, host: &Host) -> Result<IssuerDid, Check> {
    let check = start_check(credential);
    let did = credential.document.issuer.id.as_str();
    let method = credential.proof.verification_method.as_str();
    if let Some(ulid) = did.strip_prefix(&host.tenant_did("")) {
        if !is_ulid(ulid) {
            return Err(check.failed("issuer.id names no tenant: expected #tenant- and a ULID"));
        }
        let number = method.strip_prefix(did).and_then(|rest| rest.strip_prefix("-key-"));
        if !number.is_some_and(is_key_number) {
            return Err(check.failed("proof.verificationMethod is not a key of issuer.id"));
        }
        return match Url::parse(&host.did_document_url()) {
            Ok(did_url) => Ok(IssuerDid::Tenant { did_url, ulid: ulid.to_owned() }),
            Err(_) => Err(check.failed("issuer.id names no host that can be asked")),
        };
    }
    if did.contains('#') {
        return Err(check.failed(format!(
            "issuer.id is a tenant of another host than the credential's ({host}), or a part of a DID"
        )));
    }
    let is_key = method.strip_prefix(did).is_some_and(|rest| rest.len() > 1 && rest.starts_with('#'));
    match did_web_url(did) {
        Err(error) => Err(check.failed(format!("issuer.id: {error}"))),
        Ok(_) if !is_key => Err(check.failed("proof.verificationMethod is not a key of issuer.id")),
        Ok(did_url) => Ok(IssuerDid::OwnDid { did_url }),
    }
}

/// Checks the identifiers with the DID document and, for an own DID, with the tenant's profile.
pub(super) fn check(
    parsed: &ParsedCredential,
    inputs: &VerificationInputs,
) -> (Check, Option<AuthorizedKey>) {
    let mut check = start_check(&parsed.credential);
    check.add_evidence("DID document", parsed.issuer.did_url());
    let document = match &inputs.did_document {
        Lookup::Found(document) => document,
        Lookup::Absent => {
            return (check.failed("the issuer's host answers that it has no DID document"), None);
        }
        Lookup::Unreachable(why) => {
            return (
                check.could_not_check(format!("the issuer's DID document could not be read: {why}")),
                None,
            );
        }
    };
    let key = match authorized_key(parsed, document, &mut check) {
        Ok(key) => key,
        Err(reason) => return (check.failed(reason), None),
    };
    let profile_url = match parsed.profile_url(document) {
        Ok(url) => url,
        Err(error) => return (check.failed(error.to_string()), None),
    };
    check.add_evidence("issuer profile", &profile_url);
    if let IssuerDid::OwnDid { .. } = parsed.issuer {
        match &inputs.issuer_profile {
            Lookup::Found(profile)
                if profile.also_known_as.contains(&parsed.credential.document.issuer.id) => {}
            Lookup::Found(_) => {
                return (
                    check.failed("the credential host's tenant profile does not list the issuer's DID"),
                    None,
                );
            }
            Lookup::Absent => {
                return (
                    check.could_not_check("the host answers that it has no such issuer profile"),
                    Some(key),
                );
            }
            Lookup::Unreachable(why) => {
                let reason = format!("the issuer profile could not be read: {why}");
                return (check.could_not_check(reason), Some(key));
            }
        }
    }
    (check, Some(key))
}

/// Returns the key of `verificationMethod`, if the DID document authorizes it for assertions on the anchor's chain.
fn authorized_key(
    parsed: &ParsedCredential,
    document: &DidDocument,
    check: &mut Check,
) -> Result<AuthorizedKey, String> {
    let expected = match &parsed.issuer {
        IssuerDid::Tenant { .. } => parsed.host.did(),
        IssuerDid::OwnDid { .. } => parsed.credential.document.issuer.id.clone(),
    };
    if document.id != expected {
        return Err("the DID document is that of another DID".to_owned());
    }
    let id = &parsed.credential.proof.verification_method;
    if !document.may_assert(id) {
        return Err("the DID document does not list the key under assertionMethod".to_owned());
    }
    let method = document
        .verification_method(id)
        .ok_or("the DID document does not list the key under verificationMethod exactly once")?;
    let key =
        method.public_key.ok_or("the DID document gives no secp256k1 key for the verification method")?;
    let address = key.address();
    check.add_evidence("address", address);
    let account = method
        .account
        .ok_or("the DID document does not say, by blockchainAccountId, which chain the key signs for")?;
    if account.address != address {
        return Err("blockchainAccountId names another address than the key's".to_owned());
    }
    check.add_evidence("signs for chain", account.chain_id);
    if account.chain_id != parsed.proof.chain.chain_id() {
        return Err(format!(
            "the key signs for chain {}, but the anchor is on chain {}",
            account.chain_id,
            parsed.proof.chain.chain_id()
        ));
    }
    Ok(AuthorizedKey { address, ended: method.ended })
}

impl IssuerDid {
    pub(super) fn did_url(&self) -> &Url {
        match self {
            Self::Tenant { did_url, .. } | Self::OwnDid { did_url } => did_url,
        }
    }

    /// Returns the URL of the tenant's own service, or else of the host's. For an own DID, returns that of the tenant's
    /// profile on the host.
    pub(super) fn profile_url(
        &self,
        document: &DidDocument,
        host: &Host,
        did: &str,
    ) -> Result<Url, LookupError> {
        let of_all = || document.service_of_type("IssuerProfile");
        let service = match self {
            Self::Tenant { .. } => document.service(did).or_else(of_all),
            Self::OwnDid { .. } => of_all(),
        };
        let endpoint = service.ok_or(LookupError::NoProfile)?.endpoint.as_str();
        let (named, path) = Host::of_url(endpoint).ok_or(LookupError::ForeignProfile)?;
        let of_tenant = |ulid: &str| endpoint == host.tenant_profile_url(ulid);
        let is_expected = match self {
            Self::Tenant { ulid, .. } => endpoint == host.profile_url() || of_tenant(ulid),
            Self::OwnDid { .. } => {
                path.split('/').nth(2).is_some_and(|ulid| is_ulid(ulid) && of_tenant(ulid))
            }
        };
        if named != *host || !is_expected {
            return Err(LookupError::ForeignProfile);
        }
        Url::parse(endpoint).map_err(|_| LookupError::ForeignProfile)
    }
}

/// Parses a URL that only its host can respond to: `https`, or `http` on a loopback host.
pub(super) fn secure_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let secure = match url.scheme() {
        "https" => true,
        "http" => url.host_str().is_some_and(is_loopback),
        _ => false,
    };
    secure.then_some(url)
}

fn start_check(credential: &SignedCredential) -> Check {
    let mut check = Check::new(CheckName::Issuer);
    check.add_evidence("issuer", &credential.document.issuer.name);
    check.add_evidence("DID", &credential.document.issuer.id);
    check.add_evidence("verification method", &credential.proof.verification_method);
    check
}

/// Returns whether a text is a positive number without sign and leading zeros.
fn is_key_number(text: &str) -> bool {
    !text.starts_with('0')
        && text.len() <= 18
        && !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
}
