//! The labels of the blank nodes: RDFC-1.0 sections 4.4 (labels), 4.6 (first-degree hashes) and 4.8 (twins).

use super::Form;
use super::emit::{Subject, iri, literal, predicate, vocabulary};
use crate::document::Document;
use crate::hash::Hash;

/// A blank node of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Achievement,
    Criteria,
    Alignment(usize),
    Evidence(usize),
}

/// The canonical labels of one document, as the text after `_:`.
#[derive(Default)]
pub(super) struct Labels {
    pub(super) achievement: String,
    pub(super) criteria: String,
    pub(super) alignment: Vec<String>,
    pub(super) evidence: Vec<String>,
    hashed: Vec<(Hash, Node)>,
    order: Vec<Node>,
    quads: String,
}

impl Labels {
    /// Hashes the blank nodes of a document and numbers them.
    pub(super) fn assign(&mut self, document: &Document, form: Form) {
        self.hash(document, form);
        self.hashed.sort_unstable_by_key(|(hash, _)| *hash);
        let twins = |nodes: &&[(Hash, Node)]| nodes.len() > 1;
        let groups = || self.hashed.chunk_by(|(one, _), (next, _)| one == next);
        // Section 4.4.3 step 4 numbers the nodes whose hash is theirs alone, step 5 the groups that share one.
        self.order.clear();
        self.order.extend(groups().filter(|nodes| !twins(nodes)).flatten().map(|(_, node)| *node));
        self.order.extend(groups().filter(twins).flatten().map(|(_, node)| *node));
        self.alignment.resize(document.subject.achievement.alignment.len(), String::new());
        self.evidence.resize(document.evidence.len(), String::new());
        for (number, node) in self.order.iter().enumerate() {
            let label = match *node {
                Node::Achievement => Some(&mut self.achievement),
                Node::Criteria => Some(&mut self.criteria),
                Node::Alignment(index) => self.alignment.get_mut(index),
                Node::Evidence(index) => self.evidence.get_mut(index),
            };
            if let Some(label) = label {
                set_label(label, number);
            }
        }
    }

    /// First-degree hashes: the quads of each node, with `_:a` for the node itself and `_:z` for any other, in
    /// code point order. An incoming quad stands first if it comes from an IRI (`<` before `_:a`) and last if it
    /// comes from a blank node.
    fn hash(&mut self, document: &Document, form: Form) {
        let (quads, hashed) = (&mut self.quads, &mut self.hashed);
        hashed.clear();
        let achievement = &document.subject.achievement;
        let parent = match &achievement.id {
            Some(id) => Subject::Iri(id),
            None => Subject::Blank("z"),
        };
        let node = Subject::Blank("a");
        // A leaf: its own quads, and the one that points to it.
        let mut leaf = |kind, parent: Subject<'_>, link: &str, own: &dyn Fn(&mut String)| {
            quads.clear();
            if let Subject::Iri(_) = parent {
                predicate(quads, parent, link, node);
                own(quads);
            } else {
                own(quads);
                predicate(quads, parent, link, node);
            }
            hashed.push((Hash::sha256(quads.as_bytes()), kind));
        };
        leaf(Node::Criteria, parent, vocabulary::CRITERIA, &|quads| {
            literal(quads, node, vocabulary::NARRATIVE, &achievement.criteria, "");
        });
        for (index, alignment) in achievement.alignment.iter().enumerate() {
            leaf(Node::Alignment(index), parent, vocabulary::ALIGNMENT, &|quads| {
                super::emit::alignment(quads, node, alignment);
            });
        }
        if form == Form::Full {
            for (index, evidence) in document.evidence.iter().enumerate().filter(|(_, one)| one.id.is_none())
            {
                leaf(Node::Evidence(index), Subject::Iri(&document.id), vocabulary::EVIDENCE, &|quads| {
                    super::emit::evidence(quads, node, evidence);
                });
            }
        }
        if achievement.id.is_none() {
            quads.clear();
            let other = Subject::Blank("z");
            predicate(quads, Subject::Iri(&document.subject.id), vocabulary::ACHIEVEMENT, node);
            iri(quads, node, vocabulary::TYPE, vocabulary::TYPE_ACHIEVEMENT);
            predicate(quads, node, vocabulary::CRITERIA, other);
            for _ in &achievement.alignment {
                predicate(quads, node, vocabulary::ALIGNMENT, other);
            }
            literal(quads, node, vocabulary::DESCRIPTION, &achievement.description, "");
            literal(quads, node, vocabulary::NAME, &achievement.name, "");
            hashed.push((Hash::sha256(quads.as_bytes()), Node::Achievement));
        }
    }
}

/// `c14n` and the number.
fn set_label(label: &mut String, number: usize) {
    label.clear();
    label.push_str("c14n");
    match u8::try_from(number) {
        // Nearly every document has fewer than ten blank nodes.
        Ok(digit @ 0..=9) => label.push(char::from(b'0' + digit)),
        _ => label.push_str(&number.to_string()),
    }
}
