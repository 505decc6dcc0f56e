//! The labels of the blank nodes: RDFC-1.0 sections 4.4 (labels), 4.6 (first-degree hashes) and 4.8 (equal hashes).

use super::emit::{Term, vocabulary, write_iri, write_link, write_literal};
use super::facts::{Facts, FormFacts};
use crate::hash::Hash;

/// A blank node of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Achievement,
    Criteria,
    Alignment(usize),
    Evidence(usize),
    Identifier(usize),
}

/// The canonical labels of one document, without `_:`.
#[derive(Default)]
pub(super) struct Labels {
    pub(super) achievement: String,
    pub(super) criteria: String,
    pub(super) alignment: Vec<String>,
    pub(super) evidence: Vec<String>,
    pub(super) identifiers: Vec<String>,
    hashed: Vec<(Hash, Node)>,
    order: Vec<Node>,
    quads: String,
}

impl Labels {
    /// Hashes the blank nodes of a document and numbers them.
    pub(super) fn assign(&mut self, facts: &Facts<'_>) {
        self.hash(facts);
        self.hashed.sort_unstable_by_key(|(hash, _)| *hash);
        let shared = |nodes: &&[(Hash, Node)]| nodes.len() > 1;
        let groups = || self.hashed.chunk_by(|(one, _), (next, _)| one == next);
        // Section 4.4.3 step 4 numbers the nodes with a unique hash, step 5 those that share one.
        self.order.clear();
        self.order.extend(groups().filter(|nodes| !shared(nodes)).flatten().map(|(_, node)| *node));
        self.order.extend(groups().filter(shared).flatten().map(|(_, node)| *node));
        self.alignment.resize(facts.achievement.alignment.len(), String::new());
        self.evidence.resize(facts.evidence.len(), String::new());
        let identifiers = match facts.form {
            FormFacts::Anchored(_) => 0,
            FormFacts::Wallet(document) => document.identifiers().count(),
        };
        self.identifiers.resize(identifiers, String::new());
        for (number, node) in self.order.iter().enumerate() {
            let label = match *node {
                Node::Achievement => Some(&mut self.achievement),
                Node::Criteria => Some(&mut self.criteria),
                Node::Alignment(index) => self.alignment.get_mut(index),
                Node::Evidence(index) => self.evidence.get_mut(index),
                Node::Identifier(index) => self.identifiers.get_mut(index),
            };
            if let Some(label) = label {
                set_label(label, number);
            }
        }
    }

    /// Computes the first-degree hashes. The quads of each node, with `_:a` for the node itself and `_:z` for any
    /// other, are hashed in code point order. An incoming quad comes first if its subject is an IRI (`<` before `_:a`),
    /// and last if it is a blank node.
    fn hash(&mut self, facts: &Facts<'_>) {
        let (quads, hashed) = (&mut self.quads, &mut self.hashed);
        hashed.clear();
        let achievement = facts.achievement;
        let parent = match &achievement.id {
            Some(id) => Term::Iri(id),
            None => Term::Blank("z"),
        };
        let node = Term::Blank("a");
        // Hashes a node without outgoing links: its own quads and the one that points to it.
        let mut leaf = |kind, parent: Term<'_>, link: &str, own: &dyn Fn(&mut String)| {
            quads.clear();
            if let Term::Iri(_) = parent {
                write_link(quads, parent, link, node);
                own(quads);
            } else {
                own(quads);
                write_link(quads, parent, link, node);
            }
            hashed.push((Hash::sha256(quads.as_bytes()), kind));
        };
        leaf(Node::Criteria, parent, vocabulary::CRITERIA, &|quads| {
            write_literal(quads, node, vocabulary::NARRATIVE, &achievement.criteria, "");
        });
        for (index, alignment) in achievement.alignment.iter().enumerate() {
            leaf(Node::Alignment(index), parent, vocabulary::ALIGNMENT, &|quads| {
                super::emit::write_alignment(quads, node, alignment);
            });
        }
        for (index, evidence) in facts.evidence.iter().enumerate().filter(|(_, one)| one.id.is_none()) {
            leaf(Node::Evidence(index), Term::Iri(facts.id), vocabulary::EVIDENCE, &|quads| {
                super::emit::write_evidence(quads, node, evidence);
            });
        }
        if let FormFacts::Wallet(document) = facts.form {
            for (index, identifier) in document.identifiers().enumerate() {
                leaf(
                    Node::Identifier(index),
                    Term::Iri(facts.subject_id),
                    vocabulary::IDENTIFIER,
                    &|quads| {
                        super::emit::write_identifier(quads, node, &identifier);
                    },
                );
            }
        }
        if achievement.id.is_none() {
            quads.clear();
            let other = Term::Blank("z");
            write_link(quads, Term::Iri(facts.subject_id), vocabulary::ACHIEVEMENT, node);
            write_iri(quads, node, vocabulary::TYPE, vocabulary::TYPE_ACHIEVEMENT);
            write_link(quads, node, vocabulary::CRITERIA, other);
            for _ in &achievement.alignment {
                write_link(quads, node, vocabulary::ALIGNMENT, other);
            }
            write_literal(quads, node, vocabulary::DESCRIPTION, &achievement.description, "");
            write_literal(quads, node, vocabulary::NAME, &achievement.name, "");
            hashed.push((Hash::sha256(quads.as_bytes()), Node::Achievement));
        }
    }
}

/// Writes `c14n` and the number.
fn set_label(label: &mut String, number: usize) {
    label.clear();
    label.push_str("c14n");
    match u8::try_from(number) {
        // Nearly every document has fewer than ten blank nodes.
        Ok(digit @ 0..=9) => label.push(char::from(b'0' + digit)),
        _ => label.push_str(&number.to_string()),
    }
}
