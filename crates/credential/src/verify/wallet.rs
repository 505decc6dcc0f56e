//! The verification of a wallet form, without I/O: by the key that its proof names, the DID document of its tenant, and a status list.
//!
//! 1. [`ParsedForm::read`](super::ParsedForm::read) checks what needs only the document: its form, and its signature by the key that
//!    the proof names.
//! 2. The caller looks up the DID document and the status list, both at the credential's host.
//! 3. [`verify_wallet_form`] evaluates the results.
//!
//! The proof's `created` is shown and decides nothing: the holder of a key writes any date there. So a key that was
//! revoked verifies nothing any more, and one that was only rotated stays listed and goes on verifying.

mod issuer;
mod status;

use url::Url;

use super::report::{Check, CheckName};
use super::{Lookup, Report, VerificationPolicy};
use crate::contexts::{OPEN_BADGES_3, VC_2};
use crate::did::DidDocument;
use crate::host::Host;
use crate::json::Value;
use crate::proof::AnchorChain;
use crate::wallet::{CRYPTOSUITE, DocumentPublicKey, SignatureInput, SignedStatusList, SignedWalletDocument};

/// The reason of a key that its issuer has withdrawn.
pub(super) const KEY_WITHDRAWN: &str =
    "the DID document says that the key is revoked, or that its time is over";

/// The reason why a wallet form's anchor is not checked.
const NO_ANCHOR: &str =
    "a wallet form is signed with a key and not anchored; the credential's page shows the anchor";

/// A wallet form that passed the checks that need only the document.
#[derive(Debug, Clone)]
pub struct ParsedWalletForm {
    signed: SignedWalletDocument,
    /// The key that the proof names. The signature is its own.
    key: DocumentPublicKey,
    /// The host of `id`.
    host: Host,
    ulid: String,
    did_url: Url,
    status_list_url: Url,
    schema: Check,
    signature: Check,
}

/// The results of the lookups about a wallet form.
#[derive(Debug, Clone)]
pub struct WalletInputs {
    /// The document at [`ParsedWalletForm::did_url`].
    pub did_document: Lookup<DidDocument>,
    /// The list at [`ParsedWalletForm::status_list_url`].
    pub status_list: Lookup<SignedStatusList>,
}

impl ParsedWalletForm {
    pub(super) fn read_value(value: &Value, begun: Check) -> Result<Self, Box<Report>> {
        let stopped = |failed: Check| Box::new(Report::stopped_after([failed]));
        let (signed, host, ulid) = match SignedWalletDocument::read(value) {
            Ok(read) => read,
            Err(error) => return Err(stopped(begun.failed(error.to_string()))),
        };
        let mut schema = begun;
        schema.add_evidence("id", &signed.document.id);
        let is_redacted = signed.document.subject.name.is_none();
        schema.add_evidence("document", if is_redacted { "redacted" } else { "full" });
        schema.add_evidence("contexts", format!("{VC_2} {OPEN_BADGES_3}"));
        schema.add_evidence("proof", format!("DataIntegrityProof {CRYPTOSUITE}, wallet form"));
        let urls = Url::parse(&host.tenant_wallet_did_document_url(&ulid))
            .and_then(|did_url| Ok((did_url, Url::parse(&signed.document.status.list)?)));
        let Ok((did_url, status_list_url)) = urls else {
            return Err(stopped(schema.failed("id: names no host that can be asked")));
        };
        let (key, signature) = match check_signature(&signed) {
            Ok(passed) => passed,
            Err(failed) => return Err(Box::new(Report::stopped_after([schema, failed]))),
        };
        Ok(Self { signed, key, host, ulid, did_url, status_list_url, schema, signature })
    }

    /// Returns the wallet form.
    pub fn signed(&self) -> &SignedWalletDocument {
        &self.signed
    }

    /// Returns the host of the credential.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// Returns the ULID of the tenant.
    pub fn ulid(&self) -> &str {
        &self.ulid
    }

    /// Returns the chain of the credential's anchor, as the wallet form names it by its mark.
    pub fn chain(&self) -> AnchorChain {
        self.signed.document.chain
    }

    /// Returns the URL of the tenant's DID document.
    pub fn did_url(&self) -> &Url {
        &self.did_url
    }

    /// Returns the URL of the status list. It is on the credential's host.
    pub fn status_list_url(&self) -> &Url {
        &self.status_list_url
    }
}

/// Evaluates the results of the lookups about a wallet form.
pub fn verify_wallet_form(
    parsed: &ParsedWalletForm,
    inputs: &WalletInputs,
    policy: &VerificationPolicy,
) -> Report {
    let issuer = issuer::check(parsed, &inputs.did_document, policy.now);
    let anchor = anchor(parsed, policy);
    let status = status::check(parsed, inputs, policy.now);
    Report::new([parsed.schema.clone(), parsed.signature.clone(), issuer, anchor, status], parsed.chain())
}

/// Checks that the signature is the named key's, and returns that key with the passed check.
fn check_signature(signed: &SignedWalletDocument) -> Result<(DocumentPublicKey, Check), Check> {
    let mut check = Check::new(CheckName::Signature);
    let input = SignatureInput::of_document(&signed.document, &signed.options);
    let (options, document) = input.0.split_at(32);
    check.add_evidence("document hash", hex::encode(document));
    check.add_evidence("proof options hash", hex::encode(options));
    check.add_evidence("signed at, as it says", &signed.options.created);
    let Some(key) = signed.named_key() else {
        return Err(check.failed("proof.verificationMethod names no Ed25519 key"));
    };
    check.add_evidence("key", key.to_multikey());
    match key.verifies(&input.0, &signed.signature) {
        true => Ok((key, check)),
        false => Err(check
            .failed("the document is not the one that was signed: the signature is not that of the key that the proof names")),
    }
}

fn anchor(parsed: &ParsedWalletForm, policy: &VerificationPolicy) -> Check {
    let mut check = Check::new(CheckName::Anchor);
    let chain = parsed.chain();
    check.add_evidence("chain", format!("{} ({})", chain.name(), chain.chain_id()));
    if chain == AnchorChain::Development && !policy.allow_development {
        return check.failed("the anchor is on a development chain, which proves nothing to others");
    }
    check.not_applicable(NO_ANCHOR)
}
