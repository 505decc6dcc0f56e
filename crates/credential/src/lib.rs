//! The signed credential of LearnCoin: its exact bytes, and their verification.
//!
//! **In**: typed documents, or the bytes of a signed credential; random blinds; the results of a verifier's lookups.
//! **Out**: canonical forms, leaves, trees, proofs, signed credentials, the documents that a host serves to verifiers,
//! and reports. The crate deliberately performs no I/O, keeps no state, reads no clock and draws no random bytes: time,
//! randomness and responses are parameters. It does not sign transactions; it decodes them.
//!
//! It contains no JSON-LD processor. A document has a closed member list in which each member is one statement, so the
//! canonical N-Quads are written directly. The tests compare them with a general processor.
//!
//! - Invariant: a document that [`Document::from_json`] and [`Document::validate`] accept has exactly one meaning, the
//!   one that a JSON-LD processor with the pinned contexts gives it.
//! - Invariant: each proof has one text. Every other text that decodes to it is rejected.
//! - Invariant: a [verdict](verify::Verdict) is positive only if every check passed that applies.
//! - Invariant: a redacted document's proof cannot confirm a guess of the name, because of the blind.
//! - Invariant: no input panics, and time and memory are proportional to the size of the input, which is limited.
//!
//! Begin reading with [`document`], then [`canonicalize`], [`merkle`] and [`proof`] in the order of issuing, then
//! [`verify`]. The format is *The credential format*; sections are cited by its numbers.
//!
//! # From a document to a verdict
//!
//! ```
//! use learncoin_credential::canonicalize::Canonicalizer;
//! use learncoin_credential::contexts::ContextSet;
//! use learncoin_credential::did::{self, DidDocument};
//! use learncoin_credential::document::{Achievement, Document, Alignment, Issuer, Subject};
//! use learncoin_credential::merkle::{DoubleLeaf, Tree};
//! use learncoin_credential::profile::{self, IssuerProfile};
//! use learncoin_credential::proof::{AnchorChain, Proof, ProofValue};
//! use learncoin_credential::revocation::{self, RevocationList};
//! use learncoin_credential::transaction::DecodedTransaction;
//! use learncoin_credential::verify::{
//!     Lookup, MinedTransaction, ParsedCredential, Verdict, VerificationInputs, VerificationPolicy, verify,
//! };
//! use learncoin_credential::{Hash, Host, HostedKey, HostedTenant, PublicKey, SignedCredential};
//!
//! // 1. A document.
//! let host = Host::parse("https://learncoin.me")?;
//! let tenant = "01KPX4MQ005TCNKPH5QY15PQWV";
//! let document = Document {
//!     contexts: ContextSet::new(&host),
//!     id: host.credential_url("crd_01KPX4MQ00REJFE5FBD8QX9Y5A"),
//!     issuer: Issuer { id: host.tenant_did(tenant), name: "Example University".into(), url: None, image: None },
//!     issuance_date: "2026-04-23T12:00:00Z".into(),
//!     expiration_date: Some("2031-04-23T12:00:00Z".into()),
//!     nonce: "c45ba76511437ecabd9d2cebcc3ce36e".into(),
//!     subject: Subject {
//!         id: "urn:uuid:4e0c7f2e-6b1a-4f5a-9c8e-8a1b2c3d4e5f".into(),
//!         name: Some("Ada Lovelace".into()),
//!         achievement: Achievement {
//!             id: Some("https://yourschool.edu/credentials/intro-ml".into()),
//!             name: "Introduction to Machine Learning".into(),
//!             description: "Completed the 12-week introductory course with distinction.".into(),
//!             criteria: "Passing grade (≥ 70%) on the final project plus peer-reviewed code submission.".into(),
//!             alignment: vec![Alignment {
//!                 target_framework: "ESCO".into(),
//!                 target_code: "S1.4.0".into(),
//!                 target_name: "Machine learning".into(),
//!                 target_url: "https://esco.ec.europa.eu/en/classification/skill?uri=http%3A%2F%2Fdata.europa.eu%2Fesco%2Fskill%2FS1.4.0".into(),
//!             }],
//!         },
//!     },
//!     evidence: vec![],
//! };
//! document.validate()?;
//!
//! // 2. Its leaves, its node, and the tree of its batch (of one).
//! let leaves = Canonicalizer::default().leaves(&document);
//! let blind: Hash = "924483d8e7aa14889bd13d238acbcaa8d2ee8bf1b23ce5705a28ce3c48d311f3".parse()?;
//! let leaf = DoubleLeaf::new(leaves.full, *blind.as_bytes(), leaves.redacted);
//! let tree = Tree::build(vec![leaf.node])?;
//! let path = tree.path(&leaf.node).ok_or("the node is in its tree")?;
//!
//! // 3. The transaction that carries the root, signed elsewhere with the tenant's key.
//! let raw = hex::decode("02f88c83014a3480830f424084b2d05e0082753094b695b01217e9b9e55cf1e23814ac091352df7d1280a04d6442f572dab70ed5a508e8d4334224f9efdc05f69148d03e1499a29cf56b27c080a0d8fad4fc6231956909bbbff89eef6dd4d9e9597eb1acc3de71fcc2ccbe544abea06575126a39c73ed7bb76bea9a1d74c29c572cd419e3c8c13e9839b691cd75784")?;
//! let transaction = DecodedTransaction::decode(&raw)?;
//! assert_eq!(transaction.data, tree.root().as_bytes());
//!
//! // 4. The proof and the signed credential.
//! let proof_value = ProofValue {
//!     path: leaf.path_full(&path),
//!     merkle_root: tree.root(),
//!     target_hash: leaves.full,
//!     chain: AnchorChain::BaseSepolia,
//!     transaction_hash: transaction.hash,
//! };
//! let proof = Proof {
//!     created: "2026-04-23T12:00:58.101Z".into(),
//!     verification_method: host.verification_method(tenant, 1),
//!     proof_value: proof_value.encode(),
//! };
//! let credential = SignedCredential::new(document, proof).to_json().to_string();
//!
//! // 5. What the host serves.
//! let coordinate = |hex: &str| hex.parse::<Hash>().map(|hash| *hash.as_bytes());
//! let public_key = PublicKey::new(
//!     coordinate("15e6bc3a70b28c08a27e13ddd093ba796ad26f09f89b6ce3ad7ae7787347f4d5")?,
//!     coordinate("a7a3960bf9fdb0903fa0c6fb00139e30614de34f2ef65b44563721ef93e62a40")?,
//! )?;
//! assert_eq!(public_key.address(), transaction.sender);
//! let key = HostedKey {
//!     number: 1,
//!     public_key,
//!     chain_id: AnchorChain::BaseSepolia.chain_id(),
//!     created: "2026-01-01T00:00:00Z".parse()?,
//!     expires: None,
//!     revoked: None,
//! };
//! let tenant = HostedTenant {
//!     ulid: tenant.into(),
//!     name: "Example University".into(),
//!     url: None,
//!     own_dids: vec![],
//!     keys: vec![key],
//! };
//! let did_document = did::host_document(&host, std::slice::from_ref(&tenant)).to_string();
//! let issuer_profile = profile::tenant_profile(&host, &tenant).to_string();
//! let revocations = revocation::list(&host, &[]).to_string();
//!
//! // 6. Verification: parse, look up, evaluate.
//! let parsed = ParsedCredential::read(credential.as_bytes()).map_err(|report| format!("{report:?}"))?;
//! assert_eq!(parsed.lookups().did_url.as_str(), "https://learncoin.me/.well-known/did.json");
//! let inputs = VerificationInputs {
//!     did_document: Lookup::from_read(DidDocument::read(did_document.as_bytes())),
//!     issuer_profile: Lookup::from_read(IssuerProfile::read(issuer_profile.as_bytes())),
//!     transaction: Lookup::Found(MinedTransaction {
//!         raw: raw.into(),
//!         block_number: 14_582_301,
//!         block_time: 1_776_945_658,
//!         succeeded: true,
//!         confirmations: 12,
//!     }),
//!     revocation: Lookup::from_read(RevocationList::read(revocations.as_bytes())),
//! };
//! let policy = VerificationPolicy { now: "2026-05-01T00:00:00Z".parse()?, allow_development: false, min_confirmations: 1 };
//! assert_eq!(verify(&parsed, &inputs, &policy).verdict, Verdict::ValidTest);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod address;
pub mod canonicalize;
pub mod contexts;
pub mod credential;
pub mod did;
pub mod document;
mod hash;
mod host;
mod hosted;
pub mod json;
pub mod link;
pub mod merkle;
pub mod own_did;
pub mod profile;
pub mod proof;
pub mod revocation;
#[cfg(test)]
mod testing;
pub mod text;
pub mod transaction;
pub mod verify;
pub mod wallet;
pub mod wallet_did;

pub use address::{Address, AddressError, PublicKey, PublicKeyError};
pub use credential::{Layout, SignedCredential};
pub use document::{Document, DocumentForm};
pub use hash::{Hash, HashError};
pub use host::{Host, HostError};
pub use hosted::{HostedKey, HostedTenant};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
