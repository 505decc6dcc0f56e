//! The oracle: JSON-LD to RDF, RDFC-1.0 and canonical N-Quads, with only the pinned contexts.

use learncoin_credential::contexts;
use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::Dataset;
use oxrdf::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm};
use serde_json::{Value as Json, json};

/// The vocabulary of names that no context defines, which the processor would drop silently.
const FALLBACK: &str = "http://fallback.invalid/";

/// Returns the canonical form of a document, or the reason why it has none.
pub(crate) fn canonical(document: &Json) -> Result<String, String> {
    let mut document = document.clone();
    let contexts = document["@context"].as_array_mut().ok_or("the contexts are no array")?;
    // The array with Data Integrity is processed like the one without: its context repeats terms of the VC context,
    // which this processor treats as a redefinition, unlike jsonld.js and PyLD.
    contexts.retain(|context| context != learncoin_credential::contexts::DATA_INTEGRITY_2);
    contexts.push(json!({ "@vocab": FALLBACK }));
    let bytes = document.to_string();
    let quads = JsonLdParser::new().for_slice(&bytes).with_load_document_callback(|url, _| {
        let document = context(url).ok_or_else(|| format!("not a pinned context: {url}"))?;
        Ok(JsonLdRemoteDocument { document: document.as_bytes().to_vec(), document_url: url.to_owned() })
    });
    let mut dataset = Dataset::new();
    for quad in quads {
        let quad = quad.map_err(|error| error.to_string())?;
        dataset.insert(&quad);
    }
    dataset.canonicalize(CanonicalizationAlgorithm::Rdfc10 {
        hash_algorithm: CanonicalizationHashAlgorithm::Sha256,
    });
    let mut lines: Vec<String> = dataset.iter().map(|quad| format!("{quad} .\n")).collect();
    lines.sort_unstable();
    let canonical = lines.concat();
    if canonical.contains(&format!("<{FALLBACK}")) {
        return Err("a name fell through to the fallback vocabulary".to_owned());
    }
    Ok(canonical)
}

fn context(url: &str) -> Option<&'static str> {
    match url {
        contexts::VC_2 => Some(include_str!("../../contexts/credentials-v2.jsonld")),
        contexts::BLOCKCERTS_3 => Some(include_str!("../../contexts/blockcerts-v3.0.json")),
        contexts::OPEN_BADGES_3 => Some(include_str!("../../contexts/ob-v3p0-context-3.0.3.json")),
        _ if url.ends_with("/contexts/v1") => Some(contexts::LEARNCOIN_V1),
        _ => None,
    }
}
