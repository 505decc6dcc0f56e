//! The canonical form, written directly from the typed document: section 5 of the format.
//!
//! For these documents the conversion to RDF is a fixed table (each member is one quad), and
//! [RDFC-1.0](https://www.w3.org/TR/rdf-canon/) is short: every blank node but the achievement is a leaf with its own
//! literals and one incoming quad, so its first-degree hash tells it from all others or it is an exact twin of
//! them. Twins are automorphic, so any order among them gives the same bytes; the N-degree step of the
//! algorithm (section 4.8) then numbers them one after the other, in the order of their common hash.
//!
//! Nothing is sorted but whole blocks: within the quads of one subject the predicates are known, and they are
//! written in their order.

mod emit;
mod label;
#[cfg(test)]
mod tests;

use crate::document::Document;
use crate::hash::Hash;
use label::Labels;

/// Turns documents into canonical N-Quads; keeps its buffers from one document to the next.
///
/// The documents must be valid ([`Document::validate`]), but that an achievement and evidence may lack their
/// `id`, which makes them blank nodes: an identifier that is no IRI would not be one N-Quad any more.
#[derive(Default)]
pub struct Canonicalizer {
    labels: Labels,
    blocks: Vec<emit::Block>,
    text: String,
}

/// Which of its two documents a credential is canonicalized as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The document as it is.
    Full,
    /// Without the recipient's name and the evidence.
    Redacted,
}

/// The leaves of both documents of one credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaves {
    /// `L_full`.
    pub full: Hash,
    /// `L_red`.
    pub redacted: Hash,
}

impl Canonicalizer {
    /// Writes the canonical form of a document over what `out` held: one quad per line, the last one ends in a
    /// line feed too.
    pub fn canonicalize(&mut self, document: &Document, out: &mut String) {
        out.clear();
        self.labels.assign(document, Form::Full);
        self.emit(document, Form::Full, out);
    }

    /// Writes the canonical form of [`Document::redacted`], without building that document.
    pub fn canonicalize_redacted(&mut self, document: &Document, out: &mut String) {
        out.clear();
        self.labels.assign(document, Form::Redacted);
        self.emit(document, Form::Redacted, out);
    }

    /// The leaves of a full document and of its redacted one.
    pub fn leaves(&mut self, document: &Document) -> Leaves {
        let mut text = std::mem::take(&mut self.text);
        self.canonicalize(document, &mut text);
        let full = Hash::sha256(text.as_bytes());
        text.clear();
        // Evidence without an id takes part in the numbering of the blank nodes; without any the labels stay.
        if document.evidence.iter().any(|evidence| evidence.id.is_none()) {
            self.labels.assign(document, Form::Redacted);
        }
        self.emit(document, Form::Redacted, &mut text);
        let redacted = Hash::sha256(text.as_bytes());
        self.text = text;
        Leaves { full, redacted }
    }
}

impl Document {
    /// The canonical form: what the leaf is the hash of.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        Canonicalizer::default().canonicalize(self, &mut out);
        out
    }

    /// SHA-256 of the canonical form: `L_full` of a full document, `L_red` of a redacted one.
    pub fn leaf(&self) -> Hash {
        Hash::sha256(self.canonical().as_bytes())
    }
}
