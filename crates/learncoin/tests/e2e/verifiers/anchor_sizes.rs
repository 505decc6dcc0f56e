//! Anchors of one batch, two, three, many and as many as an anchor takes: each has a tree of another shape, and the path of a credential
//! leads through two trees. The deployment is in this process, because only there a test decides which batches share an anchor.

use std::path::{Path, PathBuf};

use learncoin_store::tenants::Plan;
use learncoin_testkit::{Caller, TestApp};
use serde_json::{Value, json};

use crate::support::own_verifier::OwnVerifier;
use crate::support::programs::{node, stock_verdicts, succeeds};
use crate::support::school::{credential_ids, text, varied};

/// The numbers of batches of an anchor; the last is the most.
const SIZES: [usize; 5] = [1, 2, 3, 64, 2_000];
/// The most batches of an anchor whose credentials are judged: the first, the last, and some between.
const JUDGED_AT_MOST: usize = 70;

/// The credentials of an anchor, full and redacted.
struct AnchorDocuments {
    full: Vec<Value>,
    redacted: Vec<Value>,
}

/// Issues batches of one credential that share an anchor.
async fn issue(school: &Caller, size: usize) -> AnchorDocuments {
    let mut ids = Vec::with_capacity(size);
    for _ in 0..size {
        ids.push(text(&school.post_batch(varied(1)).await, "/id"));
    }
    school.app.run_until_idle().await;
    let every = size.div_ceil(JUDGED_AT_MOST);
    let judged = (0..size).filter(|place| place % every == 0 || *place + 1 == size);
    let mut documents = AnchorDocuments { full: Vec::new(), redacted: Vec::new() };
    let mut root = None;
    for place in judged {
        let batch = school.batch(&ids[place]).await;
        assert_eq!(batch["status"], "anchored", "{batch}");
        assert_eq!(
            *root.get_or_insert(batch["merkle_root"].clone()),
            batch["merkle_root"],
            "{size}: one anchor"
        );
        let id = &credential_ids(&batch)[0];
        documents.full.push(school.credential(id).await["signed_credential"].clone());
        let path = format!("/c/{id}/credential.json?redacted=true");
        documents.redacted.push(school.app.get(&path).await.json());
    }
    documents
}

/// Returns variants of a document, each with the verdict that is due. They have parts of the others too.
fn tampered(folder: &Path, document: &Value, others: &[&Value]) -> Vec<Value> {
    let file = write(folder, "file.json", document);
    let others: Vec<PathBuf> = others
        .iter()
        .zip(0..)
        .map(|(other, number)| write(folder, &format!("{number}.json"), other))
        .collect();
    let mut arguments = vec![file.to_str().unwrap(), "--bits", "16"];
    for other in &others {
        arguments.extend(["--other", other.to_str().unwrap()]);
    }
    let Value::Array(variants) = succeeds(&mut node("tamper.mjs", &arguments)).json() else {
        panic!("tamper.mjs prints an array")
    };
    variants
}

fn write(folder: &Path, name: &str, content: &Value) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content.to_string()).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_verifier_accepts_anchors_of_any_number_of_batches_and_refuses_tampered_ones() {
    let (app, url) = TestApp::serve().await;
    let (chain, folder) = (format!("{url}/dev/chain/rpc"), tempfile::tempdir().unwrap());
    let school = app.tenant_on(Plan::Institution, "Example University").await;
    let verifier = OwnVerifier::new(&chain);
    let mut judged = Vec::new();
    for size in SIZES {
        let documents = issue(&school, size).await;
        let both = documents.full.iter().chain(&documents.redacted);
        let intact = both.map(|document| json!({ "name": size.to_string(), "credential": document }));
        judged.extend(intact);
        let (first, last) = (&documents.full[0], documents.full.last().unwrap());
        // The last is of another batch under the same root.
        let others =
            if size == 1 { vec![&documents.redacted[0]] } else { vec![&documents.redacted[0], last] };
        judged.extend(tampered(folder.path(), first, &others));
        judged.extend(tampered(folder.path(), documents.redacted.last().unwrap(), &[last]));
    }
    let file = write(folder.path(), "judged.json", &Value::from(judged.clone()));
    let (rpc, origin) = (chain.clone(), url.clone());
    let stock =
        tokio::task::spawn_blocking(move || stock_verdicts(&rpc, &[(&origin, &origin)], &file, 31337));
    let (as_expected, verdicts) = stock.await.unwrap();
    let surprises: Vec<&Value> =
        verdicts.iter().filter(|verdict| verdict.get("surprise").is_some()).collect();
    assert!(as_expected && surprises.is_empty(), "{surprises:#?}");
    assert_eq!(verdicts.len(), judged.len());
    for variant in &judged {
        let report =
            tokio::task::block_in_place(|| verifier.judge(variant["credential"].to_string().as_bytes()));
        let is_intact = variant.get("strict").is_none_or(|strict| strict == "valid");
        let due = if is_intact { "valid, DEVELOPMENT" } else { "not valid" };
        assert_eq!(report.verdict.words(), due, "{}: {report:#?}", variant["name"]);
    }
}
