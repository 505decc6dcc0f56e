//! Issued credentials in other verifiers: the stock verifier that knows nothing of LearnCoin, the published JSON
//! schemas, the shared verifier as a second judge, and LearnCoin's own verification, which is stricter than all.
//!
//! Each size of batch has a tree of another shape: no step, one, a leaf without a sibling, nine.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::deployment::{Deployment, Server};
use crate::support::own_verifier::OwnVerifier;
use crate::support::process::{repository, run};
use crate::support::programs::{node, second_judge, stock_verdicts, succeeds};
use crate::support::school::{School, credential_ids, text, varied};
use crate::support::shared::Shared;

const SIZES: [usize; 3] = [1, 2, 3];
const LARGEST_BATCH: usize = 500;
const TOGETHER: usize = 80;

/// A running server with anchored batches.
struct Issued {
    server: Server,
    school: School,
    batches: Vec<Batch>,
}

struct Batch {
    /// As `GET /v1/batches/{id}` answers it.
    batch: Value,
    documents: Vec<Documents>,
}

/// One credential's documents.
struct Documents {
    id: String,
    /// As the API returns it.
    full: Value,
    /// As anybody can download it.
    redacted: Value,
}

impl Issued {
    /// Batches of one, two and three.
    fn small() -> Arc<Self> {
        static ISSUED: Shared<Issued> = Shared::new();
        ISSUED.get(|| {
            let (server, school) = Self::start();
            // One after the other, so that each has an anchor of its own.
            let anchored = |size: &usize| school.anchored(&school.accepted(&varied(*size)));
            let batches = SIZES.iter().map(|size| Batch::read(&server, &school, anchored(size))).collect();
            Self { server, school, batches }
        })
    }

    /// Returns batches of one that were accepted while a block was awaited, so that most of them share an anchor.
    fn together() -> Arc<Self> {
        static ISSUED: Shared<Issued> = Shared::new();
        ISSUED.get(|| {
            let server = Deployment::new().with("LEARNCOIN_CHAIN_BLOCK_TIME_MS", "4000").serve();
            let school = School::join(&server, "institution");
            let ids: Vec<String> = (0..TOGETHER).map(|_| school.accepted(&varied(1))).collect();
            let batches = ids.iter().map(|id| Batch::read(&server, &school, school.anchored(id))).collect();
            Self { server, school, batches }
        })
    }

    /// Returns one batch of five hundred.
    fn large() -> Arc<Self> {
        static ISSUED: Shared<Issued> = Shared::new();
        ISSUED.get(|| {
            let (server, school) = Self::start();
            let body = varied(LARGEST_BATCH);
            let posted = Instant::now();
            let answer = school.post(&body);
            report("POST of 500 credentials, answered 202", posted.elapsed());
            assert_eq!(answer.status, 202, "{}", answer.text());
            let batch = school.anchored(&text(&answer.json(), "/id"));
            report("from the POST of 500 credentials to anchored", posted.elapsed());
            let batches = vec![Batch::read(&server, &school, batch)];
            Self { server, school, batches }
        })
    }

    fn start() -> (Server, School) {
        let server = Deployment::new().serve();
        let school = School::join(&server, "institution");
        (server, school)
    }

    fn credentials(&self) -> impl Iterator<Item = &Documents> {
        self.batches.iter().flat_map(|batch| &batch.documents)
    }

    /// Writes documents as a list that the Node programs take.
    fn write(&self, name: &str, documents: impl Iterator<Item = (String, Value)>) -> PathBuf {
        let list: Vec<Value> =
            documents.map(|(name, document)| json!({ "name": name, "credential": document })).collect();
        assert!(!list.is_empty());
        self.server.deployment.write(name, Value::from(list).to_string())
    }

    /// Writes every credential, full and redacted, to a file.
    fn write_all(&self, name: &str) -> PathBuf {
        let both = |documents: &Documents| {
            let Documents { id, full, redacted } = documents;
            [(format!("{id}, full"), full.clone()), (format!("{id}, redacted"), redacted.clone())]
        };
        self.write(name, self.credentials().flat_map(both))
    }

    /// Lets the stock verifier judge a file of documents, and returns how many there were.
    fn judged_as_expected(&self, file: &std::path::Path) -> usize {
        let started = Instant::now();
        let (chain, server) = (self.server.chain_url(), self.server.url(""));
        let (as_expected, verdicts) =
            stock_verdicts(&chain, &[(&self.server.origin(), &server)], file, 31337);
        let surprises: Vec<&Value> =
            verdicts.iter().filter(|verdict| verdict.get("surprise").is_some()).collect();
        assert!(as_expected && surprises.is_empty(), "{surprises:#?}");
        report(&format!("{} documents judged by the stock verifier", verdicts.len()), started.elapsed());
        verdicts.len()
    }

    fn own_verifier(&self) -> OwnVerifier {
        OwnVerifier::new(&self.server.chain_url())
    }

    /// Asserts that our own verification passes every credential, full and redacted.
    fn passes_our_own_verification(&self) {
        let verifier = self.own_verifier();
        for Documents { id, full, redacted } in self.credentials() {
            for document in [full, redacted] {
                let report = verifier.judge(document.to_string().as_bytes());
                assert_eq!(report.verdict.words(), "valid, DEVELOPMENT", "{id}: {report:#?}");
            }
        }
    }

    /// Asserts that our own verification judges each variant as a strict verifier must.
    fn are_judged_strictly(&self, variants: &[Value]) {
        let verifier = self.own_verifier();
        for variant in variants {
            let report = verifier.judge(variant["credential"].to_string().as_bytes());
            let due = if variant["strict"] == "valid" { "valid, DEVELOPMENT" } else { "not valid" };
            assert_eq!(report.verdict.words(), due, "{}: {report:#?}", variant["name"]);
        }
    }
}

impl Batch {
    fn read(server: &Server, school: &School, batch: Value) -> Self {
        let documents = credential_ids(&batch).into_iter().map(|id| {
            let full = school.credential(&id).json()["signed_credential"].clone();
            let redacted = server.get(&format!("/c/{id}/credential.json?redacted=true")).json();
            Documents { id, full, redacted }
        });
        Self { documents: documents.collect(), batch }
    }
}

fn report(what: &str, took: Duration) {
    println!("{what}: {:.3} s", took.as_secs_f64());
}

#[test]
fn the_stock_verifier_accepts_every_credential_full_and_redacted() {
    let issued = Issued::small();
    assert_eq!(issued.judged_as_expected(&issued.write_all("all.json")), 12);
}

#[test]
fn the_stock_verifier_accepts_every_credential_of_the_largest_batch() {
    let issued = Issued::large();
    assert_eq!(issued.judged_as_expected(&issued.write_all("all.json")), 2 * LARGEST_BATCH);
}

#[test]
fn every_verifier_accepts_what_shares_an_anchor_and_refuses_it_tampered() {
    let issued = Issued::together();
    let mut sharing: BTreeMap<String, Vec<&Batch>> = BTreeMap::new();
    for batch in &issued.batches {
        sharing.entry(text(&batch.batch, "/merkle_root")).or_default().push(batch);
    }
    let largest = sharing.values().max_by_key(|batches| batches.len()).unwrap();
    assert!(largest.len() > 8, "{} batches in {} anchors", TOGETHER, sharing.len());
    assert_eq!(issued.judged_as_expected(&issued.write_all("together.json")), 2 * TOGETHER);
    issued.passes_our_own_verification();
    // The other document is of another batch under the same root.
    let [first, .., last] = largest.as_slice() else { panic!("there are several") };
    let variants = tampered_variants(&issued, &[(&last.documents[0], &first.documents[0])]);
    let file = issued.server.deployment.write("tampered.json", Value::from(variants.clone()).to_string());
    assert_eq!(issued.judged_as_expected(&file), variants.len());
    issued.are_judged_strictly(&variants);
}

#[test]
fn our_own_verification_passes_every_credential_of_the_largest_batch() {
    let issued = Issued::large();
    let batch = &issued.batches[0].batch;
    assert_eq!(batch["credentials_count"], LARGEST_BATCH);
    assert_eq!(issued.credentials().count(), LARGEST_BATCH);
    let started = Instant::now();
    issued.passes_our_own_verification();
    report("1,000 documents verified by LearnCoin itself", started.elapsed());
}

#[test]
fn a_batch_is_one_transaction_whose_calldata_is_the_root() {
    let issued = Issued::small();
    let mut roots = Vec::new();
    for Batch { batch, documents } in &issued.batches {
        let (root, hash) = (text(batch, "/merkle_root"), text(batch, "/anchor_transaction/hash"));
        let transaction =
            crate::support::http::rpc(&issued.server.chain_url(), "eth_getTransactionByHash", &json!([hash]));
        assert_eq!(text(&transaction, "/input"), root);
        assert_eq!(
            (transaction["from"].clone(), text(&transaction, "/value")),
            (transaction["to"].clone(), "0x0".into())
        );
        let proofs: Vec<&Value> =
            documents.iter().map(|documents| &documents.full["proof"]["verificationMethod"]).collect();
        assert!(proofs.iter().all(|method| *method == proofs[0]));
        roots.push(root);
    }
    roots.sort();
    roots.dedup();
    assert_eq!(roots.len(), SIZES.len());
}

#[test]
fn the_stock_verifier_refuses_every_tampered_credential() {
    let issued = Issued::small();
    let variants = tampered(&issued);
    let refused = variants.iter().filter(|variant| variant["expect"] == "invalid").count();
    assert!(refused > 4 * 50, "{refused} variants are to be refused");
    let file = issued.server.deployment.write("tampered.json", Value::from(variants.clone()).to_string());
    assert_eq!(issued.judged_as_expected(&file), variants.len());
}

#[test]
fn our_own_verification_refuses_every_tampered_credential_those_included_that_the_stock_verifier_overlooks() {
    let issued = Issued::small();
    let variants = tampered(&issued);
    issued.are_judged_strictly(&variants);
    let overlooked = variants.iter().filter(|variant| variant["strict"] != variant["expect"]).count();
    assert!(overlooked > 0, "the gaps of the stock verifier are among the variants");
}

/// Returns tampered variants of the full and the redacted document of the first of one credential, and of the last of three,
/// whose leaf has no sibling in the tree.
fn tampered(issued: &Issued) -> Vec<Value> {
    let ones = &issued.batches[0].documents[0];
    let [neighbor, .., last] = issued.batches[2].documents.as_slice() else { panic!("a batch of three") };
    tampered_variants(issued, &[(ones, neighbor), (last, neighbor)])
}

/// Returns tampered variants of the full and the redacted document of credentials, each with the documents of another one.
fn tampered_variants(issued: &Issued, credentials: &[(&Documents, &Documents)]) -> Vec<Value> {
    let deployment = &issued.server.deployment;
    let mut variants = Vec::new();
    for (documents, stranger) in credentials {
        for (document, twin) in
            [(&documents.full, &documents.redacted), (&documents.redacted, &documents.full)]
        {
            // A name per thread: several stories make these files at once.
            let name = |part: &str| format!("{part}-{:?}.json", std::thread::current().id());
            let [file, twin, stranger] = [("file", document), ("twin", twin), ("stranger", &stranger.full)]
                .map(|(part, document)| deployment.write(&name(part), document.to_string()));
            let [file, twin, stranger] = [&file, &twin, &stranger].map(|path| path.to_str().unwrap());
            let arguments = [file, "--other", twin, "--other", stranger, "--bits", "16"];
            let ended = succeeds(&mut node("tamper.mjs", &arguments));
            print!("{}", ended.stderr);
            let Value::Array(made) = ended.json() else { panic!("tamper.mjs prints an array") };
            variants.extend(made);
        }
    }
    variants
}

#[test]
fn the_published_schemas_hold_for_every_layout() {
    let issued = Issued::small();
    let layouts = ["layout=default", "layout=open-badges", "redacted=true&layout=open-badges"];
    let downloads = issued.credentials().flat_map(|documents| {
        let id = &documents.id;
        layouts.map(|query| {
            (format!("{id}?{query}"), issued.server.get(&format!("/c/{id}/credential.json?{query}")).json())
        })
    });
    let file = issued.write("layouts.json", downloads);
    let all = issued.write_all("schemas.json");
    succeeds(&mut node("schemas.mjs", &[file.to_str().unwrap(), all.to_str().unwrap()]));
    let data_integrity = issued.credentials().map(|documents| {
        let id = &documents.id;
        (id.clone(), issued.server.get(&format!("/c/{id}/credential.json?layout=data-integrity")).json())
    });
    assert_eq!(issued.judged_as_expected(&issued.write("data-integrity.json", data_integrity)), 6);
    assert_eq!(issued.judged_as_expected(&file), 18, "the layouts are the same credential");
}

#[test]
fn the_second_judge_agrees() {
    if second_judge(&[]).is_none() {
        println!("skipped: LEARNCOIN_SHARED_INTEROP is not set (`./test` sets it where ../shared is there)");
        return;
    }
    let issued = Issued::small();
    // It takes a did:web for https, and what the documents name for what it is.
    let maps = ["http", "https"]
        .map(|scheme| format!("{scheme}://localhost:{}={}", issued.server.port(), issued.server.url("")));
    let judge = |document: &Value| {
        let file = issued.server.deployment.write("second-judge.json", document.to_string());
        let chain = issued.server.chain_url();
        let [http, https] = &maps;
        let arguments =
            [file.to_str().unwrap(), "--rpc", &chain, "--chain-id", "31337", "--map", http, "--map", https];
        let ended = run(&mut second_judge(&arguments).unwrap());
        (ended.status, ended.stdout)
    };
    for Documents { id, full, redacted } in issued.credentials() {
        for document in [full, redacted] {
            let (status, printed) = judge(document);
            assert_eq!(status, Some(0), "{id}: {printed}");
        }
        let answer = issued.school.credential(id).json();
        assert_eq!(judge(&answer).0, Some(0), "the API's answer as it is");
    }
    let mut changed = issued.batches[1].documents[0].full.clone();
    changed["credentialSubject"]["name"] = json!("Mallory");
    let (status, printed) = judge(&changed);
    assert_eq!(status, Some(1), "{printed}");
}

#[test]
fn the_programs_of_the_third_parties_are_in_the_repository() {
    for program in
        ["verify.mjs", "tamper.mjs", "schemas.mjs", "walkthrough.mjs", "typed-client.mjs", "devchain.mjs"]
    {
        assert!(repository().join("tests/node").join(program).is_file(), "{program}");
    }
}
