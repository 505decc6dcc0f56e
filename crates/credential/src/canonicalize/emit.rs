//! The quads of a document, block by block in canonical order.

use super::Canonicalizer;
use super::facts::{Facts, FormFacts};
use super::label::Labels;
use crate::document::{Alignment, Evidence};
use crate::wallet::{Identifier, WalletDocument};

/// The predicates, types and datatypes of the contexts. Each predicate includes the spaces and brackets around it.
pub(super) mod vocabulary {
    pub(crate) const TYPE: &str = " <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> ";

    pub(crate) const ACHIEVEMENT: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#achievement> ";
    pub(crate) const ALIGNMENT: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#alignment> ";
    pub(crate) const CRITERIA: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#Criteria> ";
    pub(crate) const HASHED: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#hashed> ";
    pub(crate) const IDENTIFIER: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#identifier> ";
    pub(crate) const IDENTITY_HASH: &str =
        " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#identityHash> ";
    pub(crate) const IDENTITY_TYPE: &str =
        " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#identityType> ";
    pub(crate) const IMAGE: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#image> ";
    pub(crate) const NARRATIVE: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#narrative> ";
    pub(crate) const SALT: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#salt> ";
    pub(crate) const TARGET_CODE: &str = " <https://purl.imsglobal.org/spec/vc/ob/vocab.html#targetCode> ";

    pub(crate) const DESCRIPTION: &str = " <https://schema.org/description> ";
    pub(crate) const NAME: &str = " <https://schema.org/name> ";
    pub(crate) const TARGET_FRAMEWORK: &str = " <https://schema.org/targetFramework> ";
    pub(crate) const TARGET_NAME: &str = " <https://schema.org/targetName> ";
    pub(crate) const TARGET_URL: &str = " <https://schema.org/targetUrl> ";
    pub(crate) const URL: &str = " <https://schema.org/url> ";

    pub(crate) const NONCE: &str = " <https://w3id.org/security#nonce> ";
    pub(crate) const CREDENTIAL_STATUS: &str = " <https://www.w3.org/2018/credentials#credentialStatus> ";
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
    pub(crate) const TYPE_IDENTITY: &str = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#IdentityObject";
    pub(crate) const TYPE_IMAGE: &str = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Image";
    pub(crate) const TYPE_BADGE: &str =
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential";
    pub(crate) const TYPE_PROFILE: &str = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Profile";
    pub(crate) const TYPE_ALIGNMENT: &str = "https://schema.org/AlignmentObject";
    pub(crate) const TYPE_CREDENTIAL: &str = "https://www.w3.org/2018/credentials#VerifiableCredential";

    pub(crate) const STATUS_LIST: &str = " <https://www.w3.org/ns/credentials/status#statusListCredential> ";
    pub(crate) const STATUS_INDEX: &str = " <https://www.w3.org/ns/credentials/status#statusListIndex> ";
    pub(crate) const STATUS_PURPOSE: &str = " <https://www.w3.org/ns/credentials/status#statusPurpose> ";
    pub(crate) const STATUS_ENCODED_LIST: &str = " <https://www.w3.org/ns/credentials/status#encodedList> ";
    pub(crate) const STATUS_TTL: &str = " <https://www.w3.org/ns/credentials/status#ttl> ";
    pub(crate) const TYPE_STATUS_ENTRY: &str =
        "https://www.w3.org/ns/credentials/status#BitstringStatusListEntry";
    pub(crate) const TYPE_STATUS_LIST: &str = "https://www.w3.org/ns/credentials/status#BitstringStatusList";
    pub(crate) const TYPE_STATUS_LIST_CREDENTIAL: &str =
        "https://www.w3.org/ns/credentials/status#BitstringStatusListCredential";

    pub(crate) const CREATED: &str = " <http://purl.org/dc/terms/created> ";
    pub(crate) const CRYPTOSUITE: &str = " <https://w3id.org/security#cryptosuite> ";
    pub(crate) const PROOF_PURPOSE: &str = " <https://w3id.org/security#proofPurpose> ";
    pub(crate) const VERIFICATION_METHOD: &str = " <https://w3id.org/security#verificationMethod> ";
    pub(crate) const TYPE_PROOF: &str = "https://w3id.org/security#DataIntegrityProof";
    pub(crate) const ASSERTION_METHOD: &str = "https://w3id.org/security#assertionMethod";
    pub(crate) const CRYPTOSUITE_STRING: &str = "^^<https://w3id.org/security#cryptosuiteString>";
    pub(crate) const MULTIBASE: &str = "^^<https://w3id.org/security#multibase>";

    pub(crate) const BOOLEAN: &str = "^^<https://www.w3.org/2001/XMLSchema#boolean>";
    pub(crate) const INTEGER: &str = "^^<http://www.w3.org/2001/XMLSchema#integer>";
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
    Identifier(usize),
    Status,
    Criteria,
    Alignment(usize),
}

impl Canonicalizer {
    /// Writes the blocks in the order of their subjects. The labels must have been assigned for these facts.
    pub(super) fn emit(&mut self, facts: &Facts<'_>, out: &mut String) {
        let Self { labels, blocks, .. } = self;
        blocks.clear();
        blocks.extend([
            QuadBlock::Issuer,
            QuadBlock::Credential,
            QuadBlock::Subject,
            QuadBlock::Achievement,
            QuadBlock::Criteria,
        ]);
        if facts.issuer.image.is_some() {
            blocks.push(QuadBlock::Image);
        }
        blocks.extend((0..facts.achievement.alignment.len()).map(QuadBlock::Alignment));
        blocks.extend((0..facts.evidence.len()).map(QuadBlock::Evidence));
        if let FormFacts::Wallet(document) = facts.form {
            blocks.push(QuadBlock::Status);
            blocks.extend((0..document.identifiers().count()).map(QuadBlock::Identifier));
        }
        blocks.sort_unstable_by(|one, other| {
            order(block_subject(*one, facts, labels), block_subject(*other, facts, labels))
        });
        for block in blocks.iter() {
            write_block(*block, facts, labels, out);
        }
        let merged = blocks.iter().zip(blocks.iter().skip(1)).any(|(one, next)| {
            order(block_subject(*one, facts, labels), block_subject(*next, facts, labels)).is_eq()
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

fn block_subject<'a>(block: QuadBlock, facts: &Facts<'a>, labels: &'a Labels) -> Term<'a> {
    let label =
        |labels: &'a [String], index: usize| Term::Blank(labels.get(index).map_or("", String::as_str));
    match block {
        QuadBlock::Issuer => Term::Iri(&facts.issuer.id),
        QuadBlock::Image => Term::Iri(facts.issuer.image.as_ref().map_or("", |image| &image.id)),
        QuadBlock::Credential => Term::Iri(facts.id),
        QuadBlock::Subject => Term::Iri(facts.subject_id),
        QuadBlock::Achievement => achievement_node(facts, labels),
        QuadBlock::Evidence(index) => evidence_node(facts, labels, index),
        QuadBlock::Identifier(index) => label(&labels.identifiers, index),
        QuadBlock::Status => Term::Iri(match facts.form {
            FormFacts::Anchored(_) => "",
            FormFacts::Wallet(document) => &document.status.id,
        }),
        QuadBlock::Criteria => Term::Blank(&labels.criteria),
        QuadBlock::Alignment(index) => label(&labels.alignment, index),
    }
}

fn achievement_node<'a>(facts: &Facts<'a>, labels: &'a Labels) -> Term<'a> {
    match &facts.achievement.id {
        Some(id) => Term::Iri(id),
        None => Term::Blank(&labels.achievement),
    }
}

fn evidence_node<'a>(facts: &Facts<'a>, labels: &'a Labels, index: usize) -> Term<'a> {
    match facts.evidence.get(index).and_then(|evidence| evidence.id.as_deref()) {
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

fn write_block(block: QuadBlock, facts: &Facts<'_>, labels: &Labels, out: &mut String) {
    let node = block_subject(block, facts, labels);
    match block {
        QuadBlock::Issuer => {
            write_iri(out, node, v::TYPE, v::TYPE_PROFILE);
            if let Some(image) = &facts.issuer.image {
                write_iri(out, node, v::IMAGE, &image.id);
            }
            write_literal(out, node, v::NAME, &facts.issuer.name, "");
            if let Some(url) = &facts.issuer.url {
                write_literal(out, node, v::URL, url, v::ANY_URI);
            }
        }
        QuadBlock::Image => write_iri(out, node, v::TYPE, v::TYPE_IMAGE),
        QuadBlock::Credential => write_credential(out, node, facts, labels),
        QuadBlock::Subject => {
            write_iri(out, node, v::TYPE, v::TYPE_SUBJECT);
            write_link(out, node, v::ACHIEVEMENT, achievement_node(facts, labels));
            write_labels(out, node, v::IDENTIFIER, &labels.identifiers);
            if let Some(name) = facts.name {
                write_literal(out, node, v::NAME, name, "");
            }
        }
        QuadBlock::Achievement => write_achievement(out, node, facts, labels),
        QuadBlock::Criteria => write_literal(out, node, v::NARRATIVE, &facts.achievement.criteria, ""),
        QuadBlock::Alignment(index) => {
            if let Some(one) = facts.achievement.alignment.get(index) {
                write_alignment(out, node, one);
            }
        }
        QuadBlock::Evidence(index) => {
            if let Some(one) = facts.evidence.get(index) {
                write_evidence(out, node, one);
            }
        }
        QuadBlock::Identifier(index) => {
            if let FormFacts::Wallet(document) = facts.form
                && let Some(one) = document.identifiers().nth(index)
            {
                write_identifier(out, node, &one);
            }
        }
        QuadBlock::Status => {
            if let FormFacts::Wallet(document) = facts.form {
                write_status(out, node, document);
            }
        }
    }
}

fn write_credential(out: &mut String, node: Term<'_>, facts: &Facts<'_>, labels: &Labels) {
    write_iri(out, node, v::TYPE, v::TYPE_BADGE);
    write_iri(out, node, v::TYPE, v::TYPE_CREDENTIAL);
    match facts.form {
        FormFacts::Anchored(document) => write_literal(out, node, v::NONCE, &document.nonce, ""),
        FormFacts::Wallet(document) => {
            write_literal(out, node, v::DESCRIPTION, &document.description(), "");
            write_literal(out, node, v::NAME, &document.name(), "");
            write_iri(out, node, v::CREDENTIAL_STATUS, &document.status.id);
        }
    }
    write_iri(out, node, v::CREDENTIAL_SUBJECT, facts.subject_id);
    if !facts.evidence.is_empty() {
        let mut all: Vec<_> =
            (0..facts.evidence.len()).map(|index| evidence_node(facts, labels, index)).collect();
        all.sort_unstable_by(|one, other| order(*one, *other));
        for one in all {
            write_link(out, node, v::EVIDENCE, one);
        }
    }
    let (valid_from, valid_until) = match facts.form {
        FormFacts::Anchored(document) => {
            if let Some(date) = &document.expiration_date {
                write_literal(out, node, v::EXPIRATION_DATE, date, v::DATE_TIME);
            }
            write_literal(out, node, v::ISSUANCE_DATE, &document.issuance_date, v::DATE_TIME);
            (&document.issuance_date, &document.expiration_date)
        }
        FormFacts::Wallet(document) => (&document.valid_from, &document.valid_until),
    };
    write_iri(out, node, v::ISSUER, &facts.issuer.id);
    write_literal(out, node, v::VALID_FROM, valid_from, v::DATE_TIME);
    if let Some(date) = valid_until {
        write_literal(out, node, v::VALID_UNTIL, date, v::DATE_TIME);
    }
}

fn write_achievement(out: &mut String, node: Term<'_>, facts: &Facts<'_>, labels: &Labels) {
    write_iri(out, node, v::TYPE, v::TYPE_ACHIEVEMENT);
    write_link(out, node, v::CRITERIA, Term::Blank(&labels.criteria));
    write_labels(out, node, v::ALIGNMENT, &labels.alignment);
    write_literal(out, node, v::DESCRIPTION, &facts.achievement.description, "");
    write_literal(out, node, v::NAME, &facts.achievement.name, "");
}

/// Writes a quad for each of the blank nodes, in their order.
fn write_labels(out: &mut String, node: Term<'_>, predicate: &str, labels: &[String]) {
    match labels {
        [] => {}
        [only] => write_link(out, node, predicate, Term::Blank(only)),
        several => {
            let mut all: Vec<_> = several.iter().map(|label| Term::Blank(label)).collect();
            all.sort_unstable_by(|one, other| order(*one, *other));
            for one in all {
                write_link(out, node, predicate, one);
            }
        }
    }
}

/// Writes the quads of an identifier of the recipient.
pub(super) fn write_identifier(out: &mut String, node: Term<'_>, identifier: &Identifier<'_>) {
    write_iri(out, node, v::TYPE, v::TYPE_IDENTITY);
    let hashed = if identifier.salt.is_some() { "true" } else { "false" };
    write_literal(out, node, v::HASHED, hashed, v::BOOLEAN);
    write_literal(out, node, v::IDENTITY_HASH, identifier.hash, "");
    write_literal(out, node, v::IDENTITY_TYPE, identifier.kind, "");
    if let Some(salt) = identifier.salt {
        write_literal(out, node, v::SALT, salt, "");
    }
}

fn write_status(out: &mut String, node: Term<'_>, document: &WalletDocument) {
    write_iri(out, node, v::TYPE, v::TYPE_STATUS_ENTRY);
    write_iri(out, node, v::STATUS_LIST, &document.status.list);
    write_literal(out, node, v::STATUS_INDEX, &document.status.index.to_string(), "");
    write_literal(out, node, v::STATUS_PURPOSE, "revocation", "");
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
