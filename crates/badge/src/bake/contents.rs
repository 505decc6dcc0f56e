//! The kind of a text: a credential of LearnCoin, a genuine one of another system, or neither.
//!
//! A credential of another system is recognized by its form, and is not verified: our checks would fail on every one of them. One
//! that bears any mark of ours is verified, so that a forger does not get another answer by taking marks away.

use learncoin_credential::json::{self, JsonError, Object, Value};
use learncoin_credential::verify::MAX_DOCUMENT_BYTES;
use learncoin_credential::wallet::{peek_token, token_text};
use learncoin_language::Language;

use super::UnbakeError;

/// The most characters of an issuer of others that are reported.
const MAX_ISSUER_CHARS: usize = 200;
/// The format's name in errors.
const KIND: &str = "JSON";

/// A credential that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contents {
    /// The text of a credential that is to be verified: it names LearnCoin as where it was issued.
    Credential(String),
    /// A credential that only others can judge.
    Foreign(ForeignCredential),
}

/// A credential that only others can judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignCredential {
    /// The kind.
    pub kind: ForeignKind,
    /// The issuer that it names: the name, or else the identifier. Nothing confirms it.
    pub issuer: Option<String>,
}

/// The kinds of credentials of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ForeignKind {
    /// Blockcerts of another issuer's software, in any version.
    Blockcerts,
    /// Open Badges, in any version.
    OpenBadges,
    /// European Digital Credentials for Learning (Europass).
    Europass,
    /// A signed token: JWT, SD-JWT, JWS.
    Token,
    /// Any other Verifiable Credential of W3C.
    VerifiableCredential,
}

impl ForeignKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Blockcerts, Self::OpenBadges, Self::Europass, Self::Token, Self::VerifiableCredential];

    /// Returns the name of the kind for programs, which is also that of its texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blockcerts => "blockcerts",
            Self::OpenBadges => "open_badges",
            Self::Europass => "europass",
            Self::Token => "token",
            Self::VerifiableCredential => "verifiable_credential",
        }
    }

    /// Returns what such a credential is and where it is checked, for people.
    pub fn words(self, language: Language) -> &'static str {
        let kinds = &language.words().verify.form.kinds;
        match self {
            Self::Blockcerts => &kinds.blockcerts,
            Self::OpenBadges => &kinds.open_badges,
            Self::Europass => &kinds.europass,
            Self::Token => &kinds.token,
            Self::VerifiableCredential => &kinds.verifiable_credential,
        }
    }
}

impl ForeignKind {
    /// Returns a credential of this kind that names no issuer which can be read.
    pub(super) const fn unnamed(self) -> ForeignCredential {
        ForeignCredential { kind: self, issuer: None }
    }
}

impl Contents {
    /// Finds the credential in a text.
    ///
    /// # Errors
    /// If the text is no JSON, or JSON without a credential or with several.
    pub(super) fn of(text: &str) -> Result<Self, UnbakeError> {
        if let Some(token) = token_text(text.as_bytes()) {
            return Ok(Self::of_token(token));
        }
        match json::parse(text.as_bytes()) {
            Ok(value) => {
                let is_wrapped = !matches!(&value, Value::Object(object) if wrapped(object).is_none());
                let document = match unwrap(&value)? {
                    Unwrapped::Document(document) => document,
                    Unwrapped::Token(token) => return Ok(Self::of_token(token)),
                };
                match kind_of(document).ok_or(UnbakeError::NoCredential)? {
                    Kind::Foreign(kind) => {
                        Ok(Self::Foreign(ForeignCredential { kind, issuer: issuer_of(document) }))
                    }
                    Kind::Ours if is_wrapped => {
                        Self::bounded(Value::Object(document.clone()).to_compact_string())
                    }
                    Kind::Ours => Self::bounded(text.to_owned()),
                }
            }
            Err(JsonError::Syntax { .. }) => Err(UnbakeError::NotJson),
            // JSON that two programs could read differently. If it is meant to be one of ours, the verification says so.
            Err(_) if ["/contexts/v1\"", "/c/crd_"].iter().any(|mark| text.contains(mark)) => {
                Self::bounded(text.to_owned())
            }
            Err(_) => Err(UnbakeError::NoCredential),
        }
    }

    /// Returns what a signed token is. One that is longer than any of ours is not decoded.
    pub(super) fn of_token(token: &str) -> Self {
        match token.len() <= MAX_DOCUMENT_BYTES && token_bears_our_marks(token) {
            true => Self::Credential(token.to_owned()),
            false => Self::Foreign(ForeignKind::Token.unnamed()),
        }
    }

    fn bounded(text: String) -> Result<Self, UnbakeError> {
        if text.len() > MAX_DOCUMENT_BYTES { Err(UnbakeError::TooLarge) } else { Ok(Self::Credential(text)) }
    }
}

/// The content of what is around a credential.
enum Unwrapped<'a> {
    Document(&'a Object),
    Token(&'a str),
}

/// Takes a credential out of an array of one, a presentation, and the answer of our API.
fn unwrap(value: &Value) -> Result<Unwrapped<'_>, UnbakeError> {
    match value {
        Value::Array(values) => match values.as_slice() {
            [one] => unwrap(one),
            [] => Err(UnbakeError::NoCredential),
            _ => Err(UnbakeError::Several(KIND)),
        },
        Value::Object(object) => match wrapped(object) {
            Some(inside) => unwrap(inside),
            None => Ok(Unwrapped::Document(object)),
        },
        Value::String(text) => {
            token_text(text.as_bytes()).map(Unwrapped::Token).ok_or(UnbakeError::NoCredential)
        }
        _ => Err(UnbakeError::NoCredential),
    }
}

/// Returns the value that holds the credential, if the object is around one.
fn wrapped(object: &Object) -> Option<&Value> {
    if let Some(signed @ Value::Object(_)) = object.get("signed_credential") {
        return Some(signed);
    }
    let is_presentation = strings(object.get("type")).any(|name| name == "VerifiablePresentation");
    object.get("verifiableCredential").filter(|_| is_presentation)
}

/// Whose a credential is.
enum Kind {
    Ours,
    Foreign(ForeignKind),
}

fn kind_of(document: &Object) -> Option<Kind> {
    if bears_our_marks(document) {
        return Some(Kind::Ours);
    }
    let has_context = |part: &str| strings(document.get("@context")).any(|context| context.contains(part));
    let has_type = |name: &str| {
        strings(document.get("type")).chain(strings(document.get("@type"))).any(|found| found == name)
    };
    let has = |name: &str| document.get(name).is_some();
    let proof_types = || {
        ["proof", "signature", "receipt"]
            .into_iter()
            .flat_map(|name| objects(document.get(name)))
            .flat_map(|proof| strings(proof.get("type")))
    };
    let is_blockcerts = has_context("blockcerts")
        || proof_types().any(|name| name.starts_with("MerkleProof20") || name.starts_with("Chainpoint"))
        || (has("certificate") && has("assertion") && has("signature"));
    let is_europass = has_context("data.europa.eu/snb")
        || has_context("europass")
        || has_type("EuropassCredential")
        || has_type("EuropeanDigitalCredential");
    let is_badge = has_context("purl.imsglobal.org")
        || has_context("openbadge")
        || ["OpenBadgeCredential", "AchievementCredential", "Assertion"].iter().any(|name| has_type(name))
        || (has("badge") && has("recipient") && (has("verify") || has("verification")));
    let is_token = (has("payload") || has("signatures")) && (has("protected") || has("signatures"));
    let is_verifiable = has_context("www.w3.org/2018/credentials")
        || has_context("www.w3.org/ns/credentials")
        || ["VerifiableCredential", "EnvelopedVerifiableCredential"].iter().any(|name| has_type(name))
        || has("credentialSubject");
    let kinds = [
        (is_blockcerts, ForeignKind::Blockcerts),
        (is_europass, ForeignKind::Europass),
        (is_badge, ForeignKind::OpenBadges),
        (is_verifiable, ForeignKind::VerifiableCredential),
        (is_token, ForeignKind::Token),
    ];
    kinds.into_iter().find(|(is_kind, _)| *is_kind).map(|(_, kind)| Kind::Foreign(kind))
}

/// Returns the issuer that a credential of others names: that of a Verifiable Credential, or that of the badge in an assertion.
fn issuer_of(document: &Object) -> Option<String> {
    let badge = || objects(document.get("badge")).next().and_then(|badge| badge.get("issuer"));
    let issuer = document.get("issuer").or_else(badge)?;
    let of_object = |object: &Object| {
        // In several languages a name is an object, or an array of them; then the identifier is reported.
        let texts = ["name", "id", "url"].map(|name| match object.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        });
        texts.into_iter().flatten().find(|text| !text.trim_ascii().is_empty())
    };
    let text = match issuer {
        Value::String(text) => Some(text.clone()),
        issuer => objects(Some(issuer)).next().and_then(of_object),
    };
    let text: String = text?.trim_ascii().chars().take(MAX_ISSUER_CHARS).collect();
    (!text.is_empty()).then_some(text)
}

/// Returns whether a document claims to be issued with LearnCoin. One mark is enough, and our context beside a proof of
/// our type.
fn bears_our_marks(document: &Object) -> bool {
    let of_a_tenant =
        |value: Option<&Value>| strings(value).any(|text| text.contains("#tenant-") || is_wallet_did(text));
    let has_id = strings(document.get("id")).any(|id| id.contains("/c/crd_"));
    let has_issuer = of_a_tenant(document.get("issuer"))
        || objects(document.get("issuer")).any(|issuer| of_a_tenant(issuer.get("id")));
    let proofs = || objects(document.get("proof"));
    let has_method = proofs().any(|proof| of_a_tenant(proof.get("verificationMethod")));
    let has_context = strings(document.get("@context")).any(|context| context.ends_with("/contexts/v1"));
    let has_proof_type = proofs().any(|proof| {
        let mut names = strings(proof.get("type")).chain(strings(proof.get("cryptosuite")));
        names.any(|name| name == "MerkleProof2019" || name == "merkle-proof-2019")
    });
    has_id || has_issuer || has_method || (has_context && has_proof_type)
}

/// Returns whether a signed token claims to be issued with LearnCoin: by the key that its header names, by its claims, or by the
/// credential in them.
fn token_bears_our_marks(token: &str) -> bool {
    let [header, claims] = peek_token(token);
    let of_a_tenant = |object: &Object, name: &str| strings(object.get(name)).any(is_wallet_did);
    let is_key_ours = matches!(&header, Some(Value::Object(header)) if of_a_tenant(header, "kid"));
    let are_claims_ours = || {
        let Some(Value::Object(claims)) = &claims else { return false };
        of_a_tenant(claims, "iss")
            || strings(claims.get("jti")).any(|id| id.contains("/c/crd_"))
            || bears_our_marks(claims)
            || objects(claims.get("vc")).any(bears_our_marks)
    };
    is_key_ours || are_claims_ours()
}

/// Returns whether a text is the DID of a tenant's wallet forms, `did:web:HOST:t:ULID`, or one of its keys.
fn is_wallet_did(text: &str) -> bool {
    let did = text.split_once('#').map_or(text, |(did, _)| did);
    let ulid = did.strip_prefix("did:web:").and_then(|path| path.split_once(":t:"));
    ulid.is_some_and(|(_, ulid)| ulid.len() == 26 && ulid.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Returns a string, or the strings of an array.
fn strings(value: Option<&Value>) -> impl Iterator<Item = &str> {
    items(value).iter().filter_map(|item| match item {
        Value::String(text) => Some(text.as_str()),
        _ => None,
    })
}

/// Returns an object, or the objects of an array.
fn objects(value: Option<&Value>) -> impl Iterator<Item = &Object> {
    items(value).iter().filter_map(|item| match item {
        Value::Object(object) => Some(object),
        _ => None,
    })
}

fn items(value: Option<&Value>) -> &[Value] {
    match value {
        None => &[],
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
    }
}
