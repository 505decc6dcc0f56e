//! Verification: section 11 of the format, without I/O.
//!
//! 1. [`ParsedCredential::read`] checks what needs only the document: its form, its hash, its path, its anchors, and
//!    the form of its issuer's DID. A failure ends the verification with a report.
//! 2. The caller looks up the DID document and the transaction that [`ParsedCredential::lookups`] names; then, from the
//!    DID document, the [issuer profile](ParsedCredential::profile_url); then, from the profile, the [revocation
//!    entry](ParsedCredential::revocation_url).
//! 3. [`verify`] evaluates the results.
//!
//! The [wallet form](crate::wallet) is verified likewise, by [`ParsedWalletForm`] and [`verify_wallet_form`]; [`ParsedForm`] reads
//! either form.
//!
//! Invariant: a verdict is positive only if every check passed that applies. A failed lookup leads to "could not check", which is
//! never valid, and which a failed check outweighs.

mod anchor;
mod failure;
mod issuer;
mod report;
mod schema;
mod signature;
mod status;
mod summary;
mod wallet;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use failure::NotValidReason;
pub use issuer::LookupError;
pub use report::{Check, CheckName, CheckOutcome, Report, Verdict};
pub use summary::Summary;
/// The type of the addresses that have to be looked up.
pub use url::Url;
pub use wallet::{ParsedWalletForm, WalletInputs, verify_wallet_form};

use crate::credential::SignedCredential;
use crate::did::DidDocument;
use crate::hash::Hash;
use crate::host::Host;
use crate::json::Value;
use crate::profile::IssuerProfile;
use crate::proof::{AnchorChain, ProofValue};
use crate::revocation::{RevocationList, query_url};
use crate::transaction::EncodedTransaction;
use crate::wallet::{has_wallet_proof, token_text};

/// The size limit of a document, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 1_048_576;

/// A credential that passed the checks that need only the document.
#[derive(Debug, Clone)]
pub struct ParsedCredential {
    credential: SignedCredential,
    proof: ProofValue,
    /// The host of `id` and of the last context.
    host: Host,
    issuer: issuer::IssuerDid,
    schema: Check,
    signature: Check,
}

/// A credential of either form that passed the checks that need only the document.
#[derive(Debug, Clone)]
pub enum ParsedForm {
    /// The anchored form.
    Anchored(Box<ParsedCredential>),
    /// The wallet form, or its JWT twin.
    Wallet(Box<ParsedWalletForm>),
}

/// The lookups that need only the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookups {
    /// The URL of the issuer's DID document.
    pub did_url: Url,
    /// The chain of the transaction.
    pub chain: AnchorChain,
    /// The transaction's hash.
    pub transaction_hash: Hash,
}

/// The result of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup<T> {
    /// It was found.
    Found(T),
    /// The authoritative source answered that it does not exist.
    Absent,
    /// There was no response, or one that cannot be parsed. Contains the reason, as text for people.
    Unreachable(String),
}

impl<T> Lookup<T> {
    /// Converts the result of parsing a response. A response that cannot be parsed counts as unreachable.
    pub fn from_read<E: std::fmt::Display>(read: Result<T, E>) -> Self {
        match read {
            Ok(found) => Self::Found(found),
            Err(error) => Self::Unreachable(error.to_string()),
        }
    }
}

impl Lookup<Vec<u8>> {
    /// Parses the bytes that were found. Bytes that cannot be parsed count as unreachable.
    pub fn and_read<T, E: std::fmt::Display>(self, read: impl FnOnce(&[u8]) -> Result<T, E>) -> Lookup<T> {
        match self {
            Self::Found(bytes) => Lookup::from_read(read(&bytes)),
            Self::Absent => Lookup::Absent,
            Self::Unreachable(reason) => Lookup::Unreachable(reason),
        }
    }
}

/// The results of all lookups.
#[derive(Debug, Clone)]
pub struct VerificationInputs {
    /// The document at [`Lookups::did_url`].
    pub did_document: Lookup<DidDocument>,
    /// The profile at [`ParsedCredential::profile_url`].
    pub issuer_profile: Lookup<IssuerProfile>,
    /// The transaction from a node of [`Lookups::chain`]. The caller has checked that the node is on that chain.
    pub transaction: Lookup<MinedTransaction>,
    /// The response of [`ParsedCredential::revocation_url`].
    pub revocation: Lookup<RevocationList>,
}

/// A transaction in a block, as a node reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinedTransaction {
    /// The raw bytes, which the verification decodes itself.
    pub raw: EncodedTransaction,
    /// The block's number.
    pub block_number: u64,
    /// The block's time, in seconds since 1970.
    pub block_time: i64,
    /// Whether the receipt's status is 1.
    pub succeeded: bool,
    /// The blocks from the transaction's own to the head, both included: 1 in the newest block.
    pub confirmations: u64,
}

/// The settings of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerificationPolicy {
    /// The time of the verification.
    pub now: Timestamp,
    /// Whether anchors on the embedded development chain are accepted.
    pub allow_development: bool,
    /// The number of confirmations that an anchor needs.
    pub min_confirmations: u64,
}

impl ParsedForm {
    /// Parses a credential of either form, and checks what needs only the document. What has a proof of the wallet form's cryptosuite is
    /// meant to be a wallet form, and a signed token to be its JWT twin.
    ///
    /// # Errors
    /// The report that ends the verification, as for [`ParsedCredential::read`].
    pub fn read(bytes: &[u8]) -> Result<Self, Box<Report>> {
        let begun = schema::begin(bytes).map_err(stopped)?;
        if let Some(token) = token_text(bytes) {
            return ParsedWalletForm::read_token(token, begun).map(Box::new).map(Self::Wallet);
        }
        let (value, begun) = schema::parse(bytes, begun).map_err(stopped)?;
        if has_wallet_proof(&value) {
            return ParsedWalletForm::read_value(&value, begun).map(Box::new).map(Self::Wallet);
        }
        ParsedCredential::read_value(&value, begun).map(Box::new).map(Self::Anchored)
    }
}

/// Returns the report of a verification that ended with its first check.
fn stopped(failed: Check) -> Box<Report> {
    Box::new(Report::stopped_after([failed]))
}

impl ParsedCredential {
    /// Parses a credential of the anchored form and checks what needs only the document: steps 1 to 5 of section 11, and the form of the
    /// identifiers of step 6.
    ///
    /// # Errors
    /// The report that ends the verification. It contains the failed check and the ones before it; the others are not
    /// reached.
    pub fn read(bytes: &[u8]) -> Result<Self, Box<Report>> {
        let begun = schema::begin(bytes).map_err(stopped)?;
        let (value, begun) = schema::parse(bytes, begun).map_err(stopped)?;
        Self::read_value(&value, begun)
    }

    fn read_value(value: &Value, begun: Check) -> Result<Self, Box<Report>> {
        let (credential, host, schema) = schema::check(value, begun).map_err(stopped)?;
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

    /// Returns the credential.
    pub fn credential(&self) -> &SignedCredential {
        &self.credential
    }

    /// Returns the decoded `proofValue`.
    pub fn proof(&self) -> &ProofValue {
        &self.proof
    }

    /// Returns the host of the credential.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Returns the lookups that need only the document.
    pub fn lookups(&self) -> Lookups {
        Lookups {
            did_url: self.issuer.did_url().clone(),
            chain: self.proof.chain,
            transaction_hash: self.proof.transaction_hash,
        }
    }

    /// Returns whether the issuer's DID is the tenant's own, whose document another host serves.
    pub fn has_own_did(&self) -> bool {
        matches!(self.issuer, issuer::IssuerDid::OwnDid { .. })
    }

    /// Returns the URL of the issuer profile according to the DID document. It is always on the credential's host.
    ///
    /// # Errors
    /// If the DID document names no such profile.
    pub fn profile_url(&self, document: &DidDocument) -> Result<Url, LookupError> {
        self.issuer.profile_url(document, &self.host, &self.credential.document.issuer.id)
    }

    /// Returns the URL of the credential's revocation entry according to the issuer profile.
    ///
    /// # Errors
    /// If the profile names no revocation list, or one that could be spoofed on the network.
    pub fn revocation_url(&self, profile: &IssuerProfile) -> Result<Url, LookupError> {
        let list = profile.revocation_list.as_deref().ok_or(LookupError::NoRevocationList)?;
        let list = issuer::secure_url(list).ok_or(LookupError::InsecureUrl)?;
        Ok(query_url(&list, &self.credential.document.id))
    }
}

/// Evaluates the results of the lookups: steps 6 to 8 of section 11.
pub fn verify(parsed: &ParsedCredential, inputs: &VerificationInputs, policy: &VerificationPolicy) -> Report {
    let (issuer, key) = issuer::check(parsed, inputs);
    let anchor = anchor::check(parsed, key.as_ref(), issuer.outcome, inputs, policy);
    let status = status::check(&parsed.credential.document, &inputs.revocation, policy.now);
    let checks = [parsed.schema.clone(), parsed.signature.clone(), issuer, anchor, status];
    Report::new(checks, parsed.proof.chain)
}
