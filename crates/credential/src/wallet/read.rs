//! Reads a wallet form, in exactly the form that we give it: whatever else it might hold would be signed, and not shown.

use serde_json::Value as Json;

use super::document::{HashedEmail, StatusEntry, WalletDocument, mark};
use super::proof::{DocumentPublicKey, DocumentSignature, ProofOptions, SignedWalletDocument};
use super::status_index::LIST_LENGTH;
use crate::document::{
    DocumentError, DocumentIds, Fault, FieldPath, Members, Subject, check_text, read_achievement,
    read_evidence, read_issuer, validate_dates, validate_distinct_ids, validate_evidence,
};
use crate::host::{Host, is_ulid};
use crate::json::{self, Value};
use crate::proof::AnchorChain;
use crate::text;

/// The members of a wallet form beside its proof.
const MEMBERS: [&str; 11] = [
    "@context",
    "id",
    "type",
    "name",
    "description",
    "issuer",
    "validFrom",
    "validUntil",
    "credentialSubject",
    "evidence",
    "credentialStatus",
];

impl WalletDocument {
    /// Reads a wallet form without a proof, and checks all that needs nothing else. Returns it with its host and the ULID of its tenant.
    ///
    /// # Errors
    /// If a member is missing, unknown or not as the form has it. The error names the first such member.
    pub(super) fn read(value: &Value, path: &FieldPath<'_>) -> Result<(Self, Host, String), DocumentError> {
        let document = Self::from_members(&Members::read(value, path, &MEMBERS)?, path)?;
        compare(&document.to_json(), value, path)?;
        let (host, ulid) = document.validate(path)?;
        Ok((document, host, ulid))
    }

    fn from_members(members: &Members<'_>, root: &FieldPath<'_>) -> Result<Self, DocumentError> {
        let subject_path = root.member("credentialSubject");
        let (subject, email) = read_subject(members.required("credentialSubject")?, &subject_path)?;
        Ok(Self {
            id: members.string("id")?,
            issuer: read_issuer(members.required("issuer")?, &root.member("issuer"))?,
            valid_from: members.string("validFrom")?,
            valid_until: members.optional_string("validUntil")?,
            chain: read_chain(&members.string("name")?, &subject.achievement.name, root)?,
            subject,
            evidence: members.optional_array("evidence", read_evidence)?,
            email,
            status: read_status(members.required("credentialStatus")?, &root.member("credentialStatus"))?,
        })
    }

    /// Checks the rules beyond the members, and returns the host with the ULID of the tenant.
    fn validate(&self, root: &FieldPath<'_>) -> Result<(Host, String), DocumentError> {
        let id = root.member("id");
        let id_fault = || id.fault(Fault::Form("https://HOST/c/ and a credential id"));
        let (host, path) = Host::of_url(&self.id).ok_or_else(id_fault)?;
        if !path.strip_prefix("/c/crd_").is_some_and(is_ulid) {
            return Err(id_fault());
        }
        let issuer = root.member("issuer");
        self.issuer.validate(&issuer)?;
        let ulid = self.issuer.id.strip_prefix(&host.tenant_wallet_did("")).filter(|ulid| is_ulid(ulid));
        let ulid =
            ulid.ok_or_else(|| issuer.member("id").fault(Fault::Form("did:web:HOST:t:ULID, HOST as in id")))?;
        let until = self.valid_until.as_deref().map(|date| (date, root.member("validUntil")));
        validate_dates((&self.valid_from, root.member("validFrom")), until)?;
        self.subject.validate(&root.member("credentialSubject"))?;
        validate_evidence(&self.evidence, self.subject.name.is_none(), &root.member("evidence"))?;
        self.validate_status(&host, ulid, &root.member("credentialStatus"))?;
        let Self { id, issuer, subject, evidence, status, .. } = self;
        validate_distinct_ids(
            &DocumentIds { id, issuer, subject, evidence, status: Some(&status.id) },
            root,
        )?;
        let ulid = ulid.to_owned();
        Ok((host, ulid))
    }

    fn validate_status(&self, host: &Host, ulid: &str, path: &FieldPath<'_>) -> Result<(), DocumentError> {
        let status = &self.status;
        let number = status.list.strip_prefix(&host.status_lists_url(ulid));
        let is_number = |text: &str| text.parse::<u64>().is_ok_and(|number| number.to_string() == text);
        if !number.is_some_and(is_number) {
            return Err(path
                .member("statusListCredential")
                .fault(Fault::Form("a status list of the issuer")));
        }
        if status.index >= LIST_LENGTH {
            return Err(path.member("statusListIndex").fault(Fault::Form("an index of the list")));
        }
        Ok(())
    }
}

impl SignedWalletDocument {
    /// Reads a wallet form with its proof, which may be an object or an array of one, and checks all that needs nothing else.
    /// Returns it with its host and the ULID of its tenant.
    ///
    /// # Errors
    /// If a member is missing, unknown or not as the form has it. The error names the first such member.
    pub fn read(value: &Value) -> Result<(Self, Host, String), DocumentError> {
        let root = FieldPath::Root;
        let known = [MEMBERS.as_slice(), &["proof"]].concat();
        let members = Members::read(value, &root, &known)?;
        let document = WalletDocument::from_members(&members, &root)?;
        let proof = root.member("proof");
        let (options, signature) = read_proof(members.required("proof")?, &proof)?;
        compare(&document.to_json(), value, &root)?;
        let (host, ulid) = document.validate(&root)?;
        text::check_date(&options.created).map_err(|error| proof.member("created").fault(error))?;
        let fragment = options.verification_method.strip_prefix(&document.issuer.id);
        if fragment
            .and_then(|rest| rest.strip_prefix('#'))
            .and_then(DocumentPublicKey::from_multikey)
            .is_none()
        {
            return Err(proof
                .member("verificationMethod")
                .fault(Fault::Form("issuer.id, # and an Ed25519 Multikey")));
        }
        Ok((Self { document, options, signature }, host, ulid))
    }

    /// Returns the key that the proof names.
    pub fn named_key(&self) -> Option<DocumentPublicKey> {
        self.options
            .verification_method
            .split_once('#')
            .and_then(|(_, key)| DocumentPublicKey::from_multikey(key))
    }
}

fn read_subject(
    value: &Value,
    path: &FieldPath<'_>,
) -> Result<(Subject, Option<HashedEmail>), DocumentError> {
    let members = Members::read(value, path, &["id", "type", "name", "achievement", "identifier"])?;
    let achievement = read_achievement(members.required("achievement")?, &path.member("achievement"))?;
    let subject = Subject { id: members.string("id")?, name: members.optional_string("name")?, achievement };
    let identifiers = members.optional_array("identifier", |value, path| {
        let known = ["type", "hashed", "identityHash", "identityType", "salt"];
        let members = Members::read(value, path, &known)?;
        let kind = members.string("identityType")?;
        let salt = members.optional_string("salt")?;
        let hash = members.string("identityHash")?;
        if kind != "emailAddress" {
            return Ok(None);
        }
        let is_hash = hash.strip_prefix("sha256$").is_some_and(|hash| hash.parse::<crate::Hash>().is_ok());
        if !is_hash {
            return Err(path.member("identityHash").fault(Fault::Form("sha256$ and a hash")));
        }
        let salt = salt.ok_or_else(|| path.member("salt").fault(Fault::Missing))?;
        check_text(&salt, &path.member("salt"))?;
        Ok(Some(HashedEmail { hash, salt }))
    })?;
    Ok((subject, identifiers.into_iter().flatten().next()))
}

fn read_chain(name: &str, achievement: &str, root: &FieldPath<'_>) -> Result<AnchorChain, DocumentError> {
    let marks = [AnchorChain::BaseMainnet, AnchorChain::BaseSepolia, AnchorChain::Development];
    let found = marks.into_iter().find(|chain| name.strip_suffix(achievement) == Some(mark(*chain)));
    found.ok_or_else(|| root.member("name").fault(Fault::Differs("the achievement's name")))
}

fn read_status(value: &Value, path: &FieldPath<'_>) -> Result<StatusEntry, DocumentError> {
    let known = ["id", "type", "statusPurpose", "statusListIndex", "statusListCredential"];
    let members = Members::read(value, path, &known)?;
    let index = members.string("statusListIndex")?;
    let number: u32 =
        index.parse().map_err(|_| path.member("statusListIndex").fault(Fault::Form("a decimal string")))?;
    Ok(StatusEntry::new(members.string("statusListCredential")?, number))
}

pub(super) fn read_proof(
    value: &Value,
    path: &FieldPath<'_>,
) -> Result<(ProofOptions, DocumentSignature), DocumentError> {
    let value = match value.as_array() {
        Some([proof]) => proof,
        Some(_) => return Err(path.fault(Fault::Form("one proof, or an array of exactly one"))),
        None => value,
    };
    let known = ["type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"];
    let members = Members::read(value, path, &known)?;
    members.fixed_string("type", "DataIntegrityProof")?;
    members.fixed_string("cryptosuite", super::proof::CRYPTOSUITE)?;
    members.fixed_string("proofPurpose", "assertionMethod")?;
    let options = ProofOptions {
        created: members.string("created")?,
        verification_method: members.string("verificationMethod")?,
    };
    let signature = DocumentSignature::from_multibase(&members.string("proofValue")?)
        .ok_or_else(|| path.member("proofValue").fault(Fault::Form("z and base58 of 64 bytes")))?;
    Ok((options, signature))
}

/// Checks that what was found is what the form would write, and nothing more: what is not written is not signed. The proof is no part
/// of what is signed, and the caller knows whether there may be one.
///
/// The lists of members are not enough for that: what an identifier has follows from its kind and from the name. They come first, so that
/// an unknown member is the fault that is named.
fn compare(written: &Json, found: &Value, path: &FieldPath<'_>) -> Result<(), DocumentError> {
    match (written, found) {
        (Json::Object(written), Value::Object(found)) => {
            let is_proof = |name: &str| matches!(path, FieldPath::Root) && name == "proof";
            let mut names = found.iter().map(|(name, _)| name);
            if let Some(name) = names.find(|name| !written.contains_key(*name) && !is_proof(name)) {
                return Err(path.member(name).fault(Fault::Unknown));
            }
            written.iter().try_for_each(|(name, value)| {
                let path = path.member(name);
                compare(value, found.get(name).ok_or_else(|| path.fault(Fault::Missing))?, &path)
            })
        }
        (Json::Array(written), Value::Array(found)) if written.len() == found.len() => {
            let mut both = written.iter().zip(found).enumerate();
            both.try_for_each(|(index, (value, found))| compare(value, found, &path.element(index)))
        }
        (Json::String(written), Value::String(found)) if written == found => Ok(()),
        (Json::Bool(written), Value::Bool(found)) if written == found => Ok(()),
        _ => Err(path.fault(Fault::Form("as the wallet form writes it"))),
    }
}

/// Returns whether a document is of the wallet form, or meant to be: its proof is of this cryptosuite.
pub fn has_wallet_proof(value: &Value) -> bool {
    let proof = value.as_object().and_then(|members| members.get("proof"));
    crate::did::objects(proof).any(|proof| {
        proof.get("cryptosuite").and_then(json::Value::as_str) == Some(super::proof::CRYPTOSUITE)
    })
}
