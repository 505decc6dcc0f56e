//! Holds canonical forms against sophia, a JSON-LD processor and RDFC-1.0 in Rust that share no code with this project.
//!
//! `cargo run --manifest-path tests/sophia/Cargo.toml -- FILE`: FILE has JSON lines, `{"document": without its proof,
//! "canonical_sha256": hex}`. The processor has no safe mode, so what it would drop is not noticed here. Exit status: 0 all equal,
//! 1 not so, 2 wrong arguments or unreadable input.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use sophia::api::prelude::*;
use sophia::api::quad::Spog;
use sophia::api::term::SimpleTerm;
use sophia::jsonld::loader::ClosureLoader;
use sophia::jsonld::{JsonLdOptions, JsonLdParser};

const SHOWN: usize = 5;

/// The pinned contexts by address.
struct Contexts(HashMap<String, String>);

impl Contexts {
    /// Reads the contexts of a folder, each compared with the hash of its manifest first.
    fn read(folder: &Path) -> Result<Self, String> {
        let text =
            |file: &str| fs::read_to_string(folder.join(file)).map_err(|error| format!("{file}: {error}"));
        let manifest: Value =
            serde_json::from_str(&text("manifest.json")?).map_err(|error| error.to_string())?;
        let mut contexts = HashMap::new();
        for entry in manifest["contexts"].as_array().ok_or("manifest.json lists no contexts")? {
            let member = |name: &str| entry[name].as_str().ok_or_else(|| format!("an entry without {name}"));
            let document = text(member("file")?)?;
            if hex(&Sha256::digest(&document)) != member("sha256")? {
                return Err(format!("{} is not the document that manifest.json pins", member("file")?));
            }
            contexts.insert(member("url")?.to_owned(), document);
        }
        Ok(Self(contexts))
    }

    /// Returns the text of a context. Each host serves its own the same.
    fn find(&self, url: &str) -> Result<String, String> {
        let own = url.ends_with("/contexts/v1").then_some("https://learncoin.me/contexts/v1");
        self.0.get(own.unwrap_or(url)).cloned().ok_or_else(|| format!("not a pinned context: {url}"))
    }
}

/// Returns the canonical N-Quads of a document.
fn canonical(document: &Value, contexts: &std::sync::Arc<Contexts>) -> Result<Vec<u8>, String> {
    let options = JsonLdOptions::new().with_document_loader_closure(|| {
        let contexts = std::sync::Arc::clone(contexts);
        ClosureLoader::new(move |iri| {
            let found = contexts.find(iri.as_str());
            Box::pin(async move { found })
        })
    });
    let quads: HashSet<Spog<SimpleTerm<'static>>> = JsonLdParser::new_with_options(options)
        .parse_str(&document.to_string())
        .collect_quads()
        .map_err(|error| error.to_string())?;
    let mut canonical = Vec::new();
    sophia_c14n::rdfc10::normalize(&quads, &mut canonical).map_err(|error| error.to_string())?;
    Ok(canonical)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares every line of a file and prints the count; returns whether all are equal.
fn compare(file: &str) -> Result<bool, String> {
    let contexts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/credential/contexts");
    let contexts = std::sync::Arc::new(Contexts::read(&contexts)?);
    let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let started = Instant::now();
    let (mut compared, mut equal, mut shown) = (0, 0, 0);
    for line in text.lines().filter(|line| !line.is_empty()) {
        let row: Value = serde_json::from_str(line).map_err(|error| format!("{file}: {error}"))?;
        let wanted = row["canonical_sha256"].as_str().ok_or("a line without canonical_sha256")?;
        compared += 1;
        let got = canonical(&row["document"], &contexts)
            .map_or_else(|error| error, |form| hex(&Sha256::digest(form)));
        if got == wanted {
            equal += 1;
        } else if shown < SHOWN {
            shown += 1;
            println!("sophia: line {compared}: {got}, not {wanted}");
        }
    }
    println!("sophia: {equal} of {compared} equal ({:.1} s)", started.elapsed().as_secs_f64());
    if compared == 0 { Err(format!("{file}: no documents")) } else { Ok(equal == compared) }
}

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("usage: learncoin-sophia FILE");
        return ExitCode::from(2);
    };
    match compare(&file) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
