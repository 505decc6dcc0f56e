//! Random documents: valid ones, and invalid ones with blank achievements, blank evidence and shared identifiers, which
//! have one canonical form too.

use learncoin_credential::contexts::{ContextArray, ContextSet};
use learncoin_credential::document::{Achievement, Alignment, Evidence, Image, Issuer, Subject};
use learncoin_credential::proof::AnchorChain;
use learncoin_credential::wallet::{HashedEmail, LIST_LENGTH, StatusEntry, WalletDocument};
use learncoin_credential::{Document, Host};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;

use crate::source::{date, text, uri, uuid};

/// Creates a document with IRIs as identifiers, which may be invalid.
pub(crate) fn document(rng: &mut StdRng) -> Document {
    let mut document = valid_document(rng);
    let achievement = &mut document.subject.achievement;
    match rng.random_range(0..10) {
        0..=2 => achievement.id = None,
        3 => achievement.id = Some(document.subject.id.clone()),
        4 => document.subject.id = document.id.clone(),
        _ => {}
    }
    for evidence in &mut document.evidence {
        match rng.random_range(0..8) {
            0..=1 => evidence.id = None,
            2 => evidence.id = Some(document.issuer.id.clone()),
            3 => evidence.id = Some(uri(rng)),
            _ => {}
        }
    }
    if rng.random_bool(0.1) {
        let twins = document.evidence.clone();
        document.evidence.extend(twins);
    }
    document
}

/// Creates the wallet form of such a document.
pub(crate) fn wallet_form(rng: &mut StdRng) -> WalletDocument {
    let document = document(rng);
    wallet_form_of(rng, document)
}

/// Creates the wallet form of a document.
pub(crate) fn wallet_form_of(rng: &mut StdRng, document: Document) -> WalletDocument {
    let host = document.host().expect("the document has a host");
    let ulid = "01KPX4MQ005TCNKPH5QY15PQWV";
    let list = format!("{}{}", host.status_lists_url(ulid), rng.random_range(0..12));
    let status = StatusEntry::new(list, rng.random_range(0..LIST_LENGTH));
    let chains = [AnchorChain::BaseMainnet, AnchorChain::BaseSepolia, AnchorChain::Development];
    let mut form = WalletDocument::new(document, &host, ulid, status, *chains.choose(rng).unwrap());
    if form.subject.name.is_some() && rng.random_bool(0.5) {
        form.email = Some(HashedEmail::new("Ada@Example.org", uuid(rng)));
    }
    form
}

/// Creates a valid document.
pub(crate) fn valid_document(rng: &mut StdRng) -> Document {
    loop {
        let document = candidate(rng);
        // Identifiers are drawn independently and may collide. Such a draw is repeated.
        if document.validate().is_ok() {
            return document;
        }
    }
}

fn candidate(rng: &mut StdRng) -> Document {
    let origin =
        *["https://learncoin.me", "http://localhost:8080", "https://x.example:8443"].choose(rng).unwrap();
    let host = Host::parse(origin).unwrap();
    let array = *ContextArray::ALL.choose(rng).unwrap();
    let ulid = "01KPX4MQ00REJFE5FBD8QX9Y5A";
    let redacted = rng.random_bool(0.2);
    Document {
        contexts: ContextSet { array, own: host.context_url() },
        id: host.credential_url(&format!("crd_{ulid}")),
        issuer: Issuer {
            id: if rng.random_bool(0.8) {
                host.tenant_did(ulid)
            } else {
                "did:web:university.example".to_owned()
            },
            name: text(rng),
            url: rng.random_bool(0.3).then(|| uri(rng)),
            image: rng.random_bool(0.3).then(|| Image { id: uri(rng) }),
        },
        issuance_date: date(rng),
        expiration_date: rng.random_bool(0.6).then(|| format!("2{}", &date(rng)[1..])),
        nonce: format!("{:032x}", rng.random::<u128>()),
        subject: Subject {
            id: if rng.random_bool(0.7) { format!("urn:uuid:{}", uuid(rng)) } else { uri(rng) },
            name: (!redacted).then(|| text(rng)),
            achievement: Achievement {
                id: Some(uri(rng)),
                name: text(rng),
                description: text(rng),
                criteria: text(rng),
                alignment: alignments(rng),
            },
        },
        evidence: if redacted { Vec::new() } else { evidence(rng) },
    }
}

/// Creates no, few or many alignments, which are all different, nearly equal or all equal.
fn alignments(rng: &mut StdRng) -> Vec<Alignment> {
    let many = match rng.random_range(0..10) {
        0..=2 => 0,
        3..=5 => 1,
        6..=8 => rng.random_range(2..6),
        _ => rng.random_range(6..24),
    };
    let pattern = alignment(rng);
    let kind = rng.random_range(0..3);
    (0..many)
        .map(|_| match kind {
            0 => alignment(rng),
            1 => Alignment {
                target_code: ["1", "2", "10", ""].choose(rng).unwrap().to_string(),
                ..pattern.clone()
            },
            _ => pattern.clone(),
        })
        .collect()
}

fn alignment(rng: &mut StdRng) -> Alignment {
    Alignment {
        target_framework: text(rng),
        target_code: text(rng),
        target_name: text(rng),
        target_url: uri(rng),
    }
}

fn evidence(rng: &mut StdRng) -> Vec<Evidence> {
    let many = *[0, 0, 1, 1, 2, 3, 12].choose(rng).unwrap();
    (0..many)
        .map(|_| Evidence {
            id: Some(if rng.random_bool(0.5) { uri(rng) } else { format!("urn:uuid:{}", uuid(rng)) }),
            narrative: rng.random_bool(0.8).then(|| text(rng)),
        })
        .collect()
}
