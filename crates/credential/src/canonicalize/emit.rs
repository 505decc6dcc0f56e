//! The quads of a document, block by block in canonical order.

use super::label::Labels;
use super::{Canonicalizer, Form};
use crate::document::{Alignment, Document, Evidence};

/// The predicates and types, as the contexts define them. Each predicate carries the white space and brackets
/// that surround it.
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

/// The subject or object of a quad.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject<'a> {
    Iri(&'a str),
    /// The label without its `_:`.
    Blank(&'a str),
}

/// The quads of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
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
    /// Writes every block in the order of its subject. The labels must have been assigned for this document.
    pub(super) fn emit(&mut self, document: &Document, form: Form, out: &mut String) {
        let Self { labels, blocks, .. } = self;
        blocks.clear();
        blocks.extend([
            Block::Issuer,
            Block::Credential,
            Block::Subject,
            Block::Achievement,
            Block::Criteria,
        ]);
        if document.issuer.image.is_some() {
            blocks.push(Block::Image);
        }
        blocks.extend((0..document.subject.achievement.alignment.len()).map(Block::Alignment));
        if form == Form::Full {
            blocks.extend((0..document.evidence.len()).map(Block::Evidence));
        }
        blocks.sort_unstable_by(|one, other| {
            order(subject(*one, document, labels), subject(*other, document, labels))
        });
        for block in blocks.iter() {
            write_block(*block, document, form, labels, out);
        }
        let merged = blocks.iter().zip(blocks.iter().skip(1)).any(|(one, next)| {
            order(subject(*one, document, labels), subject(*next, document, labels)).is_eq()
        });
        if merged {
            sort_lines(out);
        }
    }
}

/// Two nodes with one identifier are one node to RDF. Such a document is not valid; canonicalization still gives
/// what RDFC-1.0 gives, rather than something that only looks like it.
fn sort_lines(out: &mut String) {
    let mut lines: Vec<&str> = out.split_inclusive('\n').collect();
    lines.sort_unstable();
    lines.dedup();
    *out = lines.concat();
}

fn subject<'a>(block: Block, document: &'a Document, labels: &'a Labels) -> Subject<'a> {
    match block {
        Block::Issuer => Subject::Iri(&document.issuer.id),
        Block::Image => Subject::Iri(document.issuer.image.as_ref().map_or("", |image| &image.id)),
        Block::Credential => Subject::Iri(&document.id),
        Block::Subject => Subject::Iri(&document.subject.id),
        Block::Achievement => achievement_node(document, labels),
        Block::Evidence(index) => evidence_node(document, labels, index),
        Block::Criteria => Subject::Blank(&labels.criteria),
        Block::Alignment(index) => Subject::Blank(labels.alignment.get(index).map_or("", String::as_str)),
    }
}

fn achievement_node<'a>(document: &'a Document, labels: &'a Labels) -> Subject<'a> {
    match &document.subject.achievement.id {
        Some(id) => Subject::Iri(id),
        None => Subject::Blank(&labels.achievement),
    }
}

fn evidence_node<'a>(document: &'a Document, labels: &'a Labels, index: usize) -> Subject<'a> {
    match document.evidence.get(index).and_then(|evidence| evidence.id.as_deref()) {
        Some(id) => Subject::Iri(id),
        None => Subject::Blank(labels.evidence.get(index).map_or("", String::as_str)),
    }
}

/// The order of two terms as they stand in a line. What follows a term decides where one is the beginning of
/// the other: `>` after an IRI, a space after a label.
fn order(one: Subject<'_>, other: Subject<'_>) -> std::cmp::Ordering {
    let key = |subject| match subject {
        Subject::Iri(iri) => (0, iri, b'>'),
        Subject::Blank(label) => (1, label, b' '),
    };
    let ((kind, text, end), (other_kind, other_text, other_end)) = (key(one), key(other));
    kind.cmp(&other_kind).then_with(|| {
        text.bytes().chain(std::iter::once(end)).cmp(other_text.bytes().chain(std::iter::once(other_end)))
    })
}

fn write_block(block: Block, document: &Document, form: Form, labels: &Labels, out: &mut String) {
    let node = subject(block, document, labels);
    match block {
        Block::Issuer => {
            iri(out, node, v::TYPE, v::TYPE_PROFILE);
            if let Some(image) = &document.issuer.image {
                iri(out, node, v::IMAGE, &image.id);
            }
            literal(out, node, v::NAME, &document.issuer.name, "");
            if let Some(url) = &document.issuer.url {
                literal(out, node, v::URL, url, v::ANY_URI);
            }
        }
        Block::Image => iri(out, node, v::TYPE, v::TYPE_IMAGE),
        Block::Credential => credential(out, node, document, form, labels),
        Block::Subject => {
            iri(out, node, v::TYPE, v::TYPE_SUBJECT);
            predicate(out, node, v::ACHIEVEMENT, achievement_node(document, labels));
            if let (Form::Full, Some(name)) = (form, &document.subject.name) {
                literal(out, node, v::NAME, name, "");
            }
        }
        Block::Achievement => achievement(out, node, document, labels),
        Block::Criteria => literal(out, node, v::NARRATIVE, &document.subject.achievement.criteria, ""),
        Block::Alignment(index) => {
            if let Some(one) = document.subject.achievement.alignment.get(index) {
                alignment(out, node, one);
            }
        }
        Block::Evidence(index) => {
            if let Some(one) = document.evidence.get(index) {
                evidence(out, node, one);
            }
        }
    }
}

fn credential(out: &mut String, node: Subject<'_>, document: &Document, form: Form, labels: &Labels) {
    iri(out, node, v::TYPE, v::TYPE_BADGE);
    iri(out, node, v::TYPE, v::TYPE_CREDENTIAL);
    literal(out, node, v::NONCE, &document.nonce, "");
    iri(out, node, v::CREDENTIAL_SUBJECT, &document.subject.id);
    if form == Form::Full && !document.evidence.is_empty() {
        let mut all: Vec<_> =
            (0..document.evidence.len()).map(|index| evidence_node(document, labels, index)).collect();
        all.sort_unstable_by(|one, other| order(*one, *other));
        for one in all {
            predicate(out, node, v::EVIDENCE, one);
        }
    }
    if let Some(date) = &document.expiration_date {
        literal(out, node, v::EXPIRATION_DATE, date, v::DATE_TIME);
    }
    literal(out, node, v::ISSUANCE_DATE, &document.issuance_date, v::DATE_TIME);
    iri(out, node, v::ISSUER, &document.issuer.id);
    literal(out, node, v::VALID_FROM, &document.issuance_date, v::DATE_TIME);
    if let Some(date) = &document.expiration_date {
        literal(out, node, v::VALID_UNTIL, date, v::DATE_TIME);
    }
}

fn achievement(out: &mut String, node: Subject<'_>, document: &Document, labels: &Labels) {
    let achievement = &document.subject.achievement;
    iri(out, node, v::TYPE, v::TYPE_ACHIEVEMENT);
    predicate(out, node, v::CRITERIA, Subject::Blank(&labels.criteria));
    match labels.alignment.as_slice() {
        [] => {}
        [only] => predicate(out, node, v::ALIGNMENT, Subject::Blank(only)),
        several => {
            let mut all: Vec<_> = several.iter().map(|label| Subject::Blank(label)).collect();
            all.sort_unstable_by(|one, other| order(*one, *other));
            for one in all {
                predicate(out, node, v::ALIGNMENT, one);
            }
        }
    }
    literal(out, node, v::DESCRIPTION, &achievement.description, "");
    literal(out, node, v::NAME, &achievement.name, "");
}

/// The quads of an alignment.
pub(super) fn alignment(out: &mut String, node: Subject<'_>, alignment: &Alignment) {
    iri(out, node, v::TYPE, v::TYPE_ALIGNMENT);
    literal(out, node, v::TARGET_CODE, &alignment.target_code, "");
    literal(out, node, v::TARGET_FRAMEWORK, &alignment.target_framework, "");
    literal(out, node, v::TARGET_NAME, &alignment.target_name, "");
    literal(out, node, v::TARGET_URL, &alignment.target_url, v::ANY_URI);
}

/// The quads of a piece of evidence.
pub(super) fn evidence(out: &mut String, node: Subject<'_>, evidence: &Evidence) {
    iri(out, node, v::TYPE, v::TYPE_EVIDENCE);
    if let Some(narrative) = &evidence.narrative {
        literal(out, node, v::NARRATIVE, narrative, "");
    }
}

/// A quad between two nodes.
pub(super) fn predicate(out: &mut String, subject: Subject<'_>, predicate: &str, object: Subject<'_>) {
    write_subject(out, subject);
    out.push_str(predicate);
    write_subject(out, object);
    out.push_str(" .\n");
}

/// A quad whose object is an IRI.
pub(super) fn iri(out: &mut String, subject: Subject<'_>, name: &str, object: &str) {
    predicate(out, subject, name, Subject::Iri(object));
}

/// A quad whose object is a literal; `datatype` is empty for `xsd:string`.
pub(super) fn literal(out: &mut String, subject: Subject<'_>, predicate: &str, value: &str, datatype: &str) {
    write_subject(out, subject);
    out.push_str(predicate);
    out.push('"');
    escape(out, value);
    out.push('"');
    out.push_str(datatype);
    out.push_str(" .\n");
}

fn write_subject(out: &mut String, subject: Subject<'_>) {
    match subject {
        Subject::Iri(iri) => {
            out.push('<');
            out.push_str(iri);
            out.push('>');
        }
        Subject::Blank(label) => {
            out.push_str("_:");
            out.push_str(label);
        }
    }
}

/// The escapes of canonical N-Quads (RDFC-1.0 section 5): `\b`, `\t`, `\n`, `\f`, `\r`, `\"`, `\\`, and `\uXXXX`
/// for the other controls of ASCII. Everything else stands as it is.
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
