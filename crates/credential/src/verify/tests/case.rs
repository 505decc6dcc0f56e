//! A credential of a vector with the results of all lookups, in which a test changes one thing.

use serde_json::{Value as Json, json};

use super::*;
use crate::document::Document;
use crate::json as strict;
use crate::merkle::{DoubleLeaf, Tree};
use crate::testing::{anchor_transaction, batches};
use crate::{Hash, profile, revocation};

pub(super) struct Case {
    pub(super) credential: Json,
    pub(super) did_document: Json,
    pub(super) profile: Json,
    pub(super) revocation: Json,
    pub(super) mined: MinedTransaction,
    pub(super) policy: VerificationPolicy,
    pub(super) secret: [u8; 32],
}

impl Case {
    /// Creates a case of the first credential of `batch-1.json` (full, Base Sepolia).
    pub(super) fn new() -> Self {
        Self::of("base-sepolia", "credential_full")
    }

    pub(super) fn of(chain: &str, kind: &str) -> Self {
        let batch = batches().into_iter().find(|batch| batch["transaction"]["chain"] == chain).unwrap();
        Self::from_batch(&batch, 0, kind)
    }

    pub(super) fn from_batch(batch: &Json, position: usize, kind: &str) -> Self {
        let bytes = |text: &Json| hex::decode(&text.as_str().unwrap()[2..]).unwrap();
        let (host, _) = crate::testing::hosted(batch);
        Self {
            credential: batch["signed"][position][kind].clone(),
            did_document: batch["did_document"].clone(),
            profile: batch["issuer_profile"].clone(),
            revocation: revocation::list(&host, &[]),
            mined: MinedTransaction {
                raw: bytes(&batch["transaction"]["raw"]).into(),
                block_number: 7,
                block_time: "2026-04-23T12:00:58Z".parse::<Timestamp>().unwrap().as_second(),
                succeeded: true,
                confirmations: 3,
            },
            policy: VerificationPolicy {
                now: "2026-05-01T00:00:00Z".parse().unwrap(),
                allow_development: false,
                min_confirmations: 1,
            },
            secret: bytes(&batch["key"]["private_key"]).try_into().unwrap(),
        }
    }

    /// Signs the credential's document anew as the only one of its batch: proof and transaction.
    pub(super) fn sign_anew(&mut self, chain: AnchorChain) {
        let document = self.document();
        let leaf = DoubleLeaf::new(document.leaf(), [5; 32], document.redacted().leaf());
        let tree = Tree::build(vec![leaf.node]).unwrap();
        self.mined.raw = anchor_transaction(&self.secret, chain.chain_id(), tree.root().as_bytes()).into();
        self.set_proof(|proof| {
            proof.path = leaf.path_full(&[]);
            proof.merkle_root = tree.root();
            proof.target_hash = document.leaf();
            proof.chain = chain;
        });
        self.set_transaction_hash();
    }

    /// Sets the proof's transaction hash to that of the node's transaction.
    pub(super) fn set_transaction_hash(&mut self) {
        let hash = self.mined.raw.decoded().unwrap().hash;
        self.set_proof(|proof| proof.transaction_hash = hash);
    }

    pub(super) fn set_proof(&mut self, edit: impl FnOnce(&mut ProofValue)) {
        let mut proof = ProofValue::decode(self.credential["proof"]["proofValue"].as_str().unwrap()).unwrap();
        edit(&mut proof);
        self.credential["proof"]["proofValue"] = json!(proof.encode());
    }

    pub(super) fn document(&self) -> Document {
        let mut document = self.credential.clone();
        document.as_object_mut().unwrap().remove("proof");
        Document::from_json(&strict::Value::from(document)).unwrap()
    }

    pub(super) fn root(&self) -> Hash {
        ProofValue::decode(self.credential["proof"]["proofValue"].as_str().unwrap()).unwrap().merkle_root
    }

    pub(super) fn inputs(&self) -> VerificationInputs {
        let read = |json: &Json| json.to_string().into_bytes();
        VerificationInputs {
            did_document: Lookup::from_read(DidDocument::read(&read(&self.did_document))),
            issuer_profile: Lookup::from_read(profile::IssuerProfile::read(&read(&self.profile))),
            transaction: Lookup::Found(self.mined.clone()),
            revocation: Lookup::from_read(RevocationList::read(&read(&self.revocation))),
        }
    }

    pub(super) fn parsed(&self) -> ParsedCredential {
        ParsedCredential::read(self.credential.to_string().as_bytes())
            .expect("the checks of the document alone pass")
    }

    pub(super) fn verify(&self) -> Report {
        self.verify_bytes(self.credential.to_string().as_bytes())
    }

    pub(super) fn verify_bytes(&self, bytes: &[u8]) -> Report {
        match ParsedCredential::read(bytes) {
            Ok(parsed) => verify(&parsed, &self.inputs(), &self.policy),
            Err(report) => *report,
        }
    }

    /// Verifies with edited results of the lookups.
    pub(super) fn verify_with(&self, edit: impl FnOnce(&mut VerificationInputs)) -> Report {
        let mut inputs = self.inputs();
        edit(&mut inputs);
        verify(&self.parsed(), &inputs, &self.policy)
    }
}

impl Report {
    /// Checks that exactly this check failed, for a reason that contains these words, and that the ones before it
    /// passed.
    #[track_caller]
    pub(super) fn assert_failed(&self, name: CheckName, words: &str) {
        assert_eq!(self.verdict, Verdict::NotValid, "{self:#?}");
        for check in &self.checks {
            if check.name == name {
                break;
            }
            let is_made = matches!(check.outcome, CheckOutcome::Passed | CheckOutcome::NotApplicable);
            assert!(is_made, "{self:#?}");
        }
        let check = self.check(name);
        assert_eq!(check.outcome, CheckOutcome::Failed, "{self:#?}");
        assert!(check.reason.as_deref().unwrap().contains(words), "{check:#?}");
    }

    /// Checks that the verdict is "could not check" because of this check.
    #[track_caller]
    pub(super) fn assert_could_not_check(&self, name: CheckName, words: &str) {
        assert_eq!(self.verdict, Verdict::CouldNotCheck, "{self:#?}");
        let check = self.check(name);
        assert_eq!(check.outcome, CheckOutcome::CouldNotCheck, "{self:#?}");
        assert!(check.reason.as_deref().unwrap().contains(words), "{check:#?}");
    }

    pub(super) fn outcomes(&self) -> [CheckOutcome; 5] {
        self.checks.each_ref().map(|check| check.outcome)
    }
}
