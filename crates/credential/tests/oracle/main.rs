//! Compares the canonical form of typed documents with a general JSON-LD processor and RDFC-1.0 implementation.
//!
//! `LEARNCOIN_ORACLE_DOCUMENTS=100000 cargo test -p learncoin-credential --profile dist --test oracle` compares that many
//! documents; `LEARNCOIN_SEED` repeats a run.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "everything here is a test; the lints' own exception does not reach functions that tests call"
)]

mod generate;
mod jsonld;
mod mutate;
mod source;

use learncoin_credential::canonicalize::Canonicalizer;
use learncoin_credential::contexts::ContextArray;
use learncoin_credential::{Document, Hash, json};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::Value as Json;

/// The counts of one thread.
#[derive(Default, Debug)]
struct Tally {
    compared: u64,
    accepted: u64,
    rejected: u64,
    blank_achievements: u64,
    equal_alignments: u64,
    lines: u64,
}

#[test]
fn canonical_forms_equal_those_of_the_oracle() {
    let documents = count("LEARNCOIN_ORACLE_DOCUMENTS", 5_000);
    let tally = on_all_cores(documents, |rng, tally| {
        let document = generate::document(rng);
        let mut canonicalizer = Canonicalizer::default();
        let mut canonical = String::new();
        canonicalizer.canonicalize(&document, &mut canonical);
        compare(&document.to_json(), &canonical);
        // The redacted form is written without building the redacted document. One in four is compared.
        if tally.compared.is_multiple_of(4) {
            let leaves = canonicalizer.leaves(&document);
            assert_eq!(leaves.full, Hash::sha256(canonical.as_bytes()));
            canonicalizer.canonicalize_redacted(&document, &mut canonical);
            assert_eq!(leaves.redacted, Hash::sha256(canonical.as_bytes()));
            compare(&document.redacted().to_json(), &canonical);
        }
        // `from_json` parses what `to_json` writes.
        let parsed = json::parse(document.to_json().to_string().as_bytes()).unwrap();
        assert_eq!(Document::from_json(&parsed).unwrap(), document);
        tally.compared += 1;
        tally.blank_achievements += u64::from(document.subject.achievement.id.is_none());
        let alignment = &document.subject.achievement.alignment;
        tally.equal_alignments +=
            u64::from(alignment.iter().enumerate().any(|(n, one)| alignment[..n].contains(one)));
        tally.lines += u64::try_from(canonical.lines().count()).unwrap();
    });
    println!("{tally:?}");
    assert_eq!(tally.compared, documents);
    // The generator does produce the cases in question.
    assert!(
        tally.blank_achievements > documents / 20 && tally.equal_alignments > documents / 20,
        "{tally:?}"
    );
}

#[test]
fn wallet_forms_have_the_canonical_form_of_the_oracle() {
    let documents = count("LEARNCOIN_ORACLE_DOCUMENTS", 5_000);
    let tally = on_all_cores(documents, |rng, tally| {
        let form = generate::wallet_form(rng);
        let mut canonical = String::new();
        Canonicalizer::default().canonicalize_wallet_form(&form, &mut canonical);
        compare(&form.to_json(), &canonical);
        tally.compared += 1;
        tally.accepted += u64::from(form.email.is_some());
        tally.rejected += u64::from(form.subject.name.is_none());
    });
    println!("{tally:?}");
    assert_eq!(tally.compared, documents);
    // The generator does produce redacted forms, and such with two identifiers.
    assert!(tally.accepted > documents / 20 && tally.rejected > documents / 20, "{tally:?}");
}

/// Returns whether each text is one that a request may hold, and sophia reads the document: it takes no address of an IPv6 host, and
/// no array of contexts that defines a term twice, which is never written.
fn is_for_others(document: &Document) -> bool {
    let json = document.to_json();
    let is_written = document.contexts.array != ContextArray::WithDataIntegrity;
    is_written && is_as_requested(&json) && !json.to_string().contains("://[")
}

/// Returns whether each text is one that a request may hold.
fn is_as_requested(value: &Json) -> bool {
    match value {
        Json::Object(members) => members.values().all(is_as_requested),
        Json::Array(elements) => elements.iter().all(is_as_requested),
        Json::String(text) => learncoin_credential::text::check_written(text).is_ok(),
        _ => true,
    }
}

/// Writes documents of both forms, each with the hash of its canonical form, for the canonicalizers of others.
#[test]
fn documents_for_other_canonicalizers_are_written() {
    let mut lines = String::new();
    let mut rng = StdRng::seed_from_u64(20);
    for _ in 0..count("LEARNCOIN_ORACLE_WRITTEN", 20) {
        // Older processors escape control characters in their own way, which is why no request may hold one.
        let mut drawn = std::iter::repeat_with(|| generate::valid_document(&mut rng));
        let document = drawn.find(is_for_others).unwrap();
        let form = generate::wallet_form_of(&mut rng, document.clone());
        let mut canonical = String::new();
        Canonicalizer::default().canonicalize_wallet_form(&form, &mut canonical);
        for (document, canonical) in [(document.to_json(), document.canonical()), (form.to_json(), canonical)]
        {
            let hash = Hash::sha256(canonical.as_bytes()).to_string();
            lines.push_str(&format!(
                "{}\n",
                serde_json::json!({ "document": document, "canonical_sha256": hash })
            ));
        }
    }
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("canonical-forms.jsonl");
    std::fs::write(&file, &lines).unwrap();
    println!("{}", file.display());
    assert_eq!(lines.lines().count() % 2, 0);
}

#[test]
fn accepted_documents_have_the_same_meaning_for_the_oracle() {
    let tally = on_all_cores(count("LEARNCOIN_ORACLE_DOCUMENTS", 5_000), |rng, tally| {
        let document = generate::valid_document(rng).to_json();
        let text = mutate::mutated(rng, &document);
        let read = json::parse(text.as_bytes()).ok().and_then(|value| Document::from_json(&value).ok());
        match read.filter(|document| document.validate().is_ok()) {
            Some(document) => {
                // The original bytes, not our serialization.
                let json: Json = serde_json::from_str(&text).unwrap();
                compare(&json, &document.canonical());
                tally.accepted += 1;
            }
            None => tally.rejected += 1,
        }
    });
    println!("{tally:?}");
    assert!(tally.accepted > 100 && tally.rejected > 100, "{tally:?}");
}

#[test]
fn the_oracle_detects_dropped_names() {
    let mut document = generate::valid_document(&mut StdRng::seed_from_u64(1)).to_json();
    document["grade"] = Json::from("A");
    assert!(jsonld::canonical(&document).unwrap_err().contains("fallback"));
}

#[track_caller]
fn compare(document: &Json, canonical: &str) {
    match jsonld::canonical(document) {
        Ok(oracle) if oracle == canonical => {}
        Ok(oracle) => {
            let different = oracle.lines().zip(canonical.lines()).find(|(one, other)| one != other);
            panic!("different: {different:#?}\n{document:#}")
        }
        Err(error) => panic!("the oracle rejects: {error}\n{document:#}"),
    }
}

fn count(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |number| number.parse().expect("a number of documents"))
}

/// Runs the step this number of times, on one thread per core, each with a seed of its own.
fn on_all_cores(times: u64, step: impl Fn(&mut StdRng, &mut Tally) + Sync) -> Tally {
    let seed: u64 = match std::env::var("LEARNCOIN_SEED") {
        Ok(seed) => seed.parse().expect("LEARNCOIN_SEED is a number"),
        // The only source of randomness in the standard library.
        Err(_) => std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0),
    };
    println!("LEARNCOIN_SEED={seed}");
    let threads = std::thread::available_parallelism().map_or(1, |cores| u64::try_from(cores.get()).unwrap());
    let step = &step;
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let share = times / threads + u64::from(thread < times % threads);
                scope.spawn(move || {
                    let mut tally = Tally::default();
                    for number in 0..share {
                        // Each document has its own generator, so that it can be reproduced alone.
                        let own = seed ^ (thread << 48) ^ number;
                        step(&mut StdRng::seed_from_u64(own), &mut tally);
                    }
                    tally
                })
            })
            .collect();
        running.into_iter().fold(Tally::default(), |sum, thread| {
            let one = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Tally {
                compared: sum.compared + one.compared,
                accepted: sum.accepted + one.accepted,
                rejected: sum.rejected + one.rejected,
                blank_achievements: sum.blank_achievements + one.blank_achievements,
                equal_alignments: sum.equal_alignments + one.equal_alignments,
                lines: sum.lines + one.lines,
            }
        })
    })
}
