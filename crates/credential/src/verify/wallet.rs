//! The verification of a wallet form, without I/O: by the key that its proof names, the DID document of its tenant, and a status list.
//!
//! 1. [`ParsedForm::read`](super::ParsedForm::read) checks what needs only the document: its form, and its signature by the key that
//!    the proof names.
//! 2. The caller looks up the DID document and the status list, both at the credential's host.
//! 3. [`verify_wallet_form`] evaluates the results.
//!
//! A JWT twin names its key by a number, `#ed-N`. So its signature is checked in the third step, by the key that the DID document has
//! under that name; all else is the same.
//!
//! The proof's `created` is shown and decides nothing: the holder of a key writes any date there. So a key that was
//! revoked verifies nothing any more, and one that was only rotated stays listed and goes on verifying.

mod issuer;
mod signature;
mod status;

use url::Url;

use self::signature::FormSignature;

use super::report::{Check, CheckName};
use super::{Lookup, Report, VerificationPolicy, stopped};
use crate::contexts::{OPEN_BADGES_3, VC_2};
use crate::did::DidDocument;
use crate::host::Host;
use crate::json::Value;
use crate::proof::AnchorChain;
use crate::wallet::{CRYPTOSUITE, SignedStatusList, SignedToken, SignedWalletDocument, WalletDocument};

/// The reason of a key that its issuer has withdrawn.
pub(super) const KEY_WITHDRAWN: &str =
    "the DID document says that the key is revoked, or that its time is over";

/// The reason why a wallet form's anchor is not checked.
const NO_ANCHOR: &str =
    "a wallet form is signed with a key and not anchored; the credential's page shows the anchor";

/// A wallet form, or its JWT twin, that passed the checks that need only the document.
#[derive(Debug, Clone)]
pub struct ParsedWalletForm {
    document: WalletDocument,
    /// The host of `id`.
    host: Host,
    ulid: String,
    did_url: Url,
    status_list_url: Url,
    schema: Check,
    signature: FormSignature,
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
        let (signed, host, ulid) = match SignedWalletDocument::read(value) {
            Ok(read) => read,
            Err(error) => return Err(stopped(begun.failed(error.to_string()))),
        };
        let proof = format!("DataIntegrityProof {CRYPTOSUITE}, wallet form");
        let schema = with_evidence(begun, &signed.document, &proof);
        match FormSignature::of_proof(&signed) {
            Ok(signature) => Self::new(signed.document, (host, ulid), signature, schema),
            Err(failed) => Err(Box::new(Report::stopped_after([schema, failed]))),
        }
    }

    pub(super) fn read_token(token: &str, begun: Check) -> Result<Self, Box<Report>> {
        let (token, host, ulid) = match SignedToken::read(token) {
            Ok(read) => read,
            Err(error) => return Err(stopped(begun.failed(error.to_string()))),
        };
        let schema = with_evidence(begun, &token.document, "JWT EdDSA, wallet form");
        let SignedToken { document, key_id, input, signature } = token;
        Self::new(document, (host, ulid), FormSignature::Token { key_id, input, signature }, schema)
    }

    fn new(
        document: WalletDocument,
        (host, ulid): (Host, String),
        signature: FormSignature,
        schema: Check,
    ) -> Result<Self, Box<Report>> {
        let urls = Url::parse(&host.tenant_wallet_did_document_url(&ulid))
            .and_then(|did_url| Ok((did_url, Url::parse(&document.status.list)?)));
        let Ok((did_url, status_list_url)) = urls else {
            return Err(stopped(schema.failed("id: names no host that can be asked")));
        };
        Ok(Self { document, host, ulid, did_url, status_list_url, schema, signature })
    }

    /// Returns the wallet form.
    pub fn document(&self) -> &WalletDocument {
        &self.document
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
        self.document.chain
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
    let signature = parsed.signature.check(&parsed.document.issuer.id, &inputs.did_document);
    let issuer = issuer::check(parsed, &inputs.did_document, policy.now);
    let anchor = anchor(parsed, policy);
    let status = status::check(parsed, inputs, policy.now);
    Report::new([parsed.schema.clone(), signature, issuer, anchor, status], parsed.chain())
}

/// Adds to the first check what was read.
fn with_evidence(mut schema: Check, document: &WalletDocument, proof: &str) -> Check {
    schema.add_evidence("id", &document.id);
    schema.add_evidence("document", if document.subject.name.is_none() { "redacted" } else { "full" });
    schema.add_evidence("contexts", format!("{VC_2} {OPEN_BADGES_3}"));
    schema.add_evidence("proof", proof);
    schema
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
