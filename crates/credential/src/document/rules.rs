//! The rules of sections 2 and 3 of the format beyond the JSON types: texts, dates, identifiers.

use std::collections::HashSet;

use super::read::{DocumentError, Fault, FieldPath};
use super::{Achievement, Alignment, Document, Evidence, Issuer, Subject};
use crate::host::{Host, is_ulid};
use crate::text::{self, TextError, UriKind};

impl Document {
    /// Checks the rules beyond the JSON types. A document must pass before it is canonicalized.
    ///
    /// Texts are checked by the rule for verification, [`text::check_verified`]. The rules for requests are stricter
    /// and are checked where requests are accepted.
    ///
    /// # Errors
    /// If a rule is broken. The error contains the path of the first member concerned.
    pub fn validate(&self) -> Result<(), DocumentError> {
        let root = FieldPath::Root;
        let host = self.host().ok_or_else(|| {
            root.member("@context")
                .fault(Fault::Form("arrays that end in https://HOST/contexts/v1, HOST being a public host"))
        })?;
        let credential_id = self.id.strip_prefix(host.origin()).and_then(|rest| rest.strip_prefix("/c/crd_"));
        if !credential_id.is_some_and(is_ulid) {
            return Err(root
                .member("id")
                .fault(Fault::Form("https://HOST/c/ and a credential id, HOST as in @context")));
        }
        self.issuer.validate(&root.member("issuer"))?;
        let expiration = self.expiration_date.as_deref().map(|date| (date, root.member("expirationDate")));
        validate_dates((&self.issuance_date, root.member("issuanceDate")), expiration)?;
        let hex = self.nonce.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if self.nonce.len() != 32 || !hex {
            return Err(root.member("nonce").fault(Fault::Form("32 characters of lower-case hex")));
        }
        self.subject.validate(&root.member("credentialSubject"))?;
        validate_evidence(&self.evidence, self.is_redacted(), &root.member("evidence"))?;
        let Self { id, issuer, subject, evidence, .. } = self;
        validate_distinct_ids(&DocumentIds { id, issuer, subject, evidence, status: None }, &root)
    }

    /// Returns the host of the document's own context, if that is in its normalized form.
    pub fn host(&self) -> Option<Host> {
        let (host, path) = Host::of_url(&self.contexts.own)?;
        (path == "/contexts/v1").then_some(host)
    }
}

/// The parts of a document of either form that have identifiers.
pub(crate) struct DocumentIds<'a> {
    pub(crate) id: &'a str,
    pub(crate) issuer: &'a Issuer,
    pub(crate) subject: &'a Subject,
    pub(crate) evidence: &'a [Evidence],
    /// The id of the status entry, which the wallet form alone has.
    pub(crate) status: Option<&'a str>,
}

/// Checks that all identifiers differ. Two nodes with the same identifier would become one, with the statements of
/// both.
pub(crate) fn validate_distinct_ids(
    ids: &DocumentIds<'_>,
    root: &FieldPath<'_>,
) -> Result<(), DocumentError> {
    let mut seen = HashSet::new();
    let mut claim = |id: &str, path: &FieldPath<'_>| match seen.insert(id.to_owned()) {
        true => Ok(()),
        false => Err(path.fault(Fault::SameId)),
    };
    claim(ids.id, &root.member("id"))?;
    let issuer = root.member("issuer");
    claim(&ids.issuer.id, &issuer.member("id"))?;
    if let Some(image) = &ids.issuer.image {
        claim(&image.id, &issuer.member("image").member("id"))?;
    }
    let subject = root.member("credentialSubject");
    claim(&ids.subject.id, &subject.member("id"))?;
    if let Some(id) = &ids.subject.achievement.id {
        claim(id, &subject.member("achievement").member("id"))?;
    }
    let evidence = root.member("evidence");
    for (index, one) in ids.evidence.iter().enumerate() {
        if let Some(id) = &one.id {
            claim(id, &evidence.element(index).member("id"))?;
        }
    }
    ids.status.map_or(Ok(()), |id| claim(id, &root.member("credentialStatus").member("id")))
}

/// Checks a document's dates: the first one, and the one of its end, each with the path of its member.
pub(crate) fn validate_dates(
    (begin, path): (&str, FieldPath<'_>),
    end: Option<(&str, FieldPath<'_>)>,
) -> Result<(), DocumentError> {
    let begin = text::parse_civil(begin).map_err(|error| path.fault(error))?;
    if let Some((date, path)) = end {
        let end = text::parse_civil(date).map_err(|error| path.fault(error))?;
        if end <= begin {
            return Err(path.fault(Fault::NotAfterIssuance));
        }
    }
    Ok(())
}

/// Checks a document's evidence.
pub(crate) fn validate_evidence(
    evidence: &[Evidence],
    is_redacted: bool,
    path: &FieldPath<'_>,
) -> Result<(), DocumentError> {
    if is_redacted && !evidence.is_empty() {
        return Err(path.fault(Fault::Form("absent where credentialSubject.name is absent")));
    }
    for (index, evidence) in evidence.iter().enumerate() {
        let path = path.element(index);
        let id = evidence.id.as_deref().ok_or_else(|| path.member("id").fault(Fault::Missing))?;
        check_identifier(id, &path.member("id"))?;
        if let Some(narrative) = &evidence.narrative {
            check_text(narrative, &path.member("narrative"))?;
        }
    }
    Ok(())
}

impl Issuer {
    pub(crate) fn validate(&self, path: &FieldPath<'_>) -> Result<(), DocumentError> {
        check_identifier(&self.id, &path.member("id"))?;
        if !self.id.starts_with("did:") {
            return Err(path.member("id").fault(Fault::Form("a DID")));
        }
        check_text(&self.name, &path.member("name"))?;
        if let Some(url) = &self.url {
            check_identifier(url, &path.member("url"))?;
        }
        if let Some(image) = &self.image {
            check_identifier(&image.id, &path.member("image").member("id"))?;
        }
        Ok(())
    }
}

impl Subject {
    pub(crate) fn validate(&self, path: &FieldPath<'_>) -> Result<(), DocumentError> {
        check_identifier(&self.id, &path.member("id"))?;
        if let Some(name) = &self.name {
            check_text(name, &path.member("name"))?;
        }
        self.achievement.validate(&path.member("achievement"))
    }
}

impl Achievement {
    fn validate(&self, path: &FieldPath<'_>) -> Result<(), DocumentError> {
        let id = self.id.as_deref().ok_or_else(|| path.member("id").fault(Fault::Missing))?;
        check_identifier(id, &path.member("id"))?;
        check_text(&self.name, &path.member("name"))?;
        check_text(&self.description, &path.member("description"))?;
        check_text(&self.criteria, &path.member("criteria").member("narrative"))?;
        let alignments = path.member("alignment");
        for (index, alignment) in self.alignment.iter().enumerate() {
            alignment.validate(&alignments.element(index))?;
        }
        Ok(())
    }
}

impl Alignment {
    fn validate(&self, path: &FieldPath<'_>) -> Result<(), DocumentError> {
        check_text(&self.target_framework, &path.member("targetFramework"))?;
        check_text(&self.target_code, &path.member("targetCode"))?;
        check_text(&self.target_name, &path.member("targetName"))?;
        check_identifier(&self.target_url, &path.member("targetUrl"))
    }
}

/// Checks a URI without the length limit of requests, which a default `targetUrl` may exceed.
fn check_identifier(uri: &str, path: &FieldPath<'_>) -> Result<(), DocumentError> {
    text::check_absolute_uri(uri, UriKind::Identifier).map_err(|error: TextError| path.fault(error))
}

pub(crate) fn check_text(value: &str, path: &FieldPath<'_>) -> Result<(), DocumentError> {
    text::check_verified(value).map_err(|error| path.fault(error))
}
