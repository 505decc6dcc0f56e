//! The canonical form, written directly from the typed document: section 5 of the format.
//!
//! For these documents the conversion to RDF is a fixed table, in which each member is one quad.
//! [RDFC-1.0](https://www.w3.org/TR/rdf-canon/) is short for them too: every blank node except the achievement has only
//! literals of its own and one incoming quad. Its first-degree hash is therefore unique, or it is shared by nodes with
//! equal quads. Such nodes are automorphic, so any order among them gives the same bytes, and the N-degree step of the
//! algorithm (section 4.8) numbers them one after the other, in the order of their common hash.
//!
//! A wallet form ([`crate::wallet`]) has the same issuer, subject, achievement and evidence, and other statements about the
//! credential itself: both are written from the same facts.
//!
//! Only whole blocks are sorted: the quads of one subject are written in the order of their predicates, which is known.

mod emit;
mod facts;
mod label;
pub(crate) mod signed_with_key;
#[cfg(test)]
mod tests;

use crate::document::Document;
use crate::hash::Hash;
use crate::wallet::WalletDocument;
use facts::Facts;
use label::Labels;

/// A canonicalizer of documents to N-Quads. It reuses its buffers from one document to the next.
///
/// Documents must be valid ([`Document::validate`]), since an identifier that is not an IRI would break the N-Quads. As
/// an exception, an achievement and evidence may lack their `id`, which makes them blank nodes.
#[derive(Default)]
pub struct Canonicalizer {
    labels: Labels,
    blocks: Vec<emit::QuadBlock>,
    text: String,
}

/// The leaves of a credential's two documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaves {
    /// The leaf of the full document, `L_full`.
    pub full: Hash,
    /// The leaf of the redacted document, `L_red`.
    pub redacted: Hash,
}

impl Canonicalizer {
    /// Replaces the content of `out` by the canonical form of a document: one quad per line, each with a line feed.
    pub fn canonicalize(&mut self, document: &Document, out: &mut String) {
        self.write(&Facts::of_document(document), out);
    }

    /// Replaces the content of `out` by the canonical form of [`Document::redacted`], without building that document.
    pub fn canonicalize_redacted(&mut self, document: &Document, out: &mut String) {
        self.write(&Facts::of_document(document).redacted(), out);
    }

    /// Replaces the content of `out` by the canonical form of a wallet form without its proof.
    pub fn canonicalize_wallet_form(&mut self, document: &WalletDocument, out: &mut String) {
        self.write(&Facts::of_wallet_form(document), out);
    }

    /// Computes the leaves of a full document and of its redacted one.
    pub fn leaves(&mut self, document: &Document) -> Leaves {
        let mut text = std::mem::take(&mut self.text);
        let full_facts = Facts::of_document(document);
        self.write(&full_facts, &mut text);
        let full = Hash::sha256(text.as_bytes());
        text.clear();
        let redacted_facts = full_facts.redacted();
        // Evidence without an id takes part in the numbering of blank nodes. Without such evidence the labels are the
        // same.
        if document.evidence.iter().any(|evidence| evidence.id.is_none()) {
            self.labels.assign(&redacted_facts);
        }
        self.emit(&redacted_facts, &mut text);
        let redacted = Hash::sha256(text.as_bytes());
        self.text = text;
        Leaves { full, redacted }
    }

    fn write(&mut self, facts: &Facts<'_>, out: &mut String) {
        out.clear();
        self.labels.assign(facts);
        self.emit(facts, out);
    }
}

impl Document {
    /// Returns the canonical form, whose SHA-256 is the leaf.
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        Canonicalizer::default().canonicalize(self, &mut out);
        out
    }

    /// Returns the SHA-256 of the canonical form: `L_full` of a full document, `L_red` of a redacted one.
    pub fn leaf(&self) -> Hash {
        Hash::sha256(self.canonical().as_bytes())
    }
}
