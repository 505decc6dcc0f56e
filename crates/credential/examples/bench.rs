//! Measures issuing and verifying, and prints JSON.
//!
//! ```text
//! cargo run -p learncoin-credential --profile dist --example bench -- [--corpus FILE] [--write-corpus FILE] [--rounds N]
//! ```
//!
//! - `issue`: the canonical forms and hashes of the full and the redacted document of every credential of the corpus,
//!   one tree over all, and both `proofValue`s.
//! - `sha256`: SHA-256 alone over the same canonical bytes. `issue_to_sha256` is the ratio of issuing to this.
//! - `wallet`: the wallet form of every credential of the corpus: its canonical form, hashes, Ed25519 signature and JSON. `key` is the
//!   signature alone with the hashes of the same bytes, and `wallet_to_key` the ratio of the two.
//! - `verify`: one signed credential from its bytes to the report, with the responses to all lookups (as bytes) in
//!   memory.
//!
//! The corpus is a JSON array of unsigned full documents, read from a file or generated (500). Written to a file, it
//! allows another program to be timed on the same documents. Every round is timed in slices of 25 credentials, and a
//! figure is the sum of the best time of each slice, which is the least disturbed by other load.

#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use ed25519_dalek::{Signer as _, SigningKey};
use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::contexts::ContextSet;
use learncoin_credential::did::DidDocument;
use learncoin_credential::document::{Achievement, Alignment, Issuer, Subject};
use learncoin_credential::merkle::{DoubleLeaf, Tree};
use learncoin_credential::profile::IssuerProfile;
use learncoin_credential::proof::{AnchorChain, Encoder};
use learncoin_credential::revocation::RevocationList;
use learncoin_credential::transaction::EncodedTransaction;
use learncoin_credential::verify::{
    Lookup, MinedTransaction, ParsedCredential, Verdict, VerificationInputs, VerificationPolicy, verify,
};
use learncoin_credential::wallet::{
    DocumentSignature, ProofOptions, SignatureInput, SignedWalletDocument, StatusEntry, WalletDocument,
};
use learncoin_credential::{Document, Hash, Host, json};
use serde_json::{Value as Json, json};

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let mut rounds = 40_u32;
    let mut documents = None;
    let mut arguments = std::env::args().skip(1);
    let mut write_to = None;
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--corpus" => documents = Some(read_corpus(&value)?),
            "--write-corpus" => write_to = Some(value),
            "--rounds" => rounds = value.parse()?,
            _ => return Err(format!("unknown argument {argument}").into()),
        }
    }
    let documents = match documents {
        Some(documents) => documents,
        None => make_corpus(500)?,
    };
    if let Some(path) = write_to {
        let corpus: Vec<Json> = documents.iter().map(Document::to_json).collect();
        std::fs::write(path, serde_json::to_vec(&corpus)?)?;
    }
    let canonical: Vec<String> = documents
        .iter()
        .flat_map(|document| [document.canonical(), document.redacted().canonical()])
        .collect();
    let bytes: usize = canonical.iter().map(String::len).sum();

    let issuing = best(rounds, |laps| issue(&documents, laps))?;
    let hashing = best(rounds, |laps| {
        for slice in canonical.chunks(2 * SLICE) {
            for text in slice {
                black_box(Hash::sha256(text.as_bytes()));
            }
            laps.lap();
        }
        Ok(())
    })?;
    let forms = wallet_forms(&documents)?;
    let signing = best(rounds, |laps| sign_forms(&forms, laps))?;
    let keyed = best(rounds, |laps| sign_alone(&forms, laps))?;
    let verifying = verification(rounds, LookUps::Anew)?;
    let verifying_next = verification(rounds, LookUps::Kept)?;
    let per_second = |count: usize, time: Duration| {
        (u32::try_from(count).map_or(0.0, f64::from) / time.as_secs_f64()).round()
    };
    let result = json!({
        "credentials": documents.len(),
        "canonical_bytes": bytes,
        "rounds": rounds,
        "issue": { "credentials_per_second": per_second(documents.len(), issuing), "seconds": issuing.as_secs_f64() },
        "sha256": { "credentials_per_second": per_second(documents.len(), hashing), "seconds": hashing.as_secs_f64() },
        "wallet": { "credentials_per_second": per_second(documents.len(), signing), "seconds": signing.as_secs_f64() },
        "key": { "credentials_per_second": per_second(documents.len(), keyed), "seconds": keyed.as_secs_f64() },
        "wallet_to_key": signing.as_secs_f64() / keyed.as_secs_f64(),
        "issue_to_sha256": issuing.as_secs_f64() / hashing.as_secs_f64(),
        "verify": { "credentials_per_second": per_second(1, verifying), "seconds": verifying.as_secs_f64() },
        "verify_next": { "credentials_per_second": per_second(1, verifying_next), "seconds": verifying_next.as_secs_f64() },
    });
    println!("{result:#}");
    Ok(())
}

/// The number of credentials per slice.
const SLICE: usize = 25;

/// The times of one round's slices.
struct Laps {
    last: Instant,
    times: Vec<Duration>,
}

impl Laps {
    fn lap(&mut self) {
        let now = Instant::now();
        self.times.push(now - self.last);
        self.last = now;
    }
}

/// Runs the rounds and adds up the best time of each slice.
fn best(rounds: u32, mut run: impl FnMut(&mut Laps) -> Result<(), Failure>) -> Result<Duration, Failure> {
    let mut best: Vec<Duration> = Vec::new();
    for _ in 0..rounds.max(1) {
        let mut laps = Laps { last: Instant::now(), times: Vec::with_capacity(128) };
        run(&mut laps)?;
        best.resize(laps.times.len(), Duration::MAX);
        for (best, time) in best.iter_mut().zip(laps.times) {
            *best = time.min(*best);
        }
    }
    Ok(best.iter().sum())
}

/// Runs everything that signing a batch needs of this crate.
fn issue(documents: &[Document], laps: &mut Laps) -> Result<(), Failure> {
    let mut canonicalizer = Canonicalizer::default();
    let mut leaves = Vec::with_capacity(documents.len());
    for slice in documents.chunks(SLICE) {
        for document in slice {
            let both = canonicalizer.leaves(document);
            // In place of 32 random bytes.
            let mut blind = [0; 32];
            blind.split_at_mut(8).0.copy_from_slice(&leaves.len().to_le_bytes());
            leaves.push((both, DoubleLeaf::new(both.full, blind, both.redacted)));
        }
        laps.lap();
    }
    let tree = Tree::build(leaves.iter().map(|(_, leaf)| leaf.node).collect())?;
    let mut encoder = Encoder::new(tree.root(), AnchorChain::BaseSepolia, Hash::sha256(b"transaction"));
    laps.lap();
    // In the order of the tree, in which neighbors share most of their paths.
    leaves.sort_unstable_by_key(|(_, leaf)| leaf.node);
    for slice in leaves.chunks(SLICE) {
        for (both, leaf) in slice {
            let path = tree.path(&leaf.node).ok_or("a node of the tree has a path")?;
            black_box(encoder.encode(&both.full, &leaf.path_full(&path)));
            black_box(encoder.encode(&both.redacted, &leaf.path_redacted(&path)));
        }
        laps.lap();
    }
    Ok(())
}

/// Returns the wallet forms of the corpus.
fn wallet_forms(documents: &[Document]) -> Result<Vec<WalletDocument>, Failure> {
    let host = Host::parse("https://learncoin.me")?;
    let ulid = "01KPX4MQ005TCNKPH5QY15PQWV";
    let list = format!("{}0", host.status_lists_url(ulid));
    let numbered = documents.iter().zip(0_u32..);
    let forms = numbered.map(|(document, index)| {
        let status = StatusEntry::new(list.clone(), index);
        WalletDocument::new(document.clone(), &host, ulid, status, AnchorChain::BaseMainnet)
    });
    Ok(forms.collect())
}

fn options() -> ProofOptions {
    ProofOptions {
        created: "2026-04-23T12:00:30Z".to_owned(),
        verification_method: "did:web:learncoin.me:t:01KPX4MQ005TCNKPH5QY15PQWV#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
            .to_owned(),
    }
}

/// Makes each wallet form as it is served.
fn sign_forms(forms: &[WalletDocument], laps: &mut Laps) -> Result<(), Failure> {
    let key = SigningKey::from_bytes(&[7; 32]);
    for slice in forms.chunks(SLICE) {
        for form in slice {
            let (document, options) = (form.clone(), options());
            let input = SignatureInput::of_document(&document, &options);
            let signature = DocumentSignature(key.sign(&input.0).to_bytes());
            black_box(SignedWalletDocument { document, options, signature }.to_json().to_string());
        }
        laps.lap();
    }
    Ok(())
}

/// Makes the signatures alone, with the hashes of what is signed.
fn sign_alone(forms: &[WalletDocument], laps: &mut Laps) -> Result<(), Failure> {
    let key = SigningKey::from_bytes(&[7; 32]);
    for slice in forms.chunks(SLICE) {
        for form in slice {
            // As many bytes as the canonical form and that of the options have, about.
            let text = form.id.repeat(64);
            let mut input = Hash::sha256(text.as_bytes()).as_bytes().to_vec();
            input.extend(Hash::sha256(text.get(..500).unwrap_or_default().as_bytes()).as_bytes());
            black_box(key.sign(&input));
        }
        laps.lap();
    }
    Ok(())
}

/// The source of the outcomes of a verification's look-ups.
#[derive(Clone, Copy)]
enum LookUps {
    /// From their bytes in memory, which it reads anew.
    Anew,
    /// From the verification of another document of the same batch.
    Kept,
}

/// Verifies one credential of the test vectors repeatedly.
fn verification(rounds: u32, look_ups: LookUps) -> Result<Duration, Failure> {
    let batch: Json = serde_json::from_str(include_str!("../tests/data/vectors/batch-1.json"))?;
    let bytes = |value: &Json| value.to_string().into_bytes();
    let text = |pointer: &str| batch.pointer(pointer).cloned().ok_or("the vector has the member");
    let credential = bytes(&text("/signed/0/credential_full")?);
    let did_document = bytes(&text("/did_document")?);
    let profile = bytes(&text("/issuer_profile")?);
    let revocations = br#"{"revokedAssertions":[]}"#;
    let raw = text("/transaction/raw")?;
    let raw =
        hex::decode(raw.as_str().and_then(|raw| raw.strip_prefix("0x")).ok_or("a transaction in hex")?)?;
    let policy = VerificationPolicy {
        now: "2026-05-01T00:00:00Z".parse()?,
        allow_development: false,
        min_confirmations: 1,
    };
    let mined = |raw: EncodedTransaction| MinedTransaction {
        raw,
        block_number: 1,
        block_time: policy.now.as_second(),
        succeeded: true,
        confirmations: 1,
    };
    let look_up = || VerificationInputs {
        did_document: Lookup::from_read(DidDocument::read(&did_document)),
        issuer_profile: Lookup::from_read(IssuerProfile::read(&profile)),
        transaction: Lookup::Found(mined(raw.clone().into())),
        revocation: Lookup::from_read(RevocationList::read(revocations)),
    };
    let kept = look_up();
    best(rounds.saturating_mul(10), |laps| {
        let parsed = ParsedCredential::read(&credential).map_err(|report| format!("{report:?}"))?;
        let report = match look_ups {
            LookUps::Anew => verify(&parsed, &look_up(), &policy),
            LookUps::Kept => verify(&parsed, &kept, &policy),
        };
        laps.lap();
        if report.verdict == Verdict::ValidTest { Ok(()) } else { Err(format!("{report:?}").into()) }
    })
}

fn read_corpus(path: &str) -> Result<Vec<Document>, Failure> {
    let value = json::parse(&std::fs::read(path)?)?;
    let documents = value.as_array().ok_or("the corpus is an array of documents")?;
    documents
        .iter()
        .map(|value| {
            let document = Document::from_json(value)?;
            document.validate()?;
            Ok(document)
        })
        .collect()
}

/// Creates documents like that of the guides: one alignment, no evidence.
fn make_corpus(count: u32) -> Result<Vec<Document>, Failure> {
    let host = Host::parse("https://learncoin.me")?;
    let document = |number: u32| {
        Document {
        contexts: ContextSet::new(&host),
        id: host.credential_url(&format!("crd_01KPX4MQ00{number:016}")),
        issuer: Issuer {
            id: host.tenant_did("01KPX4MQ005TCNKPH5QY15PQWV"),
            name: "Example University".to_owned(),
            url: None,
            image: None,
        },
        issuance_date: "2026-04-23T12:00:00Z".to_owned(),
        expiration_date: Some("2031-04-23T12:00:00Z".to_owned()),
        nonce: format!("c45ba76511437ecabd9d2ceb{number:08x}"),
        subject: Subject {
            id: format!("urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b{number:08x}"),
            name: Some(format!("Ada Lovelace the {number}th")),
            achievement: Achievement {
                id: Some("https://yourschool.edu/credentials/intro-ml".to_owned()),
                name: "Introduction to Machine Learning".to_owned(),
                description: "Completed the 12-week introductory course with distinction.".to_owned(),
                criteria: "Passing grade (≥ 70%) on the final project plus peer-reviewed code submission.".to_owned(),
                alignment: vec![Alignment {
                    target_framework: "ESCO".to_owned(),
                    target_code: "S1.4.0".to_owned(),
                    target_name: "Machine learning".to_owned(),
                    target_url: "https://esco.ec.europa.eu/en/classification/skill?uri=http%3A%2F%2Fdata.europa.eu%2Fesco%2Fskill%2FS1.4.0"
                        .to_owned(),
                }],
            },
        },
        evidence: Vec::new(),
    }
    };
    let documents: Vec<Document> = (0..count).map(document).collect();
    for document in &documents {
        document.validate()?;
    }
    Ok(documents)
}
