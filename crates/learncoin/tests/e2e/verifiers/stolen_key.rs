//! A signing key is stolen, and the runbook of `docs/keys.md` is followed: with the program as it is, judged by LearnCoin's
//! own verification and by the stock verifier.

use learncoin_chain::{ChainKey, Fees, RootTransaction};
use learncoin_credential::json::parse as read_json;
use learncoin_credential::merkle::{DoubleLeaf, Tree};
use learncoin_credential::proof::{AnchorChain, Proof, ProofValue};
use learncoin_credential::{Hash, Layout, SignedCredential};
use learncoin_store::Store;
use learncoin_store::seal::MasterKey;
use serde_json::{Value, json};

use crate::support::deployment::{Deployment, Server};
use crate::support::http::{self, poll, rpc};
use crate::support::own_verifier::OwnVerifier;
use crate::support::process::run;
use crate::support::programs::stock_verdicts;
use crate::support::school::{School, credential_ids, text, varied};

const DEVELOPMENT: u64 = 31337;

/// A thief, who has read the data directory.
struct Thief {
    key: ChainKey,
    chain: String,
}

impl Thief {
    fn with_key_1_of(server: &Server, school: &School) -> Self {
        let data_dir = server.deployment.data_dir();
        let master = std::fs::read_to_string(data_dir.join("master.key")).unwrap();
        let secret = http::wait(async {
            let master = MasterKey::from_hex(&master).unwrap();
            let store = Store::open_sqlite(&data_dir.join("learncoin.db"), &master).await.unwrap();
            let secret = store.signing_secret(&school.tenant_id.parse().unwrap(), 1).await.unwrap();
            store.close().await;
            secret
        });
        Self { key: ChainKey::from_secret_bytes(*secret).unwrap(), chain: server.chain_url() }
    }

    /// Anchors a root in a block whose time is later than `after`. Returns the transaction's hash, and that time.
    fn anchor(&self, root: Hash, after: u64) -> (String, u64) {
        poll("a later block", || {
            let address = self.key.address().to_string();
            let count = rpc(&self.chain, "eth_getTransactionCount", &json!([address, "latest"]));
            let transaction = RootTransaction {
                chain_id: DEVELOPMENT,
                nonce: number(&count),
                root: *root.as_bytes(),
                fees: Fees { max_fee_per_gas: 2_000_000_000, max_priority_fee_per_gas: 1_000_000_000 },
                gas_limit: 30_000,
            };
            let signed = transaction.sign(&self.key).unwrap();
            let raw = format!("0x{}", hex::encode(&signed.raw));
            let hash = text(&json!([rpc(&self.chain, "eth_sendRawTransaction", &json!([raw]))]), "/0");
            let block = poll("the thief's block", || {
                let receipt = rpc(&self.chain, "eth_getTransactionReceipt", &json!([hash]));
                if receipt.is_null() { Err(hash.clone()) } else { Ok(receipt["blockNumber"].clone()) }
            });
            let time = block_time(&self.chain, &block);
            if time > after { Ok((hash, time)) } else { Err(format!("a block at {time}")) }
        })
    }

    /// Forges a credential that was never issued from a genuine one, in a block after `after`. Returns it and the time of its block.
    fn forge(&self, genuine: &Value, after: u64) -> (Value, u64) {
        let read = read_json(genuine.to_string().as_bytes()).unwrap();
        let mut document = SignedCredential::from_json(&read).unwrap().document;
        document.subject.name = Some("Mallory".into());
        let (full, redacted) = (document.leaf(), document.redacted().leaf());
        let halves = DoubleLeaf::new(full, [7; 32], redacted);
        let tree = Tree::build(vec![halves.node]).unwrap();
        let (hash, time) = self.anchor(tree.root(), after);
        let value = ProofValue {
            path: halves.path_full(&tree.path(&halves.node).unwrap()),
            merkle_root: tree.root(),
            target_hash: full,
            chain: AnchorChain::from_chain_id(DEVELOPMENT).unwrap(),
            transaction_hash: hash.trim_start_matches("0x").parse().unwrap(),
        };
        let proof = Proof {
            created: text(genuine, "/proof/created"),
            verification_method: text(genuine, "/proof/verificationMethod"),
            proof_value: value.encode(),
        };
        (SignedCredential { document, proof, layout: Layout::Default }.to_json(), time)
    }
}

fn number(hex: &Value) -> u64 {
    u64::from_str_radix(hex.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

fn block_time(chain: &str, number_of_block: &Value) -> u64 {
    number(&rpc(chain, "eth_getBlockByNumber", &json!([number_of_block, false]))["timestamp"])
}

/// Issues a credential, and returns it and the time of its block.
fn issued(server: &Server, school: &School) -> (Value, u64) {
    let batch = school.issue(&varied(1));
    let id = credential_ids(&batch).remove(0);
    let block = format!("{:#x}", batch["anchor_transaction"]["block_number"].as_u64().unwrap());
    let signed = school.credential(&id).json()["signed_credential"].clone();
    (signed, block_time(&server.chain_url(), &json!(block)))
}

/// Returns the verdict of LearnCoin's own verification on each credential, and checks that the stock verifier agrees.
fn verdicts(server: &Server, credentials: &[&Value]) -> Vec<bool> {
    let list: Vec<Value> = credentials
        .iter()
        .enumerate()
        .map(|(number, credential)| json!({ "name": number.to_string(), "credential": credential }))
        .collect();
    let file = server.deployment.write("credentials.json", Value::from(list).to_string());
    let hosts = [(server.origin(), server.url(""))];
    let hosts = hosts.each_ref().map(|(origin, served)| (origin.as_str(), served.as_str()));
    let (_, stock) = stock_verdicts(&server.chain_url(), &hosts, &file, DEVELOPMENT);
    let own = OwnVerifier::new(&server.chain_url());
    let verdicts = credentials.iter().zip(&stock).map(|(credential, stock)| {
        let report = own.judge(credential.to_string().as_bytes());
        let is_valid = report.verdict.words() == "valid, DEVELOPMENT";
        assert_eq!(stock["valid"], is_valid, "{stock}\n{report:#?}");
        is_valid
    });
    verdicts.collect()
}

fn without_proof(credential: &Value) -> Value {
    let mut document = credential.clone();
    document.as_object_mut().unwrap().remove("proof").unwrap();
    document
}

#[test]
fn what_a_thief_anchors_stops_counting_and_what_the_school_anchored_before_goes_on() {
    let deployment = Deployment::new()
        .with("LEARNCOIN_CHAIN_BLOCK_TIME_MS", 100)
        // What the thief sends comes from outside.
        .with("LEARNCOIN_CHAIN_DEVELOPMENT_CHAIN_TRANSACTIONS", 1_000);
    let server = deployment.serve();
    let school = School::join(&server, "starter");
    let (before, anchored_at) = issued(&server, &school);
    let thief = Thief::with_key_1_of(&server, &school);
    let (forged, theft) = thief.forge(&before, anchored_at);
    // The school does not know yet, and goes on: the nonce that the thief used is passed over.
    let (late, _) = issued(&server, &school);
    assert_eq!(verdicts(&server, &[&before, &forged, &late]), [true, true, true], "the theft is one");

    let tenant = school.tenant_id.as_str();
    let key = |arguments: &[&str]| {
        server.deployment.result(&[&["signing-key"], arguments, &["--tenant", tenant]].concat())
    };
    // 1. Stop the key. 2. Give the school another one. 3. Take back what was anchored since.
    let disabled = key(&["disable", "--number", "1", "--yes"]);
    assert_eq!((text(&disabled, "/status"), school.post(&varied(1)).status), ("disabled".into(), 422));
    let rotated = key(&["rotate", "--environment", "test"]);
    assert_eq!((rotated["number"].as_u64(), text(&rotated, "/status")), (Some(2), "active".into()));
    let since = learncoin_issuance::time::timestamp(i64::try_from(theft * 1_000).unwrap()).to_string();
    // The embedded chain's blocks have times of their own, which may be a second or two ahead.
    let revoked = poll("the moment of the theft", || {
        let revoke =
            ["signing-key", "revoke", "--tenant", tenant, "--number", "1", "--since", &since, "--yes"];
        let ended = run(&mut server.deployment.command(&revoke));
        if ended.status == Some(0) { Ok(ended.json()) } else { Err(ended.stderr) }
    });
    assert_eq!(text(&revoked, "/status"), "revoked");

    let (after, _) = issued(&server, &school);
    assert!(text(&after, "/proof/verificationMethod").ends_with("-key-2"));
    let (forged_later, _) = thief.forge(&before, theft);
    assert_eq!(
        verdicts(&server, &[&before, &forged, &forged_later, &late, &after]),
        [true, false, false, false, true],
        "nothing counts that the key anchored since the theft"
    );
    // 4. What the school itself anchored since then is anchored again: the same document, with another proof.
    let again = key(&["anchor-again", "--number", "1"]);
    assert_eq!((again["anchors"].as_array().unwrap().len(), &again["without_key"]), (1, &json!([])));
    let id = text(&late, "/id").rsplit('/').next().unwrap().to_owned();
    let mended = poll("the second anchor", || {
        let signed = school.credential(&id).json()["signed_credential"].clone();
        if text(&signed, "/proof/verificationMethod").ends_with("-key-2") {
            Ok(signed)
        } else {
            Err(id.clone())
        }
    });
    assert_eq!(without_proof(&mended), without_proof(&late));
    assert_eq!(
        verdicts(&server, &[&before, &forged, &forged_later, &late, &mended, &after]),
        [true, false, false, false, true, true],
        "only what the thief anchored is lost"
    );
    // A revocation can neither be undone nor moved.
    let refused = server.deployment.refusal(&[
        "signing-key",
        "revoke",
        "--tenant",
        tenant,
        "--number",
        "1",
        "--since",
        "2099-01-01T00:00:00Z",
        "--yes",
    ]);
    assert!(refused.contains("future"), "{refused}");
    let examined = server.deployment.result(&["doctor"]);
    assert_eq!(examined["broken"], json!([]));
    let list = key(&["list"]);
    let statuses: Vec<_> = list.as_array().unwrap().iter().map(|key| key["status"].clone()).collect();
    assert_eq!(statuses, ["revoked", "active"]);
}
