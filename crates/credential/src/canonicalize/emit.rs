//! The quads of a document, block by block in canonical order.

use super::Canonicalizer;
use super::label::Labels;
use crate::document::{Alignment, Document, DocumentForm, Evidence};

/// The predicates, types and datatypes of the contexts. Each predicate includes the spaces and brackets around it.
pub(super) mod vocabulary {
    pub(crate) const TYPE: &str = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ";

    pub(crate) const ACHIEVEMENT: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#achievement> ";
    pub(crate) const ALIGNMENT: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#alignment> ";
    pub(crate) const CRITERIA: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#Criteria> ";
    pub(crate) const IMAGE: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#image> ";
    pub(crate) const NARRATIVE: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#narrative> ";
    pub(crate) const TARGET_CODE: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#targetCode> ";

    pub(crate) const DESCRIPTION: &str = " <https://schema.org/description> ";
    pub(crate) const NAME: &str = " <https://schema.org/name> ";
    pub(crate) const TARGET_FRAMEWORK: &str = " <https://schema.org/targetFramework> ";
    pub(crate) const TARGET_NAME: &str = " <https://schema.org/targetName> ";
    pub(crate) const TARGET_URL: &str = " <https://schema.org/targetUrl> ";
    pub(crate) const URL: &str = " <https://schema.org/url> ";

    pub(crate) const NONCE: &str = " <https://w3id.org/security#nonce> ";
    pub(crate) const CREDENTIAL_SUBJECT: &str = " <https://www.w3.org/2018/credentials#credentialSubject> ";
    pub(crate) const EVIDENCE: &str = " <https://www.w3.org/2018/credentials#evidence> ";
    pub(crate) const EXPIRATION_DATE: &str = " <https://www.w3.org/2018/credentials#expirationDate> ";
    pub(crate) const ISSUANCE_DATE: &str = " <https://www.w3.org/2018/credentials#issuanceDate> ";
    pub(crate) const ISSUER: &str = " <https://www.w3.org/2018/credentials#issuer> ";
    pub(crate) const VALID_FROM: &str = " <https://www.w3.org/2018/credentials#validFrom> ";
    pub(crate) const VALID_UNTIL: &str = " <https://www.w3.org/2018/credentials#validUntil> ";

    pub(crate) const TYPE_ACHIEVEMENT: &str = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Achievement";
    pub(crate) const TYPE_SUBJECT: &str =
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#AchievementSubject";
    pub(crate) const TYPE_EVIDENCE: &str = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Evidence";
    pub(crate) const TYPE_IMAGE: &str = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Image";
    pub(crate) const TYPE_BADGE: &str =
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential";
    pub(crate) const TYPE_PROFILE: &str = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Profile";
    pub(crate) const TYPE_ALIGNMENT: &str = "https://schema.org/AlignmentObject";
    pub(crate) const TYPE_CREDENTIAL: &str = "https://www.w3.org/2018/credentials#VerifiableCredential";

    pub(crate) const DATE_TIME: &str = "^^<http://www.w3.org/2001/XMLSchema#dateTime>";
    pub(crate) const ANY_URI: &str = "^^<https://www.w3.org/2001/XMLSchema#anyURI>";
}

use vocabulary as v;

/// The subject or object of a quad: an IRI or a blank node.
#[derive(Debug, Clone, Copy)]
pub(super) enum Term<'a> {
    Iri(&'a str),
    /// A blank node, by its label without `_:`.
    Blank(&'a str),
}

/// A subject whose quads are written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuadBlock {
    Issuer,
    Image,
    Credential,
    Subject,
    Achievement,
    Evidence(usize),
    Criteria,
    Alignment(usize),
}

impl Canonicalizer {
    /// Writes the blocks in the order of their subjects. The labels must have been assigned for this document.
    pub(super) fn emit(&mut self, document: &Document, form: DocumentForm, out: &mut String) {
        let Self { labels, blocks, .. } = self;
        blocks.clear();
        blocks.extend([
            QuadBlock::Issuer,
            QuadBlock::Credential,
            QuadBlock::Subject,
            QuadBlock::Achievement,
            QuadBlock::Criteria,
        ]);
        if document.issuer.image.is_some() {
            blocks.push(QuadBlock::Image);
        }
        blocks.extend((0..document.subject.achievement.alignment.len()).map(QuadBlock::Alignment));
        if form == DocumentForm::Full {
            blocks.extend((0..document.evidence.len()).map(QuadBlock::Evidence));
        }
        blocks.sort_unstable_by(|one, other| {
            order(block_subject(*one, document, labels), block_subject(*other, document, labels))
        });
        for block in blocks.iter() {
            write_block(*block, document, form, labels, out);
        }
        let merged = blocks.iter().zip(blocks.iter().skip(1)).any(|(one, next)| {
            order(block_subject(*one, document, labels), block_subject(*next, document, labels)).is_eq()
        });
        if merged {
            sort_lines(out);
        }
    }
}

/// Sorts the lines and removes duplicates. It is needed if two nodes have one identifier, which makes them one node in
/// RDF: such a document is not valid, but its canonical form is still that of RDFC-1.0.
fn sort_lines(out: &mut String) {
    let mut lines: Vec<&str> = out.split_inclusive('\n').collect();
    lines.sort_unstable();
    lines.dedup();
    *out = lines.concat();
}

fn block_subject<'a>(block: QuadBlock, document: &'a Document, labels: &'a Labels) -> Term<'a> {
    match block {
        QuadBlock::Issuer => Term::Iri(&document.issuer.id),
        QuadBlock::Image => Term::Iri(document.issuer.image.as_ref().map_or("", |image| &image.id)),
        QuadBlock::Credential => Term::Iri(&document.id),
        QuadBlock::Subject => Term::Iri(&document.subject.id),
        QuadBlock::Achievement => achievement_node(document, labels),
        QuadBlock::Evidence(index) => evidence_node(document, labels, index),
        QuadBlock::Criteria => Term::Blank(&labels.criteria),
        QuadBlock::Alignment(index) => Term::Blank(labels.alignment.get(index).map_or("", String::as_str)),
    }
}

fn achievement_node<'a>(document: &'a Document, labels: &'a Labels) -> Term<'a> {
    match &document.subject.achievement.id {
        Some(id) => Term::Iri(id),
        None => Term::Blank(&labels.achievement),
    }
}

fn evidence_node<'a>(document: &'a Document, labels: &'a Labels, index: usize) -> Term<'a> {
    match document.evidence.get(index).and_then(|evidence| evidence.id.as_deref()) {
        Some(id) => Term::Iri(id),
        None => Term::Blank(labels.evidence.get(index).map_or("", String::as_str)),
    }
}

/// Compares two terms as they are written in a line, including the character that follows them (`>` after an IRI, a
/// space after a label), which decides if one is a prefix of the other.
fn order(one: Term<'_>, other: Term<'_>) -> std::cmp::Ordering {
    let key = |subject| match subject {
        Term::Iri(iri) => (0, iri, b'>'),
        Term::Blank(label) => (1, label, b' '),
    };
    let ((kind, text, end), (other_kind, other_text, other_end)) = (key(one), key(other));
    kind.cmp(&other_kind).then_with(|| {
        text.bytes().chain(std::iter::once(end)).cmp(other_text.bytes().chain(std::iter::once(other_end)))
    })
}

fn write_block(block: QuadBlock, document: &Document, form: DocumentForm, labels: &Labels, out: &mut String) {
    let node = block_subject(block, document, labels);
    match block {
        QuadBlock::Issuer => {
            write_iri(out, node, v::TYPE, v::TYPE_PROFILE);
            if let Some(image) = &document.issuer.image {
                write_iri(out, node, v::IMAGE, &image.id);
            }
            write_literal(out, node, v::NAME, &document.issuer.name, "");
            if let Some(url) = &document.issuer.url {
                write_literal(out, node, v::URL, url, v::ANY_URI);
            }
        }
        QuadBlock::Image => write_iri(out, node, v::TYPE, v::TYPE_IMAGE),
        QuadBlock::Credential => write_credential(out, node, document, form, labels),
        QuadBlock::Subject => {
            write_iri(out, node, v::TYPE, v::TYPE_SUBJECT);
            write_link(out, node, v::ACHIEVEMENT, achievement_node(document, labels));
            if let (DocumentForm::Full, Some(name)) = (form, &document.subject.name) {
                write_literal(out, node, v::NAME, name, "");
            }
        }
        QuadBlock::Achievement => write_achievement(out, node, document, labels),
        QuadBlock::Criteria => {
            write_literal(out, node, v::NARRATIVE, &document.subject.achievement.criteria, "")
        }
        QuadBlock::Alignment(index) => {
            if let Some(one) = document.subject.achievement.alignment.get(index) {
                write_alignment(out, node, one);
            }
        }
        QuadBlock::Evidence(index) => {
            if let Some(one) = document.evidence.get(index) {
                write_evidence(out, node, one);
            }
        }
    }
}

fn write_credential(
    out: &mut String,
    node: Term<'_>,
    document: &Document,
    form: DocumentForm,
    labels: &Labels,
) {
    write_iri(out, node, v::TYPE, v::TYPE_BADGE);
    write_iri(out, node, v::TYPE, v::TYPE_CREDENTIAL);
    write_literal(out, node, v::NONCE, &document.nonce, "");
    write_iri(out, node, v::CREDENTIAL_SUBJECT, &document.subject.id);
    if form == DocumentForm::Full && !document.evidence.is_empty() {
        let mut all: Vec<_> =
            (0..document.evidence.len()).map(|index| evidence_node(document, labels, index)).collect();
        all.sort_unstable_by(|one, other| order(*one, *other));
        for one in all {
            write_link(out, node, v::EVIDENCE, one);
        }
    }
    if let Some(date) = &document.expiration_date {
        write_literal(out, node, v::EXPIRATION_DATE, date, v::DATE_TIME);
    }
    write_literal(out, node, v::ISSUANCE_DATE, &document.issuance_date, v::DATE_TIME);
    write_iri(out, node, v::ISSUER, &document.issuer.id);
    write_literal(out, node, v::VALID_FROM, &document.issuance_date, v::DATE_TIME);
    if let Some(date) = &document.expiration_date {
        write_literal(out, node, v::VALID_UNTIL, date, v::DATE_TIME);
    }
}

fn write_achievement(out: &mut String, node: Term<'_>, document: &Document, labels: &Labels) {
    let achievement = &document.subject.achievement;
    write_iri(out, node, v::TYPE, v::TYPE_ACHIEVEMENT);
    write_link(out, node, v::CRITERIA, Term::Blank(&labels.criteria));
    match labels.alignment.as_slice() {
        [] => {}
        [only] => write_link(out, node, v::ALIGNMENT, Term::Blank(only)),
        several => {
            let mut all: Vec<_> = several.iter().map(|label| Term::Blank(label)).collect();
            all.sort_unstable_by(|one, other| order(*one, *other));
            for one in all {
                write_link(out, node, v::ALIGNMENT, one);
            }
        }
    }
    write_literal(out, node, v::DESCRIPTION, &achievement.description, "");
    write_literal(out, node, v::NAME, &achievement.name, "");
}

/// Writes the quads of an alignment.
pub(super) fn write_alignment(out: &mut String, node: Term<'_>, alignment: &Alignment) {
    write_iri(out, node, v::TYPE, v::TYPE_ALIGNMENT);
    write_literal(out, node, v::TARGET_CODE, &alignment.target_code, "");
    write_literal(out, node, v::TARGET_FRAMEWORK, &alignment.target_framework, "");
    write_literal(out, node, v::TARGET_NAME, &alignment.target_name, "");
    write_literal(out, node, v::TARGET_URL, &alignment.target_url, v::ANY_URI);
}

/// Writes the quads of a piece of evidence.
pub(super) fn write_evidence(out: &mut String, node: Term<'_>, evidence: &Evidence) {
    write_iri(out, node, v::TYPE, v::TYPE_EVIDENCE);
    if let Some(narrative) = &evidence.narrative {
        write_literal(out, node, v::NARRATIVE, narrative, "");
    }
}

/// Writes a quad whose object is a node.
pub(super) fn write_link(out: &mut String, subject: Term<'_>, predicate: &str, object: Term<'_>) {
    write_term(out, subject);
    out.push_str(predicate);
    write_term(out, object);
    out.push_str(" .\n");
}

/// Writes a quad whose object is an IRI.
pub(super) fn write_iri(out: &mut String, subject: Term<'_>, name: &str, object: &str) {
    write_link(out, subject, name, Term::Iri(object));
}

/// Writes a quad whose object is a literal. `datatype` is empty for `xsd:string`.
pub(super) fn write_literal(
    out: &mut String,
    subject: Term<'_>,
    predicate: &str,
    value: &str,
    datatype: &str,
) {
    write_term(out, subject);
    out.push_str(predicate);
    out.push('"');
    escape(out, value);
    out.push('"');
    out.push_str(datatype);
    out.push_str(" .\n");
}

fn write_term(out: &mut String, term: Term<'_>) {
    match term {
        Term::Iri(iri) => {
            out.push('<');
            out.push_str(iri);
            out.push('>');
        }
        Term::Blank(label) => {
            out.push_str("_:");
            out.push_str(label);
        }
    }
}

/// Writes a literal with the escapes of canonical N-Quads (RDFC-1.0 section 5): `\b`, `\t`, `\n`, `\f`, `\r`, `\"`,
/// `\\`, and `\uXXXX` for other ASCII control characters. All other characters are written unescaped.
fn escape(out: &mut String, value: &str) {
    let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\' || byte == 0x7F;
    if !value.bytes().any(special) {
        out.push_str(value);
        return;
    }
    for character in value.chars() {
        match character {
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{C}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            control if control < ' ' || control == '\u{7F}' => {
                out.push_str(&format!("\\u{:04X}", u32::from(control)));
            }
            other => out.push(other),
        }
    }
}
