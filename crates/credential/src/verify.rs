//! Verification: section 11 of the format, without looking anything up itself.
//!
//! 1. [`Parsed::read`] does what the document alone allows: its form, its hash, its path, its anchors, its issuer's
//!    name. What fails there ends the verification with a report.
//! 2. The caller looks up what [`Parsed::lookups`] names: the DID document and the transaction; then, from the DID
//!    document, the [issuer profile](Parsed::profile_url); then, from the profile, the
//!    [revocation entry](Parsed::revocation_url).
//! 3. [`verify`] judges the answers.
//!
//! Invariant: a verdict is positive only when every check passed. What could not be looked up is "could not check",
//! which is never valid; a failed check outweighs it.

mod anchor;
mod issuer;
mod report;
mod schema;
mod signature;
mod status;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use url::Url;

pub use issuer::LookupError;
pub use report::{Check, CheckName, Outcome, Report, Verdict};

use crate::credential::SignedCredential;
use crate::did::DidDocument;
use crate::hash::Hash;
use crate::host::Host;
use crate::profile::IssuerProfile;
use crate::proof::{AnchorChain, ProofValue};
use crate::revocation::{RevocationList, query_url};

/// A document longer than this is not read.
pub const MAX_DOCUMENT_BYTES: usize = 1_048_576;

/// A credential about which everything holds that the document alone can show.
#[derive(Debug, Clone)]
pub struct Parsed {
    credential: SignedCredential,
    proof: ProofValue,
    /// Of `id` and of the last context.
    host: Host,
    issuer: issuer::Issuer,
    schema: Check,
    signature: Check,
}

/// What has to be looked up first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookups {
    /// Where the issuer's DID document is.
    pub did_url: Url,
    /// The chain that the transaction is on.
    pub chain: AnchorChain,
    /// The transaction's hash.
    pub transaction_hash: Hash,
}

/// The outcome of looking something up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<T> {
    /// It is there.
    Found(T),
    /// Whoever must know answered that it is not there.
    Absent,
    /// No answer, or one that cannot be read; why, in words for people.
    Unreachable(String),
}

impl<T> Lookup<T> {
    /// An answer that had to be read first: one that cannot be read is none.
    pub fn from_read<E: std::fmt::Display>(read: Result<T, E>) -> Self {
        match read {
            Ok(found) => Self::Found(found),
            Err(error) => Self::Unreachable(error.to_string()),
        }
    }
}

/// What was looked up.
#[derive(Debug, Clone)]
pub struct VerificationInputs {
    /// From [`Lookups::did_url`].
    pub did_document: Lookup<DidDocument>,
    /// From [`Parsed::profile_url`].
    pub issuer_profile: Lookup<IssuerProfile>,
    /// From a node of [`Lookups::chain`]; the caller has made sure that the node is on that chain.
    pub transaction: Lookup<MinedTransaction>,
    /// From [`Parsed::revocation_url`].
    pub revocation: Lookup<RevocationList>,
}

/// A transaction in a block, as a node tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinedTransaction {
    /// The raw bytes, which the check decodes itself.
    pub raw: Vec<u8>,
    /// The block's number.
    pub block_number: u64,
    /// The block's time, in seconds since 1970.
    pub block_time: i64,
    /// Whether its status is 1.
    pub succeeded: bool,
    /// Blocks from its own to the head, both included: 1 in the newest block.
    pub confirmations: u64,
}

/// What the verifier was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The time of the verification.
    pub now: Timestamp,
    /// Whether the embedded development chain counts.
    pub allow_development: bool,
    /// How many confirmations are enough.
    pub min_confirmations: u64,
}

impl Parsed {
    /// Reads a credential and checks what it shows by itself: steps 1 to 5 of section 11, and the form of the
    /// identifiers of step 6.
    ///
    /// # Errors
    /// The report that ends the verification: the check that failed, the ones before it, and the rest as not
    /// reached.
    pub fn read(bytes: &[u8]) -> Result<Self, Box<Report>> {
        let (credential, host, schema) = match schema::check(bytes) {
            Ok(passed) => passed,
            Err(failed) => return Err(Box::new(Report::stopped_after([failed]))),
        };
        let (decoded, signature) = match signature::check(&credential) {
            Ok(passed) => passed,
            Err(failed) => return Err(Box::new(Report::stopped_after([schema, failed]))),
        };
        let issuer = issuer::identify(&credential, &host);
        let (chain, transaction_hash) = match (decoded.anchor, issuer.as_ref().err()) {
            (Ok(anchor), None) => anchor,
            (Ok(_), Some(failed)) => {
                return Err(Box::new(Report::stopped_after([schema, signature, failed.clone()])));
            }
            (Err(error), issuer) => {
                let issuer = issuer.cloned().unwrap_or_else(|| Check::not_reached(CheckName::Issuer));
                let anchor = Check::new(CheckName::Anchor).failed(error.to_string());
                return Err(Box::new(Report::stopped_after([schema, signature, issuer, anchor])));
            }
        };
        let issuer = match issuer {
            Ok(issuer) => issuer,
            Err(failed) => return Err(Box::new(Report::stopped_after([schema, signature, failed]))),
        };
        let proof = ProofValue {
            path: decoded.path,
            merkle_root: decoded.merkle_root,
            target_hash: decoded.target_hash,
            chain,
            transaction_hash,
        };
        Ok(Self { credential, proof, host, issuer, schema, signature })
    }

    /// The credential.
    pub fn credential(&self) -> &SignedCredential {
        &self.credential
    }

    /// What its `proofValue` says.
    pub fn proof(&self) -> &ProofValue {
        &self.proof
    }

    /// The host that answers for the credential.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// What has to be looked up first.
    pub fn lookups(&self) -> Lookups {
        Lookups {
            did_url: self.issuer.did_url().clone(),
            chain: self.proof.chain,
            transaction_hash: self.proof.transaction_hash,
        }
    }

    /// Whether the issuer's DID is the tenant's own, whose document another host than the credential's serves.
    pub fn has_own_did(&self) -> bool {
        matches!(self.issuer, issuer::Issuer::Own { .. })
    }

    /// Where the issuer profile is, according to the DID document; always on the credential's own host.
    ///
    /// # Errors
    /// The DID document names no such profile.
    pub fn profile_url(&self, document: &DidDocument) -> Result<Url, LookupError> {
        self.issuer.profile_url(document, &self.host, &self.credential.document.issuer.id)
    }

    /// Where the host answers whether this credential is revoked, according to the profile.
    ///
    /// # Errors
    /// The profile names no revocation list, or one that could be answered by anybody on the way.
    pub fn revocation_url(&self, profile: &IssuerProfile) -> Result<Url, LookupError> {
        let list = profile.revocation_list.as_deref().ok_or(LookupError::NoRevocationList)?;
        let list = issuer::secure_url(list).ok_or(LookupError::InsecureUrl)?;
        Ok(query_url(&list, &self.credential.document.id))
    }
}

/// Judges what was looked up: steps 6 to 8 of section 11.
pub fn verify(parsed: &Parsed, inputs: &VerificationInputs, policy: &Policy) -> Report {
    let (issuer, key) = issuer::check(parsed, inputs);
    let anchor = anchor::check(parsed, key.as_ref(), issuer.outcome, inputs, policy);
    let status = status::check(&parsed.credential.document, &inputs.revocation, policy.now);
    let checks = [parsed.schema.clone(), parsed.signature.clone(), issuer, anchor, status];
    Report::new(checks, parsed.proof.chain)
}
