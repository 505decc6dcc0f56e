//! Step 6: who issued, and which key speaks for them on the anchor's chain.

use jiff::Timestamp;
use url::Url;

use super::report::{Check, CheckName};
use super::{Lookup, Parsed, VerificationInputs};
use crate::address::Address;
use crate::credential::SignedCredential;
use crate::did::{DidDocument, did_web_url};
use crate::host::{Host, is_loopback, is_ulid};

/// How the issuer is identified.
#[derive(Debug, Clone)]
pub(super) enum Issuer {
    /// `did:web:H#tenant-ULID`, H being the host of the credential's id.
    Tenant { did_url: Url, ulid: String },
    /// A DID of the tenant's own, which H's tenant profile must list.
    Own { did_url: Url },
}

/// The key that `verificationMethod` names.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    pub(super) address: Address,
    /// When the DID document itself ends it, if it does.
    pub(super) ended: Option<Timestamp>,
}

/// Why a document does not say where the next one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The DID document has no `IssuerProfile` service, and no service of the tenant.
    #[error("the DID document names no issuer profile")]
    NoProfile,
    /// The profile that it names is not one of the credential's host (for an own DID: not a tenant's there).
    #[error("the DID document names an issuer profile that is not the credential host's")]
    ForeignProfile,
    /// The issuer profile has no `revocationList`.
    #[error("the issuer profile names no revocation list")]
    NoRevocationList,
    /// Neither `https`, nor `http` on this machine.
    #[error("the revocation list is not an https URL")]
    InsecureUrl,
}

/// What the identifiers themselves say; fails where no lookup could mend it.
pub(super) fn identify(credential: &SignedCredential, host: &Host) -> Result<Issuer, Check> {
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
            Ok(did_url) => Ok(Issuer::Tenant { did_url, ulid: ulid.to_owned() }),
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
        Ok(did_url) => Ok(Issuer::Own { did_url }),
    }
}

/// Holds the identifiers against the DID document and, for an own DID, against the tenant profile.
pub(super) fn check(parsed: &Parsed, inputs: &VerificationInputs) -> (Check, Option<Key>) {
    let mut check = start_check(&parsed.credential);
    check.show("DID document", parsed.issuer.did_url());
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
    check.show("issuer profile", &profile_url);
    if let Issuer::Own { .. } = parsed.issuer {
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

/// The key of `verificationMethod`, if the DID document lets it make assertions on the anchor's chain.
fn authorized_key(parsed: &Parsed, document: &DidDocument, check: &mut Check) -> Result<Key, String> {
    let wanted = match &parsed.issuer {
        Issuer::Tenant { .. } => parsed.host.did(),
        Issuer::Own { .. } => parsed.credential.document.issuer.id.clone(),
    };
    if document.id != wanted {
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
    check.show("address", address);
    let account = method
        .account
        .ok_or("the DID document does not say, by blockchainAccountId, which chain the key signs for")?;
    if account.address != address {
        return Err("blockchainAccountId names another address than the key's".to_owned());
    }
    check.show("signs for chain", account.chain_id);
    if account.chain_id != parsed.proof.chain.chain_id() {
        return Err(format!(
            "the key signs for chain {}, but the anchor is on chain {}",
            account.chain_id,
            parsed.proof.chain.chain_id()
        ));
    }
    Ok(Key { address, ended: method.ended })
}

impl Issuer {
    pub(super) fn did_url(&self) -> &Url {
        match self {
            Self::Tenant { did_url, .. } | Self::Own { did_url } => did_url,
        }
    }

    /// A tenant's own service, else the host's; for an own DID, the tenant's profile on the host.
    pub(super) fn profile_url(
        &self,
        document: &DidDocument,
        host: &Host,
        did: &str,
    ) -> Result<Url, LookupError> {
        let of_all = || document.service_of_type("IssuerProfile");
        let service = match self {
            Self::Tenant { .. } => document.service(did).or_else(of_all),
            Self::Own { .. } => of_all(),
        };
        let endpoint = service.ok_or(LookupError::NoProfile)?.endpoint.as_str();
        let (named, path) = Host::of_url(endpoint).ok_or(LookupError::ForeignProfile)?;
        let of_tenant = |ulid: &str| endpoint == host.tenant_profile_url(ulid);
        let right = match self {
            Self::Tenant { ulid, .. } => endpoint == host.profile_url() || of_tenant(ulid),
            Self::Own { .. } => path.split('/').nth(2).is_some_and(|ulid| is_ulid(ulid) && of_tenant(ulid)),
        };
        if named != *host || !right {
            return Err(LookupError::ForeignProfile);
        }
        Url::parse(endpoint).map_err(|_| LookupError::ForeignProfile)
    }
}

/// A URL that only the named host can answer: `https`, or `http` to a name of this machine.
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
    check.show("issuer", &credential.document.issuer.name);
    check.show("DID", &credential.document.issuer.id);
    check.show("verification method", &credential.proof.verification_method);
    check
}

/// A positive number as it is written: no sign, no leading zero.
fn is_key_number(text: &str) -> bool {
    !text.starts_with('0')
        && text.len() <= 18
        && !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
}
