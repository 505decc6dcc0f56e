//! The rules of sections 2 and 3 that go beyond the JSON types: texts, dates, identifiers.

use std::collections::HashSet;

use super::read::{DocumentError, Fault, FieldPath};
use super::{Achievement, Alignment, Document, Issuer};
use crate::host::{Host, is_ulid};
use crate::text::{self, TextError, UriKind};

impl Document {
    /// Everything that must hold before a document is canonicalized, beyond what its types say already.
    ///
    /// Texts are held against what a verifier takes ([`text::check_verified`]); what a request may say is
    /// narrower and is the concern of whoever accepts requests.
    ///
    /// # Errors
    /// The first rule that is broken, with the member's path.
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
        self.validate_dates(&root)?;
        let hex = self.nonce.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if self.nonce.len() != 32 || !hex {
            return Err(root.member("nonce").fault(Fault::Form("32 characters of lower-case hex")));
        }
        let subject = root.member("credentialSubject");
        identifier(&self.subject.id, &subject.member("id"))?;
        if let Some(name) = &self.subject.name {
            verified(name, &subject.member("name"))?;
        }
        self.subject.achievement.validate(&subject.member("achievement"))?;
        self.validate_evidence(&root.member("evidence"))?;
        self.validate_distinct_ids()
    }

    /// The host that the document names in its own context, if that is spelled as a host writes it.
    pub fn host(&self) -> Option<Host> {
        let (host, path) = Host::of_url(&self.contexts.own)?;
        (path == "/contexts/v1").then_some(host)
    }

    fn validate_dates(&self, root: &FieldPath<'_>) -> Result<(), DocumentError> {
        let begin = text::parse_civil(&self.issuance_date)
            .map_err(|error| root.member("issuanceDate").fault(error))?;
        if let Some(date) = &self.expiration_date {
            let path = root.member("expirationDate");
            let end = text::parse_civil(date).map_err(|error| path.fault(error))?;
            if end <= begin {
                return Err(path.fault(Fault::NotAfterIssuance));
            }
        }
        Ok(())
    }

    fn validate_evidence(&self, path: &FieldPath<'_>) -> Result<(), DocumentError> {
        if self.is_redacted() && !self.evidence.is_empty() {
            return Err(path.fault(Fault::Form("absent where credentialSubject.name is absent")));
        }
        for (index, evidence) in self.evidence.iter().enumerate() {
            let path = path.element(index);
            let id = evidence.id.as_deref().ok_or_else(|| path.member("id").fault(Fault::Missing))?;
            identifier(id, &path.member("id"))?;
            if let Some(narrative) = &evidence.narrative {
                verified(narrative, &path.member("narrative"))?;
            }
        }
        Ok(())
    }

    /// Equal identifiers would merge their nodes, and the statements of both would hang on one.
    fn validate_distinct_ids(&self) -> Result<(), DocumentError> {
        let root = FieldPath::Root;
        let mut seen = HashSet::new();
        let mut claim = |id: &'_ str, path: &FieldPath<'_>| match seen.insert(id.to_owned()) {
            true => Ok(()),
            false => Err(path.fault(Fault::SameId)),
        };
        claim(&self.id, &root.member("id"))?;
        let issuer = root.member("issuer");
        claim(&self.issuer.id, &issuer.member("id"))?;
        if let Some(image) = &self.issuer.image {
            claim(&image.id, &issuer.member("image").member("id"))?;
        }
        let subject = root.member("credentialSubject");
        claim(&self.subject.id, &subject.member("id"))?;
        if let Some(id) = &self.subject.achievement.id {
            claim(id, &subject.member("achievement").member("id"))?;
        }
        let evidence = root.member("evidence");
        for (index, one) in self.evidence.iter().enumerate() {
            if let Some(id) = &one.id {
                claim(id, &evidence.element(index).member("id"))?;
            }
        }
        Ok(())
    }
}

impl Issuer {
    fn validate(&self, path: &FieldPath<'_>) -> Result<(), DocumentError> {
        identifier(&self.id, &path.member("id"))?;
        if !self.id.starts_with("did:") {
            return Err(path.member("id").fault(Fault::Form("a DID")));
        }
        verified(&self.name, &path.member("name"))?;
        if let Some(url) = &self.url {
            identifier(url, &path.member("url"))?;
        }
        if let Some(image) = &self.image {
            identifier(&image.id, &path.member("image").member("id"))?;
        }
        Ok(())
    }
}

impl Achievement {
    fn validate(&self, path: &FieldPath<'_>) -> Result<(), DocumentError> {
        let id = self.id.as_deref().ok_or_else(|| path.member("id").fault(Fault::Missing))?;
        identifier(id, &path.member("id"))?;
        verified(&self.name, &path.member("name"))?;
        verified(&self.description, &path.member("description"))?;
        verified(&self.criteria, &path.member("criteria").member("narrative"))?;
        let alignments = path.member("alignment");
        for (index, alignment) in self.alignment.iter().enumerate() {
            alignment.validate(&alignments.element(index))?;
        }
        Ok(())
    }
}

impl Alignment {
    fn validate(&self, path: &FieldPath<'_>) -> Result<(), DocumentError> {
        verified(&self.target_framework, &path.member("targetFramework"))?;
        verified(&self.target_code, &path.member("targetCode"))?;
        verified(&self.target_name, &path.member("targetName"))?;
        identifier(&self.target_url, &path.member("targetUrl"))
    }
}

/// A URI without the length limit of requests: a default `targetUrl` may exceed it.
fn identifier(uri: &str, path: &FieldPath<'_>) -> Result<(), DocumentError> {
    text::check_absolute_uri(uri, UriKind::Identifier).map_err(|error: TextError| path.fault(error))
}

fn verified(value: &str, path: &FieldPath<'_>) -> Result<(), DocumentError> {
    text::check_verified(value).map_err(|error| path.fault(error))
}
